"""What a notebook shows: a task with its video, what `check` and `quote` found, and a line while a task is waited for.

Lives here: HTML, and the line of progress. Not here: the values themselves, which call this when a notebook asks them.
Nothing else imports this module, and it needs IPython for the line alone. All that comes from a service or a request is
text here, never markup.
"""

import base64
import threading
import time
from collections.abc import Sequence
from html import escape
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from .fields import Violation
    from .pricing import Quote
    from .task import Task

# A saved video of up to so many bytes is put into the notebook, which then shows it wherever it is opened.
_EMBEDDED: Final = 8 * 1024 * 1024
_VIDEO: Final = '<video controls loop muted style="max-width:100%;max-height:24em" src="{}"></video><br>'
_TICK: Final = 1.0  # seconds


def task_html(task: "Task") -> str:
    """A task: its video where there is one to show, how it stands, what it cost, and how to go on."""
    cost = "" if task.credits_used is None else f"{task.credits_used} credits"
    facts = [_standing(task), cost, task.model or "", str(task.path or "")]
    return f"<div>{_video(task)}<code>{escape(task.id)}</code> {escape(', '.join(filter(None, facts)))}</div>"


def _video(task: "Task") -> str:
    if not task.completed:
        return ""
    try:
        if task.path is not None and task.path.stat().st_size <= _EMBEDDED:
            return _VIDEO.format(f"data:video/mp4;base64,{base64.b64encode(task.path.read_bytes()).decode()}")
    except OSError:
        pass  # it was moved; the service may still have it
    if task.video_url is not None and task.video_url.startswith(("https://", "http://")):
        return _VIDEO.format(escape(task.video_url))
    return ""


def _standing(task: "Task") -> str:
    if task.completed:
        return "completed"
    if not task.failed:
        return "pending: client.wait(task) goes on"
    why = ": ".join(filter(None, (task.error_code, task.error_message)))
    refund = {True: "refunded", False: "not refunded yet", None: ""}[task.refunded]
    return ", ".join(filter(None, (f"failed ({why})" if why else "failed", refund)))


def violations_html(found: "Sequence[Violation]") -> str:
    """What `check` found, as a table."""
    if not found:
        return "<div>nothing to mend</div>"
    return _table(("", "field", "what to do"), [(each.severity, each.field, each.message) for each in found])


def quote_html(quote: "Quote") -> str:
    """What `quote` told, as a table."""
    return _table(("credits", "from"), [("unknown" if quote.credits is None else str(quote.credits), quote.note)])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(tag: str, cells: Sequence[str]) -> str:
        return "<tr>" + "".join(f'<{tag} style="text-align:left">{escape(cell)}</{tag}>' for cell in cells) + "</tr>"

    return f"<table>{line('th', head)}{''.join(line('td', row) for row in rows)}</table>"


class Progress:
    """One line below a cell that tells how far a task is, for the sync client and for the awaited one.

        with Progress() as shown:
            task = client.generate(..., on_update=shown.update, on_progress=shown.received)

    A thread keeps its seconds going. Outside a notebook nothing is shown.
    """

    def __init__(self) -> None:
        self._words, self._start = "submitting", time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._line: Any = None

    def __enter__(self) -> Self:
        self._line = _new_line()
        if self._line is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._line is not None:
            self._thread.join()
            self._show()

    def update(self, task: "Task") -> None:
        """The task was accepted, or its status has changed; for `on_update`."""
        self._words = f"{task.id}: {_standing(task).partition(':')[0]}"
        self._show()

    def received(self, size: int, total: int | None) -> None:
        """So many bytes of the video are there; for `on_progress`. Shown with the next second."""
        whole = "" if total is None else f" of {total / 1e6:.1f}"
        self._words = f"downloading: {size / 1e6:.1f}{whole} MB"

    def _tick(self) -> None:
        while not self._over.wait(_TICK):
            self._show()

    def _show(self) -> None:
        if self._line is not None:
            self._line.update(_Text(f"{self._words}, {time.monotonic() - self._start:.0f} s"))


class _Text:
    """Words that a notebook shows as they are."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __repr__(self) -> str:
        return self._words


def _new_line() -> Any:
    """The handle of a line that can be changed; None outside a notebook."""
    try:
        ipython, shown = import_module("IPython"), import_module("IPython.display")
    except ImportError:
        return None
    in_notebook = hasattr(ipython.get_ipython(), "kernel")  # a terminal's shell has none
    return shown.display(_Text(""), display_id=True) if in_notebook else None
