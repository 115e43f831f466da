"""One line on stderr that rich redraws, and clears at the end; imported only where there is a terminal."""

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any, Final, TextIO, cast

from rich.console import Console, RenderableType
from rich.constrain import Constrain
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column

# As wide as the ^C that a terminal echoes: it would begin the next line, and that one would be cleared.
_MARGIN: Final = 3


class _Stderr:
    """stderr as rich sees it; a write that fails, as on a terminal that was closed, is no error: no video is lost."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Display(Progress):
    """A line for one piece of work. A context manager, drawn as long as it is open."""

    def __init__(self) -> None:
        self._stderr = Console(file=cast("IO[str]", _Stderr(sys.stderr)))
        super().__init__(console=self._stderr, transient=True, expand=True, redirect_stdout=False)
        self._work = self.add_task("", total=None)

    def get_renderables(self) -> Iterable[RenderableType]:
        """The line, as rich asks for it."""
        yield Constrain(self.make_tasks_table(self.tasks), self._stderr.width - _MARGIN)

    def wait(self, step: str) -> None:
        """Show a step and the elapsed time, at once: it may be over before the next tick."""
        self._show(step, SpinnerColumn("line"), _text(), TimeElapsedColumn())
        self.refresh()

    def download(self, size: int, total: int | None) -> None:
        """Show a bar of bytes and their rate."""
        bytes_, rate = DownloadColumn(table_column=Column(no_wrap=True)), TransferSpeedColumn(Column(no_wrap=True))
        self._show("", TextColumn("downloading"), BarColumn(bar_width=None), bytes_, rate)
        self.update(self._work, completed=size, total=total)

    def count(self, done: int, total: int, text: str) -> None:
        """Show a bar of lines, a text, and the remaining time."""
        bar = BarColumn(bar_width=None, table_column=Column(ratio=1, max_width=16))
        self._show(text, bar, MofNCompleteColumn(), _text(), TimeRemainingColumn())
        self.update(self._work, completed=done, total=total)

    def _show(self, description: str, *columns: ProgressColumn) -> None:
        self.columns = columns
        self.update(self._work, description=description)


def _text() -> TextColumn:
    return TextColumn("{task.description}", markup=False, table_column=Column(ratio=3, no_wrap=True))
