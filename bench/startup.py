"""Start-up times side by side: whole processes, interleaved, so that a slow moment of the machine hits all alike.

Measures the environment that it runs in: `make bench` gives it one with the bare wheel alone, since `import httpx` also
loads click, rich and pygments where they are installed. Prints the median of each and its ratio to `import httpx` in
the same round. Nothing is asserted.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
CANDIDATES = {
    "python": ["-c", "pass"],
    "import httpx": ["-c", "import httpx"],
    "import gptimage2_video": ["-c", "import gptimage2_video"],
    "... and VideoClient": ["-c", "from gptimage2_video import VideoClient"],
    "gptimage2-video --version": ["-m", "gptimage2_video_cli", "--version"],
    "gptimage2-video --help": ["-m", "gptimage2_video_cli", "--help"],
}


def seconds(arguments: list[str]) -> float:
    """How long one process takes, from its start to its end."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    taken: dict[str, list[float]] = {name: [] for name in CANDIDATES}
    for _ in range(ROUNDS + 1):
        for name, arguments in CANDIDATES.items():
            taken[name].append(seconds(arguments))
    print(f"{'':28}{'median':>10}{'to httpx':>10}   ({ROUNDS} rounds, the first not counted)")
    for name, times in taken.items():
        ratio = statistics.median(own / floor for own, floor in zip(times[1:], taken["import httpx"][1:], strict=True))
        print(f"{name:28}{statistics.median(times[1:]) * 1000:8.0f} ms{ratio:10.2f}")


if __name__ == "__main__":
    main()
