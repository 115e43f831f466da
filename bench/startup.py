"""Start-up times and installed size, side by side: whole processes, interleaved.

    python bench/startup.py [ROUNDS]      15 rounds by default

`make bench` builds two environments: build/bench/bare with the wheel alone, and build/bench/env with the peers, which
runs this. The floor is `import httpx` as it is where nothing else is installed: where click is there, httpx loads it
for a command of its own, so click is hidden from it. Each ratio is a median within a round. Nothing is asserted.
"""

import json
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from contenders import BODY, CONTENDERS
from side_by_side import HERE, REPORTS, median_ratio, served, table, versions

BARE = str(REPORTS / "bare" / "bin" / "python")
ALONE = "import sys; sys.modules['click'] = None; import httpx"
FLOOR = "import httpx"
# What a bare install stands on.
BASE = ("httpx", "attrs", "click", "platformdirs", "anyio")
PEERS = [name for name in CONTENDERS if "," not in name and not name.startswith(("bare", "generated", "gptimage2"))]
SIZES = """
import json, os
from importlib.metadata import distributions
def size(found, compiled):
    paths = {found.locate_file(file) for file in found.files if compiled or not str(file).endswith(".pyc")}
    return sum(os.path.getsize(path) for path in paths if os.path.exists(path))
print(json.dumps({found.metadata["Name"]: [size(found, True), size(found, False)] for found in distributions()}))
"""


def candidates(url, file):
    """By name: the command."""
    request = f"import sys; sys.path.insert(0, {str(HERE)!r}); from contenders import CONTENDERS as them; them[{{!r}}]"
    request += f".start({url!r}, 'sync')[1]()"
    return {
        "python": [BARE, "-c", "pass"],
        FLOOR: [BARE, "-c", ALONE],
        "import httpx, with click installed": [BARE, "-c", "import httpx"],
        "import gptimage2_video": [BARE, "-c", "import gptimage2_video"],
        "... and VideoClient": [BARE, "-c", "from gptimage2_video import VideoClient"],
        "check, in Python": [BARE, "-c", f"from gptimage2_video import check; check({BODY!r})"],
        "gptimage2-video --version": [BARE, "-m", "gptimage2_video_cli", "--version"],
        "gptimage2-video --help": [BARE, "-m", "gptimage2_video_cli", "--help"],
        "gptimage2-video check FILE": [BARE, "-m", "gptimage2_video_cli", "check", file],
        "a first request: bare httpx": [BARE, "-c", request.format("bare httpx")],
        "a first request: gptimage2-video": [BARE, "-c", request.format("gptimage2-video")],
        **{
            f"import {CONTENDERS[name].module}": [sys.executable, "-c", f"import {CONTENDERS[name].module}"]
            for name in PEERS
        },
        **{f"a first request: {name}": [sys.executable, "-c", request.format(name)] for name in PEERS},
    }


def seconds(command):
    """How long one process takes, from its start to its end."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(rounds):
    """By candidate: the seconds of each round."""
    with ExitStack() as stack:
        file = Path(stack.enter_context(TemporaryDirectory())) / "request.json"
        file.write_text(json.dumps(BODY))
        commands = candidates(stack.enter_context(served()), str(file))
        taken = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, command in commands.items():
                taken[name].append(seconds(command))
    return {name: times[1:] for name, times in taken.items()}  # the first fills the caches


def sizes():
    """By distribution of the bare environment: bytes installed, with and without bytecode."""
    return json.loads(subprocess.run([BARE, "-c", SIZES], check=True, capture_output=True, text=True).stdout)


def main(rounds):
    """Measure and print."""
    taken, bytes_of = measure(rounds), sizes()
    rows = [
        [name, f"{statistics.median(times) * 1000:.0f}", f"{median_ratio(times, taken[FLOOR]):.2f}"]
        for name, times in taken.items()
    ]
    print(f"Whole processes, {rounds} rounds:\n")
    print(table(["", "ms", f"to {FLOOR} alone"], rows))
    own = bytes_of.pop("gptimage2-video")
    base = [found for name, found in bytes_of.items() if name not in ("pip", "setuptools")]
    with_code, without = (sum(column) for column in zip(*base, strict=True))
    print(
        f"Installed: {own[0] / 1e6:.2f} MB ({own[1] / 1e6:.2f} MB without bytecode) over the {with_code / 1e6:.2f} MB"
    )
    print(f"({without / 1e6:.2f} MB) of {', '.join(BASE)} and what these need.\n")
    print(f"{versions([*BASE[:1], *sorted({CONTENDERS[name].distribution for name in PEERS})])}.")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ["15"]))
