"""HTML for notebooks, made of plain values. All that comes from a service or a request is text here, never markup."""

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Final

# A saved video of up to so many bytes is put into the notebook, which then shows it wherever it is opened.
_EMBEDDED: Final = 8 * 1024 * 1024
_VIDEO: Final = '<video controls loop muted style="max-width:100%;max-height:24em" src="{}"></video><br>'


def task_html(task_id: str, details: Iterable[str], url: str | None, path: Path | None) -> str:
    """A task: its video where there is one to show, and what is known of it."""
    return f"<div>{_video(url, path)}<code>{escape(task_id)}</code> {escape(', '.join(filter(None, details)))}</div>"


def _video(url: str | None, path: Path | None) -> str:
    try:
        if path is not None and path.stat().st_size <= _EMBEDDED:
            return _VIDEO.format(f"data:video/mp4;base64,{base64.b64encode(path.read_bytes()).decode()}")
    except OSError:
        pass  # it was moved; the service may still have it
    return _VIDEO.format(escape(url)) if url and url.startswith(("https://", "http://")) else ""


def table_html(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""

    def line(tag: str, cells: Sequence[str]) -> str:
        return "<tr>" + "".join(f'<{tag} style="text-align:left">{escape(cell)}</{tag}>' for cell in cells) + "</tr>"

    return f"<table>{line('th', head)}{''.join(line('td', row) for row in rows)}</table>"
