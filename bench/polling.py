"""Polling, simulated: how many polls each schedule takes, and how late it sees that a task has ended.

    make bench-polling        tables; no network, no sleeping, the same numbers every time

The schedules are the library's own, driven by a clock that jumps from poll to poll. The goals: for steady and bimodal
durations at most 50 % of the fixed schedule's polls at no more than 105 % of its mean lateness; for heavy tails never
later than 110 %. It fails where one is missed.
"""

import heapq
import itertools
import math
import random
import statistics
import sys

from side_by_side import table

from gptimage2_video.polling import PollRateLimiter, PollState, adaptive_schedule, fixed_schedule
from gptimage2_video.polling.estimate import keep_last

TASKS = 2000
INTERVAL = 2.0
PER_SECOND = 20.0  # polls, for all tasks together
STEADY, HEAVY = (0.50, 1.05), (math.inf, 1.10)  # shares of the fixed schedule's polls and lateness, at most
WRONG = ", after a wrong history"  # 32 durations that are 0.4 or 2.5 times as long
MODELS = range(34, 125, 6)  # seconds that each of them takes on average


def distributions(rng, count):
    """By name: what is demanded, and the tasks of a run in order, each a model and its seconds."""

    def of(draw):
        return [("one", max(draw(i / count), 3.0)) for i in range(count)]

    several = [(model, max(rng.gauss(model, 3), 3.0)) for model in rng.choices(MODELS, k=count)]
    return {
        "steady, 75 ± 5 s": (STEADY, of(lambda _: rng.gauss(75, 5))),
        "steady, 300 ± 30 s": (STEADY, of(lambda _: rng.gauss(300, 30))),
        "steady, 16 models, ± 3 s": (STEADY, several),
        "drifting, 40 to 100 s, ± 3 s": (STEADY, of(lambda done: rng.gauss(40 + 60 * done, 3))),
        "jumping, 8 times, ± 3 s": (None, of(lambda done: rng.gauss((60, 100, 40, 75)[int(8 * done) % 4], 3))),
        "bimodal, 40 ± 3 or 110 ± 4 s": (STEADY, of(lambda _: rng.gauss(*rng.choice([(40, 3), (110, 4)])))),
        "bimodal, 60 ± 3 or 90 ± 3 s": (STEADY, of(lambda _: rng.gauss(rng.choice([60, 90]), 3))),
        "heavy tail, log-normal, sigma 0.4": (HEAVY, of(lambda _: rng.lognormvariate(math.log(60), 0.4))),
        "heavy tail, log-normal, sigma 0.8": (HEAVY, of(lambda _: rng.lognormvariate(math.log(60), 0.8))),
        "heavy tail, Pareto, 2": (HEAVY, of(lambda _: 40 * rng.paretovariate(2))),
        "uniform, 30 to 120 s": (None, of(lambda _: rng.uniform(30, 120))),
        "steady, a fiftieth earlier": (
            None,
            of(lambda _: rng.gauss(90, 4) if rng.random() < 0.98 else rng.uniform(5, 80)),
        ),
        "faster than documented, 3 to 20 s": (None, of(lambda _: rng.uniform(3, 20))),
    }


class Simulation:
    """Waits for tasks, so many at once, each followed by the next; `history` is what a model begins with."""

    def __init__(self, schedule, *, history=(), limiter=None):
        self._schedule, self._history, self._limiter = schedule, history, limiter
        self._past, self._now, self._polls, self._late = {}, 0.0, 0, []

    def run(self, tasks, at_once=1):
        """Polls per task, mean lateness and its 99th percentile in seconds."""
        waiting, order, asleep = iter(tasks), itertools.count(), []
        for _ in range(at_once):
            self._begin(waiting, order, asleep)
        while asleep:
            self._now, _, wait = heapq.heappop(asleep)
            delay = next(wait, None)
            if delay is None:
                self._begin(waiting, order, asleep)
            else:
                heapq.heappush(asleep, (self._now + delay, next(order), wait))
        return self._polls / len(self._late), statistics.fmean(self._late), statistics.quantiles(self._late, n=100)[98]

    def _begin(self, waiting, order, asleep):
        for task in itertools.islice(waiting, 1):
            wait = self._wait(*task)
            heapq.heappush(asleep, (self._now + next(wait), next(order), wait))

    def _wait(self, model, seconds):
        accepted_at = self._now
        self._past.setdefault(model, [(-1.0, duration) for duration in self._history])
        for polls in itertools.count():
            age = self._now - accepted_at
            if polls and age >= seconds:
                break
            yield self._schedule(PollState(age, age, polls, INTERVAL, tuple(took for _, took in self._past[model])))
            if self._limiter:
                for sleep in self._limiter.acquire(lambda: self._now, lambda _: True):
                    yield sleep.seconds
            self._polls += 1
        self._past[model] = keep_last([*self._past[model], (accepted_at, age)])
        self._late.append(age - seconds)


def row(name, base, result):
    """A row of a table: polls and lateness, absolute and as a share of the fixed schedule's."""
    (polls, late, p99), (base_polls, base_late, _) = result, base
    return [name, f"{polls:.1f}", f"{polls / base_polls:.0%}", f"{late:.2f}", f"{late / base_late:.0%}", f"{p99:.1f}"]


def main(words):
    """Simulate and print; the number of goals missed."""
    rng, rows, limited, missed = random.Random(1), [], [], []
    for name, (goal, tasks) in distributions(rng, int(words[0]) if words else TASKS).items():
        middle = statistics.median(seconds for _, seconds in tasks)
        wrong = [[factor * middle + i for i in range(32)] for factor in (0.4, 2.5)]
        base = Simulation(fixed_schedule).run(tasks)
        for title, at_once, history in [("", 1, ()), (", 16 at once", 16, ()), *((WRONG, 1, each) for each in wrong)]:
            result = Simulation(adaptive_schedule, history=history).run(tasks, at_once)
            rows.append(row(name + title, base, result))
            if goal and title != WRONG and (result[0] > goal[0] * base[0] or result[1] > goal[1] * base[1]):
                missed.append(name + title)
        base, result = (
            Simulation(schedule, limiter=PollRateLimiter(PER_SECOND)).run(tasks, len(tasks) // 5)
            for schedule in (fixed_schedule, adaptive_schedule)
        )
        limited.append(row(name, base, result))
    head = ["", "polls per task", "of fixed", "mean late, s", "of fixed", "p99 late, s"]
    print(f"{table(head, rows)}\n{PER_SECOND:g} polls per second for a fifth of the tasks at once:\n")
    print(table(head, limited))
    print("\n".join(["goals missed:", *missed]) if missed else "every goal reached")
    return len(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
