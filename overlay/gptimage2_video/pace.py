"""How long tasks of one kind take, learned from those that were seen to end; and when, knowing that, to look next.

Lives here: the estimate as a value, the pauses that follow from it, and what one wait teaches. Not here: the pauses of
those who know nothing of a task (`schedule`), clocks, and where an estimate is kept (`journal`).

Its law: a pause is long only where no end is likely and the estimate has earned it. One end that is seen late takes all
trust away, and looks are every `interval` until it has been earned again. So a wrong estimate costs one late look.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Protocol, runtime_checkable

from .schedule import Polling

# Ends that an estimate holds: the last ones, so that it follows when a model becomes faster or slower.
_KEPT: Final = 32
# No two of them within such a share of their length: the last 32 of a thousand tasks that began together would be the
# longest, and so they are some of every length.
_APART: Final = 0.05
# With fewer ends than this the documentation is believed: 30 to 120 s are typical, and its own loop looks until 180 s.
_ENOUGH: Final = 3
_TYPICAL: Final = ((20.0, 180.0),)
# How far around an end others are likely: so many times as far as the second nearest one, within these, in seconds; the
# most is a share of the end where that is more.
_SPREAD: Final = 1.5
_REACH: Final = (3.0, 10.0)
_REACH_SHARE: Final = 0.15
# Past the last likely end a look is due every two intervals, until so many times its length, when pauses begin to grow.
_OVERDUE: Final = 1.5
# Seconds from acceptance to an end where nothing is known: the middle of the documented 30 to 120.
_MIDDLE: Final = 75.0
# Trust lets a pause be one interval longer for each close end, up to this; it begins with the documentation's word.
# With more, one end in fifty that nothing foretold would make the mean lateness 10 % worse (`bench/polling.py`).
MOST: Final = 4
# An end is close, and learned, where the look before was pending and not longer ago than this, in seconds, or than this
# share of the whole.
_CLOSE: Final = 6.0
_CLOSE_SHARE: Final = 0.05


@dataclass(frozen=True)
class Estimate:
    """When tasks of one kind end.

    Attributes:
        ends: The last ends that were seen closely, in seconds from acceptance, oldest first.
        trust: By how many intervals a pause may be longer than one where no end is likely.
        at: When the last of them was taken in, in seconds on the clock of whoever keeps the estimate; None if unknown.
    """

    ends: tuple[float, ...] = ()
    trust: int = MOST
    at: float | None = None

    @cached_property
    def zones(self) -> Sequence[tuple[float, float]]:
        """The stretches of a wait in which an end is likely, in order, in seconds from acceptance."""
        if len(self.ends) < _ENOUGH:
            return _TYPICAL
        zones: list[tuple[float, float]] = []
        for start, end in _reaches(sorted(self.ends)):
            if zones and start <= zones[-1][1]:
                zones[-1] = (zones[-1][0], max(zones[-1][1], end))
            else:
                zones.append((start, end))
        return zones

    def pause(self, polling: Polling, elapsed: float, before: float) -> float:
        """Seconds until the next look.

        Args:
            polling: The pace that the caller set; no pause is shorter than its interval.
            elapsed: Seconds since the task was accepted.
            before: The pause before this one; past the last likely end they grow as `polling` says.
        """
        ahead = next((start for start, end in self.zones if elapsed < end), None)
        leap = polling.interval * (1 + self.trust)
        if ahead is not None:
            return max(min(ahead - elapsed, leap), polling.interval)
        if elapsed < max(polling.steady, _OVERDUE * self.zones[-1][1]):
            return min(2 * polling.interval, leap)
        return max(min(before * polling.growth, polling.longest), polling.interval)

    def likelihood(self, pending: float, elapsed: float) -> float:
        """How likely it is that a task has ended by now, from 0 to 1.

        The share of those earlier tasks that ended between the two times among those that ended after the first; one
        more of unknown length makes it grow with the time that nobody looked, whatever the history.

        Args:
            pending: Seconds from acceptance to the last look, which found it pending.
            elapsed: Seconds from acceptance until now.
        """
        ahead = [end for end in self.ends if end > pending]
        unknown = 1 - math.exp((pending - elapsed) / _MIDDLE)
        return (sum(end <= elapsed for end in ahead) + unknown) / (len(ahead) + 1)

    def after(self, took: float | None, now: float) -> "Estimate":
        """The estimate, one end later.

        Args:
            took: Seconds from acceptance; None where the end was seen late.
            now: Seconds on the clock of whoever keeps the estimate.
        """
        if took is None:
            return Estimate(self.ends, 0, self.at)
        if self.at is not None and 0 <= now - self.at < _APART * took:
            return self
        return Estimate((*self.ends, took)[-_KEPT:], min(self.trust + 1, MOST), now)

    def as_json(self) -> dict[str, Any]:
        """The estimate for JSON."""
        return {"ends": [round(end, 1) for end in self.ends], "trust": self.trust, "at": self.at}


def read_estimate(told: Mapping[str, Any]) -> Estimate:
    """The estimate that `as_json` told. Raises KeyError, TypeError or ValueError where it makes no sense."""
    ends = tuple(float(end) for end in told["ends"])
    if not all(0 <= end < float("inf") for end in ends):
        raise ValueError("a task takes a number of seconds")
    at = told["at"]
    return Estimate(ends[-_KEPT:], max(min(int(told["trust"]), MOST), 0), None if at is None else float(at))


def _reaches(ends: Sequence[float]) -> list[tuple[float, float]]:
    low, high = _REACH
    reaches: list[tuple[float, float]] = []
    for i, end in enumerate(ends):
        _, _, second, *_ = sorted(abs(other - end) for other in ends[max(i - 2, 0) : i + 3])
        reach = min(max(_SPREAD * second, low), max(high, _REACH_SHARE * end))
        reaches.append((end - reach, end + reach))
    return sorted(reaches)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one wait taught: tasks of the kind `key` took so many seconds; None where the end was seen late."""

    key: str
    took: float | None


class DurationEstimate:
    """The estimate of one kind of task, as all waits for such tasks share it; each reads it anew before each pause."""

    def __init__(self, key: str, estimate: Estimate | None = None) -> None:
        self.key = key
        self.estimate = estimate or Estimate()

    def learn(self, lesson: Lesson, now: float) -> None:
        """Take in what a wait taught; `now` is in seconds, on one clock for all of them."""
        self.estimate = self.estimate.after(lesson.took, now)


@runtime_checkable
class EstimateStore(Protocol):
    """Who keeps paces: a `Journal`, `InMemoryEstimates`, or a recorder of your own that has these two."""

    def recall(self, key: str) -> DurationEstimate:
        """The pace of tasks of this kind; the same one for all who ask."""
        ...

    async def recall_async(self, key: str) -> DurationEstimate:
        """As `recall`."""
        ...


class InMemoryEstimates:
    """The paces of every kind, in memory. Threads may share it."""

    def __init__(self) -> None:
        self._paces: dict[str, DurationEstimate] = {}

    def recall(self, key: str) -> DurationEstimate:
        """The pace of tasks of this kind."""
        return self._paces.setdefault(key, DurationEstimate(key))

    async def recall_async(self, key: str) -> DurationEstimate:
        """As `recall`."""
        return self.recall(key)


def kind(base_url: str, request: Mapping[str, Any]) -> str:
    """What tells how long a task takes: the service, the model, the duration and the resolution."""
    return _kind(base_url, request.get("model"), request.get("duration"), request.get("resolution"))


@lru_cache(maxsize=256, typed=True)
def _kind(*facts: object) -> str:
    return json.dumps(facts)


class Watch:
    """One wait for a task that was accepted while this client looked on.

    Args:
        pace: That of tasks of its kind.
        polling: The pace that the caller set.
        clock: Seconds on a clock that never goes back.
        accepted: When the task was accepted, on that clock.
    """

    def __init__(self, pace: DurationEstimate, polling: Polling, clock: Callable[[], float], accepted: float) -> None:
        self._pace, self._polling, self._clock = pace, polling, clock
        self._accepted = self._pending = accepted
        self._planned: float | None = None
        self._over = False

    def pause(self) -> float:
        """Seconds until the next look, after one that found the task pending, or after its receipt."""
        self._pending = self._clock()
        before = self._planned or self._polling.interval
        self._planned = self._pace.estimate.pause(self._polling, self._pending - self._accepted, before)
        return self._planned

    def likelihood(self) -> float:
        """How likely it is that the task has ended since it was last seen to be pending, from 0 to 1."""
        return self._pace.estimate.likelihood(self._pending - self._accepted, self._clock() - self._accepted)

    def lost(self) -> None:
        """A look came to nothing; whatever the next one finds is not the estimate's doing."""
        self._planned = None

    def ended(self) -> Lesson | None:
        """What it teaches that the task has completed; nothing where a lost look or a late start leaves it open."""
        took, unseen = (self._clock() - since for since in (self._accepted, self._pending))
        close = max(_CLOSE, _CLOSE_SHARE * took)
        leapt = self._planned is not None and self._planned > max(self._polling.interval, close)
        if self._over or not (unseen <= close or leapt):
            return None
        self._over = True
        lesson = Lesson(self._pace.key, took - unseen / 2 if unseen <= close else None)
        self._pace.learn(lesson, self._clock())
        return lesson
