"""The lines of stdin, read so that the server can end before the next line comes.

The protocol's own reader waits in a thread that cannot be cancelled: a signal would not end the server before the host
closes stdin.
"""

import asyncio
import math
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

_CHUNK: Final = 1 << 16  # bytes


def stdin_lines() -> tuple[MemoryObjectReceiveStream[str], Callable[[], None]]:
    """The lines, of which the last may lack its newline, and what ends them as if stdin were closed."""
    loop = asyncio.get_running_loop()
    sender, lines = anyio.create_memory_object_stream[str](math.inf)

    def put(line: bytes) -> None:
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
            sender.send_nowait(line.decode("utf-8", "replace"))

    def read() -> None:
        # In a thread, past the buffer of `sys.stdin`: the interpreter would wait for its lock at exit.
        rest = b""
        with suppress(OSError, RuntimeError):  # stdin or the loop is closed
            while chunk := os.read(sys.stdin.fileno(), _CHUNK):
                *complete, rest = (rest + chunk).split(b"\n")
                for line in complete:
                    loop.call_soon_threadsafe(put, line)
            if rest:
                loop.call_soon_threadsafe(put, rest)
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(sender.close)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    return lines, sender.close
