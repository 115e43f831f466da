"""One contender in a process of its own: makes so many calls when told to, and tells what they cost.

    python bench/worker.py NAME URL       reads lines such as `async poll 500`, answers each with JSON; ends with them

Lives here: the loops that are measured. Not here: whom they call (`contenders`), and what is made of the numbers
(`calls`).
"""

import asyncio
import gc
import json
import os
import sys
import time

from contenders import CONTENDERS, ID

AT_ONCE = 50
# Of a result that was read: the task, or how fal-client says that it is queued.
SIGNS = (ID, "Queued(position=1)")


class Worker:
    """Keeps the clients and their connections from one measurement to the next."""

    def __init__(self, name, url):
        self._start, self._url = CONTENDERS[name].start, url
        self._runner = asyncio.Runner()
        self._calls = {}

    def measure(self, twin, kind, count):
        """CPU and wall seconds of so many calls."""
        if twin not in self._calls:
            self._calls[twin] = self._runner.run(self._started(twin))
        call = self._calls[twin][kind == "poll"]
        many = _one_by_one if twin == "sync" else lambda call, count: self._runner.run(_at_once(call, count))
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        result = many(call, count)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if not any(sign in f"{result!r}{getattr(result, '__dict__', '')}" for sign in SIGNS):
            raise ValueError(f"the call gave {result!r}")
        return {"cpu": cpu, "wall": wall}

    async def _started(self, twin):
        return self._start(self._url, twin)


def _one_by_one(call, count):
    for _ in range(count):
        result = call()
    return result


async def _at_once(call, count):
    turns = iter(range(count))

    async def work():
        result = None
        for _ in turns:
            result = await call()
        return result

    results = await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return next(result for result in results if result is not None)


def main(name, url):
    """Measure what each line of the input asks for."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # the server has the other core
    worker = Worker(name, url)
    for line in sys.stdin:
        twin, kind, count = line.split()
        try:
            told = worker.measure(twin, kind, int(count))
        except Exception as problem:  # a client that cannot is reported, with its own words
            told = {"problem": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(told), flush=True)
    os._exit(0)  # the clients are left as they are; some say so at length


if __name__ == "__main__":
    main(*sys.argv[1:])
