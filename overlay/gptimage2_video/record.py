"""What a conversation wants written down about a submission: before it is sent, after, and when the task has ended.

Lives here: the states of a submission, `SubmissionRecord`, and what a recorder must offer. Not here: where it is written
(`journal`), and when (`flow`, `lookup`, `download`).

Its law: SENDING is written before a byte leaves. Whatever stands at SENDING after a crash may have been charged, and
nothing else may.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from .pace import Lesson
from .task import Task


class SubmissionState(StrEnum):
    """How a submission stands.

    SENDING: on its way, or cut off there: it may have been charged. REFUSED: nothing was accepted. UNCERTAIN: it may
    have been charged, and no receipt came. PENDING: accepted. COMPLETED, FAILED: what became of the task.
    """

    SENDING = "sending"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


# What may have been charged although no receipt is at hand.
UNACCOUNTED: Final = (SubmissionState.SENDING, SubmissionState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class SubmissionRecord:
    """To do: write down how a submission, or a task, stands now.

    Attributes:
        state: How it stands.
        base_url: Where the API is; task ids mean something there alone.
        submission_id: The submission's own id, made here before it is sent; None where only the task is known.
        request: The request in wire names; empty where only the task is known.
        quote: Credits that it was quoted at; None where nobody knows.
        target: The file that the video is meant for.
        task: The task, as soon as there is one.
        reason: Why it was refused or is uncertain.
        group: What it is part of, such as a batch and its line; empty for a call by itself.
        lesson: What the wait for it taught of how long such tasks take; None where nothing.
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
    lesson: Lesson | None = None

    def with_state(self, state: SubmissionState, *, task: Task | None = None, reason: str = "") -> "SubmissionRecord":
        """The same submission, later."""
        return replace(self, state=state, task=task, reason=reason)


class Recorder(Protocol):
    """Where records go: a `Journal`, or a store of your own. `VideoClient` calls `write`, the async client the other.

    A record that is written is durable when the call returns. What they raise must be a `VideoClientError`; raised for
    SENDING, it keeps the request from being sent. One that keeps what records teach of the pace of tasks is a
    `EstimateStore` too; else that is kept in the memory of the client.
    """

    def write(self, record: SubmissionRecord) -> None:
        """Write it down."""
        ...

    async def write_async(self, record: SubmissionRecord) -> None:
        """Write it down."""
        ...


class Unrecorded:
    """The recorder of a client that was given none."""

    def write(self, record: SubmissionRecord) -> None:
        """Nothing is written."""

    async def write_async(self, record: SubmissionRecord) -> None:
        """Nothing is written."""


def intent(base_url: str, request: Mapping[str, Any], quote: int | None, target: Path | None) -> SubmissionRecord:
    """The record of a submission that is about to be sent, with an id of its own."""
    from secrets import token_hex  # here, as whoever sends nothing need not load it

    return SubmissionRecord(SubmissionState.SENDING, base_url, token_hex(16), request, quote, target)


def outcome(base_url: str, task: Task, lesson: Lesson | None = None) -> SubmissionRecord:
    """The record of a task that has ended, with what the wait for it taught."""
    return SubmissionRecord(
        SubmissionState.COMPLETED if task.completed else SubmissionState.FAILED, base_url, task=task, lesson=lesson
    )
