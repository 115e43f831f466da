"""Wait for a task: poll it until it has ended or the deadline is there, then download its video where wanted."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from gptimage2_video.effects import BlockingCall, Flow, Sleep
from gptimage2_video.errors import TaskFailed, TaskNotFound, VideoClientError, WaitTimeout
from gptimage2_video.polling.schedule import PollState
from gptimage2_video.task import Task, TaskStatus

from .context import FlowContext
from .download import download
from .retrieve import retrieve_once
from .retry import Deadline, is_transient, retry_delay
from .task_id import attach_task_id

if TYPE_CHECKING:
    from gptimage2_video.transport.files import PartFile

# So long after the service named a task, or called it done, it or its video may not be everywhere yet, in seconds.
CONSISTENCY_WINDOW: Final = 30.0
# A refund that is announced but not yet there is waited for this long, in seconds.
REFUND_TIMEOUT: Final = 10.0

OnUpdate = Callable[[Task], object] | None


def wait(
    context: FlowContext,
    task: Task,
    deadline: Deadline,
    on_update: OnUpdate = None,
    part: "PartFile | None" = None,
    *,
    just_submitted: bool = False,
) -> Flow[Task]:
    """Poll until the task has ended, then download it where there is a part file for it.

    A task that was `just_submitted` is news for `on_update`, and no poll is due yet.
    """
    with attach_task_id(task.id):
        if part and not just_submitted:
            yield BlockingCall(part.probe)
        if on_update and just_submitted:
            on_update(task)
        loop = PollLoop(context, task, deadline, on_update)
        yield from loop.load_durations()
        delay = loop.next_delay() if just_submitted else 0.0
        while True:
            is_last = not deadline.allows(delay)
            yield Sleep(deadline.clamp_delay(delay))
            yield from loop.poll()
            if loop.is_done():
                break
            if is_last:
                status, error = loop.task.status, loop.last_error
                raise WaitTimeout(task.id, waited=deadline.elapsed(), status=status, last_error=error)
            delay = loop.next_delay()
        task = yield from _with_refund(context, loop.task, deadline)
        if task.failed:
            raise TaskFailed(task)
        return (yield from download(context, task, part)) if part else task


def _with_refund(context: FlowContext, task: Task, deadline: Deadline) -> Flow[Task]:
    """The failed task with its refund, waited for briefly where the service says that it is not there yet."""
    if task.status != TaskStatus.FAILED or task.refunded is not False:
        return task
    end = Deadline(context.clock, min(REFUND_TIMEOUT, deadline.remaining()))
    while task.failed and task.refunded is False and end.allows(context.poll_interval):
        yield Sleep(context.poll_interval)
        try:
            timeout = end.clamp_timeout(context.request_timeout)
            task = (yield from retrieve_once(context, task.id, timeout)).merged_with(task)
        except VideoClientError:
            break
    return task


class PollLoop:
    """The polls of one wait: what was seen last, and what failed last."""

    def __init__(self, context: FlowContext, task: Task, deadline: Deadline, on_update: OnUpdate) -> None:
        self.task = task
        self.last_error: VideoClientError | None = None
        self._context, self._deadline, self._on_update = context, deadline, on_update
        self._accepted = context.accepted_at.get(task.id)
        self._polls = self._failures = 0
        self._completed_at: float | None = None

    def load_durations(self) -> Flow[None]:
        """Have the journal say how long tasks took that are similar to one that was submitted here."""
        context, similar = self._context, self._accepted and self._accepted[0]
        if similar and similar not in context.past_durations:
            durations: Sequence[float] = ()
            if context.read_durations:
                with suppress(VideoClientError):  # a wait needs no history
                    durations = cast("Sequence[float]", (yield BlockingCall(partial(context.read_durations, similar))))
            earlier = [(float(i - len(durations)), duration) for i, duration in enumerate(durations)]
            context.past_durations.setdefault(similar, earlier)

    def next_delay(self) -> float:
        """Seconds until the next poll. Raises ValueError where a schedule of the caller's own returns none."""
        context = self._context
        if self.last_error:
            return retry_delay(self._failures, self.last_error)
        state = PollState(self._deadline.elapsed(), None, self._polls, context.poll_interval)
        if self._accepted:
            similar, accepted_at = self._accepted
            durations = tuple(duration for _, duration in context.past_durations.get(similar, ()))
            state = state._replace(age=context.clock() - accepted_at, durations=durations)
        delay = context.poll_schedule(state)
        if not delay > 0:
            raise ValueError(f"poll_schedule must return a number of seconds above 0, not {delay!r}")
        return delay

    def is_done(self) -> bool:
        """Whether nothing is left to wait for. Without a video a completed task may turn pending again."""
        if self.task.status == TaskStatus.COMPLETED and self.task.video_url is None:
            now = self._deadline.elapsed()
            self._completed_at = now if self._completed_at is None else self._completed_at
            return now - self._completed_at >= CONSISTENCY_WINDOW
        self._completed_at = None
        return self.task.status in (TaskStatus.COMPLETED, TaskStatus.FAILED)

    def poll(self) -> Flow[None]:
        """One poll. Transient failures are remembered, others raised."""
        context, earlier = self._context, self.task
        if context.rate_limiter:
            yield from context.rate_limiter.acquire(context.clock, self._deadline.allows)
        try:
            timeout = self._deadline.clamp_timeout(context.request_timeout)
            task = yield from retrieve_once(context, earlier.id, timeout)
        except VideoClientError as error:
            if not (is_transient(error) or self._is_new(error)):
                raise
            self.last_error = error
            self._failures += 1
            return
        self.task, self.last_error, self._failures = task.merged_with(earlier), None, 0
        self._polls += 1
        if self._on_update and task.status.name != earlier.status.name:  # two unknown words are one number
            self._on_update(self.task)

    def _is_new(self, error: VideoClientError) -> bool:
        """Whether a task is not found that the service itself has named, and not long ago."""
        was_named = bool(self.task.raw)
        return was_named and isinstance(error, TaskNotFound) and self._deadline.elapsed() < CONSISTENCY_WINDOW
