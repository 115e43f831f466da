"""When to poll a task: a fixed schedule, one by past durations, your own; and a rate limit that many waits share."""

from .estimate import SimilarTasks, adaptive_schedule
from .rate_limiter import PollRateLimiter
from .schedule import PollSchedule, PollState, fixed_schedule

__all__ = ["PollRateLimiter", "PollSchedule", "PollState", "SimilarTasks", "adaptive_schedule", "fixed_schedule"]
