"""The part file of a download, beside the target, and at the end the target: ranges, checks, durability, the rename.

An existing file is left alone until the new one is whole, and is replaced only where that is allowed.
"""

import errno
import os
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Self

from gptimage2_video.effects import BodySink
from gptimage2_video.errors import InvalidRequest, Violation

_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)\Z")
# Stores that do not know better call a video a stream of octets.
_VIDEO_TYPES: Final = ("video/", "application/octet-stream", "binary/octet-stream", "application/mp4")

# No video of this service comes near; a body without end must not fill the disk.
MAX_VIDEO_BYTES: Final = 4 * 1024**3
# Bytes that are kept in memory before they are written: a thread a megabyte is cheap, one a chunk is not.
FLUSH_BYTES: Final = 1024 * 1024

OnProgress = Callable[[int, int | None], object] | None


class PartFile(BodySink):
    """A body sink for one video; it leaves either the whole target or nothing.

    Attributes:
        size: Bytes received so far; `on_progress` is called with it and the whole length, None where that is unknown.
        rejection: Why the last response was no video; None when it was.
        range_mismatch: Whether the last response was for other bytes than requested, so that the video is begun anew.
    """

    def __init__(self, target: Path, *, overwrite: bool = False, on_progress: OnProgress = None) -> None:
        super().__init__()
        self.target, self._overwrite, self._on_progress = target, overwrite, on_progress
        self.size = 0
        self.rejection: str | None = None
        self.range_mismatch = False
        self._path = target.parent / f"{target.name}.{secrets.token_hex(4)}.part"
        self._buffer = bytearray()
        self._length: int | None = None
        self._validator: str | None = None
        self._file: BinaryIO | None = None
        # asyncio can cancel a call while its operation is still running in a thread; none begins after `discard`.
        self._lock, self._discarded = threading.RLock(), False

    @classmethod
    def or_none(cls, path: str | os.PathLike[str] | None, overwrite: bool, on_progress: OnProgress) -> Self | None:
        """The part file of a path; None for None."""
        return None if path is None else cls(Path(path), overwrite=overwrite, on_progress=on_progress)

    def probe(self) -> None:
        """Find out before anything is paid for whether the target can be written. Raises InvalidRequest."""
        try:
            if self.target.is_dir():
                reason = "it is a folder; name a file"
            elif os.path.lexists(self.target) and not self._overwrite:
                reason = "it exists; name another file, or allow overwriting"
            else:
                self._path.open("xb").close()
                self._path.unlink()
                return
        except OSError as error:
            reason = error.strerror or str(error)
        message = f"the video cannot be saved to {self.target}: {reason}"
        raise InvalidRequest([Violation("target", "save_to", message)])

    def range_headers(self) -> dict[str, str]:
        """What requests the rest; empty where nothing is there yet or the rest could be of another video."""
        if not self.size or not self._validator:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": self._validator}

    def start(self, status: int, headers: Mapping[str, str]) -> bool:
        """Decide whether the body of a response is the video, its rest, or neither."""
        partial = bool(self.range_headers())
        content_type = headers.get("content-type", "video/").lower()
        match = _RANGE.match(headers.get("content-range", "")) if status == 206 else None
        is_rest = match is not None and int(match[1]) == self.size
        self.range_mismatch = partial and (status == 416 or (status == 206 and not is_rest))
        self.rejection = None
        if self.range_mismatch or status not in (200, 206) or (status == 206 and not partial):
            self.rejection = f"its host answered {status}"
        elif not content_type.startswith(_VIDEO_TYPES):
            self.rejection = f"its host sent {content_type.partition(';')[0]}, which is no video"
        elif "," in headers.get("content-encoding", ""):
            self.rejection = "its host compressed it more than once"
        is_whole = self.rejection is None and status == 200
        if self.range_mismatch or is_whole:
            self.size, self._validator, self._length = 0, None, None
        if is_whole and "content-encoding" not in headers:
            length, etag = headers.get("content-length", ""), headers.get("etag", "")
            self._length = int(length) if length.isascii() and length.isdecimal() else None
            # What proves that the rest is of the same video: a strong ETag, else the date (RFC 9110, 13.1.5).
            self._validator = etag if etag.startswith('"') else headers.get("last-modified")
        return self.rejection is None

    def write(self, chunk: bytes) -> bool:
        """Take a chunk. Raises OSError past MAX_VIDEO_BYTES."""
        if self.size + len(chunk) > MAX_VIDEO_BYTES:
            raise OSError(errno.EFBIG, f"larger than {MAX_VIDEO_BYTES / 1024**3:g} GiB; aborted")
        if not self.size:
            self._buffer.clear()
        self._buffer += chunk
        self.flush_due = len(self._buffer) >= FLUSH_BYTES
        self.size += len(chunk)
        if self._on_progress:
            self._on_progress(self.size, self._length)
        return True

    def flush(self) -> None:
        """Write what has come. Raises OSError where the disk does not take it."""
        with self._lock:
            if self._discarded:
                return
            if self._file is None:
                self._file = self._path.open("xb")
            self._file.seek(self.size - len(self._buffer))
            self._file.write(self._buffer)
            self._file.truncate()
            self._buffer.clear()
            self.flush_due = False

    def incomplete_reason(self) -> str | None:
        """Why the video is not whole; None when it is."""
        if not self.size:
            return "its host sent nothing"
        if self._length is not None and self.size != self._length:
            return f"{self.size} of {self._length} bytes came"
        return None

    def commit(self) -> None:
        """Make the video durable and give it its name. Raises OSError; nothing is replaced unless that was allowed."""
        with self._lock:
            self.flush()
            if self._file is None:
                return
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()  # some systems rename no open file
            if self._overwrite:
                self._path.replace(self.target)
            else:
                _rename_to_new(self._path, self.target)
            _sync_folder(self.target.parent)
            self._file = None

    def discard(self) -> None:
        """Leave nothing behind that was not committed. Raises nothing: what called for it is the error."""
        with self._lock:
            self._discarded = True
            if self._file:
                for step in (self._file.close, self._path.unlink):  # `close` writes once more what could not be written
                    with suppress(OSError):
                        step()
                self._file = None


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
    else:
        with suppress(OSError):  # Windows removes no file that another program, such as a virus scanner, has open
            path.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, where folders can be synced at all."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
