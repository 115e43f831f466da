"""A run's plan: the manifest compared with the ledger, and lines put into the work queue."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gptimage2_video import BudgetExceeded, Quote
from gptimage2_video.budget import ensure_affordable
from gptimage2_video.journal import SubmissionState

from .ledger import Ledger
from .manifest import Line, Problem
from .schema import OVER_BUDGET, PLANNED, UNSENT, LineRow, batches, lines

_CHUNK: Final = 500  # lines enqueued in one transaction, so that work begins before the last one is

Enqueue = Callable[[sa.Connection, str, int], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is about to do.

    Attributes:
        to_submit: Lines of which nothing was sent, or nothing was accepted.
        in_progress: Lines whose task has not ended, or whose video is not saved.
        uncertain: Lines that may have been charged and are left alone.
        done: Lines that have ended.
        problems: Lines that contradict what was sent already.
    """

    to_submit: Sequence[Line]
    in_progress: int
    uncertain: int
    done: int
    problems: Sequence[Problem]


def compare(manifest: Sequence[Line], rows: Sequence[LineRow], *, resubmit_uncertain: bool) -> Plan:
    """What a run over this manifest is about to do."""
    row_by_key = {row.key: row for row in rows}
    to_submit: list[Line] = []
    problems: list[Problem] = []
    in_progress = uncertain = done = 0
    for line in manifest:
        row = row_by_key.get(line.key)
        if row is None or row.state in UNSENT or (resubmit_uncertain and is_uncertain(row)):
            to_submit.append(line)
        elif row.request != line.request:
            message = f"{line.key} was submitted already with another request; give it another id"
            problems.append(Problem(line.number, message))
        elif is_uncertain(row):
            uncertain += 1
        elif is_unfinished(row):
            in_progress += 1
        else:
            done += 1
    return Plan(to_submit, in_progress, uncertain, done, problems)


def is_uncertain(row: LineRow) -> bool:
    """Whether the line may have been charged, and its task is unknown."""
    return row.task_id is None and row.state == SubmissionState.UNCERTAIN


def is_unfinished(row: LineRow) -> bool:
    """Whether the line is in flight, or its task is still to end, to be saved, or to be refunded."""
    if row.state == SubmissionState.FAILED:
        return row.refunded is False
    return row.state == SubmissionState.SENDING or (
        row.task_id is not None and not (row.state == SubmissionState.COMPLETED and row.saved)
    )


def apply(ledger: Ledger, manifest: Sequence[Line], max_credits: int | None, *, resubmit_uncertain: bool) -> None:
    """Write the manifest into the ledger. Lines that have left it are deleted, unless they were accepted."""

    def work(c: sa.Connection) -> None:
        ledger.lock(c)
        if max_credits is not None:
            c.execute(sa.update(batches).where(batches.c.name == ledger.name).values(max_credits=max_credits))
        this_batch = lines.c.batch == ledger.name
        states = {row.key: row.state for row in c.execute(sa.select(lines.c.key, lines.c.state).where(this_batch))}
        for key in states.keys() - {line.key for line in manifest}:
            if states[key] in UNSENT:
                c.execute(sa.delete(lines).where(this_batch, lines.c.key == key))
        if resubmit_uncertain:
            uncertain = this_batch & (lines.c.state == SubmissionState.UNCERTAIN) & lines.c.task_id.is_(None)
            c.execute(sa.update(lines).where(uncertain).values(state=PLANNED, submission_id=None))
        for line in manifest:
            values: dict[str, Any] = {"number": line.number, "file": line.file, "changed_at": 0.0}
            values |= {"request": dict(line.request), "quote": line.quote}
            if line.key not in states:
                # Numbers that never repeat: to the work queue, a line that left and is back is another one.
                attempt = secrets.randbelow(2**30)
                c.execute(sa.insert(lines).values(batch=ledger.name, key=line.key, attempt=attempt, **values))
            elif states[line.key] in UNSENT:
                c.execute(sa.update(lines).where(this_batch, lines.c.key == line.key).values(**values))

    ledger.transact(work)


def enqueue_lines(ledger: Ledger, enqueue: Enqueue, is_wanted: Callable[[LineRow], bool]) -> int:
    """Enqueue an attempt at every wanted line that has none. Returns how many.

    Line and attempt are written in one transaction: a line is running if and only if the work queue has it.
    """
    rows = [row for row in ledger.rows() if not row.running and is_wanted(row)]
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]

        def work(c: sa.Connection, chunk: Sequence[LineRow] = chunk) -> None:
            for row in chunk:
                line = (lines.c.batch == ledger.name) & (lines.c.key == row.key) & (lines.c.attempt == row.attempt)
                update = sa.update(lines).where(line, ~lines.c.running)
                if c.execute(update.values(running=True, attempt=row.attempt + 1, exit_code=None)).rowcount:
                    enqueue(c, row.key, row.attempt + 1)

        ledger.transact(work)
    return len(rows)


def needs_attempt(row: LineRow) -> bool:
    """Whether a run attempts the line."""
    return row.state in UNSENT or is_unfinished(row)


def fits_budget(row: LineRow, left: int | None) -> bool:
    """Whether a line that was over budget fits again, as after a refund."""
    return row.state == OVER_BUDGET and (left is None or is_affordable(row.quote, left))


def is_affordable(price: int | None, left: int) -> bool:
    """Whether the price fits; an unknown one does where anything is left."""
    try:
        ensure_affordable(Quote(price, ""), left, allow_unknown=True)
    except BudgetExceeded:
        return False
    return True
