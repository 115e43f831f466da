"""The lines of stdin, read so that the server can end before the next line comes.

The protocol's own reader waits in a thread that cannot be cancelled: a signal would not end the server before the host
closes stdin.
"""

import asyncio
import os
import sys
import threading
from contextlib import suppress
from typing import Final, Self

_CHUNK: Final = 1 << 16  # bytes


class CancellableStdin:
    """The lines of stdin, as an asynchronous iterator; the last one may lack its newline."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        line = await self._lines.get()
        if line is None:
            raise StopAsyncIteration
        return line

    def cancel(self) -> None:
        """End the iteration, as if stdin were closed; call it in the event loop's own thread."""
        self._lines.put_nowait(None)

    def _read(self) -> None:
        """Read in a thread, past the buffer of `sys.stdin`: the interpreter would wait for its lock at exit."""
        rest = b""
        with suppress(OSError, RuntimeError):  # stdin or the loop is closed
            while chunk := os.read(sys.stdin.fileno(), _CHUNK):
                *lines, rest = (rest + chunk).split(b"\n")
                self._put(*lines)
            self._put(*filter(None, [rest]))
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.cancel)

    def _put(self, *lines: bytes) -> None:
        for line in lines:
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line.decode("utf-8", "replace"))
