"""The clock of both clients: what time it is, and letting it pass.

Lives here: nothing else, so that a test can put another clock in its place.
"""

import time

import anyio


def now() -> float:
    """Seconds on a clock that never goes back."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Let time pass."""
    time.sleep(seconds)


async def async_pause(seconds: float) -> None:
    """Let time pass for this task only; under asyncio or trio."""
    await anyio.sleep(seconds)
