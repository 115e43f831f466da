"""What the flows of one client share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gptimage2_video.budget import Budget
from gptimage2_video.polling.rate_limiter import PollRateLimiter
from gptimage2_video.polling.schedule import Polling

from .retry import Backoff


@dataclass(frozen=True, slots=True)
class FlowContext:
    """What the flows of one client share. Times are seconds, on the monotonic `clock`.

    `accepted_at` has the tasks that were submitted here and not yet seen to end: estimate key, and when accepted.
    """

    base_url: str
    clock: Callable[[], float]
    budget: Budget
    request_timeout: float = 30.0
    polling: Polling = field(default_factory=Polling)
    backoff: Backoff = field(default_factory=Backoff)
    rate_limiter: PollRateLimiter | None = None
    accepted_at: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
