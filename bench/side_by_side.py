"""What the benchmarks share: the folder of their reports, the server, ratios within a round, tables.

Lives here: helpers without an opinion on what is measured. A script prints its report as Markdown, and leaves numbers
and plots in `REPORTS` under its own name; `run` collects them.
"""

import json
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


def keep(name, numbers):
    """Write the numbers of a benchmark down."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / f"{name}.json").write_text(json.dumps(numbers, indent=1) + "\n")
