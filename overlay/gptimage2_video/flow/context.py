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

    Attributes:
        base_url: Where the API is, without a slash at its end.
        request_timeout: For each step of a request.
        rate_limiter: What the polls of these waits share with those of others; None where nothing.
        accepted_at: Of each task that was submitted here and not yet seen to end: its estimate key, and when it was
            accepted.
    """

    base_url: str
    clock: Callable[[], float]
    budget: Budget
    request_timeout: float = 30.0
    polling: Polling = field(default_factory=Polling)
    backoff: Backoff = field(default_factory=Backoff)
    rate_limiter: PollRateLimiter | None = None
    accepted_at: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
