"""Looks per second, shared by the waits for many tasks and spent where a task has most likely ended.

Lives here: whose turn it is. Not here: how likely an end is (`pace`), when a wait would look by itself (`looks`), and
pauses, for which a conversation asks as for any other.
"""

import threading
from bisect import bisect_left, insort
from collections.abc import Callable
from itertools import count
from typing import Final

from .wire import Conversation, Sleep, setting

# A look that waited and wakes late makes up for so much of it, in seconds: a busy process wakes late all the time.
_SLACK: Final = 0.1


class PollRateLimiter:
    """The looks per second that the waits of any number of clients may spend together. Threads may share it.

    A look that is due while another may still leave takes it at once. Else it waits, and those go first whose tasks
    have most likely ended unseen. Submissions and downloads are not held up.

    Args:
        per_second: Looks per second, above 0.

    Raises:
        InvalidRequest: It is not a number above 0.
    """

    def __init__(self, per_second: float) -> None:
        if not per_second > 0:
            raise setting("per_second", f"per_second must be a number of looks above 0, not {per_second!r}")
        self.per_second = per_second
        self._lock = threading.Lock()
        self._order = count()
        self._waiting: list[tuple[float, int]] = []
        self._free_at = float("-inf")

    def turn(
        self, clock: Callable[[], float], likelihood: Callable[[], float], fits: Callable[[float], bool]
    ) -> Conversation[None]:
        """Wait for the turn of one look.

        Args:
            clock: Seconds on a clock that never goes back, the same for all who share the budget.
            likelihood: How likely it is that the task has ended unseen by now, from 0 to 1.
            fits: Whether a pause ends in time; where one does not, the look is made at once, as the last of its wait.
        """
        order, slack = next(self._order), 0.0
        while True:
            place = (-likelihood(), order)
            pause = self._ask(place, clock(), slack, fits)
            if not pause:
                return
            try:
                yield Sleep(pause)
            finally:
                self._leave(place)
            slack = _SLACK

    def _ask(self, place: tuple[float, int], now: float, slack: float, fits: Callable[[float], bool]) -> float:
        """Seconds until this look may be made, by what is known now; 0 where it is made now."""
        each = 1 / self.per_second
        with self._lock:
            ahead = bisect_left(self._waiting, place)
            pause = max(self._free_at - now, 0.0) + ahead * each
            # One that is ahead and does not wake within the time of one look has slept too long.
            if pause and now < self._free_at + each * bool(ahead) and fits(pause):
                insort(self._waiting, place)
                return pause
            self._free_at = max(self._free_at, now - slack) + each
            return 0.0

    def _leave(self, place: tuple[float, int]) -> None:
        with self._lock:
            del self._waiting[bisect_left(self._waiting, place)]
