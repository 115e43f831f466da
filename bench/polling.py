"""Polling, simulated: what each way to wait costs in looks, and how late it learns that a task has ended.

    make bench-polling        tables and a plot in build/bench; no network, no sleeping, the same numbers every time

Ours is the library's own code (`gptimage2_video.pace`), driven by a simulated clock; it begins with no history, or with
a wrong one, and learns on the way. The others are written down from the defaults of their packages of November 2026.

A task ends for the client when the service says so. By the documentation that is at once where the provider calls the
service back, and else when a look makes the service ask its provider, which it does at most once in 30 s.

`least` is a bound: no schedule that is fixed in advance, looks at most every 2 s and is on average at most 10 % later
than the documented loop does with fewer looks, even if it knows the distribution (see `least_looks`).
"""

import argparse
import heapq
import itertools
import math
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from gptimage2_video.pace import MOST, Estimate, Paces, Watch
from gptimage2_video.schedule import Polling

TASKS = 2000
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
    """A wait of one who knows nothing."""

    def __init__(self, pauses):
        self._pauses = pauses

    def pause(self):
        """Seconds until the next look."""
        return next(self._pauses)

    def ended(self):
        """Nothing is learned."""


class Ours:
    """The waits of one client. `history` makes the estimate that a kind begins with."""

    def __init__(self, clock, history=None):
        self._clock, self._history, self._paces = clock, history, Paces()

    def watch(self, kind, _rng):
        """The wait for a task of this kind that is accepted now."""
        pace = self._paces.recall(str(kind))
        if self._history and not pace.estimate.ends:
            pace.estimate = self._history
        return Watch(pace, Polling(), self._clock, self._clock())


class Others:
    """The waits of one who learns nothing."""

    def __init__(self, pauses):
        self._pauses = pauses

    def watch(self, _kind, rng):
        """The wait for a task."""
        return Fixed(self._pauses(rng))


class Clock:
    """Seconds that pass when the simulation says so."""

    seconds = 0.0

    def __call__(self):
        """Now."""
        return self.seconds


@dataclass
class Wait:
    """A task in flight."""

    accepted: float
    length: float
    watch: object
    asked: float = -math.inf

    def is_seen(self, now, callback):
        """Whether a look shows that it has ended."""
        over = now >= self.accepted + self.length
        if callback:
            return over
        if now - self.asked < ASKS_EVERY:
            return False
        self.asked = now
        return over


@dataclass(frozen=True)
class Result:
    """Looks per task; how much later than its end a task was seen to end, in seconds."""

    looks: float
    late: float
    p99: float

    def __str__(self):
        return f"{self.looks:.1f} looks, {self.late:.2f} s late (p99 {self.p99:.1f})"


def simulate(tasks, client, clock, *, at_once=1, callback=True):
    """Wait for every task, so many at once, each followed by the next."""
    rng, order, heap, late, looks = random.Random(7), itertools.count(), [], [], 0
    waiting = iter(tasks)

    def submit():
        for kind, length in itertools.islice(waiting, 1):
            wait = Wait(clock(), length, client.watch(kind, rng))
            heapq.heappush(heap, (clock() + wait.watch.pause(), next(order), wait))

    for _ in range(at_once):
        submit()
    while heap:
        clock.seconds, _, wait = heapq.heappop(heap)
        looks += 1
        if wait.is_seen(clock(), callback):
            late.append(clock() - wait.accepted - wait.length)
            wait.watch.ended()
            submit()
        else:
            heapq.heappush(heap, (clock() + wait.watch.pause(), next(order), wait))
    late.sort()
    return Result(looks / len(late), math.fsum(late) / len(late), late[int(0.99 * len(late))])


def ours(tasks, history=None, **manner):
    """Our own result."""
    clock = Clock()
    return simulate(tasks, Ours(clock, history), clock, **manner)


def others(tasks, pauses, **manner):
    """The result of one who learns nothing."""
    return simulate(tasks, Others(pauses), Clock(), **manner)


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
        name: Estimate(tuple(clipped(rng.gauss(factor * middle, 3)) for _ in range(32)), trust=MOST)
        for name, factor in (("too long", 2.5), ("too short", 0.4))
    }


def least_looks(lengths, lateness, *, grid=0.5, apart=2.0):
    """The least looks per task of any fixed schedule that is so late at most on average.

    Lagrange's bound: for each price of a second, the cheapest schedule by dynamic programming over a grid of look times
    (all looks after `t` matter only for what has not ended by then); looks + price x (lateness - allowed) is never more
    than the looks of a schedule that is allowed. The best price gives the bound.
    """
    ends = Counter(math.ceil(length / grid) for length in lengths)
    last = max(ends)
    alive, passed = [1.0], [0.0]  # share that has not ended by a time; sum of the ends up to it
    for t in range(1, last + 1):
        share = ends[t] / len(lengths)
        alive.append(alive[-1] - share)
        passed.append(passed[-1] + share * t)
    step = int(apart / grid)
    residue = math.fsum(grid * math.ceil(length / grid) - length for length in lengths) / len(lengths)

    def cheapest(price):
        cost = [0.0] * (last + step + 1)
        for t in range(last - 1, -1, -1):
            if alive[t] <= 1e-12:
                continue
            cost[t] = alive[t] + min(
                price * grid * (s * (alive[t] - alive[s]) - (passed[s] - passed[t])) + cost[s]
                if s <= last
                else price * grid * (s * alive[t] - (passed[last] - passed[t]))
                for s in range(t + step, max(min(last, t + 60 * step), t + step) + 1)
            )
        return cost[0] - price * (lateness - residue)

    low, high = math.log(0.01), math.log(100.0)
    for _ in range(14):
        third = (high - low) / 3
        if cheapest(math.exp(low + third)) < cheapest(math.exp(high - third)):
            low += third
        else:
            high -= third
    return cheapest(math.exp((low + high) / 2))


def measure(tasks):
    """All results for one distribution, by name."""
    found = {name: others(tasks, pauses) for name, pauses in OTHERS.items()}
    found["ours"] = ours(tasks)
    found["ours, 16 at once"] = ours(tasks, at_once=16)
    for name, history in histories(tasks).items():
        found[f"ours, history {name}"] = ours(tasks, history)
        found[f"ours, history {name}, 16 at once"] = ours(tasks, history, at_once=16)
    found["ours, never a history"] = never_learning(tasks)
    return found


def table(name, found, least):
    """One distribution as a table in Markdown."""
    base = found[DOCUMENTED]
    lines = [
        f"### {name}",
        "",
        f"least, if fixed and at most 10 % later: {least:.1f} looks, {least / base.looks:.0%}",
        "",
        "| | looks per task | of the 2 s loop | mean late, s | of the 2 s loop | p99 late, s |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {by} | {r.looks:.1f} | {r.looks / base.looks:.0%} | {r.late:.2f} | {r.late / base.late:.0%} | {r.p99:.1f} |"
        for by, r in found.items()
    ]
    return "\n".join((*lines, ""))


def without_callbacks(name, tasks):
    """A line for a provider that never calls back."""
    base, mine = others(tasks, OTHERS[DOCUMENTED], callback=False), ours(tasks, callback=False)
    return f"| {name} | {base} | {mine} | {mine.looks / base.looks:.0%} | {mine.late / base.late:.0%} |"


def wave(name, tasks):
    """A line for tasks that all begin together, none of their kind before them; then once more."""
    base, first = others(tasks, OTHERS[DOCUMENTED]), ours(tasks, at_once=len(tasks))
    clock = Clock()
    client = Ours(clock)
    simulate(tasks, client, clock, at_once=len(tasks))
    second = simulate(tasks, client, clock, at_once=len(tasks))
    return (
        f"| {name} | {base} | {first} | {first.looks / base.looks:.0%} | {second} | {second.looks / base.looks:.0%} |"
    )


def plot(results, path):
    """Looks against lateness, a panel for each distribution."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "polling"
    from matplotlib import pyplot as plt

    columns = 2
    rows = math.ceil(len(results) / columns)
    figure, panels = plt.subplots(rows, columns, figsize=(6 * columns, 3.2 * rows), sharex=True, sharey=True)
    for panel, (name, (found, least)) in zip(panels.flat, results.items(), strict=False):
        for who, r in found.items():
            mine = who.startswith("ours")
            panel.plot(r.late, r.looks, "o" if mine else "x", color="tab:red" if mine else "tab:gray", markersize=5)
            if who in OTHERS or who == "ours":
                panel.annotate(who, (r.late, r.looks), fontsize=6, xytext=(4, 3), textcoords="offset points")
        panel.axhline(least, linestyle=":", linewidth=1)
        panel.set(title=name, xscale="log", yscale="log", xlim=(0.03, 60))
        panel.title.set_fontsize(8)
    figure.supxlabel("mean lateness, s")
    figure.supylabel("looks per task")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    """Simulate, print, write."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--tasks", type=int, default=TASKS)
    words.add_argument("--out", type=Path, default=Path("build/bench"))
    words.add_argument("--no-plot", action="store_true")
    given = words.parse_args()
    runs = distributions(random.Random(1), given.tasks)
    results, parts = {}, [f"# Polling, {given.tasks} tasks of each distribution", ""]
    for name, tasks in runs.items():
        found = measure(tasks)
        least = least_looks([length for _, length in tasks], 1.1 * found[DOCUMENTED].late)
        results[name] = found, least
        parts.append(table(name, found, least))
        print(parts[-1], flush=True)
    parts += [
        "### A provider that never calls back",
        "",
        "| | 2 s loop | ours | looks | late |",
        "|---|---|---|---|---|",
    ]
    parts += [without_callbacks(name, tasks) for name, tasks in runs.items()]
    parts += [
        "",
        "### All at once, and again",
        "",
        "| | 2 s loop | first | looks | second | looks |",
        "|---|---|---|---|---|---|",
    ]
    parts += [wave(name, tasks) for name, tasks in runs.items()]
    print("\n".join(parts[-2 * len(runs) - 8 :]))
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "polling.md").write_text("\n".join(parts) + "\n", "utf-8")
    if not given.no_plot:
        plot(results, given.out / "polling.svg")


if __name__ == "__main__":
    main()
