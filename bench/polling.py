"""Polling, simulated: what each way to wait costs in looks, and how late it learns that a task has ended.

    make bench-polling        tables and a plot; no network, no sleeping, the same numbers every time

Ours begins with no history, or with a wrong one, and learns on the way (`waits` has the simulation).

`least` is a bound: no schedule that is fixed in advance, looks at most every 2 s and is on average at most 10 % later
than the documented loop does with fewer looks, even if it knows the distribution (see `least_looks`).
"""

import math
import random
import sys
from collections import Counter

import matplotlib as mpl
from side_by_side import REPORTS, table
from waits import (
    DOCUMENTED,
    OTHERS,
    Clock,
    Ours,
    Simulation,
    distributions,
    histories,
    never_learning,
    others,
    ours,
)

from gptimage2_video.polling import PollRateLimiter

TASKS = 2000
PER_SECOND = 20.0  # looks, for all tasks in flight


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


def shares(result, base):
    """What the looks and the lateness of one are of those of another."""
    return f"{result.looks / base.looks:.0%}", f"{result.late / base.late:.0%}"


def one_distribution(name, found, least):
    """Everybody, for one distribution."""
    base = found[DOCUMENTED]
    rows = []
    for by, r in found.items():
        looks, late = shares(r, base)
        rows.append([by, f"{r.looks:.1f}", looks, f"{r.late:.2f}", late, f"{r.p99:.1f}"])
    head = ["", "looks per task", "of the 2 s loop", "mean late, s", "of the 2 s loop", "p99 late, s"]
    bound = f"least, if fixed and at most 10 % later: {least:.1f} looks, {least / base.looks:.0%}"
    return f"### {name}\n\n{bound}\n\n{table(head, rows)}"


def without_callbacks(runs):
    """A provider that never calls back."""
    rows = []
    for name, tasks in runs.items():
        base, mine = others(tasks, OTHERS[DOCUMENTED], callback=False), ours(tasks, callback=False)
        rows.append([name, base, mine, *shares(mine, base)])
    head = ["", "2 s loop", "ours", "looks", "late"]
    return f"### A provider that never calls back\n\n{table(head, rows)}"


def together(runs):
    """Tasks that all begin at once, none of their kind before them; then as many again."""
    rows = []
    for name, tasks in runs.items():
        base = others(tasks, OTHERS[DOCUMENTED])
        clock = Clock()
        client = Ours(clock)
        first, second = (Simulation(client, clock).run(tasks, len(tasks)) for _ in range(2))
        rows.append([name, base, first, *shares(first, base), second, *shares(second, base)])
    head = ["", "2 s loop", "first", "looks", "late", "second", "looks", "late"]
    return f"### All at once, and again\n\n{table(head, rows)}"


def within_a_budget(runs):
    """A fifth of the tasks at once, within a budget of looks that they would exceed; each after as many of its kind."""
    rows = []
    for name, tasks in runs.items():
        at_once = len(tasks) // 5
        base = others(tasks, OTHERS[DOCUMENTED], at_once=at_once, budget=PollRateLimiter(PER_SECOND))
        clock = Clock()
        client = Ours(clock)
        Simulation(client, clock).run(tasks)
        mine = Simulation(client, clock, budget=PollRateLimiter(PER_SECOND)).run(tasks, at_once)
        rows.append([name, base, mine, *shares(mine, base), f"{mine.p99 / base.p99:.0%}"])
    head = ["", "2 s loop, in a queue", "ours, the likeliest first", "looks", "late", "p99 late"]
    return f"### {PER_SECOND:.0f} looks a second for {TASKS // 5} tasks in flight\n\n{table(head, rows)}"


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


def plot(results, path):
    """Looks against lateness, a panel for each distribution."""
    mpl.use("Agg")
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
    figure.savefig(path, dpi=110)


def main(words):
    """Simulate, print, plot."""
    count = int(words[0]) if words else TASKS
    runs = distributions(random.Random(1), count)
    results = {}
    print(f"{count} tasks of each distribution.\n")
    for name, tasks in runs.items():
        found = measure(tasks)
        results[name] = found, least_looks([length for _, length in tasks], 1.1 * found[DOCUMENTED].late)
        print(one_distribution(name, *results[name]), flush=True)
    for part in (without_callbacks, together, within_a_budget):
        print(part(runs), flush=True)
    plot(results, REPORTS / "polling.png")


if __name__ == "__main__":
    main(sys.argv[1:])
