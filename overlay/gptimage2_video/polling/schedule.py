"""When a pending task is polled next: the fixed schedule, and what a schedule of one's own is given."""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

# The documentation calls every 2 s safe and says that faster gains nothing; its own loop ends at 180 s or backs off
# towards 15 s. From there on each delay is a quarter longer than the one before.
_STEADY_FOR: Final = 180.0
_GROWTH: Final = 0.25
_MAX_DELAY: Final = 15.0


class PollState(NamedTuple):
    """What a schedule is told about one wait.

    Attributes:
        waited: Seconds since the wait began.
        age: Seconds since the task was accepted; None where it was not submitted by this client.
        polls: How many polls this wait has made.
        interval: The setting `poll_interval`, in seconds.
        durations: Seconds that the last tasks with the same base URL, model, duration and resolution took, 32 at most,
            in any order; empty where none are known.
    """

    waited: float
    age: float | None
    polls: int
    interval: float
    durations: tuple[float, ...] = ()


# Returns the seconds until the next poll, above 0. The first poll of a task that was submitted elsewhere is at once.
PollSchedule: TypeAlias = Callable[[PollState], float]


def fixed_schedule(state: PollState) -> float:
    """The delays without any history: five intervals at first, then one, and after 180 s growing up to 15 s."""
    if not state.polls:
        return 5 * state.interval  # no video is done in less than ten seconds
    overdue = state.waited - _STEADY_FOR
    growing = state.interval if overdue < 0 else (1 + _GROWTH) * state.interval + _GROWTH * overdue
    return max(min(growing, _MAX_DELAY), state.interval)
