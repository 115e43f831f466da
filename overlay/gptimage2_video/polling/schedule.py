"""The fixed polling schedule: seconds between two polls of a pending task, by how long it has been waited for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Polling:
    """Delays between the polls of a pending task.

    The documentation calls every 2 s safe and says that faster gains nothing; a video takes typically 30 to 120 s, and
    the documentation's own loop ends at 180 s or backs off towards 15 s.

    Attributes:
        interval: Seconds between polls.
        steady_for: Seconds of waiting after which the delays grow.
        factor: By what each delay then grows.
        max_interval: The longest delay, in seconds (never below `interval`).
        adaptive: Whether delays may be longer where earlier tasks say that no end is likely (`estimate`).
    """

    interval: float = 2.0
    steady_for: float = 180.0
    factor: float = 1.25
    max_interval: float = 15.0
    adaptive: bool = True

    @property
    def first_delay(self) -> float:
        """Seconds before the first poll of a task that was only just accepted: no video is done in less than ten."""
        return 5 * self.interval

    def grow(self, delay: float) -> float:
        """The delay after this one, once the steady time is over."""
        return max(min(delay * self.factor, self.max_interval), self.interval)

    def next_delay(self, elapsed: float, previous: float) -> float:
        """Seconds until the next poll, so long after the start of the wait, and after a delay like the previous one."""
        return self.grow(previous) if elapsed >= self.steady_for else previous
