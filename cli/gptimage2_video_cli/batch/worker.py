"""The worker: a process that attempts the lines of a batch until none is left.

Lives here: the beginning and the end of a run, signals, the connections. Not here: when an attempt is made (`durable`),
what it does (`line`), and money, which is the ledger's.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread

from gptimage2_video import AsyncVideoClient, EstimateStore, InMemoryEstimates, PollRateLimiter, Recorder
from gptimage2_video_cli.console.output import say

from .attempt import Attempts
from .ledger import Ledger
from .plan import fits_now, hand_over, is_due
from .queue import Durable
from .recorder import LineRecorder, Traffic
from .schema import UNFUNDED
from .workers import Crew

T = TypeVar("T")

_LOOK_SECONDS: Final = 0.5
_THREADS: Final = 8  # that wait for a database at once; more would only wait for each other
_LOOKS_PER_SECOND: Final = 200  # however many lines are waiting


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch is worked on.

    Attributes:
        folder: Where the videos go.
        client: The settings of the client that the lines share.
        journal: The journal of this machine; None where it is turned off.
        label: What the journal calls the batch.
        concurrency: Lines at work at once, over all workers.
        rate: Submissions per second, over all workers; None for no limit.
        timeout: Seconds to wait for a task.
        show: Called with the counts of the ledger every half second.
    """

    folder: Path
    client: dict[str, Any]
    journal: Recorder | None
    label: str
    concurrency: int
    rate: float | None
    timeout: float
    show: Callable[[dict[tuple[str, bool, bool], int]], object]


@dataclass
class Worker:
    """This process at work on a batch. `crew` is None where no other process can be."""

    ledger: Ledger
    settings: Settings
    crew: Crew | None
    traffic: Traffic = field(default_factory=Traffic)
    failure: BaseException | None = None

    async def run(self) -> None:
        """Work until no line is left, or until a signal.

        Raises:
            KeyboardInterrupt: It was a signal; what is on its way has been answered, unless a second one came.
        """
        settings = self.settings
        _allow_many_files()
        self._limiter = anyio.CapacityLimiter(_THREADS)
        self._paces = settings.journal if isinstance(settings.journal, EstimateStore) else InMemoryEstimates()
        self._woken = asyncio.Event()
        async with AsyncVideoClient(**settings.client, poll_rate_limiter=PollRateLimiter(_LOOKS_PER_SECOND)) as client:
            self._attempts = Attempts(client, settings.folder, settings.timeout)
            self._listen()
            await self._work()
        if self.failure:
            raise self.failure
        if self.traffic.stopping:
            raise KeyboardInterrupt

    async def attempt(self, key: str, attempt: int) -> None:
        """What the durable engine has this process do. A cancelled one is done again by the next process."""
        with self.traffic.attempt():
            try:
                await self._make(key, attempt)
            except Exception as problem:
                self.failure = problem
                self._stop()
                raise asyncio.CancelledError from problem  # else the engine would take it for done

    async def _make(self, key: str, attempt: int) -> None:
        row = await self._in_thread(partial(self.ledger.row, key))
        if row is None or not row.running or row.attempt != attempt:
            return  # it was done, and the process died before the engine knew
        settings = self.settings
        recorder = LineRecorder(
            self.ledger, settings.journal, key, settings.label, self.traffic, self._limiter, self._paces
        )
        code, reason = await self._attempts.make(row, recorder)
        await self._in_thread(partial(self.ledger.rest, key, attempt, code, reason))

    async def _work(self) -> None:
        settings = self.settings
        engine = Durable(self.ledger, self.crew, self.attempt, concurrency=settings.concurrency, rate=settings.rate)
        try:
            await engine.start()
            await self._in_thread(partial(hand_over, self.ledger, engine.enqueue, is_due))
            while not self.traffic.stopping and await self._something_is_left(engine):
                if self.crew:
                    await self._in_thread(partial(engine.look_after, self.crew))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _LOOK_SECONDS)
        except BaseException:
            self._stop()
            raise
        finally:
            await self.traffic.quiet.wait()
            if self.crew:
                await self._in_thread(self.crew.leave)
            # Not here: a thread of the engine that begins an attempt waits for this loop, and it for that thread.
            await anyio.to_thread.run_sync(engine.stop)

    async def _something_is_left(self, engine: Durable) -> bool:
        counts = await self._in_thread(self.ledger.counts)
        self.settings.show(counts)
        if any(state == UNFUNDED and not running for state, running, _ in counts):
            books = await self._in_thread(self.ledger.batch)
            left = None if books.max_credits is None else books.max_credits - books.committed
            if await self._in_thread(partial(hand_over, self.ledger, engine.enqueue, partial(fits_now, left=left))):
                return True
        return any(running for _, running, _ in counts)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def _listen(self) -> None:
        """Signals stop this worker: the first once what is on its way has been answered, the second at once."""
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                with suppress(NotImplementedError):  # Windows, where Ctrl-C cancels the whole
                    loop.add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        if self.traffic.stopping:
            say("stopped at once; run it again to go on")
            os._exit(130)  # as a kill, which everything here bears; a database that is away would hold any other end
        if self.traffic.on_their_way:
            say(f"stopping once {self.traffic.on_their_way} submissions have been answered; again to stop at once")
        self._stop()

    def _stop(self) -> None:
        self.traffic.stop()
        self._woken.set()


def _allow_many_files() -> None:
    """As many connections and videos may be open as the system lets this process have; 1,024 are few for a batch."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
