"""Progress on stderr: a spinner and a bar of bytes on a terminal, plain lines elsewhere."""

import sys
from contextlib import suppress
from itertools import cycle
from threading import Event, Lock, Thread
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import click

from gptimage2_video import Task, TaskStatus

from .output import Console, is_terminal, strip_control

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

_FRAME_SECONDS: Final = 0.1


class LineProgress:
    """Progress in plain lines. A context manager, open as long as the work lasts."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass

    def on_update(self, task: Task) -> None:
        """The task has been accepted, or its status has changed."""
        if task.status != TaskStatus.FAILED:  # the error says that, with the reason
            self._console.info(_status_line(task))

    def on_bytes(self, size: int, total: int | None) -> None:
        """So many bytes have arrived; whole lines would be too many."""


class TerminalProgress(LineProgress):
    """Progress on a terminal: besides the lines, a spinner with the elapsed seconds, then a bar of bytes."""

    def __init__(self, console: Console, task_id: str | None = None) -> None:
        super().__init__(console)
        self._task_id = task_id
        self._start, self._size = monotonic(), 0
        self._drawing, self._stopped = Lock(), Event()
        self._spinner = Thread(target=self._spin, daemon=True)
        self._bar: ProgressBar[int] | None = None

    def __enter__(self) -> Self:
        self._spinner.start()
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop_spinning()
        if self._bar:
            self._bar.render_finish()

    def on_update(self, task: Task) -> None:
        """As in `LineProgress`; the spinner then names the task."""
        with self._drawing:
            self._task_id = task.id
            draw("")
            super().on_update(task)
            draw(self._spinner_line("."))

    def on_bytes(self, size: int, total: int | None) -> None:
        """Show how far the download is."""
        if self._bar is None:
            self._stop_spinning()
            self._bar = click.progressbar(length=total, label="downloading", file=sys.stderr, show_pos=True)
        self._bar.update(size - self._size)
        self._size = size

    def _spin(self) -> None:
        for frame in cycle("|/-\\"):
            with self._drawing:
                draw(self._spinner_line(frame))
            if self._stopped.wait(_FRAME_SECONDS):
                break
        draw("")

    def _spinner_line(self, frame: str) -> str:
        step = f"waiting for {strip_control(self._task_id)}" if self._task_id else "submitting"
        return f"{frame} {step} {monotonic() - self._start:.0f} s"

    def _stop_spinning(self) -> None:
        self._stopped.set()
        self._spinner.join()


def show_progress(console: Console, task_id: str | None = None) -> LineProgress:
    """Progress as stderr can show it; on a terminal nothing is drawn between the lines of --verbose."""
    if is_terminal() and not (console.quiet or console.verbose):
        return TerminalProgress(console, task_id)
    return LineProgress(console)


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
