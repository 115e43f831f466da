"""The recorder that keeps a task id when a host cancels a call while its submission is in flight.

Its law: a cancellation takes effect only while nothing is in flight. A call that is cancelled between two attempts
sends nothing more; one whose request was sent is answered first, and the answer recorded.
"""

from collections.abc import Generator
from contextlib import contextmanager

import anyio

from gptimage2_video.journal import JournalBudget, SubmissionRecord, SubmissionState


class ShieldedRecorder:
    """The recorder of one call; records go to the budget."""

    def __init__(self, budget: JournalBudget) -> None:
        self._budget, self._scope = budget, anyio.CancelScope()
        self.write = budget.write
        self.durations = budget.durations

    @contextmanager
    def scope(self) -> Generator[None]:
        """The scope of the submission, which is shielded from SENDING until it is answered."""
        with self._scope:
            yield

    async def write_async(self, record: SubmissionRecord) -> None:
        """Record it, with the submission shielded from before it is sent until after it is answered."""
        if record.state == SubmissionState.SENDING:
            self._scope.shield = True
        await self._budget.write_async(record)
        if record.state != SubmissionState.SENDING:
            self._scope.shield = False
