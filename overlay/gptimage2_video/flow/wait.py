"""Wait for a task: poll it until it has ended or the deadline is there, then download its video where wanted."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from gptimage2_video.effects import FileOperation, Flow, LoadEstimate, Sleep
from gptimage2_video.errors import JournalFailed, TaskFailed, TaskNotFound, VideoClientError, WaitTimeout
from gptimage2_video.polling.estimate import AdaptiveTimer, DurationEstimate
from gptimage2_video.task import Task, TaskStatus

from .context import FlowContext
from .download import download
from .retrieve import retrieve_once
from .retry import Deadline, is_transient
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
            yield FileOperation(part.probe)
        if on_update and just_submitted:
            on_update(task)
        loop = PollLoop(context, task, deadline, on_update)
        delay = yield from loop.first_delay(immediately=not just_submitted)
        while True:
            is_last = not deadline.allows(delay)
            yield Sleep(deadline.clamp_delay(delay))
            delay = yield from loop.poll()
            if loop.is_done(needs_video=part is not None):
                break
            if is_last:
                status, error = loop.task.status, loop.last_error
                raise WaitTimeout(task.id, waited=deadline.elapsed(), status=status, last_error=error)
        task = yield from _with_refund(context, loop.task, deadline)
        if task.failed:
            raise TaskFailed(task)
        return (yield from download(context, task, part)) if part else task


def _with_refund(context: FlowContext, task: Task, deadline: Deadline) -> Flow[Task]:
    """The failed task with its refund, waited for briefly where the service says that it is not there yet."""
    if task.status != TaskStatus.FAILED or task.refunded is not False:
        return task
    end = Deadline(context.clock, min(REFUND_TIMEOUT, deadline.remaining()))
    while task.failed and task.refunded is False and end.allows(context.polling.interval):
        yield Sleep(context.polling.interval)
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
        self._delay = context.polling.interval
        self._failures = 0
        self._polled_at = float("-inf")
        self._completed_at: float | None = None
        self._timer: AdaptiveTimer | None = None

    def first_delay(self, *, immediately: bool) -> Flow[float]:
        """Seconds before the first poll; a task that was accepted here is timed by the estimate for its like."""
        context = self._context
        if context.polling.adaptive and self.task.id in context.accepted_at:
            key, accepted_at = context.accepted_at[self.task.id]
            try:
                estimate = cast("DurationEstimate", (yield LoadEstimate(key)))
            except JournalFailed:
                estimate = DurationEstimate(key)
            self._timer = AdaptiveTimer(estimate, context.polling, context.clock, accepted_at)
        if immediately:
            return 0.0
        return self._timer.next_delay() if self._timer else context.polling.first_delay

    def is_done(self, *, needs_video: bool) -> bool:
        """Whether nothing is left to wait for; a video that is wanted may lag behind the status."""
        if needs_video and self.task.status == TaskStatus.COMPLETED and self.task.video_url is None:
            now = self._deadline.elapsed()
            self._completed_at = now if self._completed_at is None else self._completed_at
            return now - self._completed_at >= CONSISTENCY_WINDOW
        self._completed_at = None
        return self.task.status in (TaskStatus.COMPLETED, TaskStatus.FAILED)

    def poll(self) -> Flow[float]:
        """One poll. Transient failures are remembered, others raised. Returns the seconds before the next."""
        context, earlier = self._context, self.task
        if context.rate_limiter:
            yield from context.rate_limiter.acquire(context.clock, self._likelihood, self._deadline.allows)
        try:
            timeout = self._deadline.clamp_timeout(context.request_timeout)
            task = yield from retrieve_once(context, earlier.id, timeout, self._timer)
        except VideoClientError as error:
            if not (is_transient(error) or self._is_new(error)):
                raise
            self.last_error = error
            self._failures += 1
            if self._timer:
                self._timer.poll_failed()
            return context.backoff.delay(self._failures, error)
        self.task, self.last_error, self._failures = task.merged_with(earlier), None, 0
        self._polled_at = context.clock()
        if self._on_update and task.status != earlier.status:
            self._on_update(self.task)
        if self._timer:
            return self._timer.next_delay()
        self._delay = context.polling.next_delay(self._deadline.elapsed(), self._delay)
        return self._delay

    def _likelihood(self) -> float:
        """How likely the task has ended unseen; surely, before the first poll of one that was accepted elsewhere."""
        if self._timer:
            return self._timer.likelihood()
        return DurationEstimate("").likelihood(self._polled_at, self._context.clock())

    def _is_new(self, error: VideoClientError) -> bool:
        """Whether a task is not found that the service itself has named, and not long ago."""
        was_named = bool(self.task.raw)
        return was_named and isinstance(error, TaskNotFound) and self._deadline.elapsed() < CONSISTENCY_WINDOW
