"""A budget that outlives its process: the credits of all that was ever submitted in one group, summed by the journal.

Its law: what a submission may cost is written down in the transaction that finds it affordable. So no number of
processes exceeds the limit together, and a restart begins where the last one ended.
"""

from dataclasses import replace
from functools import partial

from gptimage2_video.arguments import check_arguments, wrong_type
from gptimage2_video.budget import ensure_affordable
from gptimage2_video.pricing import Quote
from gptimage2_video.transport.threads import in_thread

from .record import Submission, SubmissionRecord, SubmissionState, Totals
from .store import Journal


class JournalBudget:
    """A recorder that holds all clients to one limit, in every process that names the same journal and group.

    A submission counts by its quote until the service says what was debited; an uncertain one stays counted, and a
    refund comes back as soon as any poll has seen it. Each base URL is counted by itself.

    `group` is the name, as the journal has it, `max_credits` the limit; `allow_unknown_price` lets what has no known
    price be sent as long as anything is left. Raises TypeError where the limit is no whole number, InvalidRequest where
    it is negative.
    """

    def __init__(self, journal: Journal, group: str, max_credits: int, *, allow_unknown_price: bool = False) -> None:
        if max_credits is None:  # pyright: ignore[reportUnnecessaryComparison]  (of a caller without types)
            raise wrong_type("max_credits", "a whole number of credits, 0 or more", max_credits)
        check_arguments({"max_credits": max_credits})
        self.journal, self.group, self.max_credits = journal, group, max_credits
        self._allow_unknown = allow_unknown_price
        self.durations = journal.durations

    def write(self, record: SubmissionRecord) -> None:
        """Write it down in the group. Raises BudgetExceeded for a submission that does not fit, and JournalFailed."""
        record = replace(record, group=self.group)
        if record.state == SubmissionState.SENDING:
            self.journal.write_if(record, partial(self._approve, Quote(record.quote, record.quote_note)))
        else:
            self.journal.write(record)

    async def write_async(self, record: SubmissionRecord) -> None:
        """As `write`, in a thread. A cancellation waits until it is done, asyncio's own ones excepted."""
        await in_thread(self.write, record)

    def submissions(self, base_url: str) -> list[Submission]:
        """All that was submitted in the group at this base URL, oldest first. Raises JournalFailed."""
        return list(self.journal.submissions(base_url=base_url, group=self.group))

    def _approve(self, quote: Quote, others: Totals) -> None:
        ensure_affordable(quote, self.max_credits - others.committed, allow_unknown=self._allow_unknown)
