"""The service's books: accounts, tasks, credits. Pure state on a clock; no HTTP, no JSON, no video.

A task's end and a refund are no events that somebody must bring about: they are read off the clock on demand.
"""

from __future__ import annotations

import heapq
import itertools
import secrets
import threading
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gptimage2_video_mock.service.clock import Clock
    from gptimage2_video_mock.service.prices import PriceList

DEFAULT_ACCOUNTS: Mapping[str, int] = {"test-key": 1000, "test-key-2": 1000, "test-key-poor": 3}
"""Credits by key, where a server is given no accounts. These keys are no secret; any other may be one."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]  # ten bits at a time


class TaskStatus(IntEnum):
    """The numbers that the API uses."""

    PENDING = 0
    COMPLETED = 1
    FAILED = 2


class InsufficientCredits(Exception):
    """The account has too few credits; nothing was charged. `required` is the price of the task in credits."""

    def __init__(self, required: int) -> None:
        super().__init__(required)
        self.required = required


class LedgerEntry(NamedTuple):
    """One movement of credits. `at` is in seconds since the epoch."""

    kind: Literal["debit", "refund"]
    credits: int
    task_id: str
    at: float


@dataclass(slots=True)
class Account:
    """Whoever a key belongs to. `name` stands for the key wherever the key must not be shown."""

    name: str
    balance: int
    ledger: list[LedgerEntry] = field(default_factory=list[LedgerEntry])


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How tasks fare: they complete, or fail where there is an `error_code`, and are refunded `refund_delay` s later.

    Where it is not `affordable`, no balance is enough.
    """

    error_code: str | None = None
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


class Service:
    """Accounts and tasks. Safe to look at from other threads than the one that submits.

    Args:
        accounts: credits by key.
        prices: what a request costs.
        clock: the time.
        task_seconds: how long a task takes, in seconds of the clock.
    """

    def __init__(self, accounts: Mapping[str, int], prices: PriceList, clock: Clock, task_seconds: float) -> None:
        if not task_seconds >= 0:
            raise ValueError(f"a task takes 0 seconds or more, not {task_seconds}")
        self.clock = clock
        self.task_seconds = task_seconds
        self._prices = prices
        self._initial_balances = dict(accounts)
        self._lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forget all tasks and give every account its first balance. The clock goes on."""
        with self._lock:
            self._accounts = {
                key: Account(f"account-{number}", balance)
                for number, (key, balance) in enumerate(self._initial_balances.items(), start=1)
            }
            self._tasks: dict[str, Task] = {}
            self._refunds: list[tuple[float, int, Task]] = []
            self._order = itertools.count()

    def account(self, key: str) -> Account | None:
        """The account of a key, with every refund that is due; None where the key is unknown."""
        self._settle()
        return self._accounts.get(key)

    def submit(
        self, account: Account, request: Mapping[str, Any], *, outcome: Outcome = COMPLETED, base_path: str = ""
    ) -> Task:
        """Accept a valid request and debit its price.

        Raises:
            InsufficientCredits: nothing was charged and no task made.
        """
        price = self._prices.price(request)
        with self._lock:
            self._settle()
            if not outcome.affordable or price.credits > account.balance:
                raise InsufficientCredits(price.credits)
            now = self.clock.now()
            ends_at = now + self.task_seconds
            task = Task(
                _task_id(now), account, request, price.credits, price.duration, outcome, base_path, now, ends_at
            )
            self._tasks[task.id] = task
            account.balance -= task.credits
            account.ledger.append(LedgerEntry("debit", task.credits, task.id, now))
            if outcome.error_code is not None:
                heapq.heappush(self._refunds, (task.refunded_at, next(self._order), task))
            return task

    def test_keys(self) -> list[str]:
        """Those of the well-known keys that this service has; a key of somebody's own is told to nobody."""
        return [key for key in DEFAULT_ACCOUNTS if key in self._accounts]

    def tasks(self, account: Account, most: int) -> list[Task]:
        """The last tasks of an account, at most so many, the newest first."""
        with self._lock:
            theirs = (task for task in reversed(self._tasks.values()) if task.account is account)
            return list(itertools.islice(theirs, most))

    def task(self, task_id: str) -> Task | None:
        """The task with an id, whoever's it is; None where there is none."""
        return self._tasks.get(task_id)

    def _settle(self) -> None:
        if not self._refunds:  # nearly always, and this is on the path of every request
            return
        with self._lock:
            now = self.clock.now()
            while self._refunds and self._refunds[0][0] <= now:
                due, _, task = heapq.heappop(self._refunds)
                task.account.balance += task.credits
                task.account.ledger.append(LedgerEntry("refund", task.credits, task.id, due))


def _task_id(now: float) -> str:
    """`tsk_` and a ULID: 48 bits of milliseconds and 80 random bits, in Crockford's base32."""
    number = int(now * 1000) << 80 | secrets.randbits(80)
    return "tsk_" + "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])
