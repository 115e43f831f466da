"""The worker: a process that attempts the lines of a batch until none is left, or a signal comes."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread

from gptimage2_video import AsyncVideoClient
from gptimage2_video.journal import Recorder
from gptimage2_video.polling import PollRateLimiter
from gptimage2_video_cli.console.output import log_stderr

from .attempt import RETRY_DELAYS, LineRunner
from .ledger import Ledger
from .plan import enqueue_lines, fits_budget, needs_attempt
from .queue import DEQUEUE_INTERVAL, WorkQueue
from .recorder import InFlight, LineRecorder
from .schema import OVER_BUDGET
from .workers import WorkerRegistry

T = TypeVar("T")

_THREADS: Final = 8  # that wait for a database at once; more would only wait for each other
_POLLS_PER_SECOND: Final = 200  # however many lines are waiting


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a batch is worked on.

    Attributes:
        folder: Where the videos go.
        client: The settings of the client that the lines share.
        journal: The journal of this machine; None where it is turned off.
        group: The name of the batch in the journal.
        concurrency: Lines attempted at once, over all workers.
        rate: Submissions per second, over all workers; None for no limit.
        timeout: Seconds to wait for a task.
        show: Called with the counts of the ledger at every refresh.
        refresh_interval: Seconds between two queries of the ledger.
        dequeue_interval: Seconds between two polls of the work queue.
        retry_delays: Seconds before each retry of a submission that was not accepted.
    """

    folder: Path
    client: dict[str, Any]
    journal: Recorder | None
    group: str
    concurrency: int
    rate: float | None
    timeout: float
    show: Callable[[dict[tuple[str, bool, bool], int]], object]
    refresh_interval: float = 0.5
    dequeue_interval: float = DEQUEUE_INTERVAL
    retry_delays: Sequence[float] = RETRY_DELAYS


@dataclass
class Worker:
    """This process at work on a batch. `registry` is None where no other process can be."""

    ledger: Ledger
    settings: WorkerSettings
    registry: WorkerRegistry | None
    in_flight: InFlight = field(default_factory=InFlight)
    failure: BaseException | None = None

    async def run(self) -> None:
        """Work until no line is left, or until a signal.

        Raises:
            KeyboardInterrupt: A signal came; submissions in flight were answered, unless a second one came.
        """
        settings = self.settings
        _raise_file_limit()
        self._limiter = anyio.CapacityLimiter(_THREADS)
        self._wakeup = asyncio.Event()
        async with AsyncVideoClient(**settings.client, poll_rate_limiter=PollRateLimiter(_POLLS_PER_SECOND)) as client:
            self._runner = LineRunner(client, settings.folder, settings.timeout, settings.retry_delays)
            self._handle_signals()
            await self._work()
        if self.failure:
            raise self.failure
        if self.in_flight.stopping:
            raise KeyboardInterrupt

    async def attempt(self, key: str, attempt: int) -> None:
        """Make an attempt for the work queue. A cancelled one is made again by the next process."""
        with self.in_flight.attempt():
            try:
                await self._attempt(key, attempt)
            except Exception as error:
                self.failure = error
                self._stop()
                raise asyncio.CancelledError from error  # else the work queue would take it for done

    async def _attempt(self, key: str, attempt: int) -> None:
        row = await self._in_thread(partial(self.ledger.row, key))
        if row is None or not row.running or row.attempt != attempt:
            return  # it was done, and the process died before the work queue knew
        journal, group = self.settings.journal, self.settings.group
        recorder = LineRecorder(self.ledger, journal, key, group, self.in_flight, self._limiter)
        exit_code, reason = await self._runner.run(row, recorder)
        await self._in_thread(partial(self.ledger.finish_attempt, key, attempt, exit_code, reason))

    async def _work(self) -> None:
        settings = self.settings
        queue = WorkQueue(
            self.ledger,
            self.registry,
            self.attempt,
            concurrency=settings.concurrency,
            rate=settings.rate,
            dequeue_interval=settings.dequeue_interval,
        )
        try:
            await queue.start()
            await self._in_thread(partial(enqueue_lines, self.ledger, queue.enqueue, needs_attempt))
            while not self.in_flight.stopping and await self._has_work(queue):
                if self.registry:
                    await self._in_thread(partial(queue.recover_dead_workers, self.registry))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wakeup.wait(), settings.refresh_interval)
        except BaseException:
            self._stop()
            raise
        finally:
            await self.in_flight.idle.wait()
            if self.registry:
                await self._in_thread(self.registry.deregister)
            # Not on the loop: a thread of DBOS that begins an attempt waits for the loop, and `stop` for that thread.
            await anyio.to_thread.run_sync(queue.stop)

    async def _has_work(self, queue: WorkQueue) -> bool:
        counts = await self._in_thread(self.ledger.counts)
        self.settings.show(counts)
        if any(state == OVER_BUDGET and not running for state, running, _ in counts):
            batch = await self._in_thread(self.ledger.batch)
            left = None if batch.max_credits is None else batch.max_credits - batch.committed
            fits = partial(fits_budget, left=left)
            if await self._in_thread(partial(enqueue_lines, self.ledger, queue.enqueue, fits)):
                return True
        return any(running for _, running, _ in counts)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def _handle_signals(self) -> None:
        """The first signal stops this worker once submissions in flight are answered, the second at once."""
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                with suppress(NotImplementedError):  # Windows, where Ctrl-C cancels the whole program
                    loop.add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        if self.in_flight.stopping:
            log_stderr("stopped at once; run it again to continue")
            os._exit(130)  # as safe as a kill; an unavailable database would hold up any other exit
        if self.in_flight.count:
            log_stderr(f"stopping once {self.in_flight.count} submissions have been answered; again to stop at once")
        self._stop()

    def _stop(self) -> None:
        self.in_flight.stop()
        self._wakeup.set()


def _raise_file_limit() -> None:
    """Allow as many open connections and videos as the system lets this process have; 1,024 are few for a batch."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
