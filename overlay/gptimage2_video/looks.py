"""The looks of one wait, one after the other.

Lives here: what a wait has seen and what went wrong, whether it is over, and the pause before its next look. Not here:
one look (`lookup`), how long a pause is (`schedule`, `pace`), and what follows from the end (`flow`).
"""

from collections.abc import Callable
from typing import Final

from .errors import VideoClientError
from .lookup import Lookup, asked, passes
from .pace import Estimate, Watch
from .refusals import TaskNotFound
from .schedule import Deadline
from .task import Task
from .wire import Conversation, recalled

# So long after the service named a task, or called it done, it or its video may not be everywhere yet, in seconds.
NOT_THERE_YET: Final = 30.0

OnUpdate = Callable[[Task], object] | None


class Looks:
    """The looks of one wait: what was seen last, and what went wrong last."""

    def __init__(self, flow: Lookup, known: Task, deadline: Deadline, on_update: OnUpdate) -> None:
        self.task = known
        self.trouble: VideoClientError | None = None
        self._flow, self._deadline, self._on_update = flow, deadline, on_update
        self._pauses = flow.polling.pauses(deadline.elapsed)
        self._lost = 0
        self._looked = float("-inf")
        self._done_at: float | None = None
        self._watch: Watch | None = None

    def first(self, *, at_once: bool) -> Conversation[float]:
        """The seconds to pause before the first look; a task that was accepted here is watched at its pace from now."""
        if self._flow.polling.adaptive and self.task.id in self._flow.accepted:
            key, accepted = self._flow.accepted[self.task.id]
            pace = yield from recalled(key)
            self._watch = Watch(pace, self._flow.polling, self._flow.clock, accepted)
        if at_once:
            return 0.0
        return self._watch.pause() if self._watch else self._flow.polling.first

    def ended(self, *, with_video: bool) -> bool:
        """Whether there is nothing more to wait for; a video that is wanted may lag behind the word that it is done."""
        now = self._deadline.elapsed()
        if not (with_video and self.task.completed and self.task.video_url is None):
            self._done_at = None
        elif self._done_at is None:
            self._done_at = now
        if self._done_at is not None and now - self._done_at < NOT_THERE_YET:
            return False
        return self.task.completed or self.task.failed

    def look(self) -> Conversation[float]:
        """One look, in its turn. Trouble that passes is remembered, other trouble raised; returns the next pause."""
        flow, known = self._flow, self.task
        if flow.poll_rate_limiter:
            yield from flow.poll_rate_limiter.turn(flow.clock, self._likelihood, self._deadline.fits)
        try:
            task = yield from flow.look(known.id, self._deadline.cut_request(flow.request_timeout), self._watch)
        except VideoClientError as problem:
            if not (passes(problem) or self._is_new(problem)):
                raise
            self.trouble = problem
            self._lost += 1
            if self._watch:
                self._watch.lost()
            return flow.backoff.pause(self._lost, asked(problem))
        self.task, self.trouble, self._lost = task.since(known), None, 0
        self._looked = self._deadline.elapsed()
        if self._on_update and task.status != known.status:
            self._on_update(self.task)
        return self._watch.pause() if self._watch else next(self._pauses)

    def _likelihood(self) -> float:
        """How likely the task has ended unseen; surely, before the first look at one that was accepted elsewhere."""
        if self._watch:
            return self._watch.likelihood()
        return Estimate().likelihood(self._looked, self._deadline.elapsed())

    def _is_new(self, problem: VideoClientError) -> bool:
        """Whether a task is not found that the service itself has named, and not long ago."""
        named = bool(self.task.raw)
        return named and isinstance(problem, TaskNotFound) and self._deadline.elapsed() < NOT_THERE_YET
