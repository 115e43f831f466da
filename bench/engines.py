"""The engines side by side: what a submit and a poll cost over each, and over the bare libraries below them.

    .venv/bin/python bench/engines.py [ROUNDS]

The server is a bare asyncio protocol that answers fixed JSON, in a process and, where there are two, on a core of its
own: the mock validates and keeps books, and any web framework is slower than bare aiohttp asks, so that the server
would be what is measured. The bare candidates do what a careful program cannot do without: the same JSON, the same key,
the body read and decoded. One round measures every candidate once, and a ratio compares within its round, so that a
slow moment of the machine hits all alike. Nothing is asserted.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import httpx

from gptimage2_video import AsyncVideoClient

Call = Callable[[], Awaitable[object]]

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
KEY = {"Authorization": "Bearer bench-key"}
RECEIPT = {"taskId": "tsk_0123456789", "status": 0, "creditsUsed": 9}
SNAPSHOT = {**RECEIPT, "videoUrl": None, "creditsRefunded": False, "errorCode": None, "errorMessage": None}
SUBMIT, POLL = "/api/ai/video/generate", "/api/ai/tasks/tsk_0123456789"
FLOOR = "aiohttp"
# Calls at a time, and how many pairs of a submit and a poll are done in all. The second is about latency, and for
# aiohttp alone: with a thousand at a time httpx needs minutes for a round.
MANY = (50, 2_000)
CROWD = (1_000, 2_000)


@asynccontextmanager
async def bare_aiohttp(url: str) -> AsyncIterator[Call]:
    """A session as the manual shows it, but without its limit of 100 connections."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=KEY) as session:

        async def pair() -> None:
            async with session.post(url + SUBMIT, json=VEO) as reply:
                await reply.json()
            async with session.get(url + POLL) as reply:
                await reply.json()

        yield pair


@asynccontextmanager
async def bare_httpx(url: str) -> AsyncIterator[Call]:
    """A client with its defaults, but for its patience of 5 s, at which 1,000 at a time end in timeouts."""
    async with httpx.AsyncClient(headers=KEY, timeout=300.0) as client:

        async def pair() -> None:
            (await client.post(url + SUBMIT, json=VEO)).json()
            (await client.get(url + POLL)).json()

        yield pair


def ours(engine: str) -> Callable[[str], object]:
    """Our client on one engine."""

    @asynccontextmanager
    async def candidate(url: str) -> AsyncIterator[Call]:
        settings = {"base_url": url, "transport": engine, "request_timeout": 300.0}
        async with AsyncVideoClient("bench-key", **settings) as client:

            async def pair() -> None:
                await client.get(await client.submit(VEO))

            yield pair

    return candidate


CANDIDATES = {
    FLOOR: bare_aiohttp,
    "httpx": bare_httpx,
    "ours, transport='aiohttp'": ours("aiohttp"),
    "ours, transport='httpx'": ours("httpx"),
}


async def measured(candidate, url: str, at_once: int, pairs: int) -> dict[str, float]:
    """One candidate, once: calls per second, CPU a call, and how long a pair takes."""
    took: list[float] = []
    left = iter(range(pairs))

    async def worker(pair: Call) -> None:
        for _ in left:
            began = time.perf_counter()
            await pair()
            took.append(time.perf_counter() - began)

    async with candidate(url) as pair:
        await asyncio.gather(*(pair() for _ in range(at_once)))  # the connections are made
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(worker(pair) for _ in range(at_once)))
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    ordered = sorted(took)
    return {
        "calls/s": 2 * pairs / seconds,
        "ms CPU a call": 1000 * cpu / (2 * pairs),
        "p50 ms": 1000 * ordered[len(ordered) // 2],
        "p99 ms": 1000 * ordered[len(ordered) * 99 // 100],
    }


def table(title: str, rounds: list[dict[str, dict[str, float]]]) -> None:
    """The median of each figure, and of its ratio to the floor in the same round."""
    print(f"\n{title}; medians of {len(rounds)} rounds, in brackets times {FLOOR}")
    names = list(rounds[0][FLOOR])
    print(f"{'':26}" + "".join(f"{name:>20}" for name in names))
    for candidate in rounds[0]:
        cells = []
        for name in names:
            value = statistics.median(one[candidate][name] for one in rounds)
            ratio = statistics.median(one[candidate][name] / one[FLOOR][name] for one in rounds)
            cells.append(f"{value:12.{0 if value > 100 else 2}f} ({ratio:5.2f})")
        print(f"{candidate:26}" + "".join(cells))


class Answering(asyncio.Protocol):
    """Answers each request that has come whole; a GET is a poll."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport, self.come = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        self.come += data
        while (head := self.come.find(b"\r\n\r\n")) >= 0:
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", self.come[:head])
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self.come) < end:
                return
            self.transport.write(ANSWERS[self.come[:1]])
            self.come = self.come[end:]


def answer(body: dict[str, object]) -> bytes:
    """The bytes of a reply."""
    content = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(content) + content


ANSWERS = {b"P": answer(RECEIPT), b"G": answer(SNAPSHOT)}


async def serve() -> None:
    """Answer until the program that started this one closes its end."""
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def pinned(core: int) -> None:
    """Keep this process on one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[core % len(cores)]})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if told.serve:
        pinned(1)
        asyncio.run(serve())
        return
    with subprocess.Popen([sys.executable, __file__, "--serve"], stdin=-1, stdout=-1, text=True) as server:
        pinned(0)
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        print(f"aiohttp {aiohttp.__version__}, httpx {httpx.__version__}, Python {sys.version.split()[0]}")
        fast = {name: candidate for name, candidate in CANDIDATES.items() if FLOOR in name}
        for (at_once, pairs), candidates in ((MANY, CANDIDATES), (CROWD, fast)):
            rounds = [
                {name: asyncio.run(measured(candidate, url, at_once, pairs)) for name, candidate in candidates.items()}
                for _ in range(told.rounds)
            ]
            table(f"{at_once} at a time, {pairs} times a submit and a poll", rounds)
        server.stdin.close()


if __name__ == "__main__":
    main()
