"""Accounts: keys, balances, and the ledger of debits and refunds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_ACCOUNTS: Mapping[str, int] = {"test-key": 1000, "test-key-2": 1000, "test-key-poor": 3}
"""Credits by key, where a server is given no accounts. These keys are no secret; any other may be one."""


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
