"""Polls per second, shared by the waits for many tasks; first come, first served."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from gptimage2_video.effects import Flow, Sleep
from gptimage2_video.settings import invalid_setting

# A poll that waited and wakes late may catch up so much, in seconds: a busy process wakes late all the time.
_CATCH_UP: Final = 0.1


class PollRateLimiter:
    """The polls per second of the waits of any number of clients together. Threads may share it.

    A poll that is due while the rate allows it is made at once. Else it waits for those that were due before it.
    Submissions and downloads are not limited. Raises InvalidRequest for a rate not above 0.
    """

    def __init__(self, per_second: float) -> None:
        if not per_second > 0:
            raise invalid_setting("per_second", f"per_second must be a number of polls above 0, not {per_second!r}")
        self.per_second = per_second
        self._lock = threading.Lock()
        self._waiting: list[object] = []
        self._free_at = float("-inf")

    def after_fork(self) -> None:
        """In the child of a fork, which has this rate for itself: nobody waits there yet."""
        self._lock, self._waiting = threading.Lock(), []

    def acquire(self, clock: Callable[[], float], allows: Callable[[float], bool]) -> Flow[None]:
        """Wait until one poll may be made; at once where a delay would not end in time (`allows`)."""
        poll, catch_up = object(), 0.0
        with self._lock:
            self._waiting.append(poll)
        try:
            while delay := self._try(poll, clock(), catch_up, allows):
                yield Sleep(delay)
                catch_up = _CATCH_UP
        finally:
            with self._lock, suppress(ValueError):  # none of them came along through a fork
                self._waiting.remove(poll)

    def _try(self, poll: object, now: float, catch_up: float, allows: Callable[[float], bool]) -> float:
        """Seconds until this poll may be made, by what is known now; 0 where it is made now."""
        each = 1 / self.per_second
        with self._lock:
            ahead = self._waiting.index(poll)
            delay = max(self._free_at - now, 0.0) + ahead * each
            # One that is ahead and does not wake within the time of one poll has slept too long.
            if delay and now < self._free_at + each * bool(ahead) and allows(delay):
                return delay
            self._free_at = max(self._free_at, now - catch_up) + each
            return 0.0
