"""The recorder that keeps a task id when a host cancels a call while its submission is in flight.

Its law: a cancellation takes effect only while nothing is in flight. A call that is cancelled between two attempts
sends nothing more; one whose request was sent is answered first, and the answer recorded.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import anyio

from gptimage2_video.journal import JournalBudget, SubmissionRecord, SubmissionState

_SCOPE: Final[ContextVar[anyio.CancelScope]] = ContextVar("_SCOPE")


@contextmanager
def submission_scope() -> Generator[None]:
    """The scope of a submission that `ShieldedRecorder` shields from SENDING until it is answered."""
    with anyio.CancelScope() as scope:
        token = _SCOPE.set(scope)
        try:
            yield
        finally:
            _SCOPE.reset(token)


class ShieldedRecorder:
    """The recorder of a client whose calls can be cancelled; records go to the budget."""

    def __init__(self, budget: JournalBudget) -> None:
        self._budget = budget
        self.write = budget.write
        self.durations = budget.durations

    async def write_async(self, record: SubmissionRecord) -> None:
        """Record it, with the submission shielded from before it is sent until after it is answered."""
        scope = _SCOPE.get(None)
        if scope and record.state == SubmissionState.SENDING:
            scope.shield = True
        await self._budget.write_async(record)
        if scope and record.state != SubmissionState.SENDING:
            scope.shield = False
