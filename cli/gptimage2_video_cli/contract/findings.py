"""What a run has learnt and what it has cost so far: findings, observations, and the credits of every submission.

Lives here: the keeping of the books. Not here: what is a finding (`replies`, `probes`, `submissions`) and how it is
told (`report`). A submission is uncertain from before it is sent until something shows what became of it, so that an
interruption at any moment leaves the books on the safe side.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any, Final, Literal

from .assumptions import FACTS, Rank
from .recording_client import Exchange

# What was charged, to the quote: the documentation's own example charges 12 where its price table says 5.
FIRST_RATIO: Final = Fraction(12, 5)

Outcome = Literal["confirmed", "refuted", "not observed"]


@dataclass
class Finding:
    """One thing to act upon. `seen` is the evidence of the first time, `times` counts them all."""

    rank: Rank
    title: str
    pointer: str
    edit: str
    seen: dict[str, Any]
    times: int = 1


@dataclass
class Observation:
    """What was seen of one fact: how often it held and did not, and the words for each."""

    held: int = 0
    failed: int = 0
    details: list[str] = field(default_factory=list[str])

    @property
    def outcome(self) -> Outcome:
        """One failure refutes."""
        return "refuted" if self.failed else "confirmed" if self.held else "not observed"


@dataclass
class PaidRequest:
    """One submission. Credits are None where nobody knows them.

    Attributes:
        what: In words.
        quote: By the price table.
        state: A refused one has cost nothing, says the documentation.
    """

    what: str
    quote: int | None
    state: Literal["uncertain", "refused", "accepted"] = "uncertain"
    charged: int | None = None
    task_id: str | None = None
    status: int | None = None
    refunded: bool = False

    def accept(self, task_id: str | None, charged: object) -> None:
        """The service has accepted it, and said what it charged where that is a number."""
        self.state, self.task_id = "accepted", task_id
        if isinstance(charged, int) and not isinstance(charged, bool) and charged >= 0:
            self.charged = max(charged, self.charged or 0)

    def at_worst(self, ratio: Fraction) -> int:
        """What it has cost at most, whatever was said. A refund is not counted: it may be late, or not come."""
        return ceil((self.quote or 0) * ratio) if self.charged is None else self.charged


class Book:
    """The books of one run.

    Args:
        tell: Called with a line for people, as things happen.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        self.tell = tell
        self.findings: list[Finding] = []
        self.observations = {name: Observation() for name in FACTS}
        self.entries: list[PaidRequest] = []
        self.stopped = ""

    @property
    def ratio(self) -> Fraction:
        """The worst that was charged, to the quote."""
        known = [Fraction(entry.charged, entry.quote) for entry in self.entries if entry.charged and entry.quote]
        return max([FIRST_RATIO, *known])

    def at_worst(self) -> int:
        """What all submissions have cost at most, even where refused ones were charged, which no reply would show."""
        return sum(entry.at_worst(self.ratio) for entry in self.entries)

    def open(self, what: str, quote: int | None) -> PaidRequest:
        """A submission is about to be sent."""
        self.entries.append(PaidRequest(what, quote))
        return self.entries[-1]

    def find(self, rank: Rank, title: str, pointer: str, edit: str, exchange: Exchange) -> None:
        """Note a finding; the same one again is counted."""
        for known in self.findings:
            if (known.rank, known.title, known.pointer) == (rank, title, pointer):
                known.times += 1
                return
        self.findings.append(Finding(rank, title, pointer, edit, exchange.evidence()))
        self.tell(f"{rank}: {title}")

    def observe(self, name: str, holds: bool, exchange: Exchange, *, detail: str = "", edit: str = "") -> None:
        """A fact was seen to hold, or not to; the latter is a finding."""
        fact, seen = FACTS[name], self.observations[name]
        seen.held, seen.failed = seen.held + holds, seen.failed + (not holds)
        if detail and detail not in seen.details:
            seen.details.append(detail)
        if not holds and fact.rank:
            title = f"{fact.sentence} Not here" + (f": {detail}" if detail else "")
            self.find(fact.rank, title, fact.pointer, edit or fact.edit, exchange)

    def sums(self) -> dict[str, int]:
        """Credits and submissions of the run."""
        accepted = [entry for entry in self.entries if entry.state == "accepted"]
        uncertain = [entry for entry in self.entries if entry.state == "uncertain"]
        return {
            "submitted": len(self.entries),
            "accepted": len(accepted),
            "quoted": sum(entry.quote or 0 for entry in (*accepted, *uncertain)),
            "charged": sum(entry.charged or 0 for entry in accepted),
            "charge_unknown_submissions": sum(entry.charged is None for entry in accepted),
            "refunded": sum(entry.charged or 0 for entry in accepted if entry.refunded),
            "uncertain": sum(entry.quote or 0 for entry in uncertain),
            "uncertain_submissions": len(uncertain),
            "worst_case_cost": self.at_worst(),
            "price_unknown_submissions": sum(entry.charged is None and entry.quote is None for entry in self.entries),
        }
