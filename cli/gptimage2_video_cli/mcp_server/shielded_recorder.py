"""What keeps a task id from being lost when a host cancels a call while its submission is on its way.

Lives here: the recorder that lets a cancellation through only while nothing is on its way. Not here: the budget, which
is the library's (`JournalBudget`), and the call (`desk`). A call that is cancelled while it pauses between two tries sends
nothing more; one whose request has left is answered first, and the answer written down.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import anyio

from gptimage2_video.journal import JournalBudget, SubmissionRecord, SubmissionState

_SCOPE: Final[ContextVar[anyio.CancelScope]] = ContextVar("_SCOPE")


@contextmanager
def submitting() -> Generator[None]:
    """The submission of the current task: from SENDING to its answer no cancellation reaches it."""
    with anyio.CancelScope() as scope:
        before = _SCOPE.set(scope)
        try:
            yield
        finally:
            _SCOPE.reset(before)


class Sending:
    """The recorder of a client whose calls can be cancelled.

    Args:
        allowance: Where records go.
    """

    def __init__(self, allowance: JournalBudget) -> None:
        self._allowance = allowance
        self.write = allowance.write
        self.load_estimate = allowance.load_estimate
        self.load_estimate_async = allowance.load_estimate_async

    async def write_async(self, record: SubmissionRecord) -> None:
        """Write it down, with the submission out of reach from before it leaves until after it is answered."""
        scope = _SCOPE.get(None)
        if scope and record.state == SubmissionState.SENDING:
            scope.shield = True
        await self._allowance.write_async(record)
        if scope and record.state != SubmissionState.SENDING:
            scope.shield = False
