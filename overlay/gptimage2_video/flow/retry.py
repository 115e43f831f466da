"""Retries as values: the delay before each, which failures are transient, and the one deadline over a wait."""

import random
from collections.abc import Callable
from typing import Final

from gptimage2_video import errors

# The least time that the last request before a deadline gets, in seconds: a healthy one takes a fraction of it.
MIN_REQUEST_TIME: Final = 1.0
# A Retry-After beyond this is obeyed only so far, in seconds: a wrong header must not stall a program for hours.
MAX_RETRY_AFTER: Final = 60.0
# Delays after failures, in seconds: doubling, with a random share so that many clients do not return at once. Retries
# are for one call; a wait goes on until its deadline.
_INITIAL_DELAY: Final = 0.5
_MAX_DELAY: Final = 15.0
_JITTER: Final = 0.5
MAX_RETRIES: Final = 3


def retry_delay(failures: int, error: errors.VideoClientError | None = None) -> float:
    """Seconds to wait after so many failures in a row; a Retry-After of the last one's response goes first."""
    retry_after: float | None = getattr(error, "retry_after", None)
    if retry_after is not None:
        return min(retry_after, MAX_RETRY_AFTER)
    full = min(_INITIAL_DELAY * 2.0 ** min(failures - 1, 30), _MAX_DELAY)
    return full * (1 - _JITTER * random.random())  # noqa: S311  (spreads load, keeps no secret)


class Deadline:
    """One end over everything that a wait does: `timeout` seconds from now, None for no end, on a monotonic clock."""

    def __init__(self, clock: Callable[[], float], timeout: float | None) -> None:
        self._clock, self._start = clock, clock()
        self._timeout = float("inf") if timeout is None else timeout

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def remaining(self) -> float:
        """Seconds until the end; negative after it."""
        return self._timeout - self.elapsed()

    def allows(self, delay: float) -> bool:
        """Whether a delay and a last request after it end in time."""
        return delay + MIN_REQUEST_TIME < self.remaining()

    def clamp_delay(self, delay: float) -> float:
        """The delay, shortened so that a last request still ends in time."""
        return max(min(delay, self.remaining() - MIN_REQUEST_TIME), 0.0)

    def clamp_timeout(self, timeout: float) -> float:
        """The timeout of one request, shortened to what remains, but never below MIN_REQUEST_TIME."""
        return min(timeout, max(self.remaining(), MIN_REQUEST_TIME))


def is_transient(error: errors.VideoClientError) -> bool:
    """Whether reading again may help. A redirect stays what it is; a 200 that cannot be read may have been cut."""
    if isinstance(error, errors.UnexpectedReply):
        return 200 <= error.status < 300
    return isinstance(error, errors.ConnectionFailed | errors.RateLimited | errors.ServerError) or (
        isinstance(error, errors.APIError) and error.status in (408, 425)
    )
