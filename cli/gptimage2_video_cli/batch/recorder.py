"""What is written down of a line, and which submissions are on their way.

Lives here: the recorder that keeps the ledger and the journal in step, and the traffic that a stop has to wait for. Not
here: the books themselves (`ledger`), and what an attempt does (`line`).
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar, cast

import anyio
import anyio.to_thread

from gptimage2_video import (
    DurationEstimate,
    EstimateStore,
    Recorder,
    SubmissionRecord,
    SubmissionState,
    VideoClientError,
)

from .ledger import Ledger

T = TypeVar("T")

# Submissions that are on their way at once: each is a line that a crash makes uncertain.
_AT_ONCE: Final = 16


class Traffic:
    """The attempts of this process: which have a submission on its way, and whether all are to stop.

    A stopped attempt is cancelled, so that the durable engine makes it again; but one whose submission is on its way
    only when it has been answered.

    Attributes:
        stopping: Whether no submission may leave any more.
        quiet: Set as long as no submission is on its way.
    """

    def __init__(self) -> None:
        self.stopping = False
        self.quiet = asyncio.Event()
        self.quiet.set()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._attempts: set[asyncio.Task[Any]] = set()
        self._on_their_way: set[asyncio.Task[Any]] = set()

    @property
    def on_their_way(self) -> int:
        """How many submissions have not been answered."""
        return len(self._on_their_way)

    @contextmanager
    def attempt(self) -> Generator[None]:
        """The attempt of the current task. Raises CancelledError where all are to stop."""
        task = _current()
        self._attempts.add(task)
        try:
            self._go_on()
            yield
        finally:
            self._attempts.discard(task)
            self._arrive()

    async def leaves(self) -> None:
        """A submission is about to leave; not while too many are on their way, as it is claimed from now on."""
        if _current() not in self._on_their_way:
            await self._slots.acquire()
            self._on_their_way.add(_current())
            self.quiet.clear()
        self._go_on()

    def answered(self) -> None:
        """It is known what became of it."""
        self._arrive()
        self._go_on()

    def stop(self) -> None:
        """Let nothing leave any more, and end every attempt that has nothing on its way."""
        self.stopping = True
        for task in self._attempts - self._on_their_way:
            task.cancel()

    def _arrive(self) -> None:
        if _current() in self._on_their_way:
            self._on_their_way.remove(_current())
            self._slots.release()
        if not self._on_their_way:
            self.quiet.set()

    def _go_on(self) -> None:
        if self.stopping:
            raise asyncio.CancelledError


def _current() -> asyncio.Task[Any]:
    return cast("asyncio.Task[Any]", asyncio.current_task())


@dataclass(frozen=True, slots=True)
class LineRecorder:
    """The recorder of one line: the claim goes before the journal's intent, every other record after the journal's.

    Attributes:
        ledger: The books that all workers share.
        journal: The journal of this machine; None where it is turned off.
        key: The line.
        label: What the journal calls the batch.
        traffic: Where the submission reports.
        limiter: How many threads may wait for a database at once.
        paces: Who keeps how long tasks take, for all lines of this process.
    """

    ledger: Ledger
    journal: Recorder | None
    key: str
    label: str
    traffic: Traffic
    limiter: anyio.CapacityLimiter
    paces: EstimateStore

    def write(self, record: SubmissionRecord) -> None:
        """Write it down in both."""
        record = replace(record, group=self.label)
        if record.state != SubmissionState.SENDING:
            try:
                self._journal(record)
            finally:
                self.ledger.note(self.key, record)
            return
        self.ledger.claim(self.key, record.submission_id or "")
        try:
            self._journal(record)
        except VideoClientError as problem:
            self.ledger.note(self.key, record.with_state(SubmissionState.REFUSED, reason=problem.summary))
            raise

    async def write_async(self, record: SubmissionRecord) -> None:
        """As `write`, beside the event loop."""
        if record.state == SubmissionState.SENDING:
            await self.traffic.leaves()
        await self.run(partial(self.write, record))
        if record.state != SubmissionState.SENDING:
            self.traffic.answered()

    def recall(self, key: str) -> DurationEstimate:
        """The pace of tasks of one kind."""
        return self.paces.recall(key)

    async def recall_async(self, key: str) -> DurationEstimate:
        """As `recall`, beside the event loop."""
        return await self.paces.recall_async(key)

    async def run(self, work: Callable[[], T]) -> T:
        """Work with a database, in a thread; what has begun is ended even where the caller is cancelled."""
        return await anyio.to_thread.run_sync(work, limiter=self.limiter)

    def _journal(self, record: SubmissionRecord) -> None:
        if self.journal is not None:
            self.journal.write(record)
