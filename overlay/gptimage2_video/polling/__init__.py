"""When to poll a task: a fixed schedule, an estimate from past durations, a rate limit shared by many waits."""

from .estimate import DurationEstimate, EstimateStore, InMemoryEstimates, Sample
from .rate_limiter import PollRateLimiter

__all__ = ["DurationEstimate", "EstimateStore", "InMemoryEstimates", "PollRateLimiter", "Sample"]
