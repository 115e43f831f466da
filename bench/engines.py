"""The transports side by side: what a submit and a poll cost over each, and over the bare libraries below them.

    python bench/engines.py [ROUNDS]      5 rounds by default

1,000 at a time is about latency, and for aiohttp alone: httpx needs minutes for a round of them.
"""

import sys

from calls import KINDS, report
from side_by_side import versions

ASYNC = KINDS[2:]
FAST = ["bare aiohttp", "gptimage2-video, aiohttp"]


def main(rounds):
    """Measure and print."""
    report(rounds, [*FAST, "bare httpx", "gptimage2-video"], ASYNC, count=2000)
    report(rounds, FAST, ASYNC, count=2000, at_once=1000)
    print(f"{versions(['aiohttp', 'httpx', 'gptimage2-video'])}.\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ["5"]))
