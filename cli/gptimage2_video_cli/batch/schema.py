"""The tables of a batch, and a line as a row of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gptimage2_video.journal import SubmissionState

# Stored strings never change, whatever the constant is called.
PLANNED: Final = "planned"
OVER_BUDGET: Final = "unfunded"
# States in which a line may be submitted: the service accepted nothing of it.
UNSENT: Final = (PLANNED, OVER_BUDGET, SubmissionState.REFUSED)

METADATA = sa.MetaData()
batches = sa.Table(
    "gptimage2_batches",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("base_url", sa.Text, nullable=False),
    sa.Column("max_credits", sa.BigInteger),
    sa.Column("committed", sa.BigInteger, nullable=False, default=0),
)
lines = sa.Table(
    "gptimage2_lines",
    METADATA,
    sa.Column("batch", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("request", sa.JSON, nullable=False),
    sa.Column("quote", sa.BigInteger),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, default=PLANNED),
    sa.Column("running", sa.Boolean, nullable=False, default=False),
    sa.Column("attempt", sa.Integer, nullable=False, default=0),
    sa.Column("entry", sa.Text, key="submission_id"),
    sa.Column("task_id", sa.Text),
    sa.Column("credits_used", sa.BigInteger),
    sa.Column("refunded", sa.Boolean),
    sa.Column("saved", sa.Boolean, nullable=False, default=False),
    sa.Column("code", sa.Integer, key="exit_code"),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("changed_at", sa.Float, nullable=False),
)
sa.Index("gptimage2_lines_running", lines.c.batch, lines.c.running)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line in the ledger.

    Attributes:
        running: Whether the work queue holds an attempt at it.
        attempt: The number of that attempt.
        exit_code: What the last attempt would have exited with by itself.
    """

    key: str
    number: int
    request: dict[str, Any]
    quote: int | None
    file: str
    state: str
    running: bool
    attempt: int
    submission_id: str | None
    task_id: str | None
    credits_used: int | None
    refunded: bool | None
    saved: bool
    exit_code: int | None
    reason: str
    changed_at: float


ROW_COLUMNS: Final = [lines.c[name] for name in LineRow.__dataclass_fields__]


def spent(rows: Sequence[LineRow]) -> tuple[int, int]:
    """Credits that the tasks of these lines cost, and how many of them were refunded."""
    debits = Counter[bool | None]()
    for row in rows:
        if row.task_id is not None:
            debits[row.refunded] += (row.quote if row.credits_used is None else row.credits_used) or 0
    return debits.total(), debits[True]
