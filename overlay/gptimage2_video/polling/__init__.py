"""When to poll a task: a fixed schedule, an estimate from past durations, a rate limit shared by many waits."""
