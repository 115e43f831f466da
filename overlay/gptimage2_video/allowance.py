"""A budget that outlives its process: the credits of all that was ever submitted under one name, told by the journal.

Lives here: the recorder that lets a submission leave only where it fits. Not here: the books (`journal`), the budget of
one client (`pricing`).

Its law: what a submission may cost is written down in the transaction that finds it affordable. So no number of
processes exceeds the limit together, and a restart begins where the last one ended.
"""

from dataclasses import replace
from functools import partial

import anyio
import anyio.to_thread

from .entries import Entry, Totals
from .journal import Journal
from .pace import Pace
from .pricing import afford, quote, usable_limit
from .record import Record, State


class Allowance:
    """A recorder that holds all clients to one limit, in every process that names the same journal and origin.

    A submission counts by its quote until the service says what was debited; an uncertain one stays counted, and a
    refund comes back as soon as any look at the task has seen it. Each base URL is counted by itself.

    Args:
        journal: Where it is counted.
        origin: The name, as `Record.origin` and the journal tell it.
        max_credits: The limit, in credits.
        allow_unknown_price: Whether what has no known price may be sent as long as anything is left.

    Raises:
        InvalidRequest: The limit is no whole number of credits, or negative.
    """

    def __init__(self, journal: Journal, origin: str, max_credits: int, *, allow_unknown_price: bool = False) -> None:
        self.journal, self.origin, self.max_credits = journal, origin, usable_limit(max_credits)
        self._allow_unknown = allow_unknown_price

    def write(self, record: Record) -> None:
        """Write it down under the name. Raises BudgetExceeded for a submission that does not fit, and JournalFailed."""
        record = replace(record, origin=self.origin)
        if record.state == State.SENDING:
            self.journal.write_agreed(record, partial(self._agree, record))
        else:
            self.journal.write(record)

    async def write_async(self, record: Record) -> None:
        """As `write`, beside the event loop. A cancellation waits until it is done, asyncio's own ones excepted."""
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.write, record)

    def recall(self, key: str) -> Pace:
        """The pace of tasks of one kind, as the journal knows it."""
        return self.journal.recall(key)

    async def recall_async(self, key: str) -> Pace:
        """As `recall`, beside the event loop."""
        return await self.journal.recall_async(key)

    def entries(self, base_url: str) -> list[Entry]:
        """All that was submitted under the name at this address, oldest first. Raises JournalFailed."""
        return list(self.journal.entries(base_url=base_url, origin=self.origin))

    def _agree(self, record: Record, others: Totals) -> None:
        left = self.max_credits - others.committed
        afford(quote(record.request), left, allow_unknown=self._allow_unknown)
