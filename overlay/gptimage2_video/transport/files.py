"""Where a download lands: a part file beside the target, and at the end the target.

Lives here: the file, its resumption by range, the checks of type and length, and the rename. Not here: when to ask
again (`download`) and how (`engine`). An existing file is left alone until the new one is whole, and is replaced only
when told.
"""

import errno
import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from gptimage2_video.errors import InvalidRequest
from gptimage2_video.fields import Violation

_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)\Z")
# Stores that do not know better call a video a stream of octets.
_VIDEO_TYPES: Final = ("video/", "application/octet-stream", "binary/octet-stream", "application/mp4")

# No video of this service comes near; a body that does not end must not fill the disk.
MAX_VIDEO_BYTES: Final = 4 * 1024**3

OnProgress = Callable[[int, int | None], object] | None


class Part:
    """A sink for one video. As a context manager it leaves either the whole target or nothing.

    Args:
        target: The file to be.
        overwrite: Whether an existing target may be replaced.
        on_progress: Called with the bytes so far and the whole length, or None where that is unknown.

    Raises:
        InvalidRequest: The target exists, is a folder, or cannot be written. Nothing was sent.

    Attributes:
        size: Bytes received so far.
        refusal: Why the last reply was no video; None when it was.
        stale: Whether the last reply was for other bytes than asked for, so that the video is begun anew.
    """

    def __init__(self, target: Path, *, overwrite: bool = False, on_progress: OnProgress = None) -> None:
        self.target, self._overwrite, self._on_progress = target, overwrite, on_progress
        self.size = 0
        self.refusal: str | None = None
        self.stale = False
        self._path = target.parent / f"{target.name}.{secrets.token_hex(4)}.part"
        self._length: int | None = None
        self._validator: str | None = None
        self._file: BinaryIO | None = None
        self._probe()

    def _probe(self) -> None:
        """Find out before anything is paid for whether the target can be written."""
        try:
            if self.target.is_dir():
                problem = "it is a folder; name a file"
            elif os.path.lexists(self.target) and not self._overwrite:
                problem = "it exists; name another file, or allow overwriting"
            else:
                self._open().close()
                self._path.unlink()
                return
        except OSError as error:
            problem = error.strerror or str(error)
        message = f"the video cannot be saved to {self.target}: {problem}"
        raise InvalidRequest([Violation("target", "save_to", message)])

    def _open(self) -> BinaryIO:
        return self._path.open("xb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
            self._path.unlink(missing_ok=True)

    def range_headers(self) -> dict[str, str]:
        """What asks for the rest; empty where nothing is there yet or the rest could be of another video."""
        if not self.size or not self._validator:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": self._validator}

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """A reply has begun: decide whether its body is the video, its rest, or neither."""
        asked = bool(self.range_headers())
        kind = headers.get("content-type", "video/").lower()
        found = _RANGE.match(headers.get("content-range", "")) if status == 206 else None
        self.stale = asked and (status == 416 or (status == 206 and not (found and int(found[1]) == self.size)))
        self.refusal = None
        if self.stale or status not in (200, 206) or (status == 206 and not asked):
            self.refusal = f"its host answered {status}"
        elif not kind.startswith(_VIDEO_TYPES):
            self.refusal = f"its host sent {kind.partition(';')[0]}, which is no video"
        elif "," in headers.get("content-encoding", ""):
            self.refusal = "its host packed it more than once"
        if self.stale:
            self._restart()
        if self.refusal is None and status == 200:
            self._restart()
            length = headers.get("content-length", "")
            plain = "content-encoding" not in headers
            self._length = int(length) if plain and length.isascii() and length.isdecimal() else None
            self._validator = _validator(headers) if plain else None
        return self.refusal is None

    def _restart(self) -> None:
        self.size, self._validator, self._length = 0, None, None
        if self._file:
            self._file.seek(0)
            self._file.truncate()

    def write(self, chunk: bytes) -> bool:
        """Save a piece. Raises OSError where the disk does not take it, or past MAX_VIDEO_BYTES."""
        if self.size + len(chunk) > MAX_VIDEO_BYTES:
            raise OSError(errno.EFBIG, "it does not end")
        if self._file is None:
            self._file = self._open()
        self._file.write(chunk)
        self.size += len(chunk)
        if self._on_progress:
            self._on_progress(self.size, self._length)
        return True

    def missing(self) -> str | None:
        """Why the video is not whole, in words; None when it is."""
        if not self.size:
            return "its host sent nothing"
        if self._length is not None and self.size != self._length:
            return f"{self.size} of {self._length} bytes came"
        return None

    def keep(self) -> Path:
        """Make the video durable and give it its name. Raises OSError; nothing is replaced unless that was allowed."""
        assert self._file is not None  # noqa: S101  a video without bytes is missing, so never kept
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()  # some systems rename no open file
        if self._overwrite:
            self._path.replace(self.target)
        else:
            _rename_to_new(self._path, self.target)
        _sync_folder(self.target.parent)
        return self.target


def _rename_to_new(path: Path, target: Path) -> None:
    """Rename, failing where the target exists, which a plain rename would replace."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links; between these two lines another program could win
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "the file has come into being meanwhile", str(target)) from None
        path.rename(target)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, where folders can be synced at all."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _validator(headers: Mapping[str, str]) -> str | None:
    """What proves to the host that the rest is of the same video: a strong ETag, else the date (RFC 9110, 13.1.5)."""
    etag = headers.get("etag", "")
    return etag if etag.startswith('"') else headers.get("last-modified")
