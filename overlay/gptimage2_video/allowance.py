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

from .entries import Submission, Totals
from .journal import Journal
from .pace import DurationEstimate
from .pricing import ensure_affordable, quote, usable_limit
from .record import SubmissionRecord, SubmissionState


class JournalBudget:
    """A recorder that holds all clients to one limit, in every process that names the same journal and group.

    A submission counts by its quote until the service says what was debited; an uncertain one stays counted, and a
    refund comes back as soon as any look at the task has seen it. Each base URL is counted by itself.

    Args:
        journal: Where it is counted.
        group: The name, as `SubmissionRecord.group` and the journal tell it.
        max_credits: The limit, in credits.
        allow_unknown_price: Whether what has no known price may be sent as long as anything is left.

    Raises:
        InvalidRequest: The limit is no whole number of credits, or negative.
    """

    def __init__(self, journal: Journal, group: str, max_credits: int, *, allow_unknown_price: bool = False) -> None:
        self.journal, self.group, self.max_credits = journal, group, usable_limit(max_credits)
        self._allow_unknown = allow_unknown_price

    def write(self, record: SubmissionRecord) -> None:
        """Write it down under the name. Raises BudgetExceeded for a submission that does not fit, and JournalFailed."""
        record = replace(record, group=self.group)
        if record.state == SubmissionState.SENDING:
            self.journal.write_agreed(record, partial(self._agree, record))
        else:
            self.journal.write(record)

    async def write_async(self, record: SubmissionRecord) -> None:
        """As `write`, beside the event loop. A cancellation waits until it is done, asyncio's own ones excepted."""
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.write, record)

    def recall(self, key: str) -> DurationEstimate:
        """The pace of tasks of one kind, as the journal knows it."""
        return self.journal.recall(key)

    async def recall_async(self, key: str) -> DurationEstimate:
        """As `recall`, beside the event loop."""
        return await self.journal.recall_async(key)

    def submissions(self, base_url: str) -> list[Submission]:
        """All that was submitted under the name at this address, oldest first. Raises JournalFailed."""
        return list(self.journal.submissions(base_url=base_url, group=self.group))

    def _agree(self, record: SubmissionRecord, others: Totals) -> None:
        left = self.max_credits - others.committed
        ensure_affordable(quote(record.request), left, allow_unknown=self._allow_unknown)
