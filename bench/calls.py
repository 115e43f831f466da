"""What a call costs in each client: CPU time and calls per second of a submit and a poll, against bare httpx.

    python bench/calls.py [ROUNDS]      7 rounds by default; tables to stdout, numbers and a plot to build/bench

Each contender is a process of its own and keeps its connections; the rounds are interleaved, so that a slow moment of
the machine hits all alike, and a ratio is taken within a round. The server is another process, on the other core.
"""

import json
import statistics
import subprocess
import sys
from contextlib import ExitStack, contextmanager

from contenders import CONTENDERS
from side_by_side import HERE, REPORTS, keep, median_ratio, served, table, versions

CALLS = 300
FLOOR = next(iter(CONTENDERS))
KINDS = [(twin, kind) for twin in ("sync", "async") for kind in ("submit", "poll")]


@contextmanager
def _worker(name, url):
    with subprocess.Popen(
        [sys.executable, str(HERE / "worker.py"), name, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def ask(twin, kind, count):
            print(twin, kind, count, file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


def measure(rounds):
    """By call and contender: CPU and wall seconds of each round, or the problem in the contender's own words."""
    told = {}
    with served() as url, ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(name, url)) for name in CONTENDERS}
        for turn in range(rounds + 1):
            for twin, kind in KINDS:
                for name, ask in workers.items():
                    series = told.setdefault(f"{twin} {kind}", {}).setdefault(name, [])
                    if twin in CONTENDERS[name].twins and not (series and "problem" in series[0]):
                        series.append(ask(twin, kind, CALLS if turn else CALLS // 3))
    # The first round opens connections and fills caches.
    return {
        call: {name: series if "problem" in series[0] else series[1:] for name, series in by_name.items() if series}
        for call, by_name in told.items()
    }


def summary(by_name):
    """By contender: microseconds of CPU a call, its ratio to the floor, calls per second; or the problem."""
    told = {}
    for name, series in by_name.items():
        if "problem" in series[0]:
            told[name] = series[0]
            continue
        cpu, wall = ([one[clock] for one in series] for clock in ("cpu", "wall"))
        told[name] = {
            "cpu_us": statistics.median(cpu) / CALLS * 1e6,
            "to_floor": median_ratio(cpu, [one["cpu"] for one in by_name[FLOOR]]),
            "calls_per_second": CALLS / statistics.median(wall),
        }
    return told


def _row(name, numbers):
    if "problem" in numbers:
        return [name, "-", "-", numbers["problem"]]
    return [name, f"{numbers['cpu_us']:.0f}", f"{numbers['to_floor']:.2f}", f"{numbers['calls_per_second']:.0f}"]


def plot(results):
    """The ratios of CPU time, as bars."""
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(2, 2, figsize=(12, 9), sharey=True, layout="constrained")
    names = [*reversed(CONTENDERS)]
    for panel, (call, by_name) in zip(panels.flat, results.items(), strict=True):
        ratios = [by_name.get(name, {}).get("to_floor", 0) for name in names]
        colours = ["#c2410c" if name.startswith("gptimage2-video") else "#94a3b8" for name in names]
        bars = panel.barh(names, ratios, color=colours)
        panel.bar_label(bars, [f"{ratio:.2f}" if ratio else "" for ratio in ratios], padding=3)
        panel.axvline(1, color="black", linewidth=0.8)
        panel.margins(x=0.12)
        panel.set_title(call if call.startswith("sync") else f"{call}, 50 at a time")
        panel.set_xlabel("CPU time per call, to bare httpx")
    figure.savefig(REPORTS / "calls.png", dpi=110)


def main(rounds):
    """Measure, print, keep, draw."""
    series = measure(rounds)
    results = {call: summary(by_name) for call, by_name in series.items()}
    keep("calls", {"rounds": rounds, "calls": CALLS, "results": results, "series": series})
    for call, by_name in results.items():
        print(f"{call}, {'one by one' if call.startswith('sync') else '50 at a time'}, {rounds} rounds of {CALLS}:\n")
        rows = [_row(name, numbers) for name, numbers in by_name.items()]
        print(table(["", "CPU µs a call", "to bare httpx", "calls a second"], rows))
    names = sorted({contender.distribution for contender in CONTENDERS.values()})
    print(f"{versions([*names, 'aiohttp', 'granian'])}.\n", flush=True)
    plot(results)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ["7"]))
