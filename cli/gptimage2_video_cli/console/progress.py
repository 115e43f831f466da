"""Progress on stderr: drawn by rich on a terminal, plain lines elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gptimage2_video import Task, TaskStatus

from .output import Console, is_terminal, strip_control

if TYPE_CHECKING:
    from .display import Display


class ProgressDisplay:
    """Where progress goes. A context manager, open as long as the work lasts.

    Attributes:
        drawn: The line on the terminal; None where plain lines are printed, and between those of --verbose.
    """

    drawn: "Display | None" = None

    def __init__(self, console: Console) -> None:
        self.console = console
        if not (console.quiet or console.verbose) and is_terminal(sys.stderr):
            from .display import Display

            self.drawn = Display()

    def __enter__(self) -> Self:
        if self.drawn:
            self.drawn.start()
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.drawn:
            self.drawn.stop()


class VideoProgress(ProgressDisplay):
    """The progress of one video: its state and the elapsed time, then bytes and their rate."""

    def __init__(self, console: Console, task_id: str | None = None) -> None:
        super().__init__(console)
        self._wait(task_id)

    def on_update(self, task: Task) -> None:
        """The task has been accepted, or its status has changed."""
        self._wait(task.id)
        if task.status != TaskStatus.FAILED:  # the error says that, with the reason
            self.console.info(_status_line(task))

    def on_bytes(self, size: int, total: int | None) -> None:
        """So many bytes have arrived; in plain lines they would be too many."""
        if self.drawn:
            self.drawn.download(size, total)

    def _wait(self, task_id: str | None) -> None:
        if self.drawn:
            self.drawn.wait(f"waiting for {strip_control(task_id)}" if task_id else "submitting")


def _status_line(task: Task) -> str:
    if task.status == TaskStatus.COMPLETED:
        return f"completed: {task.id}" if task.video_url else f"{task.describe()}: {task.id}"
    if task.status != TaskStatus.PENDING:
        return f"unknown status {task.status.label}: {task.id}; still waiting"
    cost = "" if task.credits_used is None else f" ({task.credits_used} credits)"
    return f"submitted: {task.id}{cost}"
