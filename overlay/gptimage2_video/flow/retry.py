"""When to ask again: the schedules as values, and the one deadline over a wait.

Lives here: numbers with their reasons. Not here: clocks and sleeping; a clock is handed in.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

# The least time that the last look before a deadline gets, in seconds: a healthy request takes a fraction of it.
LAST_LOOK: Final = 1.0
# A Retry-After beyond this is obeyed only so far, in seconds: a wrong header must not stall a program for hours.
RETRY_AFTER_CAP: Final = 60.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses after trouble, in seconds: doubling, with jitter so that many clients do not return at once.

    Attributes:
        first: The first pause, before jitter.
        cap: The longest.
        jitter: The share of a pause that is random; 0 for none.
        repeats: How often a call by itself is repeated. (A wait goes on until its deadline.)
    """

    first: float = 0.5
    cap: float = 15.0
    jitter: float = 0.5
    repeats: int = 3

    def pause(self, tries: int, asked: float | None = None) -> float:
        """Seconds to pause after `tries` failures in a row; what the service asked for (Retry-After) goes first."""
        if asked is not None:
            return min(asked, RETRY_AFTER_CAP)
        full = min(self.first * 2.0 ** min(tries - 1, 30), self.cap)
        return full * (1 - self.jitter * random.random())  # noqa: S311  (spreads load, keeps no secret)


@dataclass(frozen=True, slots=True)
class Polling:
    """Pauses between looks at a pending task.

    The documentation calls every 2 s safe and says that faster gains nothing; a video takes typically 30 to 120 s, and
    the documentation's own loop ends at 180 s or backs off towards 15 s.

    Attributes:
        interval: Seconds between looks.
        steady: Seconds of waiting after which the pauses grow.
        growth: By what factor each pause then grows.
        longest: The longest pause, in seconds (never below `interval`).
        adaptive: Whether pauses may be longer where earlier tasks say that no end is likely (`pace`).
    """

    interval: float = 2.0
    steady: float = 180.0
    growth: float = 1.25
    longest: float = 15.0
    adaptive: bool = True

    @property
    def first(self) -> float:
        """Seconds before the first look at a task that was only just accepted: no video is done in less than ten."""
        return 5 * self.interval

    def pauses(self, elapsed: Callable[[], float]) -> Iterator[float]:
        """The pauses of one wait; `elapsed` tells the seconds since its start."""
        pause = self.interval
        while True:
            if elapsed() >= self.steady:
                pause = max(min(pause * self.growth, self.longest), self.interval)
            yield pause


class Deadline:
    """One monotonic end over everything that a wait does.

    Args:
        clock: Seconds on a clock that never goes back.
        timeout: Seconds from now; None for no end.
    """

    def __init__(self, clock: Callable[[], float], timeout: float | None) -> None:
        self._clock = clock
        self._start = clock()
        self._timeout = float("inf") if timeout is None else timeout

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def left(self) -> float:
        """Seconds that are left; negative after the end."""
        return self._timeout - self.elapsed()

    def fits(self, pause: float) -> bool:
        """Whether a pause and a last look after it end in time."""
        return pause + LAST_LOOK < self.left()

    def cut_pause(self, pause: float) -> float:
        """The pause, shortened so that a last look still ends in time."""
        return max(min(pause, self.left() - LAST_LOOK), 0.0)

    def cut_request(self, timeout: float) -> float:
        """The timeout of one request, shortened to what is left, but never below that of a last look."""
        return min(timeout, max(self.left(), LAST_LOOK))
