"""What a flow writes down about a submission: before it is sent, after, and when the task has ended.

Its law: SENDING is written before a byte leaves. Whatever stands at SENDING after a crash may have been charged, and
nothing else may.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from gptimage2_video.effects import Effect, Flow
from gptimage2_video.errors import JournalFailed, JournalWarning
from gptimage2_video.request import PreparedRequest
from gptimage2_video.task import Task, TaskStatus


class SubmissionState(StrEnum):
    """How a submission stands.

    SENDING: in flight, or interrupted there: it may have been charged. REFUSED: nothing was accepted. UNCERTAIN: it may
    have been charged, and no task id came. PENDING: accepted. COMPLETED, FAILED: what became of the task.
    """

    SENDING = "sending"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


# What may have been charged although no task id is at hand.
UNCERTAIN_STATES: Final = (SubmissionState.SENDING, SubmissionState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class SubmissionRecord(Effect):
    """Write down how a submission, or a task, stands now. Fields as of a `Submission`, but for these.

    Attributes:
        submission_id: The submission's own id, made before it is sent; None where only the task is known.
        task: The task, as soon as there is one.
        quote_note: Where the quote comes from, or why there is none.
    """

    state: SubmissionState
    base_url: str
    submission_id: str | None = None
    request: Mapping[str, Any] = field(default_factory=dict[str, Any])
    quote: int | None = None
    target: Path | None = None
    task: Task | None = None
    reason: str = ""
    group: str = ""
    quote_note: str = ""

    def with_state(self, state: SubmissionState, *, task: Task | None = None, reason: str = "") -> "SubmissionRecord":
        """The same submission, later."""
        return replace(self, state=state, task=task, reason=reason)


class Recorder(Protocol):
    """Where records go: a `Journal`, or a store of your own. `VideoClient` calls `write`, the async client the other.

    A record is durable when the call returns. What they raise must be a `VideoClientError`; raised for SENDING, it
    keeps the request from being sent. One that also has the `durations` of a `Journal` tells waits when to poll.
    """

    def write(self, record: SubmissionRecord) -> None:
        """Write it down."""

    async def write_async(self, record: SubmissionRecord) -> None:
        """Write it down."""


def submission_record(base_url: str, request: PreparedRequest, target: Path | None) -> SubmissionRecord:
    """The record of a submission that is about to be sent, with an id of its own."""
    from secrets import token_hex  # here, as whoever sends nothing need not load it

    body, quote = request.body, request.quote
    sending = SubmissionState.SENDING
    return SubmissionRecord(sending, base_url, token_hex(16), body, quote.credits, target, quote_note=quote.note)


def task_record(base_url: str, task: Task) -> SubmissionRecord:
    """The record of a task that has ended."""
    completed = task.status == TaskStatus.COMPLETED
    state = SubmissionState.COMPLETED if completed else SubmissionState.FAILED
    return SubmissionRecord(state, base_url, task=task)


def record_or_warn(record: SubmissionRecord) -> Flow[None]:
    """Write down what has happened already: where that fails, a warning says so and the work goes on."""
    try:
        yield record
    except JournalFailed as error:
        warnings.warn(str(error), JournalWarning, stacklevel=2)
