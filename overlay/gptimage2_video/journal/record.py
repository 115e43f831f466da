"""Submissions: what a flow writes down of one, before it is sent and after, and how a journal gives it back.

Its law: SENDING is written before a byte leaves. Whatever stands at SENDING after a crash may have been charged, and
nothing else may.
"""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
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


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission, as the journal knows it.

    Attributes:
        id: Its own id, made before it was sent.
        state: How it stands.
        sent_at: When it was first sent, in UTC.
        changed_at: When its state last changed, in UTC.
        base_url: Where it was sent.
        request: The request in wire names.
        quote: Credits that it was quoted at; None where the price was unknown.
        target: The file that the video is meant for.
        task_id: The task that it became.
        credits_used: Credits that were debited, as the service said.
        refunded: Whether the credits of a failed task are back; None where the service has not said.
        reason: Why it was refused, is uncertain, or failed.
        path: Where the video was saved.
        group: What it was part of, such as a batch; empty for a call by itself.
    """

    id: str
    state: SubmissionState
    sent_at: datetime
    changed_at: datetime
    base_url: str
    request: Mapping[str, Any]
    quote: int | None
    target: Path | None
    task_id: str | None
    credits_used: int | None
    refunded: bool | None
    reason: str
    path: Path | None
    group: str

    @property
    def uncertain(self) -> bool:
        """Whether it may have been charged although no task id came."""
        return self.state in UNCERTAIN_STATES

    @property
    def unfinished(self) -> bool:
        """Whether there is a task of which something is still to come: its end, its video, or its refund."""
        in_progress = self.state in (SubmissionState.PENDING, SubmissionState.UNCERTAIN)
        unsaved = self.state == SubmissionState.COMPLETED and self.target is not None and self.path is None
        unrefunded = self.state == SubmissionState.FAILED and self.refunded is False
        return self.task_id is not None and (in_progress or unsaved or unrefunded)


@dataclass(frozen=True, slots=True)
class Totals:
    """Credits over many submissions. What the service did not say counts by its quote.

    `spent` was debited for tasks, `refunded` is what was given back of that, and `uncertain` was perhaps debited, for
    submissions without a task id.
    """

    spent: int = 0
    refunded: int = 0
    uncertain: int = 0

    def add(self, submission: Submission) -> "Totals":
        """These totals with one submission more."""
        cost = submission.quote or 0 if submission.credits_used is None else submission.credits_used
        if submission.uncertain:
            return Totals(self.spent, self.refunded, self.uncertain + cost)
        if submission.task_id is None:
            return self
        return Totals(self.spent + cost, self.refunded + (cost if submission.refunded else 0), self.uncertain)

    @classmethod
    def of(cls, submissions: Iterable[Submission]) -> "Totals":
        """The totals of these submissions."""
        return reduce(Totals.add, submissions, cls())

    @property
    def committed(self) -> int:
        """What all of it has cost at most: what is uncertain counts, and what was refunded does not."""
        return self.spent - self.refunded + self.uncertain
