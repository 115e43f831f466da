"""How long similar tasks take, learned from those that were seen to end; and when, knowing that, to poll next.

Its law: a delay is long only where no end is likely and the estimate has earned it. One end that is seen late takes all
confidence away, and polls are every `interval` until it has been earned again. So a wrong estimate costs one late poll.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol, runtime_checkable

from .schedule import Polling

# Durations that an estimate keeps: the last ones, so that it follows when a model becomes faster or slower.
_KEPT: Final = 32
# No two of them within such a share of their length: the last 32 of a thousand tasks that began together would be the
# longest, and so they are some of every length.
_APART: Final = 0.05
# With fewer durations than this the documentation is believed: 30 to 120 s are typical, and its own loop ends at 180 s.
_ENOUGH: Final = 3
_TYPICAL: Final = ((20.0, 180.0),)
# How far around an end others are likely: so many times as far as the second nearest one, within these, in seconds; the
# most is a share of the duration where that is more.
_SPREAD: Final = 1.5
_REACH: Final = (3.0, 10.0)
_REACH_SHARE: Final = 0.15
# Past the last likely end a poll is due every two intervals, until so many times its length, when delays begin to grow.
_OVERDUE: Final = 1.5
# Seconds from acceptance to an end where nothing is known: the middle of the documented 30 to 120.
_MIDDLE: Final = 75.0
# Each end that is seen closely lets a delay be one interval longer, up to this; it begins at the documentation's word.
# With more, one end in fifty that nothing foretold would make the mean lateness 10 % worse (`bench/polling.py`).
MAX_CONFIDENCE: Final = 4
# An end is seen closely, and learned, where the poll before was pending and not longer ago than this, in seconds, or
# than this share of the whole.
_CLOSE: Final = 6.0
_CLOSE_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Sample:
    """What one wait learned of tasks with this key: seconds from acceptance; None where the end was seen late."""

    key: str
    duration: float | None


class DurationEstimate:
    """When the tasks with one key end. All waits for such tasks share it, and read it anew before each delay.

    `durations` are the last ones that were seen closely, in seconds from acceptance; `confidence` says by how many
    intervals a delay may be longer than one where no end is likely; `updated_at` is when the last was added, if known.
    """

    def __init__(self, key: str, durations: tuple[float, ...] = (), confidence: int = MAX_CONFIDENCE) -> None:
        self.key, self.durations, self.confidence = key, durations, confidence
        self.updated_at: float | None = None

    def next_delay(self, polling: Polling, elapsed: float, previous: float) -> float:
        """Seconds until the next poll, `elapsed` seconds after the task was accepted; at least the polling interval.

        Past the last likely end delays grow from the `previous` one as `polling` says.
        """
        windows = _likely_windows(self.durations)
        ahead = next((start for start, end in windows if elapsed < end), None)
        max_delay = polling.interval * (1 + self.confidence)
        if ahead is not None:
            return max(min(ahead - elapsed, max_delay), polling.interval)
        if elapsed < max(polling.steady_for, _OVERDUE * windows[-1][1]):
            return min(2 * polling.interval, max_delay)
        return polling.grow(previous)

    def likelihood(self, pending: float, elapsed: float) -> float:
        """How likely it is, from 0 to 1, that a task has ended between two times, in seconds from its acceptance.

        The share of those earlier tasks that ended between the two among those that ended after the first; one more of
        unknown length makes it grow with the time since the last poll, whatever the history.
        """
        ahead = [duration for duration in self.durations if duration > pending]
        unknown = 1 - math.exp((pending - elapsed) / _MIDDLE)
        return (sum(duration <= elapsed for duration in ahead) + unknown) / (len(ahead) + 1)

    def add(self, sample: Sample, now: float) -> None:
        """Take in what a wait learned; `now` is in seconds, on one clock for all of them."""
        duration = sample.duration
        if duration is None:
            self.confidence = 0
        elif self.updated_at is None or not 0 <= now - self.updated_at < _APART * duration:
            self.durations = (*self.durations, duration)[-_KEPT:]
            self.confidence, self.updated_at = min(self.confidence + 1, MAX_CONFIDENCE), now

    def to_json(self) -> dict[str, Any]:
        """The estimate as journals keep it."""
        ends = [round(duration, 1) for duration in self.durations]
        return {"ends": ends, "trust": self.confidence, "at": self.updated_at}

    @classmethod
    def from_json(cls, key: str, data: Mapping[str, Any]) -> "DurationEstimate":
        """What `to_json` wrote. Raises KeyError, TypeError or ValueError where it makes no sense."""
        durations = tuple(float(duration) for duration in data["ends"])
        if not all(0 <= duration < float("inf") for duration in durations):
            raise ValueError("a task takes a number of seconds")
        estimate = cls(key, durations[-_KEPT:], max(min(int(data["trust"]), MAX_CONFIDENCE), 0))
        estimate.updated_at = None if data["at"] is None else float(data["at"])
        return estimate


@lru_cache(maxsize=256)
def _likely_windows(durations: tuple[float, ...]) -> Sequence[tuple[float, float]]:
    """The stretches of a wait in which an end is likely, in order, in seconds from acceptance."""
    if len(durations) < _ENOUGH:
        return _TYPICAL
    windows: list[tuple[float, float]] = []
    for start, end in _reaches(sorted(durations)):
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(windows[-1][1], end))
        else:
            windows.append((start, end))
    return windows


def _reaches(durations: Sequence[float]) -> list[tuple[float, float]]:
    low, high = _REACH
    reaches: list[tuple[float, float]] = []
    for i, end in enumerate(durations):
        _, _, second, *_ = sorted(abs(other - end) for other in durations[max(i - 2, 0) : i + 3])
        reach = min(max(_SPREAD * second, low), max(high, _REACH_SHARE * end))
        reaches.append((end - reach, end + reach))
    return sorted(reaches)


@runtime_checkable
class EstimateStore(Protocol):
    """Who keeps estimates: a `Journal`, `InMemoryEstimates`, or a recorder of your own that has these two."""

    def load_estimate(self, key: str) -> DurationEstimate:
        """The estimate of the tasks with this key; the same one for all who ask."""
        ...

    async def load_estimate_async(self, key: str) -> DurationEstimate:
        """As `load_estimate`."""
        ...


class InMemoryEstimates:
    """The estimates of every key, in memory. Threads may share it."""

    def __init__(self) -> None:
        self._estimates: dict[str, DurationEstimate] = {}

    def load_estimate(self, key: str) -> DurationEstimate:
        """The estimate of the tasks with this key."""
        return self._estimates.setdefault(key, DurationEstimate(key))

    async def load_estimate_async(self, key: str) -> DurationEstimate:
        """As `load_estimate`."""
        return self.load_estimate(key)


def estimate_key(base_url: str, request: Mapping[str, Any]) -> str:
    """What decides how long a task takes: the service, the model, the duration and the resolution."""
    return _key(base_url, request.get("model"), request.get("duration"), request.get("resolution"))


@lru_cache(maxsize=256, typed=True)
def _key(*parts: object) -> str:
    return json.dumps(parts)


class AdaptiveTimer:
    """The delays of one wait for a task that was accepted by this client, at a time on the monotonic clock."""

    def __init__(
        self, estimate: DurationEstimate, polling: Polling, clock: Callable[[], float], accepted_at: float
    ) -> None:
        self._estimate, self._polling, self._clock = estimate, polling, clock
        self._accepted_at = self._pending_at = accepted_at
        self._delay: float | None = None
        self._done = False

    def next_delay(self) -> float:
        """Seconds until the next poll, after one that found the task pending, or after its submission."""
        self._pending_at = self._clock()
        previous = self._delay or self._polling.interval
        self._delay = self._estimate.next_delay(self._polling, self._pending_at - self._accepted_at, previous)
        return self._delay

    def likelihood(self) -> float:
        """How likely it is that the task has ended since it was last seen to be pending, from 0 to 1."""
        return self._estimate.likelihood(self._pending_at - self._accepted_at, self._clock() - self._accepted_at)

    def poll_failed(self) -> None:
        """Note that a poll failed; whatever the next one finds is not the estimate's doing."""
        self._delay = None

    def completed(self) -> Sample | None:
        """What the end of the task teaches; nothing where a failed poll or a late start leaves it open."""
        duration, unseen = (self._clock() - since for since in (self._accepted_at, self._pending_at))
        close = max(_CLOSE, _CLOSE_SHARE * duration)
        waited_long = self._delay is not None and self._delay > max(self._polling.interval, close)
        if self._done or not (unseen <= close or waited_long):
            return None
        self._done = True
        sample = Sample(self._estimate.key, duration - unseen / 2 if unseen <= close else None)
        self._estimate.add(sample, self._clock())
        return sample
