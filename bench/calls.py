"""What a call costs in each client: CPU time and calls per second of a submit and a poll, against bare httpx.

    python bench/calls.py [ROUNDS]      7 rounds by default; tables to stdout

Each contender is a process of its own and keeps its connections; the rounds are interleaved, so that a slow moment of
the machine hits all alike, and a ratio is taken within a round. The server is another process, on the other core.
"""

import json
import statistics
import subprocess
import sys
from contextlib import ExitStack, contextmanager

from contenders import CONTENDERS
from side_by_side import HERE, median_ratio, served, table, versions

CALLS, AT_ONCE = 300, 50
KINDS = [(twin, kind) for twin in ("sync", "async") for kind in ("submit", "poll")]


@contextmanager
def _worker(name, url):
    with subprocess.Popen(
        [sys.executable, str(HERE / "worker.py"), name, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def ask(*words):
            print(*words, file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


def measure(rounds, names, kinds, count, at_once):
    """By call and contender: what each round cost, or the problem in the contender's own words."""
    told = {}
    with served() as url, ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(name, url)) for name in names}
        for turn in range(rounds + 1):
            for twin, kind in kinds:
                for name, ask in workers.items():
                    series = told.setdefault(f"{twin} {kind}", {}).setdefault(name, [])
                    if twin in CONTENDERS[name].twins and not (series and "problem" in series[0]):
                        series.append(ask(twin, kind, count if turn else max(count // 3, at_once), at_once))
    # The first round opens connections and fills caches.
    return {
        call: {name: series if "problem" in series[0] else series[1:] for name, series in by_name.items() if series}
        for call, by_name in told.items()
    }


def rows(by_name, count):
    """A row for each contender: medians, and the ratio of its CPU time to that of the first."""
    floor = next(iter(by_name.values()))
    for name, series in by_name.items():
        if "problem" in series[0]:
            yield [name, "-", "-", series[0]["problem"], "-"]
            continue
        cpu, wall, p99 = ([one[what] for one in series] for what in ("cpu", "wall", "p99"))
        ratio = median_ratio(cpu, [one["cpu"] for one in floor])
        each, whole, slow = (statistics.median(found) for found in (cpu, wall, p99))
        yield [name, f"{each / count * 1e6:.0f}", f"{ratio:.2f}", f"{count / whole:.0f}", f"{slow * 1000:.1f}"]


def report(rounds, names, kinds, count=CALLS, at_once=AT_ONCE):
    """Measure and print."""
    for call, by_name in measure(rounds, names, kinds, count, at_once).items():
        print(f"{call}, {'one' if call.startswith('sync') else at_once} at a time, {rounds} rounds of {count}:\n")
        print(
            table(["", "CPU µs a call", "to the first", "calls a second", "p99 ms"], rows(by_name, count)), flush=True
        )


def main(rounds):
    """Every contender but the engines' own."""
    report(rounds, [name for name in CONTENDERS if name != "bare aiohttp"], KINDS)
    distributions = sorted({contender.distribution for contender in CONTENDERS.values()})
    print(f"{versions(distributions)}.\n", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ["7"]))
