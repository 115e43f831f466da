"""Progress on stderr: drawn by rich on a terminal, plain lines elsewhere."""

import sys
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gptimage2_video import Task, TaskStatus

from .output import Console, is_terminal, strip_control

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn


def make_display(console: Console, *columns: "str | ProgressColumn") -> "Progress | None":
    """A line of these columns that rich redraws, and clears at the end; None where only plain lines are wanted.

    Nothing is drawn between the lines of --verbose.
    """
    if console.quiet or console.verbose or not is_terminal(sys.stderr):
        return None
    from rich.console import Console as RichConsole
    from rich.progress import Progress

    return Progress(*columns, console=RichConsole(stderr=True), transient=True, expand=True, redirect_stdout=False)


class VideoProgress:
    """The progress of one video: its state and the elapsed time, then bytes and their rate.

    A context manager, open as long as the work lasts.
    """

    def __init__(self, console: Console, task_id: str | None = None) -> None:
        self._console = console
        self._display = make_display(console)
        if self._display:
            self._display.columns = _waiting_columns()
            self._display.add_task(_waiting(task_id) if task_id else "submitting", total=None)

    def __enter__(self) -> Self:
        if self._display:
            self._display.start()
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._display:
            self._display.stop()

    def on_update(self, task: Task) -> None:
        """The task has been accepted, or its status has changed."""
        if task.status != TaskStatus.FAILED:  # the error says that, with the reason
            self._console.info(_status_line(task))
        if self._display:
            self._display.update(self._display.task_ids[0], description=_waiting(task.id))

    def on_bytes(self, size: int, total: int | None) -> None:
        """So many bytes have arrived; in plain lines they would be too many."""
        if self._display:
            self._display.columns = _download_columns()
            self._display.update(self._display.task_ids[0], completed=size, total=total)


def _waiting_columns() -> "tuple[ProgressColumn, ...]":
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    step = TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True))
    return SpinnerColumn("line"), step, TimeElapsedColumn()


def _download_columns() -> "tuple[ProgressColumn, ...]":
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.table import Column

    size, rate = DownloadColumn(table_column=Column(no_wrap=True)), TransferSpeedColumn(Column(no_wrap=True))
    return TextColumn("downloading"), BarColumn(bar_width=None), size, rate


def _waiting(task_id: str) -> str:
    return f"waiting for {strip_control(task_id)}"


def _status_line(task: Task) -> str:
    if task.status == TaskStatus.COMPLETED:
        return f"completed: {task.id}"
    if task.status != TaskStatus.PENDING:
        return f"unknown status {task.status}: {task.id}; still waiting"
    cost = "" if task.credits_used is None else f" ({task.credits_used} credits)"
    return f"submitted: {task.id}{cost}"


def draw(line: str) -> None:
    """Replace the line that the cursor is on."""
    with suppress(OSError, ValueError):
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
