"""An attempt at a line: from its request, or wherever an earlier attempt left it, to its video."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypedDict

from gptimage2_video import (
    AsyncVideoClient,
    ConnectionFailed,
    InsufficientCredits,
    PreparedRequest,
    Quote,
    RateLimited,
    SubmissionUncertain,
    TaskFailed,
    Unauthorized,
    VideoClientError,
)
from gptimage2_video_cli.console.exit_codes import exit_code

from .recorder import LineRecorder
from .schema import UNSENT, LineRow

# Seconds before a submission that was not accepted is retried: they outlast an outage of minutes.
RETRY_DELAYS: Final = (5.0, 15.0, 30.0, 60.0, 120.0)
_ABORTING: Final = (Unauthorized, InsufficientCredits)  # every other line would get the same response
_EXPLAINED_BY_STATE: Final = (TaskFailed, SubmissionUncertain)


class SaveOptions(TypedDict):
    """Where a video goes, and how long it is waited for."""

    save_to: Path
    overwrite: bool
    timeout: float


@dataclass(slots=True)
class LineRunner:
    """Makes attempts at lines.

    Attributes:
        client: What sends every line, each with a recorder of its own as the journal.
        folder: Where the videos go.
        timeout: Seconds to wait for a task.
        retry_delays: Seconds before each retry of a submission.
        abort_reason: Why no further line may be sent; None while they may.
    """

    client: AsyncVideoClient
    folder: Path
    timeout: float
    retry_delays: Sequence[float] = RETRY_DELAYS
    abort_reason: VideoClientError | None = None

    async def run(self, row: LineRow, recorder: LineRecorder) -> tuple[int, str | None]:
        """Bring the line to its end. Returns an exit code, and the reason where its state does not tell."""
        try:
            if row.task_id is None and row.state not in UNSENT:
                await recorder.run(partial(recorder.ledger.mark_interrupted, row.key))
                raise SubmissionUncertain(request=row.request, cause=ConnectionFailed("the program ended meanwhile"))
            await self._save(row, self.client.with_journal(recorder))
        except VideoClientError as error:
            return exit_code(error), None if isinstance(error, _EXPLAINED_BY_STATE) else str(error)
        return 0, None

    async def _save(self, row: LineRow, client: AsyncVideoClient) -> None:
        options: SaveOptions = {"save_to": self.folder / row.file, "overwrite": True, "timeout": self.timeout}
        if row.task_id is not None:
            await client.wait(row.task_id, **options)
            return
        request = PreparedRequest(row.request, Quote(row.quote, ""))
        for delay in (*self.retry_delays, None):
            if self.abort_reason:
                raise self.abort_reason
            try:
                await self._generate(request, client, options)
            except _ABORTING as error:
                self.abort_reason = error
                raise
            except (ConnectionFailed, RateLimited) as error:
                if delay is None or error.task_id:
                    raise
                await asyncio.sleep(delay)
            else:
                return

    async def _generate(self, request: PreparedRequest, client: AsyncVideoClient, options: SaveOptions) -> None:
        try:
            await client.generate(request, **options)
        except SubmissionUncertain as error:
            if error.task_id is None:
                raise
            await client.wait(error.task_id, **options)  # a failure that names its task all the same
