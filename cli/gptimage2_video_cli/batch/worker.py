"""The worker: a process that attempts the lines of a batch until none is left, or a signal comes."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import anyio.to_thread

from gptimage2_video import (
    AsyncVideoClient,
    InsufficientCredits,
    SubmissionUncertain,
    TaskFailed,
    Unauthorized,
    VideoClientError,
)
from gptimage2_video.polling import PollRateLimiter
from gptimage2_video_cli.console.exit_codes import exit_code
from gptimage2_video_cli.console.output import log_stderr
from gptimage2_video_cli.console.signals import handled_signals

from .attempt import LineRecorder, save_video
from .ledger import Ledger
from .options import BatchOptions
from .plan import enqueue_lines, fits_budget, needs_attempt
from .progress import Counts
from .queue import WorkQueue
from .schema import OVER_BUDGET, LineRow
from .workers import WorkerRegistry

_MAX_IN_FLIGHT: Final = 16  # submissions at once: a crash makes each of them uncertain
_POLLS_PER_SECOND: Final = 200  # however many lines are waiting
_ABORTING: Final = (Unauthorized, InsufficientCredits)  # every other line would get the same response
_EXPLAINED_BY_STATE: Final = (TaskFailed, SubmissionUncertain)


@dataclass
class Worker:
    """This process at work on a batch.

    To stop it cancels its attempts, so that the work queue makes them again; one whose submission is in flight only
    when the response has come.

    Attributes:
        ledger: The ledger that all workers share.
        options: The options of the run.
        client_settings: The settings of the client that all lines share, with the journal of this machine.
        registry: The other workers; None where no other process can be one.
        show: Called at every refresh with the counts of the ledger, the credits committed, and the budget.
    """

    ledger: Ledger
    options: BatchOptions
    client_settings: Mapping[str, Any]
    registry: WorkerRegistry | None
    show: Callable[[Counts, int, int | None], object]

    def __post_init__(self) -> None:
        self._stopping = False
        self._failure: Exception | None = None
        self._abort_reason: VideoClientError | None = None  # ends every attempt that would submit
        self._wakeup, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()  # no submission is in flight
        self._slots = asyncio.Semaphore(_MAX_IN_FLIGHT)
        self._attempts: set[asyncio.Task[Any]] = set()
        self._submitting: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        """Work until no line is left, or until a signal.

        Raises:
            KeyboardInterrupt: A signal came; submissions in flight were answered, unless a second one came.
        """
        _raise_file_limit()
        limiter = PollRateLimiter(_POLLS_PER_SECOND)
        with handled_signals(self._on_signal):
            async with AsyncVideoClient(**self.client_settings, poll_rate_limiter=limiter) as self._client:
                await self._work()
        if self._failure:
            raise self._failure
        if self._stopping:
            raise KeyboardInterrupt

    async def _work(self) -> None:
        in_thread = self.ledger.in_thread
        queue = WorkQueue(self.ledger, self.registry, self._attempt, self.options)
        try:
            await queue.start()
            await in_thread(partial(enqueue_lines, self.ledger, queue.enqueue, needs_attempt))
            while not self._stopping and await self._has_work(queue):
                if self.registry:
                    await in_thread(partial(queue.recover_dead_workers, self.registry))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wakeup.wait(), self.options.refresh_interval)
        except BaseException:
            self._stop()
            raise
        finally:
            await self._idle.wait()
            if self.registry:
                await in_thread(self.registry.deregister)
            # Not on the loop: a thread of DBOS that begins an attempt waits for the loop, and `stop` for that thread.
            await anyio.to_thread.run_sync(queue.stop)

    async def _has_work(self, queue: WorkQueue) -> bool:
        in_thread = self.ledger.in_thread
        counts = await in_thread(self.ledger.counts)
        batch = await in_thread(self.ledger.batch)
        self.show(counts, batch.committed, batch.max_credits)
        if any(state == OVER_BUDGET and not running for state, running, _ in counts):
            left = None if batch.max_credits is None else batch.max_credits - batch.committed
            fits = partial(fits_budget, left=left)
            if await in_thread(partial(enqueue_lines, self.ledger, queue.enqueue, fits)):
                return True
        return any(running for _, running, _ in counts)

    async def _attempt(self, key: str, attempt: int) -> None:
        """Make an attempt for the work queue. A cancelled one is made again by the next process."""
        self._attempts.add(_current_task())
        try:
            self._raise_if_stopping()
            row = await self.ledger.in_thread(partial(self.ledger.row, key))
            if row is None or not row.running or row.attempt != attempt:
                return  # it was done, and the process died before the work queue knew
            outcome = await self._save(row)
            await self.ledger.in_thread(partial(self.ledger.finish_attempt, key, attempt, *outcome))
        except Exception as error:
            self._failure = error
            self._stop()
            raise asyncio.CancelledError from error  # else the work queue would take it for done
        finally:
            self._attempts.remove(_current_task())
            self._release_slot()

    async def _save(self, row: LineRow) -> tuple[int, str | None]:
        """An exit code, and the reason where the state of the line does not tell."""
        journal, out = self.client_settings["journal"], self.options.out
        group = f"batch {self.ledger.name}" if self.registry else f"the batch in {out.absolute()}"
        gate = self._begin_submission, self._end_submission
        recorder = LineRecorder(self.ledger, journal, row.key, group, *gate)
        try:
            await save_video(row, recorder, self._client, self.options)
        except VideoClientError as error:
            if isinstance(error, _ABORTING):
                self._abort_reason = error
            return exit_code(error), None if isinstance(error, _EXPLAINED_BY_STATE) else str(error)
        return 0, None

    async def _begin_submission(self) -> None:
        """The line is about to be claimed and sent; waits while too many are in flight."""
        if _current_task() not in self._submitting:
            await self._slots.acquire()
            self._submitting.add(_current_task())
            self._idle.clear()
        self._raise_if_stopping()
        if self._abort_reason:
            raise self._abort_reason

    def _end_submission(self) -> None:
        """Its outcome is recorded."""
        self._release_slot()
        self._raise_if_stopping()

    def _release_slot(self) -> None:
        if _current_task() in self._submitting:
            self._submitting.remove(_current_task())
            self._slots.release()
        if not self._submitting:
            self._idle.set()

    def _raise_if_stopping(self) -> None:
        if self._stopping:
            raise asyncio.CancelledError

    def _on_signal(self) -> None:
        """The first signal stops this worker once submissions in flight are answered, the second at once."""
        if self._stopping:
            log_stderr("stopped at once; run it again to continue")
            os._exit(130)  # as safe as a kill; an unavailable database would hold up any other exit
        if in_flight := len(self._submitting):
            log_stderr(f"stopping once {in_flight} submissions have been answered; again to stop at once")
        self._stop()

    def _stop(self) -> None:
        """Let no submission leave any more, and cancel every attempt that has none in flight."""
        self._stopping = True
        self._wakeup.set()
        for task in self._attempts - self._submitting:
            task.cancel()


def _current_task() -> asyncio.Task[Any]:
    return cast("asyncio.Task[Any]", asyncio.current_task())


def _raise_file_limit() -> None:
    """Allow as many open connections and videos as the system lets this process have; 1,024 are few for a batch."""
    if sys.platform == "win32":  # which has no such limit
        return
    import resource

    with suppress(ValueError, OSError):
        hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
