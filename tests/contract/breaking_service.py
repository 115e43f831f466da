"""Ways to break the mock's tasks and credits: what replaces one attribute of it, made from the original.

What is broken with them is the table in `broken`; ways to break what it reads and sends are in `breaking_api`.
"""

from collections.abc import Callable
from typing import Any

from breaking_api import Breaking
from gptimage2_video_mock.service.accounts import Account, InsufficientCredits, LedgerEntry
from gptimage2_video_mock.service.service import Service
from gptimage2_video_mock.service.tasks import Task
from target import OTHER


def found(change: Callable[[Service, Task], Task | None]) -> Breaking:
    """Another answer to the question for a task that is there."""

    def replace(original: Any) -> Any:
        def task(self: Service, task_id: str) -> Task | None:
            right = original(self, task_id)
            return change(self, right) if right else None

        return task

    return replace


def status(change: Callable[[Task, float, Any], Any]) -> Breaking:
    """Another status of a task, from the task, the time and the right one."""
    return lambda original: lambda self, now: change(self, now, original(self, now))


def price(change: Callable[[dict[str, Any], int], int]) -> Breaking:
    """Another price, from the request and the right one."""

    def replace(original: Any) -> Any:
        def changed(self: Any, asked: dict[str, Any]) -> Any:
            right = original(self, asked)
            return right._replace(credits=change(asked, right.credits))

        return changed

    return replace


def decline_when(applies: Callable[[int, int], bool]) -> Breaking:
    """A 402 for what could be paid, from the balance and the price."""

    def replace(original: Any) -> Any:
        def submit(self: Service, account: Account, request: Any, **more: Any) -> Task:
            price = self._prices.price(request)
            if applies(account.balance, price.credits):
                raise InsufficientCredits(price.credits)
            return original(self, account, request, **more)

        return submit

    return replace


def overdraw(original: Any) -> Any:
    """Whoever has too little may spend it nevertheless."""

    def submit(self: Service, account: Account, request: Any, **more: Any) -> Task:
        lent = 10**6
        account.balance += lent
        try:
            return original(self, account, request, **more)
        finally:
            account.balance -= lent

    return submit


def booked(change: Callable[[Service, Account, Task], object]) -> Breaking:
    """After a task was accepted and debited, this happens as well."""

    def replace(original: Any) -> Any:
        def submit(self: Service, account: Account, request: Any, **more: Any) -> Task:
            task = original(self, account, request, **more)
            change(self, account, task)
            return task

        return submit

    return replace


def refunds(change: Callable[[LedgerEntry], int]) -> Breaking:
    """A refund moves another number of credits; where it is 0 there is none."""

    def replace(original: Any) -> Any:
        def settle(self: Service) -> None:
            before = {key: len(account.ledger) for key, account in self._accounts.items()}
            original(self)
            for key, account in self._accounts.items():
                for entry in account.ledger[before[key] :]:
                    moved = change(entry)
                    account.balance += moved - entry.credits
                    account.ledger.remove(entry)
                    account.ledger += [LedgerEntry("refund", moved, entry.task_id, entry.at)] if moved else []

        return settle

    return replace


def refund_again(original: Any) -> Any:
    """Every refund is booked a second time."""

    def settle(self: Service) -> None:
        before = {key: len(account.ledger) for key, account in self._accounts.items()}
        original(self)
        for key, account in self._accounts.items():
            for entry in account.ledger[before[key] :]:
                account.balance += entry.credits
                account.ledger.append(entry)

    return settle


def later(service: Service, task: Task) -> Task | None:
    """Found only a second after it was accepted."""
    return task if service.clock.now() >= task.accepted_at + 1 else None


def pay_back(_: Service, account: Account, task: Task) -> None:
    """The debit is undone."""
    account.balance += task.credits
    account.ledger.pop()


def bill_again(_: Service, account: Account, task: Task) -> None:
    """The debit is made once more."""
    account.balance -= task.credits
    account.ledger.append(account.ledger[-1])


def bill_another(service: Service, _account: Account, _task: Task) -> None:
    """Somebody else pays a credit."""
    service._accounts[OTHER].balance -= 1
