"""The books of a batch: how each line stands, and the budget that all its workers share.

Lives here: every change of the tables, as one transaction. Not here: the tables (`tables`), where they are (`store`),
and when a change is due (`line`, `plan`).

Its law: a line is claimed, in one transaction with its price, before its request leaves, and nobody can claim it again
until it is known that nothing was accepted. A claim whose process has gone is uncertain, and stays so.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar, cast

import sqlalchemy as sa

from gptimage2_video import BudgetExceeded, SubmissionRecord, SubmissionState, Task, VideoClientError

from .database import patiently
from .schema import FREE, METADATA, ROW, UNFUNDED, Row, batches, least, lines

T = TypeVar("T")

_LARGEST: Final = 2**31 - 1  # credits; sums of them must fit the databases' numbers

# Any number that nobody else locks in the same database.
_TABLES_LOCK: Final = 0x69_6D_67_32


class AlreadySent(VideoClientError):
    """The line was submitted already, by this process or another. Nothing was sent."""

    def __init__(self) -> None:
        super().__init__("the line was submitted already", "nothing was sent")


class Ledger:
    """The books of one batch. Safe to share among threads; many processes may hold the same batch."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self.engine, self.name = engine, name

    def prepare(self) -> None:
        """Make the tables where they are missing; one process at a time, as PostgreSQL fails the second."""

        def work(c: sa.Connection) -> None:
            if c.dialect.name == "postgresql":
                c.execute(sa.select(sa.func.pg_advisory_xact_lock(_TABLES_LOCK)))
            METADATA.create_all(c)

        self.transact(work)

    def transact(self, work: Callable[[sa.Connection], T]) -> T:
        """One transaction, repeated as long as the database is away: `work` must bear that its commit came through."""

        def once() -> T:
            with self.engine.begin() as connection:
                return work(connection)

        return patiently(once)

    def rows(self) -> list[Row]:
        """Every line, in the order of the manifest."""
        query = sa.select(*ROW).where(self._mine).order_by(lines.c.number, lines.c.key)
        return self.transact(lambda c: [Row(*found) for found in c.execute(query)])

    def row(self, key: str) -> Row | None:
        """One line; None where it has left the manifest."""
        query = sa.select(*ROW).where(self._is(key))
        found = self.transact(lambda c: c.execute(query).one_or_none())
        return Row(*found) if found else None

    def hold(self, c: sa.Connection) -> None:
        """Let nobody else change which lines there are before this transaction has ended."""
        c.execute(sa.select(batches.c.name).where(batches.c.name == self.name).with_for_update())

    def batch(self) -> sa.Row[Any]:
        """The batch itself: base_url, max_credits, committed."""
        return self.transact(lambda c: c.execute(sa.select(batches).where(batches.c.name == self.name)).one())

    def counts(self) -> dict[tuple[str, bool, bool], int]:
        """How many lines there are of each state, by whether they are at work and whether their video is saved."""
        kinds = (lines.c.state, lines.c.running, lines.c.saved)
        query = sa.select(*kinds, sa.func.count()).where(self._mine).group_by(*kinds)
        return self.transact(lambda c: {(state, running, saved): n for state, running, saved, n in c.execute(query)})

    def claim(self, key: str, entry: str) -> None:
        """Take the line and set its price aside: after this, and only after this, its request may leave.

        Raises:
            AlreadySent: It is taken.
            BudgetExceeded: Its price does not fit any more.
        """

        def take(c: sa.Connection) -> None:
            found = self._found(c, key)
            if found.state == SubmissionState.SENDING and found.entry == entry:
                return  # an earlier try of this transaction came through, and its answer was lost
            if found.state not in FREE:
                raise AlreadySent
            self._reserve(c, found.quote)
            c.execute(self._set(key, state=SubmissionState.SENDING, entry=entry, reason=""))

        try:
            self.transact(take)
        except BudgetExceeded:
            self.transact(lambda c: c.execute(self._set(key, state=UNFUNDED).where(lines.c.state.in_(FREE))))
            raise

    def note(self, key: str, record: SubmissionRecord) -> None:
        """What became of a submission, or of its task."""
        change = {
            SubmissionState.REFUSED: self._refused,
            SubmissionState.UNCERTAIN: self._uncertain,
            SubmissionState.PENDING: self._accepted,
        }
        self.transact(partial(change.get(record.state, self._ended), key=key, record=record))

    # Each of these bears being made twice: the second time the line does not stand where it would change it.

    def _refused(self, c: sa.Connection, key: str, record: SubmissionRecord) -> None:
        found = self._found(c, key)
        if found.entry == record.submission_id and found.state == SubmissionState.SENDING:
            self._commit(c, -(found.quote or 0))
            c.execute(self._set(key, state=SubmissionState.REFUSED, reason=_text(record.reason)))

    def _uncertain(self, c: sa.Connection, key: str, record: SubmissionRecord) -> None:
        found = self._found(c, key)
        if found.entry == record.submission_id and found.state == SubmissionState.SENDING:
            named = _text(record.task.id) if record.task else None
            c.execute(self._set(key, state=SubmissionState.UNCERTAIN, task_id=named, reason=_text(record.reason)))

    def _accepted(self, c: sa.Connection, key: str, record: SubmissionRecord) -> None:
        found = self._found(c, key)
        # A worker that was taken for dead may come back with its receipt.
        sent = found.state in (SubmissionState.SENDING, SubmissionState.UNCERTAIN)
        if found.entry == record.submission_id and sent and record.task:
            spent = self._spent(c, found, record.task)
            named = _text(record.task.id)
            c.execute(self._set(key, state=SubmissionState.PENDING, task_id=named, credits_used=spent, reason=""))

    def _ended(self, c: sa.Connection, key: str, record: SubmissionRecord) -> None:
        found, task = self._found(c, key), record.task
        if task is None or found.task_id != _text(task.id):
            return
        spent = self._spent(c, found, task)
        if task.refunded and not found.refunded:
            self._commit(c, -(spent or found.quote or 0))
        refunded = found.refunded if task.refunded is None else task.refunded
        saved = found.saved or task.path is not None
        facts = {"credits_used": spent, "refunded": refunded, "saved": saved, "reason": _why(task)}
        c.execute(self._set(key, state=record.state, **facts))

    def _spent(self, c: sa.Connection, found: Row, task: Task) -> int | None:
        """What the task cost, as far as known; the books follow where that is news."""
        known = task.credits_used is not None and abs(task.credits_used) <= _LARGEST
        if not known or found.credits_used is not None:
            return found.credits_used
        spent = cast("int", task.credits_used)
        self._commit(c, spent - (found.quote or 0))
        return spent

    def cut_off(self, key: str | None = None) -> None:
        """Submissions that were on their way when their process ended: this line's, or all. They may be charged."""
        cut = (lines.c.state == SubmissionState.SENDING) & (self._mine if key is None else self._is(key))
        facts = {"state": SubmissionState.UNCERTAIN, "reason": "the program ended while it was being submitted"}
        self.transact(lambda c: c.execute(sa.update(lines).where(cut).values(changed_at=time.time(), **facts)))

    def rest(self, key: str, attempt: int, code: int, reason: str | None) -> None:
        """The attempt is over; `reason` says why where the state alone does not."""
        facts: dict[str, Any] = {"running": False, "code": code} | ({} if reason is None else {"reason": _text(reason)})
        self.transact(lambda c: c.execute(self._set(key, **facts).where(lines.c.attempt == attempt)))

    def _found(self, c: sa.Connection, key: str) -> Row:
        return Row(*c.execute(sa.select(*ROW).where(self._is(key)).with_for_update()).one())

    def _reserve(self, c: sa.Connection, price: int | None) -> None:
        left = batches.c.max_credits - batches.c.committed
        fits = sa.or_(batches.c.max_credits.is_(None), left >= least(price))
        if not c.execute(self._books().where(fits).values(committed=batches.c.committed + (price or 0))).rowcount:
            query = sa.select(left).where(batches.c.name == self.name)
            raise BudgetExceeded(needed=price, left=max(c.execute(query).scalar_one(), 0))

    def _commit(self, c: sa.Connection, more: int) -> None:
        if more:
            c.execute(self._books().values(committed=batches.c.committed + more))

    def _books(self) -> sa.Update:
        return sa.update(batches).where(batches.c.name == self.name)

    @property
    def _mine(self) -> sa.ColumnElement[bool]:
        return lines.c.batch == self.name

    def _is(self, key: str) -> sa.ColumnElement[bool]:
        return sa.and_(self._mine, lines.c.key == key)

    def _set(self, key: str, **facts: Any) -> sa.Update:
        return sa.update(lines).where(self._is(key)).values(changed_at=time.time(), **facts)


def _why(task: Task) -> str:
    return _text(": ".join(part for part in (task.error_code, task.error_message) if part))


def _text(text: str) -> str:
    """The text without what JSON can bring and a database cannot keep: halves of characters, and the character 0."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")
