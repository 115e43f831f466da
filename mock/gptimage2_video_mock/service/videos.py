"""Real videos, H.264 in MP4, of the requested size and duration; and a cache of them."""

# pyright: reportUnknownMemberType=false
# (av's own annotations leave the type of a packet open)

from __future__ import annotations

import hashlib
import re
import tempfile
import threading
from collections import OrderedDict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import av

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FRAMES_PER_SECOND = 4
_SHORT_SIDES = {"720p": 720, "1080p": 1080}  # pixels; anything else is as 720p
_RATIO = re.compile(r"([0-9]{1,4}):([0-9]{1,4})")
_BACKGROUND = (70, 145, 108)  # Y, U, V
_BAR_LUMA = 220
_ENCODER = {"preset": "ultrafast", "threads": "1", "crf": "28"}


class Format(NamedTuple):
    """What tells one of the mock's videos from another: seconds and pixels."""

    duration: int
    width: int
    height: int


class Video(NamedTuple):
    """An encoded video and its strong entity tag, which is the same whenever it is encoded again."""

    content: bytes
    etag: str


def video_format(duration: int, request: Mapping[str, Any]) -> Format:
    """The format of a task's video from its duration in seconds and its request's aspect ratio and resolution.

    An aspect ratio that is missing, unreadable or beyond 1:4 is 16:9; an unknown resolution is 720p.
    """
    short = _SHORT_SIDES.get(request.get("resolution", ""), 720)
    across, down = _ratio(request.get("aspectRatio", ""))
    long = round(short * max(across, down) / min(across, down) / 2) * 2  # H.264 at 4:2:0 needs even numbers
    return Format(duration, long, short) if across >= down else Format(duration, short, long)


def _ratio(text: str) -> tuple[int, int]:
    match = _RATIO.fullmatch(text)
    across, down = (int(match[1]), int(match[2])) if match else (0, 0)
    readable = across > 0 and down > 0 and max(across, down) <= 4 * min(across, down)
    return (across, down) if readable else (16, 9)


def encode(form: Format) -> bytes:
    """The MP4 of a format, its index in front so that players can begin before they have all of it."""
    with tempfile.TemporaryDirectory(prefix="gptimage2-video-mock-") as directory:
        path = Path(directory, "video.mp4")  # moving the index to the front needs a file
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options=_ENCODER)
            stream.width, stream.height, stream.pix_fmt = form.width, form.height, "yuv420p"
            for frame in _frames(form):
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()


def _frames(form: Format) -> Iterator[av.VideoFrame]:
    count = form.duration * FRAMES_PER_SECOND
    bar = form.width // 16
    for number in range(count):
        frame = av.VideoFrame(form.width, form.height, "yuv420p")
        for plane, level in zip(frame.planes, _BACKGROUND, strict=True):
            row = bytearray([level]) * plane.line_size
            if plane.width == form.width:  # the luma plane; the bar has no colour of its own
                left = (form.width - bar) * number // max(count - 1, 1)
                row[left : left + bar] = bytes([_BAR_LUMA]) * bar
            plane.update(bytes(row) * plane.height)
        frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
        yield frame


class VideoCache:
    """Videos by their format, the least recently used forgotten first. Safe to use from any thread.

    Args:
        size: how many videos are kept. Default 32, some 20 kB each.
    """

    def __init__(self, size: int = 32) -> None:
        self._size = size
        self._videos: OrderedDict[Format, Video] = OrderedDict()
        self._lock = threading.Lock()
        self._encoding = threading.Lock()  # one at a time, and nobody encodes what another just did

    def peek(self, form: Format) -> Video | None:
        """The video if it is there; never takes long."""
        with self._lock:
            video = self._videos.get(form)
            if video is not None:
                self._videos.move_to_end(form)
            return video

    def get(self, form: Format) -> Video:
        """The video, encoded if need be: tenths of a second, so not for an event loop's thread."""
        with self._encoding:
            video = self.peek(form)
            if video is None:
                content = encode(form)
                video = Video(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
                self._keep(form, video)
            return video

    def _keep(self, form: Format, video: Video) -> None:
        with self._lock:
            self._videos[form] = video
            while len(self._videos) > self._size:
                self._videos.popitem(last=False)
