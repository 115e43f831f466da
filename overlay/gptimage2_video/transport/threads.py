"""Blocking work beside the event loop, under asyncio or trio."""

from collections.abc import Callable
from typing import Any, TypeVar

import anyio
import anyio.to_thread

T = TypeVar("T")


async def in_thread(call: Callable[..., T], *args: Any) -> T:
    """Call in a thread. A cancellation waits until it is done, asyncio's own ones excepted."""
    with anyio.CancelScope(shield=True):
        return await anyio.to_thread.run_sync(call, *args)
    raise AssertionError  # pragma: no cover  (nobody cancels the scope, but type checkers do not know)
