"""The clock of this package, which tests replace."""

import time


def now() -> float:
    """Seconds on a monotonic clock."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Sleep."""
    time.sleep(seconds)
