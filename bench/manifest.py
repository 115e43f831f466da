"""Manifests, measured: lines checked in a second of CPU time, and the peak memory of the process that does it.

    make bench-manifest                  1,000, 100,000 and 1,000,000 lines
    make bench-manifest LINES=100000

Whole processes, start-up included, in turns; figures are medians of the rounds. `check` looks at each line by itself;
a dry run of `batch run` keeps the names of all lines too, to find one that is given twice. Of a hundred lines one is
mistaken. Reading the same lines as JSON, and doing nothing with them, is the floor. Nothing is asserted.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

ROUNDS = 5
COMMAND = [sys.executable, "-m", "gptimage2_video_cli"]
FLOOR = "import json, sys\nfor line in open(sys.argv[1], encoding='utf-8'): json.loads(line)"
PROMPT = "a slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film"
KINDS = [
    {"model": "veo3_fast"},
    {"model": "sora-2-text-to-video", "duration": 5, "resolution": "720p", "aspectRatio": "16:9"},
    {"model": "hailuo/02-text-to-video-pro", "duration": 10},
    {"model": "kling/v2-1-standard", "duration": 5, "inputImageUrls": ["https://example.com/images/ceramic-cup.jpg"]},
]


def manifest(folder, count):
    """So many lines, half of them with an id."""
    path = folder / f"{count}.jsonl"
    with path.open("w") as file:
        for number, kind in enumerate(islice(cycle(KINDS), count)):
            named = {"id": f"shot-{number}"} if number % 8 < 4 else {}
            wrong = {"duration": 7} if number % 100 == 99 else {}
            file.write(json.dumps({**named, "prompt": f"Shot {number}: {PROMPT}", **kind, **wrong}) + "\n")
    return path


def measured(words):
    """Seconds of CPU time and MB of peak memory of a process."""
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(counts):
    """Measure, and print a table."""
    print(f"Python {platform.python_version()}; medians of {ROUNDS} rounds\n")
    print("| | lines | lines a second | CPU s | peak MB |\n|---|---:|---:|---:|---:|")
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            path = str(manifest(Path(name), count))
            dry = ["batch", "run", path, "--out", f"{name}/videos", "--dry-run", "--skip-invalid"]
            candidates = {
                "json.loads alone": [sys.executable, "-c", FLOOR, path],
                "check FILE": [*COMMAND, "check", path],
                "batch run --dry-run": [*COMMAND, *dry],
            }
            found = {who: [] for who in candidates}
            for _ in range(ROUNDS):
                for who, words in candidates.items():
                    found[who].append(measured(words))
        for who, figures in found.items():
            seconds, peak = (statistics.median(column) for column in zip(*figures, strict=True))
            print(f"| {who} | {count:,} | {count / seconds:,.0f} | {seconds:.2f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1_000, 100_000, 1_000_000])
