"""A page's text, from a URL, a file or stdin.

Lives here: all I/O of this command, and its limits. The key is never sent: no client of the library is used.
Not here: what the text holds (`page`).
"""

import re
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import click
import httpx

from .trouble import PageUnreachable

MOST_BYTES: Final = 8_000_000  # of one page; the largest pages of documentation that we know have a quarter of it
STEP_SECONDS: Final = 10.0
TOTAL_SECONDS: Final = 60.0  # a server that sends a byte now and then keeps no CI job
_REDIRECTS: Final = 5
_TEXTS: Final = ("text/html", "application/xhtml+xml", "text/markdown", "text/x-markdown", "text/plain")
_MARKDOWN_NAME: Final = re.compile(r"\.(md|mdx|markdown)$", re.IGNORECASE)
_HTML_NAME: Final = re.compile(r"\.x?html?$", re.IGNORECASE)
_META: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


class Text(NamedTuple):
    """What a page holds; `markdown` is None where nothing but the text itself tells."""

    text: str
    markdown: bool | None


def fetch(page: str) -> Text:
    """The text of a page: an http(s) URL, a file, or `-` for stdin.

    Raises:
        click.ClickException: It cannot be read: no such file, no text, too long, refused, with a password in the URL.
        PageUnreachable: Nobody answered in time, or the server is ill.
    """
    if re.match(r"https?://[^/?#]*@", page, re.IGNORECASE):
        raise click.ClickException("a public page needs no password: leave it out of the URL, which is printed")
    if re.match(r"https?://", page, re.IGNORECASE):
        return _from_url(page)
    try:
        content = _from_stdin() if page == "-" else _from_file(Path(page))
    except OSError as problem:
        raise click.ClickException(f"{_name(page)} cannot be read: {problem.strerror or problem}") from None
    return Text(_decoded(page, content, None), _kind_by_name(page))


def _name(page: str) -> str:
    return "stdin" if page == "-" else page


def _from_stdin() -> bytes:
    if sys.stdin is None:  # as where fd 0 is closed
        raise OSError("it is closed")
    return _short_enough("-", sys.stdin.buffer.read(MOST_BYTES + 1))


def _from_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return _short_enough(str(path), file.read(MOST_BYTES + 1))


def _short_enough(page: str, content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise click.ClickException(
            f"{_name(page)} is longer than {MOST_BYTES:,} bytes, which no page of documentation is"
        )
    return content


def _kind_by_name(page: str) -> bool | None:
    return True if _MARKDOWN_NAME.search(page) else False if _HTML_NAME.search(page) else None


def _decoded(page: str, content: bytes, charset: str | None) -> str:
    declared = _META.search(content[:2048])
    encoding = charset or (declared[1].decode() if declared else "utf-8")
    try:
        return content.decode("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding)
    except (LookupError, UnicodeDecodeError):
        raise click.ClickException(f"{_name(page)} cannot be read: it is no text in {encoding}") from None


def _from_url(url: str) -> Text:
    with _unreachable(url), _client() as client, client.stream("GET", url) as reply:
        if reply.status_code >= 500 or reply.status_code == 429:
            raise PageUnreachable(f"{url} cannot be read now: the server answers {reply.status_code}; try again later")
        if reply.status_code != 200:
            raise click.ClickException(f"{url} cannot be read: the server answers {reply.status_code}")
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _TEXTS:
            raise click.ClickException(f"{url} cannot be read: it is {kind or 'of no kind'}, neither HTML nor Markdown")
        content = b"".join(_within_limits(url, reply))
        markdown = False if "html" in kind else True if "markdown" in kind else _kind_by_name(reply.url.path)
        return Text(_decoded(url, content, reply.charset_encoding), markdown)


def _client() -> httpx.Client:
    return httpx.Client(
        timeout=STEP_SECONDS,
        follow_redirects=True,
        max_redirects=_REDIRECTS,
        headers={"Accept": "text/html, text/markdown, text/plain;q=0.8", "User-Agent": "gptimage2-video-drift"},
    )


def _within_limits(url: str, reply: httpx.Response) -> Iterator[bytes]:
    end = time.monotonic() + TOTAL_SECONDS
    length = 0
    for chunk in reply.iter_bytes():
        length += len(chunk)
        if length > MOST_BYTES:
            _short_enough(url, bytes(MOST_BYTES + 1))
        if time.monotonic() > end:
            raise PageUnreachable(
                f"{url} cannot be read now: it was not whole after {TOTAL_SECONDS:g} s; try again later"
            )
        yield chunk


@contextmanager
def _unreachable(url: str) -> Generator[None]:
    """Faults of the way as one sentence."""
    try:
        yield
    except httpx.TooManyRedirects:
        raise click.ClickException(f"{url} cannot be read: it redirects more than {_REDIRECTS} times") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as problem:
        raise click.ClickException(f"{url} cannot be read: {problem}") from None
    except httpx.HTTPError as problem:
        raise PageUnreachable(
            f"{url} cannot be read now: {problem or type(problem).__name__}; try again later"
        ) from None
