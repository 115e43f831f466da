"""Progress on stderr: a spinner and a byte bar on a terminal, plain lines elsewhere.

Lives here: what a person sees while a command works. Not here: the result (`output`). The task id is noted and said the
moment it is known.
"""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gptimage2_video import Task, TaskStatus

from .output import Run, printable, say

if TYPE_CHECKING:
    from rich.progress import Progress


class Lines:
    """Progress in plain lines. As a context manager it lasts as long as the work."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def update(self, task: Task) -> None:
        """The task has been accepted, or its status has changed."""
        self._run.task_id = task.id
        if not task.failed:  # the error tells that, with the reason
            say(_told(task))

    def received(self, size: int, total: int | None) -> None:
        """So many bytes are there; whole lines would be too many."""


class Terminal(Lines):
    """Progress on a terminal: besides the lines, a spinner with the seconds elapsed, then a bar of bytes."""

    def __enter__(self) -> Self:
        self._live = _spinner()
        self._job = self._live.add_task(self._words("submitting"), total=None)
        self._downloading = False
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def update(self, task: Task) -> None:
        """As in `Lines`; the spinner then names the task."""
        super().update(task)
        self._live.update(self._job, description=self._words("submitting"))

    def received(self, size: int, total: int | None) -> None:
        """Show how far the download is."""
        if not self._downloading:
            self._live.stop()
            self._live = _byte_bar()
            self._job = self._live.add_task("downloading", total=total)
            self._live.start()
            self._downloading = True
        self._live.update(self._job, completed=size, total=total)

    def _words(self, otherwise: str) -> str:
        return f"waiting for {printable(self._run.task_id)}" if self._run.task_id else otherwise


def progress(run: Run) -> Lines:
    """What fits where stderr leads."""
    return (Terminal if sys.stderr is not None and sys.stderr.isatty() else Lines)(run)  # pyright: ignore[reportUnnecessaryComparison]


def _told(task: Task) -> str:
    if task.completed:
        return f"completed: {task.id}"
    if task.status != TaskStatus.PENDING:
        return f"status {task.status}: {task.id}; this version does not know it and waits on"
    cost = "" if task.credits_used is None else f" ({task.credits_used} credits)"
    return f"submitted: {task.id}{cost}"


def _spinner() -> "Progress":
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    words = TextColumn("{task.description}", markup=False)
    return Progress(SpinnerColumn(), words, TimeElapsedColumn(), console=Console(stderr=True), transient=True)


def _byte_bar() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
