"""The lines of stdin, read so that no way out has to wait for one more of them.

Lives here: the reading. Not here: what a line says. The protocol's own reader waits in a thread that cannot be called
off, so that a signal would not end the server before the host closes stdin.
"""

import asyncio
import os
import sys
import threading
from contextlib import suppress
from typing import Final, Self

_AT_ONCE: Final = 1 << 16


class Stdin:
    """The lines of stdin, as an asynchronous iterator; the last one may lack its end."""

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

    def end(self) -> None:
        """Have it end here, as if it were closed; for the event loop's own thread."""
        self._lines.put_nowait(None)

    def _read(self) -> None:
        """Read on a thread, past the buffer of `sys.stdin`: the interpreter would wait for its lock at the end."""
        rest = b""
        with suppress(OSError, RuntimeError):  # it is gone, or the loop is
            while piece := os.read(sys.stdin.fileno(), _AT_ONCE):
                *lines, rest = (rest + piece).split(b"\n")
                self._tell(*lines)
            self._tell(*filter(None, [rest]))
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.end)

    def _tell(self, *lines: bytes) -> None:
        for line in lines:
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line.decode("utf-8", "replace"))
