"""Waits, simulated: the schedules of this library and of others, driven by a clock that jumps from look to look.

Lives here: what there is to wait for, who waits and how, and what it costs. Not here: which are compared (`polling`).
Ours is the library's own code (`gptimage2_video.polling`). The others are written down from the defaults
of their packages of November 2026.

A task ends for the client when the service says so. By the documentation that is at once where the provider calls the
service back, and else when a look makes the service ask its provider, which it does at most once in 30 s.
"""

import heapq
import itertools
import math
import random
from dataclasses import dataclass

from gptimage2_video.polling import InMemoryEstimates
from gptimage2_video.polling.estimate import AdaptiveTimer
from gptimage2_video.polling.schedule import Polling

ASKS_EVERY = 30.0  # seconds between two questions of the service to its provider
DOCUMENTED = "documented 2 s loop"


def clipped(seconds):
    """No task is done at once."""
    return max(seconds, 3.0)


def distributions(rng, count):
    """For each distribution the tasks of a run in order, as pairs of a kind and a length in seconds."""
    middles = [34, 40, 46, 52, 58, 64, 70, 76, 82, 88, 94, 100, 106, 112, 118, 124]

    def of(draw):
        return [("one", clipped(draw(i / count))) for i in range(count)]

    def of_models(_):
        kind = rng.randrange(len(middles))
        return kind, clipped(rng.gauss(middles[kind], 3))

    return {
        "uniform 30 to 120 s": of(lambda _: rng.uniform(30, 120)),
        "narrow, 75 ± 5 s": of(lambda _: rng.gauss(75, 5)),
        "16 kinds, each ± 3 s, over 30 to 120 s": [of_models(i) for i in range(count)],
        "heavy tail, median 60 s": of(lambda _: rng.lognormvariate(math.log(60), 0.4)),
        "bimodal, 40 ± 3 or 110 ± 4 s": of(lambda _: rng.gauss(*rng.choice([(40, 3), (110, 4)]))),
        "narrow, 1 in 50 far earlier": of(lambda _: rng.gauss(90, 4) if rng.random() > 0.02 else rng.uniform(5, 80)),
        "drifting, 40 to 100 s, ± 3 s": of(lambda done: rng.gauss(40 + 60 * done, 3)),
        "jumping, 8 times, ± 3 s": of(lambda done: rng.gauss((60, 100, 40, 75)[int(8 * done) % 4], 3)),
        "faster than documented, 3 to 20 s": of(lambda _: rng.uniform(3, 20)),
        "slower than documented, 300 ± 30 s": of(lambda _: rng.gauss(300, 30)),
    }


def every(low, high=None):
    """Pauses that nothing changes, in seconds; between two where a package adds jitter."""
    return lambda rng: (rng.uniform(low, high) if high else low for _ in itertools.count())


def growing(first, factor, longest):
    """Pauses that grow."""
    return lambda _: (min(first * factor**i, longest) for i in itertools.count())


OTHERS = {
    DOCUMENTED: every(2.0),
    "fal 0.1 s": every(0.1),
    "replicate 0.5 s": every(0.5),
    "openai 1 s": every(1.0),
    "luma, comfy 0.5 to 5 s": growing(0.5, 1.5, 5.0),
    "runway 6 ± 1.5 s": every(4.5, 7.5),
    "google-genai, loop of 10 s": every(10.0),
    "google-genai, loop of 20 s": every(20.0),
}


class Fixed:
    """A wait of one who knows nothing; in a queue for looks it goes in the order of its coming."""

    def __init__(self, pauses):
        self._pauses = pauses

    def next_delay(self):
        """Seconds until the next look."""
        return next(self._pauses)

    def likelihood(self):
        """Of an end: the same for all."""
        return 0.5

    def completed(self):
        """Nothing is learned."""


class Ours:
    """The waits of one client. `history` makes the estimate that a kind begins with."""

    def __init__(self, clock, history=None):
        self._clock, self._history, self._estimates = clock, history, InMemoryEstimates()

    def timer(self, kind, _rng):
        """The wait for a task of this kind that is accepted now."""
        estimate = self._estimates.load_estimate(str(kind))
        if self._history and not estimate.durations:
            estimate.durations = self._history
        return AdaptiveTimer(estimate, Polling(), self._clock, self._clock())


class Others:
    """The waits of one who learns nothing."""

    def __init__(self, pauses):
        self._pauses = pauses

    def timer(self, _kind, rng):
        """The wait for a task."""
        return Fixed(self._pauses(rng))


class Clock:
    """Seconds that pass when the simulation says so."""

    seconds = 0.0

    def __call__(self):
        """Now."""
        return self.seconds


@dataclass
class Service:
    """What a look shows."""

    clock: Clock
    callback: bool

    def task(self, length):
        """A task that begins now and takes so long: a function that looks, and says whether it has ended."""
        end, asked = self.clock() + length, -math.inf

        def look():
            nonlocal asked
            if self.callback:
                return self.clock() >= end
            if self.clock() - asked < ASKS_EVERY:
                return False
            asked = self.clock()
            return self.clock() >= end

        return look


@dataclass(frozen=True)
class Result:
    """Looks per task; how much later than its end a task was seen to end, in seconds."""

    looks: float
    late: float
    p99: float

    def __str__(self):
        return f"{self.looks:.1f} looks, {self.late:.2f} s late (p99 {self.p99:.1f})"


def result(looks, late):
    """So many looks in all, and the lateness of each task."""
    late = sorted(late)
    return Result(looks / len(late), math.fsum(late) / len(late), late[int(0.99 * len(late))])


class Simulation:
    """Waits for tasks, so many at once, each followed by the next.

    Args:
        client: Whose waits.
        clock: The clock of that client.
        callback: Whether the provider calls the service back.
        budget: The `PollRateLimiter` of all looks; None for none.
    """

    def __init__(self, client, clock, *, callback=True, budget=None):
        self._client, self._clock, self._budget = client, clock, budget
        self._service = Service(clock, callback)
        self._rng, self._looks, self._late = random.Random(7), 0, []

    def run(self, tasks, at_once=1):
        """The result of all of them."""
        waiting, order = iter(tasks), itertools.count()
        heap = [(self._clock(), next(order), self._wait(*task)) for task in itertools.islice(waiting, at_once)]
        while heap:
            self._clock.seconds, _, wait = heapq.heappop(heap)
            pause = next(wait, None)
            while pause is None and (task := next(waiting, None)):
                wait = self._wait(*task)
                pause = next(wait, None)
            if pause is not None:
                heapq.heappush(heap, (self._clock() + pause, next(order), wait))
        return result(self._looks, self._late)

    def _wait(self, kind, length):
        accepted, look, timer = self._clock(), self._service.task(length), self._client.timer(kind, self._rng)
        while True:
            yield timer.next_delay()
            if self._budget:
                for sleep in self._budget.acquire(self._clock, timer.likelihood, lambda _: True):
                    yield sleep.seconds
            self._looks += 1
            if look():
                break
        timer.completed()
        self._late.append(self._clock() - accepted - length)


def ours(tasks, history=None, *, at_once=1, **manner):
    """Our own result."""
    clock = Clock()
    return Simulation(Ours(clock, history), clock, **manner).run(tasks, at_once)


def others(tasks, pauses, *, at_once=1, **manner):
    """The result of one who learns nothing."""
    return Simulation(Others(pauses), Clock(), **manner).run(tasks, at_once)


def never_learning(tasks):
    """Each task by a client of its own without a journal, so that the documentation is all there ever is."""
    results = [ours([task]) for task in tasks]
    late = sorted(result.late for result in results)
    looks = math.fsum(result.looks for result in results) / len(results)
    return Result(looks, math.fsum(late) / len(late), late[int(0.99 * len(late))])


def histories(tasks):
    """Wrong ones: full of ends, fully trusted, and far too long or too short for every task."""
    rng = random.Random(11)
    middle = sorted(length for _, length in tasks)[len(tasks) // 2]
    return {
        name: tuple(clipped(rng.gauss(factor * middle, 3)) for _ in range(32))
        for name, factor in (("too long", 2.5), ("too short", 0.4))
    }
