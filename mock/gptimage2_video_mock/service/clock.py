"""The mock's clock, which can run fast, be frozen and be advanced."""

from __future__ import annotations

import math
import threading
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LATEST = datetime(9000, 1, 1, tzinfo=UTC).timestamp()  # what comes after must still be a date


class Clock:
    """Seconds since the epoch, starting now.

    Args:
        speed: seconds of this clock per real second; 0 freezes it, so that only `advance` moves it. Default 1.
        monotonic: the source of real seconds; for tests.

    Raises:
        ValueError: the speed is negative or not finite.
    """

    def __init__(self, speed: float = 1.0, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        if not (math.isfinite(speed) and speed >= 0):
            raise ValueError(f"the clock's speed must be 0 or more, not {speed}")
        self.speed = speed
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._origin = time.time() - monotonic() * speed

    def now(self) -> float:
        """Seconds since the epoch by this clock."""
        return min(self._origin + self._monotonic() * self.speed, _LATEST)

    def advance(self, seconds: float) -> float:
        """Step the clock forward by `seconds` and return the new time, in seconds since the epoch.

        Raises:
            ValueError: `seconds` is negative or not finite, or leads beyond the year 9000.
        """
        with self._lock:
            if not (seconds >= 0 and self.now() + seconds < _LATEST):
                raise ValueError(f"the clock cannot be advanced by {seconds} seconds")
            self._origin += seconds
            return self.now()


@lru_cache(1024)  # a task is polled often, and its times stay
def iso(seconds: float) -> str:
    """A time in seconds since the epoch as the API writes it: ISO 8601, UTC, milliseconds, `Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
