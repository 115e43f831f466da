"""A file on a disk that is full."""

import errno
import io
import os
from pathlib import Path
from typing import Any


def full_disk(file: Path | int, mode: str, call: str) -> io.BufferedWriter:
    """A file, or a descriptor, open for writing, whose `call` (`write` or `close`) fails whenever it is made."""

    def fail() -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            return fail() if call == "write" else super().write(data)

        def close(self) -> None:
            was_open = not self.closed
            super().close()
            if call == "close" and was_open:
                fail()

    return io.BufferedWriter(Full(file, mode))
