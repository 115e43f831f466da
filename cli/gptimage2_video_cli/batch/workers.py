"""The workers of one batch in a shared database: who is alive, and whose work has to be taken over.

Lives here: the table of workers and their signs of life. Not here: what they do (`worker`). A worker wrongly taken for
dead costs nothing: what it has claimed is never sent by another, and its receipt still counts when it comes.
"""

import os
import socket
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa

from .ledger import Ledger
from .schema import METADATA

# A sign of life is given so often, in seconds; after so many without one a worker is taken for dead.
BEAT: Final = 3.0
SILENCE: Final = 30.0

workers = sa.Table(
    "gptimage2_workers",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("batch", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("seen_at", sa.Float, nullable=False),
)
# The database's clock: those of the machines may differ.
_NOW: Final = sa.extract("epoch", sa.func.clock_timestamp())


class Crew:
    """The workers of a batch, seen from one of them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._me = {"batch": ledger.name, "host": socket.gethostname(), "pid": os.getpid()}
        self.id = f"{self._me['host']}-{self._me['pid']}-{uuid4().hex[:8]}"

    def beat(self) -> None:
        """Give a sign of life."""
        self._seen(_NOW)

    def leave(self) -> None:
        """Leave what is unfinished to the others, who need not wait."""
        self._seen(0.0)

    def silent(self, *, patience: float = SILENCE) -> list[str]:
        """Workers that have left, whose process has gone, or that gave no sign of life for so many seconds."""
        return [name for name, silent in self._others(patience) if silent]

    def others(self) -> list[str]:
        """Workers that give signs of life."""
        return [name for name, silent in self._others(SILENCE) if not silent]

    def _others(self, patience: float) -> list[tuple[str, bool]]:
        query = sa.select(workers.c.id, workers.c.host, workers.c.pid, _NOW - workers.c.seen_at)
        others = query.where(workers.c.batch == self._ledger.name, workers.c.id != self.id)
        rows = self._ledger.transact(lambda c: c.execute(others).all())
        return [(name, silence > patience or self._gone(host, pid)) for name, host, pid, silence in rows]

    def bury(self, worker: str) -> None:
        """Its work has been taken over."""
        self._ledger.transact(lambda c: c.execute(sa.delete(workers).where(workers.c.id == worker)))

    def _gone(self, host: str, pid: int) -> bool:
        if host != self._me["host"] or os.name != "posix":
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
        return False

    def _seen(self, at: Any) -> None:
        def work(c: sa.Connection) -> None:
            if not c.execute(sa.update(workers).where(workers.c.id == self.id).values(seen_at=at)).rowcount:
                c.execute(sa.insert(workers).values(id=self.id, seen_at=at, **self._me))

        self._ledger.transact(work)
