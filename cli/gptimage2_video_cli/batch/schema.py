"""The tables of a batch, and a line as they have it.

Lives here: columns and what follows from one line. Not here: changes, and what they mean (`ledger`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gptimage2_video import SubmissionState

PLANNED: Final = "planned"
UNFUNDED: Final = "unfunded"  # the budget did not hold
# States in which nothing of a line is accepted, or may be.
FREE: Final = (PLANNED, UNFUNDED, SubmissionState.REFUSED)

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
    sa.Column("entry", sa.Text),
    sa.Column("task_id", sa.Text),
    sa.Column("credits_used", sa.BigInteger),
    sa.Column("refunded", sa.Boolean),
    sa.Column("saved", sa.Boolean, nullable=False, default=False),
    sa.Column("code", sa.Integer),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("changed_at", sa.Float, nullable=False),
)
sa.Index("gptimage2_lines_running", lines.c.batch, lines.c.running)


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the books have it; `code` is the exit code that its last attempt would have had by itself.

    `running` means that the durable engine holds an attempt at it, and `attempt` is the number of that.
    """

    key: str
    number: int
    request: dict[str, Any]
    quote: int | None
    file: str
    state: str
    running: bool
    attempt: int
    entry: str | None
    task_id: str | None
    credits_used: int | None
    refunded: bool | None
    saved: bool
    code: int | None
    reason: str
    changed_at: float

    @property
    def price(self) -> int | None:
        """Credits that were debited, as far as known; else those of the quote."""
        return self.quote if self.credits_used is None else self.credits_used


def least(price: int | None) -> int:
    """Credits that must be left for a line to be sent: nobody knows its price, but it is not 0."""
    return 1 if price is None else price


ROW: Final = [lines.c[name] for name in Row.__dataclass_fields__]


def spent(rows: Sequence[Row]) -> tuple[int, int]:
    """Credits that the tasks of these lines cost, and how many of them came back."""
    accepted = [row for row in rows if row.task_id is not None]
    return sum(row.price or 0 for row in accepted), sum(row.price or 0 for row in accepted if row.refunded)
