"""Tasks: their status at a time, their outcome and their ids.

A task's end and its refund are read off the clock; no event brings them about.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gptimage2_video_mock.service.accounts import Account

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]  # ten bits at a time


class TaskStatus(IntEnum):
    """The numbers that the API uses."""

    PENDING = 0
    COMPLETED = 1
    FAILED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How tasks fare: they complete, or fail where there is an `error_code`, and are refunded `refund_delay` s later.

    Where it is not `affordable`, no balance is enough.
    """

    error_code: str | int | None = None
    error_message: str | None = None
    refund_delay: float = 0.0
    affordable: bool = True


COMPLETED = Outcome()


@dataclass(slots=True)
class Task:
    """An accepted task. Times are in seconds since the epoch; `base_path` is where in the API it was submitted."""

    id: str
    account: Account
    request: Mapping[str, Any]
    credits: int
    duration: int
    outcome: Outcome
    base_path: str
    accepted_at: float
    ends_at: float

    def status(self, now: float) -> TaskStatus:
        """The status at a time."""
        if now < self.ends_at:
            return TaskStatus.PENDING
        return TaskStatus.COMPLETED if self.outcome.error_code is None else TaskStatus.FAILED

    @property
    def refunded_at(self) -> float:
        """When the credits of this task, if it fails, are back."""
        return self.ends_at + self.outcome.refund_delay

    def refunded(self, now: float) -> bool:
        """Whether the credits are back at a time."""
        return self.outcome.error_code is not None and now >= self.refunded_at


def new_task_id(now: float) -> str:
    """`tsk_` and a ULID: 48 bits of milliseconds and 80 random bits, in Crockford's base32."""
    number = int(now * 1000) << 80 | secrets.randbits(80)
    return "tsk_" + "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])
