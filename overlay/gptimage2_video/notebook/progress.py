"""A line of progress below a notebook's cell, while a task is waited for; it needs IPython."""

import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from gptimage2_video.task import Task

_TICK: Final = 1.0  # seconds


class Progress:
    """One line below a cell that tells how far a task is, for the sync client and for the awaited one.

        with Progress() as progress:
            task = client.generate(..., on_update=progress.update, on_progress=progress.on_bytes)

    A thread keeps its seconds going. Outside a notebook nothing is shown.
    """

    def __init__(self) -> None:
        self._state, self._start = "submitting", time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._line = _new_line()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._show()

    def update(self, task: "Task") -> None:
        """The task was accepted, or its status has changed; for `on_update`."""
        self._state = f"{task.id}: {task.describe().partition(':')[0]}"
        self._show()

    def on_bytes(self, size: int, total: int | None) -> None:
        """So many bytes of the video have come; for `on_progress`. Shown with the next second."""
        of_total = "" if total is None else f" of {total / 1e6:.1f}"
        self._state = f"downloading: {size / 1e6:.1f}{of_total} MB"

    def _tick(self) -> None:
        while not self._stopped.wait(_TICK):
            self._show()

    def _show(self) -> None:
        if self._line:
            self._line.update({"text/plain": f"{self._state}, {time.monotonic() - self._start:.0f} s"}, raw=True)


def _new_line() -> Any:
    """The handle of a line that can be changed; None outside a notebook."""
    try:
        ipython: Any = import_module("IPython")
    except ImportError:
        return None
    in_notebook = hasattr(ipython.get_ipython(), "kernel")  # a terminal's shell has none
    return ipython.display.display({"text/plain": ""}, raw=True, display_id=True) if in_notebook else None
