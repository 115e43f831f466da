"""How long one waits for what is done all day: generating, the tests, the contract; and which tests are slowest.

    python bench/inner.py [TARGET ...]      generate, test and contract, or those named

Each is a make target of the project, run once, set up beforehand: what a contributor sees, make's own start included.
"""

import os
import re
import resource
import subprocess
import sys
import time
from typing import NamedTuple

from side_by_side import HERE

TARGETS = ("generate", "test", "contract")
SLOWEST = 5
_DURATION = re.compile(r"([\d.]+)s (call|setup|teardown) +(\S.*)")


class Run(NamedTuple):
    """One target: real and processor seconds, how it ended, and what it printed."""

    target: str
    seconds: float
    cpu: float
    code: int
    said: str


def run(target):
    """Run one target of make; pytest tells how long the slowest tests took."""
    asked = {"PYTEST_ADDOPTS": f"--durations={SLOWEST} --durations-min=0"}
    before, started = _cpu(), time.monotonic()
    done = subprocess.run(
        ["make", target],
        cwd=HERE.parent,
        env={**os.environ, **asked},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Run(target, time.monotonic() - started, _cpu() - before, done.returncode, done.stdout)


def _cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(runs):
    """The report, as Markdown."""
    rows = [f"| `make {ran.target}` | {ran.seconds:.1f} | {ran.cpu:.1f} | {_ending(ran)} |" for ran in runs]
    parts = ["\n".join(["| | s | processor s | |", "|---|---:|---:|---|", *rows])]
    slowest = [found for ran in runs if ran.target == "test" for found in _DURATION.findall(ran.said)]
    if slowest:
        rows = [f"| `{test}` | {phase} | {seconds} |" for seconds, phase, test in slowest]
        parts.append("\n".join(["The slowest tests:", "", "| | | s |", "|---|---|---:|", *rows]))
    return "\n\n".join(parts)


def _ending(ran):
    """The last line of the tests that counts them, and whether it failed."""
    counts = re.findall(r"^=*\s*(\d.* (?:passed|failed).*? in [\d.]+s).*$", ran.said, re.MULTILINE)
    return "; ".join([*counts[-1:], *([f"failed with {ran.code}"] if ran.code else [])])


def main(names):
    """Set up, run, report. Returns 1 where a target failed."""
    subprocess.run(["make", "setup"], cwd=HERE.parent, stdout=subprocess.DEVNULL, check=True)
    runs = [run(target) for target in names or TARGETS]
    print(report(runs))
    for ran in runs:
        if ran.code:
            print(ran.said[-3000:], file=sys.stderr)
    return int(any(ran.code for ran in runs))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
