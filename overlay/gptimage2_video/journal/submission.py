"""A submission as the journal knows it, and the sums over many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any

from .record import UNCERTAIN_STATES, SubmissionState


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
        credits = submission.quote or 0 if submission.credits_used is None else submission.credits_used  # noqa: A001
        if submission.uncertain:
            return Totals(self.spent, self.refunded, self.uncertain + credits)
        if submission.task_id is None:
            return self
        return Totals(self.spent + credits, self.refunded + (credits if submission.refunded else 0), self.uncertain)

    @classmethod
    def of(cls, submissions: Iterable[Submission]) -> "Totals":
        """The totals of these submissions."""
        return reduce(Totals.add, submissions, cls())

    @property
    def committed(self) -> int:
        """What all of it has cost at most: what is uncertain counts, and what was refunded does not."""
        return self.spent - self.refunded + self.uncertain
