"""Conditional and partial replies for one piece of content (RFC 9110, 13 and 14), as pure functions of headers.

One range at a time: a request for several gets the whole, as the RFC allows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Selection(NamedTuple):
    """What to send: a status, the bytes from `start` up to but without `stop`, and a Content-Range if there is one."""

    status: int
    start: int
    stop: int
    content_range: str | None


def select(headers: Mapping[str, str], size: int, etag: str, last_modified: str) -> Selection:
    """What a GET with these headers is to be sent of `size` bytes: 200, 206, 304 or 416.

    Args:
        headers: the request's, under names in any case if the mapping allows it.
        size: of the content, in bytes.
        etag: the content's strong entity tag, with its quotes.
        last_modified: the content's date as the server sends it.
    """
    if _matches(headers.get("If-None-Match"), etag):
        return Selection(304, 0, 0, None)
    whole = Selection(200, 0, size, None)
    match = _RANGE.fullmatch(headers.get("Range", "").strip())
    if match is None or match.groups() == ("", "") or headers.get("If-Range", etag) not in (etag, last_modified):
        return whole
    return _part(match[1], match[2], size) or whole


def _part(first: str, last: str, size: int) -> Selection | None:
    start = int(first) if first else max(size - int(last), 0)
    stop = min(int(last) + 1, size) if first and last else size
    if first and last and int(last) < start:
        return None  # not a range at all, so to be ignored
    if start >= size:
        return Selection(416, 0, 0, f"bytes */{size}")
    return Selection(206, start, stop, f"bytes {start}-{stop - 1}/{size}")


def _matches(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or "*" in tags
