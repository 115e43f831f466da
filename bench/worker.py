"""One contender in a process of its own: makes so many calls when told to, and tells what they cost.

python bench/worker.py NAME URL       reads lines such as `async poll 500 50`, answers each with JSON; ends with them
"""

import asyncio
import gc
import json
import os
import sys
import time

from contenders import CONTENDERS, ID
from side_by_side import alone_on_core

# Of a result that was read: the task, or how fal-client says that it is queued.
SIGNS = (ID, "Queued(position=1)")


class Worker:
    """Keeps the clients and their connections from one measurement to the next."""

    def __init__(self, name, url):
        self._start, self._url = CONTENDERS[name].start, url
        self._runner = asyncio.Runner()
        self._calls = {}

    def measure(self, twin, kind, count, at_once):
        """CPU and wall seconds of so many calls, and how long the slowest hundredth of them took."""
        if twin not in self._calls:
            self._calls[twin] = self._runner.run(self._started(twin))
        call, took = self._calls[twin][kind == "poll"], []
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        if twin == "sync":
            result = _one_by_one(call, count, took)
        else:
            result = self._runner.run(_at_once(call, count, at_once, took))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if not any(sign in f"{result!r}{getattr(result, '__dict__', '')}" for sign in SIGNS):
            raise ValueError(f"the call gave {result!r}")
        return {"cpu": cpu, "wall": wall, "p99": sorted(took)[len(took) * 99 // 100]}

    async def _started(self, twin):
        return self._start(self._url, twin)


def _one_by_one(call, count, took):
    for _ in range(count):
        began = time.perf_counter()
        result = call()
        took.append(time.perf_counter() - began)
    return result


async def _at_once(call, count, at_once, took):
    turns = iter(range(count))

    async def work():
        result = None
        for _ in turns:
            began = time.perf_counter()
            result = await call()
            took.append(time.perf_counter() - began)
        return result

    results = await asyncio.gather(*(work() for _ in range(at_once)))
    return next(result for result in results if result is not None)


def main(name, url):
    """Measure what each line of the input asks for."""
    alone_on_core(0)  # the server has another one
    worker = Worker(name, url)
    for line in sys.stdin:
        twin, kind, count, at_once = line.split()
        try:
            told = worker.measure(twin, kind, int(count), int(at_once))
        except Exception as problem:  # a client that cannot is reported, with its own words
            told = {"problem": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(told), flush=True)
    os._exit(0)  # the clients are left as they are; some say so at length


if __name__ == "__main__":
    main(*sys.argv[1:])
