"""How many videos one process can have in flight: 100, 1,000 and 10,000, with the library and as batches.

    make bench-scale                 all of it, a quarter of an hour
    make bench-scale SCALE=100       one number of tasks

The mock is a process of its own, on another core where there is one; a task takes 60 s there, in real time for the
library, ten times as fast for batches. Lateness is the time from a task's end to the moment when its wait returned.
Each number of tasks has a process of its own, so that peak memory is its own. Compare numbers within a run only.
"""

import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import batch

from gptimage2_video import AsyncVideoClient

COUNTS = (100, 1_000, 10_000)
REQUEST = {"prompt": "A cup", "model": "veo3_lite", "inputMode": "text_to_video"}
TASK_SECONDS = 60.0
SUBMITTING = 50  # submissions at a time; the waits are all at once
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))


def pinned(core: int) -> None:
    """This process on one core, where there are two and the system can."""
    if (os.cpu_count() or 1) > 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


@contextmanager
def mock() -> Iterator[str]:
    """The base URL of a mock whose clock is the real one."""
    words = ["mock", "--port", "0", "--speed", "1", "--task-seconds", str(TASK_SECONDS), "--key", "bench-key=900000000"]
    program = [sys.executable, "-m", "gptimage2_video_cli", *words]
    child = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: pinned(1))  # noqa: PLW1509
    try:
        yield re.match(r"listening on (\S+)", child.stdout.readline())[1]
    finally:
        child.terminate()
        child.communicate()


async def in_flight(url: str, count: int) -> list[float]:
    """The lateness of so many tasks, submitted and waited for by one client."""
    gate = asyncio.Semaphore(SUBMITTING)

    async def one(client: AsyncVideoClient) -> float:
        async with gate:
            pending = await client.submit(REQUEST)
        task = await client.wait(pending, timeout=None)
        accepted = datetime.fromisoformat(task.raw["createdAt"]).timestamp()
        return time.time() - accepted - TASK_SECONDS

    async with AsyncVideoClient("bench-key", base_url=url, request_timeout=300) as client:
        return await asyncio.gather(*(one(client) for _ in range(count)))


def measure(url: str, count: int) -> None:
    """In a process of its own: print what so many tasks took."""
    pinned(0)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    started = time.perf_counter()
    late = asyncio.run(in_flight(url, count))
    seconds, usage = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "tasks": count,
        "seconds": round(seconds, 1),
        "tasks per second": round(count / seconds, 1),
        "CPU ms per task": round(1000 * (usage.ru_utime + usage.ru_stime) / count, 1),
        "mean lateness s": round(sum(late) / count, 2),
        "latest s": round(max(late), 2),
        "peak MB": round(usage.ru_maxrss / 1024),
    }
    print(json.dumps(told), flush=True)


def batches(counts: list[int]) -> None:
    """The same as batches, on SQLite and, where it is installed, on PostgreSQL."""
    from support.postgres import Postgres, programs

    for count in counts:
        print("batch on SQLite:", json.dumps(batch.in_flight(count)), flush=True)
    rows = max(counts)
    print(f"SQLite: {rows} rows enqueued, {batch.enqueued_per_second(rows):.0f} a second", flush=True)
    if programs() is None:
        print("PostgreSQL: skipped, as it is not installed (make postgres)")
        return
    with Postgres() as database:
        for count in counts:
            print("batch on PostgreSQL:", json.dumps(batch.in_flight(count, database.url)), flush=True)
        print(f"PostgreSQL: {rows} rows enqueued, {batch.enqueued_per_second(rows, database.url):.0f} a second")


def main(words: list[str]) -> None:
    """Measure each number of tasks."""
    if words[:1] == ["--one"]:
        measure(words[1], int(words[2]))
        return
    counts = [int(word) for word in words] or [*COUNTS]
    for count in counts:
        with mock() as url:
            subprocess.run([sys.executable, __file__, "--one", url, str(count)], check=True)
    batch.allow_many_files()
    batches(counts)


if __name__ == "__main__":
    main(sys.argv[1:])
