"""An attempt at a line: from its request, or wherever an earlier attempt left it, to its video.

Its recorder keeps the ledger and the journal in step.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from gptimage2_video import (
    AsyncVideoClient,
    ConnectionFailed,
    PreparedRequest,
    Quote,
    RateLimited,
    SubmissionUncertain,
    VideoClientError,
)
from gptimage2_video.journal import Journal, Recorder, SubmissionRecord, SubmissionState
from gptimage2_video.polling import SimilarTasks

from .ledger import Ledger
from .options import BatchOptions
from .schema import UNSENT, LineRow


@dataclass(frozen=True, slots=True)
class LineRecorder:
    """The recorder of one line: it claims in the ledger before the journal is written, and records after.

    Attributes:
        ledger: The ledger that all workers share.
        journal: The journal of this machine; None where it is turned off.
        key: The line.
        group: The name of the batch in the journal.
        begin: Awaited before a submission is claimed and sent; raises where none may leave any more.
        end: Called once its outcome is recorded.
    """

    ledger: Ledger
    journal: Recorder | None
    key: str
    group: str
    begin: Callable[[], Awaitable[None]]
    end: Callable[[], None]

    def write(self, record: SubmissionRecord) -> None:
        """Write the record to both."""
        record, is_claim = replace(record, group=self.group), record.state == SubmissionState.SENDING
        if is_claim:
            self.ledger.claim(self.key, record.submission_id or "")
        try:
            if self.journal is not None:
                self.journal.write(record)
        except VideoClientError as error:
            if is_claim:
                self.ledger.record(self.key, record.with_state(SubmissionState.REFUSED, reason=error.summary))
            raise
        finally:
            if not is_claim:
                self.ledger.record(self.key, record)

    async def write_async(self, record: SubmissionRecord) -> None:
        """As `write`, off the event loop."""
        if record.state == SubmissionState.SENDING:
            await self.begin()
        await self.ledger.in_thread(partial(self.write, record))
        if record.state != SubmissionState.SENDING:
            self.end()

    def durations(self, similar: SimilarTasks) -> Sequence[float]:
        """The durations of similar tasks that the journal has."""
        return self.journal.durations(similar) if isinstance(self.journal, Journal) else ()


async def save_video(row: LineRow, recorder: LineRecorder, client: AsyncVideoClient, options: BatchOptions) -> None:
    """Bring the line to its end, which is its video in the folder. Raises VideoClientError."""
    client = client.with_journal(recorder)
    save: dict[str, Any] = {"save_to": options.out / row.file, "overwrite": True, "timeout": options.timeout}
    if row.task_id is not None:
        await client.wait(row.task_id, **save)
        return
    if row.state not in UNSENT:
        await recorder.ledger.in_thread(partial(recorder.ledger.mark_interrupted, row.key))
        raise SubmissionUncertain(request=row.request, cause=ConnectionFailed("the program ended meanwhile"))
    request = PreparedRequest(row.request, Quote(row.quote, ""))
    for delay in (*options.retry_delays, None):
        try:
            await client.generate(request, **save)
        except SubmissionUncertain as error:
            if error.task_id is None:
                raise
            await client.wait(error.task_id, **save)  # a failure that names its task all the same
        except (ConnectionFailed, RateLimited) as error:
            if delay is None or error.task_id:
                raise
            await asyncio.sleep(delay)
            continue
        return
