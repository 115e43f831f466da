"""The workers that share the database of a batch: which are alive, and whose work has to be taken over.

A worker wrongly taken for dead costs nothing: no other sends what it has claimed, and its receipt still counts.
"""

import os
import socket
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa

from .ledger import Ledger
from .schema import METADATA

HEARTBEAT_INTERVAL: Final = 3.0  # seconds
HEARTBEAT_TIMEOUT: Final = 30.0  # seconds without a heartbeat after which a worker is taken for dead

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


class WorkerRegistry:
    """The workers of a batch, as one of them sees them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._me = {"batch": ledger.name, "host": socket.gethostname(), "pid": os.getpid()}
        self.id = f"{self._me['host']}-{self._me['pid']}-{uuid4().hex[:8]}"

    def heartbeat(self) -> None:
        """Record that this worker is alive."""
        self._set_seen(_NOW)

    def deregister(self) -> None:
        """Leave unfinished work to the others, at once."""
        self._set_seen(0.0)

    def expired(self, *, timeout: float = HEARTBEAT_TIMEOUT) -> list[str]:
        """Workers that deregistered, whose process has exited, or without a heartbeat for so many seconds."""
        return [name for name, expired in self._others(timeout) if expired]

    def alive(self) -> list[str]:
        """The other workers whose heartbeat is recent."""
        return [name for name, expired in self._others(HEARTBEAT_TIMEOUT) if not expired]

    def remove(self, worker: str) -> None:
        """Forget a worker whose work was taken over."""
        self._ledger.transact(lambda c: c.execute(sa.delete(workers).where(workers.c.id == worker)))

    def _others(self, timeout: float) -> list[tuple[str, bool]]:
        query = sa.select(workers.c.id, workers.c.host, workers.c.pid, _NOW - workers.c.seen_at)
        others = query.where(workers.c.batch == self._ledger.name, workers.c.id != self.id)
        rows = self._ledger.transact(lambda c: c.execute(others).all())
        return [(name, age > timeout or self._has_exited(host, pid)) for name, host, pid, age in rows]

    def _has_exited(self, host: str, pid: int) -> bool:
        if host != self._me["host"] or os.name != "posix":  # on Windows `os.kill` would end it
            return False
        try:
            os.kill(pid, 0)
        except OSError as error:  # PermissionError: it runs, as another user
            return isinstance(error, ProcessLookupError)
        return False

    def _set_seen(self, at: Any) -> None:
        def work(c: sa.Connection) -> None:
            if not c.execute(sa.update(workers).where(workers.c.id == self.id).values(seen_at=at)).rowcount:
                c.execute(sa.insert(workers).values(id=self.id, seen_at=at, **self._me))

        self._ledger.transact(work)
