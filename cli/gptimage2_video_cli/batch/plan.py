"""From a manifest to work: what is new, what goes on, and what contradicts what was sent already.

Lives here: comparing a manifest with the books, and handing lines to the durable engine. Not here: the manifest's own
mistakes (`manifest`), and the doing (`worker`).
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gptimage2_video import SubmissionState

from .ledger import Ledger
from .manifest import Line, Trouble
from .schema import FREE, PLANNED, UNFUNDED, Row, batches, least, lines

# Lines are handed over so many at a time, so that work begins before the last one is.
_CHUNK: Final = 500

Enqueue = Callable[[sa.Connection, str, int], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is about to do.

    Attributes:
        fresh: Lines of which nothing was sent, or nothing was accepted.
        going_on: Lines whose task is still to end, or to be saved.
        uncertain: Lines that may have been charged and are left alone.
        done: Lines that have ended.
        troubles: Lines that contradict what was sent already.
    """

    fresh: Sequence[Line]
    going_on: int
    uncertain: int
    done: int
    troubles: Sequence[Trouble]


def compare(manifest: Sequence[Line], rows: Sequence[Row], *, resubmit_uncertain: bool) -> Plan:
    """What a run over this manifest is about to do."""
    known = {row.key: row for row in rows}
    fresh: list[Line] = []
    troubles: list[Trouble] = []
    going_on = uncertain = done = 0
    for line in manifest:
        row = known.get(line.key)
        if row is None or row.state in FREE or (resubmit_uncertain and is_uncertain(row)):
            fresh.append(line)
        elif row.request != line.request:
            troubles.append(
                Trouble(line.number, f"{line.key} was submitted already with another request; give it another id")
            )
        elif is_uncertain(row):
            uncertain += 1
        elif is_open(row):
            going_on += 1
        else:
            done += 1
    return Plan(fresh, going_on, uncertain, done, troubles)


def is_uncertain(row: Row) -> bool:
    """Whether the line may have been charged, and nobody knows its task."""
    return row.task_id is None and row.state == SubmissionState.UNCERTAIN


def is_open(row: Row) -> bool:
    """Whether the line is on its way, or its task is still to end, to be saved, or to be refunded."""
    if row.state == SubmissionState.FAILED:
        return row.refunded is False
    return row.state == SubmissionState.SENDING or (
        row.task_id is not None and not (row.state == SubmissionState.COMPLETED and row.saved)
    )


def apply(ledger: Ledger, manifest: Sequence[Line], max_credits: int | None, *, resubmit_uncertain: bool) -> None:
    """Make the books those of this manifest. Lines that are not in it any more, and were never accepted, leave them."""

    def work(c: sa.Connection) -> None:
        ledger.hold(c)
        if max_credits is not None:
            c.execute(sa.update(batches).where(batches.c.name == ledger.name).values(max_credits=max_credits))
        mine = lines.c.batch == ledger.name
        states = {row.key: row.state for row in c.execute(sa.select(lines.c.key, lines.c.state).where(mine))}
        given = {line.key: line for line in manifest}
        gone = [key for key, state in states.items() if key not in given and state in FREE]
        for key in gone:
            c.execute(sa.delete(lines).where(mine, lines.c.key == key))
        if resubmit_uncertain:
            doubtful = mine & (lines.c.state == SubmissionState.UNCERTAIN) & lines.c.task_id.is_(None)
            c.execute(sa.update(lines).where(doubtful).values(state=PLANNED, entry=None))
        for line in manifest:
            facts: dict[str, Any] = {"number": line.number, "file": line.file, "changed_at": 0.0}
            facts |= {"request": dict(line.request), "quote": line.quote}
            if line.key not in states:
                # Numbers that never come twice: a line that left and is back is not its former self to the engine.
                first = secrets.randbelow(2**30)
                c.execute(sa.insert(lines).values(batch=ledger.name, key=line.key, attempt=first, **facts))
            elif states[line.key] in FREE:
                c.execute(sa.update(lines).where(mine, lines.c.key == line.key).values(**facts))

    ledger.transact(work)


def hand_over(ledger: Ledger, enqueue: Enqueue, wanted: Callable[[Row], bool]) -> int:
    """Have the durable engine attempt every line that rests and is wanted. Returns how many.

    Line and attempt are written in one transaction: a line is marked as running if and only if the engine has it.
    """
    rows = [row for row in ledger.rows() if not row.running and wanted(row)]
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]

        def work(c: sa.Connection, chunk: Sequence[Row] = chunk) -> None:
            for row in chunk:
                mine = (lines.c.batch == ledger.name) & (lines.c.key == row.key) & (lines.c.attempt == row.attempt)
                taken = sa.update(lines).where(mine, ~lines.c.running)
                if c.execute(taken.values(running=True, attempt=row.attempt + 1, code=None)).rowcount:
                    enqueue(c, row.key, row.attempt + 1)

        ledger.transact(work)
    return len(rows)


def is_due(row: Row) -> bool:
    """Whether a run attempts the line."""
    return row.state in FREE or is_open(row)


def fits_now(row: Row, left: int | None) -> bool:
    """Whether a line that the budget did not hold fits again, as after a refund."""
    return row.state == UNFUNDED and (left is None or least(row.quote) <= left)
