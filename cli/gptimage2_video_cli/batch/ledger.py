"""The ledger of a batch: the state of each line, and the budget that all workers share.

Its law: a line is claimed, in one transaction with its price, before its request leaves, and it cannot be claimed again
until it is certain that nothing was accepted. A claim whose process is dead is uncertain, and stays so.

Lives here: every change of the tables, as one transaction. Not here: the tables (`schema`), where they are
(`database`), and when a change is due (`attempt`, `plan`).
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread
import sqlalchemy as sa

from gptimage2_video import BudgetExceeded, Quote, Task, VideoClientError
from gptimage2_video.budget import ensure_affordable
from gptimage2_video.journal import SubmissionRecord, SubmissionState, storable_text

from .database import with_retries
from .schema import METADATA, OVER_BUDGET, ROW_COLUMNS, UNSENT, LineRow, batches, lines

T = TypeVar("T")

_MAX_CREDITS: Final = 2**31 - 1  # sums of credits must fit the databases' integers
_THREADS: Final = 8  # that wait for a database at once; more would only wait for each other
_TABLES_LOCK: Final = 0x69_6D_67_32  # any number that nothing else locks in the same database


class AlreadySent(VideoClientError):
    """The line was submitted already, by this process or another. Nothing was sent."""

    def __init__(self) -> None:
        super().__init__("the line was submitted already", "nothing was sent")


class Ledger:
    """The ledger of one batch. Threads may share it; many processes may open the same batch."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self.engine, self.name = engine, name
        self._threads = anyio.CapacityLimiter(_THREADS)

    def create_tables(self) -> None:
        """Create missing tables; one process at a time, as PostgreSQL fails the second."""

        def work(c: sa.Connection) -> None:
            if c.dialect.name == "postgresql":
                c.execute(sa.select(sa.func.pg_advisory_xact_lock(_TABLES_LOCK)))
            METADATA.create_all(c)

        self.transact(work)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do work off the event loop; what has begun is completed even where the caller is cancelled."""
        return await anyio.to_thread.run_sync(work, limiter=self._threads)

    def transact(self, work: Callable[[sa.Connection], T]) -> T:
        """One transaction, retried while the database is unavailable: `work` must be idempotent."""

        def once() -> T:
            with self.engine.begin() as connection:
                return work(connection)

        return with_retries(once)

    def rows(self) -> list[LineRow]:
        """Every line, in the order of the manifest."""
        query = sa.select(*ROW_COLUMNS).where(self._this_batch).order_by(lines.c.number, lines.c.key)
        return self.transact(lambda c: [LineRow(*row) for row in c.execute(query)])

    def row(self, key: str) -> LineRow | None:
        """One line; None where it has left the manifest."""
        query = sa.select(*ROW_COLUMNS).where(self._is(key))
        row = self.transact(lambda c: c.execute(query).one_or_none())
        return LineRow(*row) if row else None

    def lock(self, c: sa.Connection) -> None:
        """Keep others from adding or removing lines until this transaction ends."""
        c.execute(sa.select(batches.c.name).where(batches.c.name == self.name).with_for_update())

    def batch(self) -> sa.Row[Any]:
        """The batch itself: base_url, max_credits, committed."""
        return self.transact(lambda c: c.execute(sa.select(batches).where(batches.c.name == self.name)).one())

    def counts(self) -> dict[tuple[str, bool, bool], int]:
        """The number of lines by state, by whether they are running, and by whether their video is saved."""
        columns = (lines.c.state, lines.c.running, lines.c.saved)
        query = sa.select(*columns, sa.func.count()).where(self._this_batch).group_by(*columns)
        return self.transact(lambda c: {(state, running, saved): n for state, running, saved, n in c.execute(query)})

    def claim(self, key: str, submission_id: str) -> None:
        """Claim the line and reserve its price: after this, and only after this, its request may leave.

        Raises:
            AlreadySent: It is claimed already.
            BudgetExceeded: Its price exceeds what is left.
        """

        def work(c: sa.Connection) -> None:
            row = self._load(c, key)
            if row.state == SubmissionState.SENDING and row.submission_id == submission_id:
                return  # an earlier try of this transaction was committed, and its reply lost
            if row.state not in UNSENT:
                raise AlreadySent
            self._reserve(c, row.quote)
            c.execute(self._set(key, state=SubmissionState.SENDING, submission_id=submission_id, reason=""))

        try:
            self.transact(work)
        except BudgetExceeded:
            self.transact(lambda c: c.execute(self._set(key, state=OVER_BUDGET).where(lines.c.state.in_(UNSENT))))
            raise

    def record(self, key: str, record: SubmissionRecord) -> None:
        """Record the outcome of a submission, or of its task."""
        self.transact(partial(self._record, key=key, record=record))

    def _record(self, c: sa.Connection, key: str, record: SubmissionRecord) -> None:
        """Idempotent: the second time the line is not in the state that would be changed."""
        row, task, state = self._load(c, key), record.task, record.state
        task_id = _storable(task.id) if task else None
        is_sending, is_uncertain = row.state == SubmissionState.SENDING, row.state == SubmissionState.UNCERTAIN
        values: dict[str, Any] = {"reason": _storable(record.reason), "task_id": task_id}
        if task and row.task_id == task_id and state in (SubmissionState.COMPLETED, SubmissionState.FAILED):
            values["credits_used"] = debited = self._debit(c, row, task)
            if task.refunded and not row.refunded:
                self._commit(c, -(debited or row.quote or 0))
            values["refunded"] = row.refunded if task.refunded is None else task.refunded
            values["saved"] = row.saved or task.path is not None
            values["reason"] = _storable(task.failure_reason)
        elif row.submission_id != record.submission_id:
            return
        # A worker that was taken for dead may come back with its response.
        elif task and state == SubmissionState.PENDING and (is_sending or is_uncertain):
            values["credits_used"] = self._debit(c, row, task)
        elif is_sending and state == SubmissionState.REFUSED:
            self._commit(c, -(row.quote or 0))
        elif not (is_sending and state == SubmissionState.UNCERTAIN):
            return
        c.execute(self._set(key, state=state, **values))

    def _debit(self, c: sa.Connection, row: LineRow, task: Task) -> int | None:
        """What the task cost, as far as known; it replaces the quote in the budget once."""
        if row.credits_used is not None or task.credits_used is None or abs(task.credits_used) > _MAX_CREDITS:
            return row.credits_used
        self._commit(c, task.credits_used - (row.quote or 0))
        return task.credits_used

    def mark_interrupted(self, key: str | None = None) -> None:
        """Submissions that were in flight when their process died, this line's or all: they may be charged."""
        line = self._this_batch if key is None else self._is(key)
        interrupted = sa.update(lines).where(line, lines.c.state == SubmissionState.SENDING)
        reason = "the program ended while it was being submitted"
        values = {"state": SubmissionState.UNCERTAIN, "reason": reason, "changed_at": time.time()}
        self.transact(lambda c: c.execute(interrupted.values(**values)))

    def finish_attempt(self, key: str, attempt: int, exit_code: int, reason: str | None) -> None:
        """End the attempt; `reason` explains it where the state alone does not."""
        values: dict[str, Any] = {"running": False, "exit_code": exit_code}
        values |= {} if reason is None else {"reason": _storable(reason)}
        self.transact(lambda c: c.execute(self._set(key, **values).where(lines.c.attempt == attempt)))

    def _load(self, c: sa.Connection, key: str) -> LineRow:
        return LineRow(*c.execute(sa.select(*ROW_COLUMNS).where(self._is(key)).with_for_update()).one())

    def _reserve(self, c: sa.Connection, price: int | None) -> None:
        # Locked until the transaction ends, so that no other worker spends the same credits.
        query = sa.select(batches.c.max_credits, batches.c.committed).where(batches.c.name == self.name)
        limit, committed = c.execute(query.with_for_update()).one()
        if limit is not None:  # whether unknown prices may be sent was decided before the run
            ensure_affordable(Quote(price, ""), limit - committed, allow_unknown=True)
        self._commit(c, price or 0)

    def _commit(self, c: sa.Connection, more: int) -> None:
        if more:
            batch = sa.update(batches).where(batches.c.name == self.name)
            c.execute(batch.values(committed=batches.c.committed + more))

    @property
    def _this_batch(self) -> sa.ColumnElement[bool]:
        return lines.c.batch == self.name

    def _is(self, key: str) -> sa.ColumnElement[bool]:
        return sa.and_(self._this_batch, lines.c.key == key)

    def _set(self, key: str, **values: Any) -> sa.Update:
        return sa.update(lines).where(self._is(key)).values(changed_at=time.time(), **values)


def _storable(text: str) -> str:
    """The text as every database takes it: PostgreSQL keeps no character 0."""
    return storable_text(text).replace("\0", "?")
