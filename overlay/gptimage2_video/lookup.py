"""Looking at a task: the conversation that only reads, and what of its trouble passes.

Lives here: what every conversation of a client needs, one look, and a few tries of it. Not here: waiting (`flow`), and
the reading of a reply (`replies`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from . import replies, wire
from .errors import Carrying, ConnectionFailed, UnexpectedReply, VideoClientError
from .pace import Watch
from .poll_budget import PollRateLimiter
from .pricing import Budget
from .record import outcome
from .refusals import APIError, RateLimited, ServerError
from .schedule import Backoff, Polling
from .task import Task
from .wire import Conversation, Fault, Sleep, answered, noted


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the conversations of one client share.

    Attributes:
        base_url: Where the API is, without a slash at its end.
        clock: A monotonic clock, in seconds.
        budget: The books.
        request_timeout: Seconds for each step of a request.
        polling: Pauses between looks.
        backoff: Pauses after trouble.
        poll_rate_limiter: What the looks of waits share with those of others; None where nothing.
        accepted: Of each task that was submitted here and not yet seen to end: its kind, and when it was accepted.
    """

    base_url: str
    clock: Callable[[], float]
    budget: Budget
    request_timeout: float = 30.0
    polling: Polling = field(default_factory=Polling)
    backoff: Backoff = field(default_factory=Backoff)
    poll_rate_limiter: PollRateLimiter | None = None
    accepted: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])

    def get(self, task_id: str) -> Conversation[Task]:
        """One snapshot; trouble that passes is given a few tries."""
        with Carrying(task_id):
            tries = 0
            while True:
                try:
                    return (yield from self.look(task_id, self.request_timeout))
                except VideoClientError as problem:
                    tries += 1
                    if tries > self.backoff.repeats or not passes(problem):
                        raise
                    pause = self.backoff.pause(tries, asked(problem))
                yield Sleep(pause)

    def look(self, task_id: str, timeout: float, watch: Watch | None = None) -> Conversation[Task]:
        """One request for a snapshot; every trouble is raised. `watch` is the wait that it is part of."""
        answer = answered((yield wire.lookup(self.base_url, task_id, timeout)))
        if isinstance(answer, Fault):
            raise ConnectionFailed(answer.reason, task_id=task_id)
        task = replies.read_snapshot(answer, task_id)
        if task.completed or task.refunded:
            self.budget.close(task)
        if task.completed or task.failed:
            self.accepted.pop(task_id, None)
            lesson = watch.ended() if watch and task.completed else None
            yield from noted(outcome(self.base_url, task, lesson))
        return task


def asked(problem: VideoClientError) -> float | None:
    """The seconds that the service asks to wait; None where it does not."""
    return problem.retry_after if isinstance(problem, RateLimited | ServerError) else None


def passes(problem: VideoClientError) -> bool:
    """Whether reading again may help. A redirect stays what it is; a 200 that cannot be read may have been cut."""
    if isinstance(problem, UnexpectedReply):
        return 200 <= problem.status < 300
    return isinstance(problem, ConnectionFailed | RateLimited | ServerError) or (
        isinstance(problem, APIError) and problem.status in (408, 425)
    )
