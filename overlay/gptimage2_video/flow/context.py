"""What the flows of one client share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gptimage2_video.budget import Budget
from gptimage2_video.polling.estimate import PastDurations, SimilarTasks, adaptive_schedule
from gptimage2_video.polling.rate_limiter import PollRateLimiter
from gptimage2_video.polling.schedule import PollSchedule


@dataclass(frozen=True, slots=True)
class FlowContext:
    """What the flows of one client share. Times are seconds, on the monotonic `clock`.

    `accepted_at` has the tasks that were submitted here and not yet seen to end, `read_durations` is the journal's.
    """

    base_url: str
    clock: Callable[[], float]
    budget: Budget
    request_timeout: float = 30.0
    poll_interval: float = 2.0
    poll_schedule: PollSchedule = adaptive_schedule
    rate_limiter: PollRateLimiter | None = None
    accepted_at: dict[str, tuple[SimilarTasks, float]] = field(default_factory=dict[str, tuple[SimilarTasks, float]])
    past_durations: PastDurations = field(default_factory=PastDurations)
    read_durations: Callable[[SimilarTasks], Sequence[float]] | None = None
