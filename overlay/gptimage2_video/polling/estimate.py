"""When a pending task is polled next, by how long similar tasks took: seldom where no end is plausible.

Its law: no delay is made longer than five intervals, so where the history is wrong an end is seen so late at most. And
late ends do not push the estimate up: a task that ends before any end is plausible is seen to have ended by the first
poll from there on, which is earlier than all ends before it. So the next wait begins to poll earlier.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from .schedule import PollState, fixed_schedule

# Durations that are kept: the last ones, so that the estimate follows when a model becomes faster or slower.
KEPT: Final = 32
# An end is plausible so near an earlier one: in seconds, or as a share of the duration where that is more.
_MARGIN: Final = (4.0, 0.06)
# Believed is a stretch without ends after which so many tasks ended, and before which so many or none. By fewer a heavy
# tail seems to have gaps, and its ends would be seen late (`bench/polling.py`).
_ENOUGH: Final = 5
# With fewer durations the documentation is believed: a video takes typically 30 to 120 s.
_EARLIEST: Final = 20.0


def adaptive_schedule(state: PollState) -> float:
    """The delays by past durations: up to five intervals until shortly before the next plausible end, then one.

    After 180 s they are two. With fewer than five durations it is as the `fixed_schedule`, but for the first 20 s.
    """
    if state.age is None:
        return fixed_schedule(state)
    durations, age, interval = sorted(state.durations), state.age, state.interval
    ahead = _next_plausible(durations, age) - age
    if ahead > 0:
        return max(min(ahead, 5 * interval), interval)
    if len(durations) >= _ENOUGH and age < durations[-1] + _margin(durations[-1]):
        return min(fixed_schedule(state), 2 * interval)
    return fixed_schedule(state)


def _next_plausible(durations: Sequence[float], age: float) -> float:
    """The least age from this one on at which an end is plausible, or nothing says otherwise."""
    if len(durations) < _ENOUGH:
        return _EARLIEST
    ended = bisect_right(durations, age)
    if 0 < ended < _ENOUGH or len(durations) - ended < _ENOUGH:
        return age
    if ended and age < durations[ended - 1] + _margin(durations[ended - 1]):
        return age
    return durations[ended] - _margin(durations[ended])


def _margin(duration: float) -> float:
    seconds, share = _MARGIN
    return max(seconds, share * duration)


class SimilarTasks(NamedTuple):
    """What decides how long a task takes: two tasks of which all this is the same are similar."""

    base_url: str
    model: Any
    duration: Any
    resolution: Any

    @classmethod
    def to(cls, base_url: str, request: Mapping[str, Any]) -> "SimilarTasks":
        """The tasks that are similar to that of a request in wire names."""
        return cls(base_url, request.get("model"), request.get("duration"), request.get("resolution"))


# When each of the last similar tasks was accepted, and how many seconds it took; what the journal had is before 0.
PastDurations: TypeAlias = dict[SimilarTasks, list[tuple[float, float]]]


def keep_last(durations: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those that were accepted last; of tasks that began together, those that ended last would be the longest."""
    return sorted(durations)[-KEPT:]
