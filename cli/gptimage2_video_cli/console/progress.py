"""Progress on stderr: a spinner and a byte bar on a terminal, plain lines elsewhere.

Lives here: what a person sees while a command works. Not here: the result (`output`). The task id is noted and said the
moment it is known.
"""

import sys
from contextlib import suppress
from itertools import cycle
from threading import Event, Lock, Thread
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import click

from gptimage2_video import Task, TaskStatus

from .output import Run, is_terminal, printable

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

_FRAME_SECONDS: Final = 0.1


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
            self._run.remark(_told(task))

    def received(self, size: int, total: int | None) -> None:
        """So many bytes are there; whole lines would be too many."""


class Terminal(Lines):
    """Progress on a terminal: besides the lines, a spinner with the seconds elapsed, then a bar of bytes."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._start, self._size = monotonic(), 0
        self._drawing, self._stopped = Lock(), Event()
        self._spinner = Thread(target=self._spin, daemon=True)
        self._bar: ProgressBar[int] | None = None

    def __enter__(self) -> Self:
        self._spinner.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_spinning()
        if self._bar:
            self._bar.render_finish()

    def update(self, task: Task) -> None:
        """As in `Lines`; the spinner then names the task."""
        with self._drawing:
            draw("")
            super().update(task)
            draw(self._words("."))

    def received(self, size: int, total: int | None) -> None:
        """Show how far the download is."""
        if self._bar is None:
            self._stop_spinning()
            self._bar = click.progressbar(length=total, label="downloading", file=sys.stderr, show_pos=True)
        self._bar.update(size - self._size)
        self._size = size

    def _spin(self) -> None:
        for frame in cycle("|/-\\"):
            with self._drawing:
                draw(self._words(frame))
            if self._stopped.wait(_FRAME_SECONDS):
                break
        draw("")

    def _words(self, frame: str) -> str:
        task_id = self._run.task_id
        doing = f"waiting for {printable(task_id)}" if task_id else "submitting"
        return f"{frame} {doing} {monotonic() - self._start:.0f} s"

    def _stop_spinning(self) -> None:
        self._stopped.set()
        self._spinner.join()


def progress(run: Run) -> Lines:
    """What fits where stderr leads; on a terminal nothing is drawn between the lines of --verbose."""
    return (Terminal if is_terminal() and not (run.quiet or run.verbose) else Lines)(run)


def _told(task: Task) -> str:
    if task.completed:
        return f"completed: {task.id}"
    if task.status != TaskStatus.PENDING:
        return f"status {task.status}: {task.id}; this version does not know it and waits on"
    cost = "" if task.credits_used is None else f" ({task.credits_used} credits)"
    return f"submitted: {task.id}{cost}"


def draw(line: str) -> None:
    """Put a line in place of the one that the cursor is on."""
    with suppress(OSError, ValueError):
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
