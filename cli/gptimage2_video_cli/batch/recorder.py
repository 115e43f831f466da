"""The journal of a line, which keeps ledger and journal in step, and the submissions that are in flight."""

import asyncio
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar, cast

import anyio
import anyio.to_thread

from gptimage2_video import VideoClientError
from gptimage2_video.journal import Journal, Recorder, SubmissionRecord, SubmissionState
from gptimage2_video.polling import SimilarTasks

from .ledger import Ledger

T = TypeVar("T")

_MAX_IN_FLIGHT: Final = 16  # submissions at once: a crash makes each of them uncertain


class InFlight:
    """The attempts of this process: which have a submission in flight, and whether all are to stop.

    A stopped attempt is cancelled, so that the work queue makes it again; one whose submission is in flight only when
    the response has come.

    Attributes:
        stopping: Whether no submission may leave any more.
        idle: Set while no submission is in flight.
    """

    def __init__(self) -> None:
        self.stopping = False
        self.idle = asyncio.Event()
        self.idle.set()
        self._slots = asyncio.Semaphore(_MAX_IN_FLIGHT)
        self._attempts: set[asyncio.Task[Any]] = set()
        self._submitting: set[asyncio.Task[Any]] = set()

    @property
    def count(self) -> int:
        """The number of submissions without a response."""
        return len(self._submitting)

    @contextmanager
    def attempt(self) -> Generator[None]:
        """The attempt of the current task. Raises CancelledError where all are to stop."""
        task = _current()
        self._attempts.add(task)
        try:
            self._raise_if_stopping()
            yield
        finally:
            self._attempts.discard(task)
            self._release()

    async def begin(self) -> None:
        """A submission is about to be claimed and sent; waits while too many are in flight."""
        if _current() not in self._submitting:
            await self._slots.acquire()
            self._submitting.add(_current())
            self.idle.clear()
        self._raise_if_stopping()

    def end(self) -> None:
        """The outcome of the submission is recorded."""
        self._release()
        self._raise_if_stopping()

    def stop(self) -> None:
        """Let no submission leave any more, and cancel every attempt that has none in flight."""
        self.stopping = True
        for task in self._attempts - self._submitting:
            task.cancel()

    def _release(self) -> None:
        if _current() in self._submitting:
            self._submitting.remove(_current())
            self._slots.release()
        if not self._submitting:
            self.idle.set()

    def _raise_if_stopping(self) -> None:
        if self.stopping:
            raise asyncio.CancelledError


def _current() -> asyncio.Task[Any]:
    return cast("asyncio.Task[Any]", asyncio.current_task())


@dataclass(frozen=True, slots=True)
class LineRecorder:
    """The recorder of one line: it claims in the ledger before the journal is written, and records after.

    Attributes:
        ledger: The ledger that all workers share.
        journal: The journal of this machine; None where it is turned off.
        key: The line.
        group: The name of the batch in the journal.
        in_flight: The submissions of this process.
        limiter: Limits the threads that wait for a database.
    """

    ledger: Ledger
    journal: Recorder | None
    key: str
    group: str
    in_flight: InFlight
    limiter: anyio.CapacityLimiter

    def write(self, record: SubmissionRecord) -> None:
        """Write the record to both."""
        record = replace(record, group=self.group)
        if record.state != SubmissionState.SENDING:
            try:
                self._write_journal(record)
            finally:
                self.ledger.record(self.key, record)
            return
        self.ledger.claim(self.key, record.submission_id or "")
        try:
            self._write_journal(record)
        except VideoClientError as error:
            self.ledger.record(self.key, record.with_state(SubmissionState.REFUSED, reason=error.summary))
            raise

    async def write_async(self, record: SubmissionRecord) -> None:
        """As `write`, off the event loop."""
        if record.state == SubmissionState.SENDING:
            await self.in_flight.begin()
        await self.run(partial(self.write, record))
        if record.state != SubmissionState.SENDING:
            self.in_flight.end()

    def durations(self, similar: SimilarTasks) -> Sequence[float]:
        """The durations of similar tasks that the journal has."""
        return self.journal.durations(similar) if isinstance(self.journal, Journal) else ()

    async def run(self, work: Callable[[], T]) -> T:
        """Do work with a database in a thread; what has begun is completed even where the caller is cancelled."""
        return await anyio.to_thread.run_sync(work, limiter=self.limiter)

    def _write_journal(self, record: SubmissionRecord) -> None:
        if self.journal is not None:
            self.journal.write(record)
