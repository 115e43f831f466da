"""The clock of this package: what time it is, and letting it pass.

Lives here: nothing else, so that a test can put another clock in its place.
"""

import time


def now() -> float:
    """Seconds on a clock that never goes back."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Let time pass."""
    time.sleep(seconds)
