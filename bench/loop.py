"""How long other tasks of the event loop wait while the client is at work: the longest gap, in each kind of work.

    .venv/bin/python bench/loop.py [CASE ...]     all by default; no network, some minutes

A task wakes every millisecond and notes how late it is. Each run is a process of its own, as the first call also loads
what sends; the mock, or a server of 300 MB, is another. The least of five counts, as others use the machine.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from side_by_side import table

from gptimage2_video import AsyncVideoClient, Journal
from gptimage2_video.journal import JournalBudget
from gptimage2_video.transport import files

MEGABYTES = 300
MEGABYTE = 1024 * 1024
SLOW_DISK = 0.3  # seconds for each fsync, or write of the journal
RUNS = 5
KEY = "test-key"
VIDEO = {"prompt": "A cup", "model": "veo3_lite", "inputMode": "text_to_video"}


class Watch:
    """Notes how late a task of this event loop wakes, while its context lasts."""

    async def __aenter__(self):
        self.gaps = [0.0]
        self._ticking = asyncio.ensure_future(self._tick())
        await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_):
        self._ticking.cancel()

    async def _tick(self):
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self.gaps.append(time.perf_counter() - before - 0.001)


class SlowJournal(Journal):
    """A journal on a disk that takes its time."""

    def write(self, record):
        """As `Journal.write`."""
        time.sleep(SLOW_DISK)
        super().write(record)


def slow_fsync():
    """From now on each fsync takes its time."""
    fsync = os.fsync
    files.os.fsync = lambda file: (time.sleep(SLOW_DISK), fsync(file))


async def download(url, folder, transport="aiohttp"):
    """A video of 300 MB."""
    async with AsyncVideoClient(KEY, base_url=url, transport=transport) as client, Watch() as watch:
        await client.download(f"{url}/v.mp4", folder / "video.mp4", overwrite=True)
    return watch.gaps


async def download_httpx(url, folder):
    """The same with httpx."""
    return await download(url, folder, "httpx")


async def download_slow(url, folder):
    """The same on a slow disk."""
    slow_fsync()
    return await download(url, folder)


async def journal_slow(url, folder):
    """20 videos at once, each submission written down on a slow disk."""
    journal = SlowJournal(folder / "journal.db")
    async with AsyncVideoClient(KEY, base_url=url, journal=journal) as client, Watch() as watch:
        await asyncio.gather(*(client.generate(VIDEO) for _ in range(20)))
    return watch.gaps


async def waits(url, folder):
    """1,000 waits in flight, begun one after the other."""
    async with AsyncVideoClient(KEY, base_url=url) as client:
        tasks = [await client.submit(VIDEO) for _ in range(1000)]
        async with Watch() as watch:
            running = []
            for task in tasks:
                running.append(asyncio.ensure_future(client.wait(task)))
                await asyncio.sleep(0.002)
            await asyncio.gather(*running)
    return watch.gaps


async def mcp(url, folder):
    """20 videos through the tools of an MCP server, on a slow disk."""
    from mcp import Client

    from gptimage2_video_cli.mcp_server.server import make_server
    from gptimage2_video_cli.mcp_server.video_tools import VideoTools

    slow_fsync()
    budget = JournalBudget(SlowJournal(folder / "journal.db"), "bench", 10_000)
    tools = VideoTools(budget, {"api_key": KEY, "base_url": url}, folder)
    video = {name: VIDEO[name] for name in ("prompt", "model")}

    async def one(client):
        made = await client.call_tool("generate", video | {"allow_duplicate": True})
        task_id = made.structured_content["task_id"]
        await client.call_tool("wait", {"task_id": task_id})
        await client.call_tool("download", {"task_id": task_id})

    async with tools.client, Client(make_server(tools, 0)) as client, Watch() as watch:
        await asyncio.gather(*(one(client) for _ in range(20)))
    return watch.gaps


def batch(url, folder):
    """A batch of 200 lines, on a slow disk."""
    from gptimage2_video_cli.batch.worker import Worker
    from gptimage2_video_cli.main import main as command

    slow_fsync()
    run, gaps = Worker.run, []

    async def watched(worker):
        async with Watch() as watch:
            await run(worker)
        gaps.extend(watch.gaps)

    Worker.run = watched
    os.environ |= {"GPTIMAGE2_BASE_URL": url, "GPTIMAGE2_API_KEY": KEY, "GPTIMAGE2_JOURNAL": str(folder / "journal.db")}
    manifest = folder / "shots.jsonl"
    manifest.write_text("".join(f"{json.dumps(VIDEO | {'prompt': f'shot {number}'})}\n" for number in range(200)))
    code = command(
        ["batch", "run", str(manifest), "--out", str(folder / "videos"), "--yes", "--quiet", "--concurrency", "50"]
    )
    if code:
        raise SystemExit(code)
    return gaps


CASES = {case.__name__: case for case in (download, download_httpx, download_slow, journal_slow, waits, mcp, batch)}


def measure(name, url):
    """Print the longest gap of one case, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        done = CASES[name](url, Path(folder))
        gaps = asyncio.run(done) if asyncio.iscoroutine(done) else done
        sys.stdout.flush()
        print(max(gaps))


def serve():
    """Answer each request with a video of 300 MB, until whoever started this ends it."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {MEGABYTES * MEGABYTE}\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
                for _ in range(MEGABYTES):
                    connection.sendall(bytes(MEGABYTE))


@contextmanager
def server(*command):
    """The address at which a program listens, while it runs."""
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().rpartition(" ")[2].strip()
        process.kill()


def main(*names):
    """Measure, and print the table."""
    rows = []
    mock = ("-m", "gptimage2_video_mock", "--port", "0", "--speed", "60", "--key", f"{KEY}=1000000")
    with server(__file__, "serve") as videos, server(*mock) as api:
        for name in names or CASES:
            words = [sys.executable, __file__, "measure", name, videos if "download" in name else api]
            gaps = [float(subprocess.check_output(words, text=True).split()[-1]) for _ in range(RUNS)]
            about = CASES[name].__doc__.strip().removesuffix(".")
            rows.append([about, *(f"{1000 * gap:.0f}" for gap in (min(gaps), max(gaps)))])
    print(table(["work", "longest gap, ms", "in the worst run"], rows))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            serve()
        case ["measure", name, url]:
            measure(name, url)
        case names:
            main(*names)
