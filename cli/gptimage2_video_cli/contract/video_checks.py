"""The checks of a video: it is served without the key, whole and in parts, and its address stays."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from .recording_client import NO_KEY, Exchange
from .responses import video_url
from .session import Session

_GONE: Final = (403, 404, 410)
_RANGE: Final = {"Range": "bytes=4-7"}


def check_video(session: Session, ended: Exchange) -> bytes:
    """Fetch the video of the snapshot of an ended task. Returns how it begins; empty where it is not served."""
    url = video_url(ended.fields)
    if ended.fields.get("status") != 1 or url is None:
        return b""
    result, got = session.result, _fetch(session, url)
    result.check("video-elsewhere", _host(url) != _host(session.client.base_url), ended)
    detail = f"{url.partition('?')[0]}: {got.status or got.failure}"
    result.check("video-served", got.status == 200, ended, got, detail=detail)
    if got.status != 200:
        return b""
    start = bytes(got.response_body[:12])
    is_video = got.content_type.startswith("video/") and (got.content_type != "video/mp4" or start[4:8] == b"ftyp")
    result.check("video-is-video", is_video, ended, got, detail=f"{got.content_type}, which begins with {start!r}")
    is_whole = got.received > 0 and not got.is_truncated
    result.check("video-whole", is_whole, ended, got, detail=f"{got.received} bytes {got.failure}")
    return start


def check_part(session: Session, ended: Exchange, latest: Exchange, start: bytes, seconds: float) -> None:
    """Ask for a few bytes, some seconds after the end: by then an address may have expired, or be another.

    The snapshots are the first and the latest of the ended task; `start` is what `check_video` has returned.
    """
    before, url = video_url(ended.fields), video_url(latest.fields)
    if latest.fields.get("status") != 1 or before is None or url is None:
        return
    result, got = session.result, _fetch(session, before, _RANGE)
    if result.observations["video-served"].passed:
        stays = got.status not in _GONE and url == before
        result.check("video-expires", stays, latest, got, detail=f"{got.status} after {seconds:.0f} s")
    if url != before:
        got = _fetch(session, url, _RANGE)
    if got.status in _GONE:
        return
    content_range = got.headers.get("content-range", "")
    is_part = got.status == 206 and got.received == 4 and content_range.startswith("bytes 4-7/")
    is_part = is_part and start[4:8] in (b"", bytes(got.response_body))
    detail = f"{got.status}, Content-Range {content_range!r}, {got.received} bytes"
    result.check("video-range", is_part, latest, got, detail=detail)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:  # `http://[`, which is no URL
        return ""


def _fetch(session: Session, url: str, headers: Mapping[str, str] | None = None) -> Exchange:
    """GET without the key."""
    return session.client.send("GET", url, authorization=NO_KEY, headers={"Accept": "*/*", **(headers or {})})
