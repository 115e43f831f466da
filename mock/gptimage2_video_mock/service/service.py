"""The service: accepts requests, debits and refunds credits, and finds tasks. Pure state on a clock; no HTTP."""

from __future__ import annotations

import heapq
import itertools
import threading
from typing import TYPE_CHECKING, Any

from gptimage2_video_mock.service.accounts import DEFAULT_ACCOUNTS, Account, InsufficientCredits, LedgerEntry
from gptimage2_video_mock.service.tasks import COMPLETED, Outcome, Task, new_task_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gptimage2_video_mock.service.clock import Clock
    from gptimage2_video_mock.service.prices import PriceList


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
                new_task_id(now), account, request, price.credits, price.duration, outcome, base_path, now, ends_at
            )
            self._tasks[task.id] = task
            account.balance -= task.credits
            account.ledger.append(LedgerEntry("debit", task.credits, task.id, now))
            if outcome.error_code is not None:
                heapq.heappush(self._refunds, (task.refunded_at, next(self._order), task))
            return task

    def test_keys(self) -> list[str]:
        """Those of the well-known keys that this service has; a key of somebody's own is never shown."""
        return [key for key in DEFAULT_ACCOUNTS if key in self._accounts]

    def tasks(self, account: Account, limit: int) -> list[Task]:
        """The last tasks of an account, at most `limit`, newest first."""
        with self._lock:
            tasks = (task for task in reversed(self._tasks.values()) if task.account is account)
            return list(itertools.islice(tasks, limit))

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
