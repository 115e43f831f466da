"""What the benchmarks share: the folder of their reports, the server, ratios within a round, tables."""

import os
import resource
import statistics
import subprocess
import sys
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPORTS = HERE.parent / "build" / "bench"


@contextmanager
def served():
    """The URL of a server that answers every contender."""
    with subprocess.Popen(
        [sys.executable, str(HERE / "server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        yield server.stdout.readline().strip()
        server.stdin.close()


def alone_on_core(number):
    """Keep this process on one core, and let it have as many connections as the system allows."""
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[number]})
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def median_ratio(own, floor):
    """The median of the ratios of two series, each within its own round."""
    return statistics.median(mine / base for mine, base in zip(own, floor, strict=True))


def table(head, rows):
    """A Markdown table; the first column to the left, the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def versions(distributions):
    """One sentence: the interpreter and so many distributions."""
    return ", ".join([f"Python {sys.version.split()[0]}", *(f"{name} {version(name)}" for name in distributions)])
