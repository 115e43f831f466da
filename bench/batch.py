"""Batches, measured: lines enqueued, and what so many lines in flight cost in time and memory.

    make bench-batch                 300 and 10,000 lines, on SQLite
    make bench-batch LINES=300

The mock runs in this process, the batch in one of its own; a task takes 60 s of the mock's clock, at ten times speed.
Numbers are of one machine and one moment: compare them within a run only.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from gptimage2_video_cli.batch import plan
from gptimage2_video_cli.batch.database import open_sqlite
from gptimage2_video_cli.batch.ledger import Ledger
from gptimage2_video_cli.batch.manifest import Line, iter_lines
from gptimage2_video_cli.batch.queue import WorkQueue
from gptimage2_video_cli.batch.schema import batches
from gptimage2_video_mock import MockServer
from gptimage2_video_mock.api.request_log import RequestLog

SPEED = 10.0
PRICE = 5


def manifest(folder, count):
    """So many requests of one price."""
    path = folder / "manifest.jsonl"
    rows = ({"id": f"line-{i}", "prompt": f"shot {i}", "model": "veo3_lite"} for i in range(count))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def enqueued_per_second(count):
    """Rows written to the ledger and the work queue, in transactions of 500."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(open_sqlite(Path(folder)), "batch")
        ledger.create_tables()
        ledger.transact(lambda c: c.execute(batches.insert().values(name="batch", base_url="http://127.0.0.1")))
        lines = [item for item in iter_lines(manifest(Path(folder), count)) if isinstance(item, Line)]
        plan.apply(ledger, lines, None, resubmit_uncertain=False)
        seconds = asyncio.run(_enqueue(ledger))
        ledger.engine.dispose()
    return count / seconds


async def _enqueue(ledger):
    async def never(_key, _attempt):
        await asyncio.Event().wait()

    queue = WorkQueue(ledger, None, never, SimpleNamespace(concurrency=1, rate=None, dequeue_interval=0.2))
    try:
        await queue.start()
        started = time.perf_counter()
        await asyncio.to_thread(plan.enqueue_lines, ledger, queue.enqueue, plan.needs_attempt)
        return time.perf_counter() - started
    finally:
        queue.stop()


class Counted(RequestLog):
    """Counts, and keeps nothing."""

    count = 0

    def add(self, record):
        """Count it."""
        type(self).count += 1


def in_flight(count):
    """All lines of a batch at once: seconds, requests per second, peak memory of the process that works on it."""
    with tempfile.TemporaryDirectory() as name, MockServer({"bench-key": count * PRICE}, speed=SPEED) as server:
        folder = Path(name)
        server._state.log = Counted()  # noqa: SLF001  its own keeps the last thousand
        before = Counted.count
        environment = {**os.environ, "GPTIMAGE2_API_KEY": "bench-key", "GPTIMAGE2_JOURNAL": str(folder / "journal.db")}
        places = [str(manifest(folder, count)), "--out", str(folder / "videos"), "--base-url", server.url]
        started = time.perf_counter()
        child = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gptimage2_video_cli",
                "batch",
                "run",
                *places,
                "--concurrency",
                str(count),
                "--json",
            ],
            env=environment,
            stdout=subprocess.PIPE,
        )
        report = json.loads(child.stdout.read())
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
    return {
        "lines": count,
        "saved": report["counts"].get("saved", 0),
        "exit": child.returncode,
        "seconds": round(seconds, 1),
        "requests per second": round((Counted.count - before) / seconds),
        "CPU ms per line": round(1000 * (usage.ru_utime + usage.ru_stime) / count, 1),
        "peak MB": round(usage.ru_maxrss / 1024),
    }


def main(counts):
    """Measure each, and print it."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    for count in counts:
        print(f"{count} rows enqueued: {enqueued_per_second(count):.0f} a second", flush=True)
        print(json.dumps(in_flight(count)), flush=True)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [300, 10_000])
