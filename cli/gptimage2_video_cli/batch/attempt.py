"""One line of a batch, from its request to its video.

Lives here: what an attempt at a line does, whatever state an earlier one left it in. Not here: when attempts are made
(`worker`), what is written down of them (`recorder`), and the submission itself, which is the library's.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypedDict

from gptimage2_video import (
    AsyncVideoClient,
    ConnectionFailed,
    InsufficientCredits,
    RateLimited,
    SubmissionUncertain,
    TaskFailed,
    Unauthorized,
    VideoClientError,
)
from gptimage2_video_cli.console.exit_codes import exit_code

from .recorder import LineRecorder
from .schema import FREE, Row


class SaveOptions(TypedDict):
    """Where a video goes, and how long it is waited for."""

    save_to: Path
    overwrite: bool
    timeout: float


# Pauses before a submission that nobody accepted is tried again, in seconds: an outage of minutes passes.
_PAUSES: Final = (5.0, 15.0, 30.0, 60.0, 120.0)
# What the next line would be told too.
_HOPELESS: Final = (Unauthorized, InsufficientCredits)
# What the state of the line says already.
_TOLD: Final = (TaskFailed, SubmissionUncertain)


@dataclass(slots=True)
class Attempts:
    """How lines are attempted.

    Attributes:
        client: What every line is sent with, each with a recorder of its own as the journal.
        folder: Where the videos go.
        timeout: Seconds to wait for a task.
        halted: Why no line may be sent any more; None as long as they may.
    """

    client: AsyncVideoClient
    folder: Path
    timeout: float
    halted: VideoClientError | None = None

    async def make(self, row: Row, recorder: LineRecorder) -> tuple[int, str | None]:
        """Bring the line to its end. Returns an exit code, and why where its state does not tell."""
        try:
            if row.task_id is None and row.state not in FREE:
                await recorder.run(partial(recorder.ledger.cut_off, row.key))
                raise SubmissionUncertain(request=row.request, cause=ConnectionFailed("the program ended meanwhile"))
            await self._fetched(row, self.client.with_journal(recorder))
        except VideoClientError as problem:
            return exit_code(problem), None if isinstance(problem, _TOLD) else str(problem)
        return 0, None

    async def _fetched(self, row: Row, client: AsyncVideoClient) -> None:
        target: SaveOptions = {"save_to": self.folder / row.file, "overwrite": True, "timeout": self.timeout}
        if row.task_id is not None:
            await client.wait(row.task_id, **target)
            return
        for pause in (*_PAUSES, None):
            if self.halted:
                raise self.halted
            try:
                await self._generated(row, client, target)
            except _HOPELESS as problem:
                self.halted = problem
                raise
            except (ConnectionFailed, RateLimited) as problem:
                if pause is None or problem.task_id:
                    raise
                await asyncio.sleep(pause)
            else:
                return

    async def _generated(self, row: Row, client: AsyncVideoClient, target: SaveOptions) -> None:
        try:
            await client.generate(row.request, **target)
        except SubmissionUncertain as problem:
            if problem.task_id is None:
                raise
            await client.wait(problem.task_id, **target)  # a failure that names its task all the same
