"""The result of a run: findings, observations, and the credits of every submission.

Its law: a submission is uncertain from before it is sent until something shows what became of it. So an interruption
at any moment leaves the totals on the safe side.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any, Final, Literal

from .assumptions import ASSUMPTIONS, Severity
from .recording_client import Exchange

# Of the charge to the quote: the documentation's own example charges 12 where its price table says 5.
INITIAL_CHARGE_RATIO: Final = Fraction(12, 5)

Outcome = Literal["confirmed", "refuted", "not observed"]


@dataclass
class Finding:
    """One thing to act upon. `evidence` is that of the first time, `times` counts them all."""

    severity: Severity
    title: str
    pointer: str
    edit: str
    evidence: dict[str, Any]
    times: int = 1


@dataclass
class Observation:
    """How often one assumption was confirmed and refuted, with details."""

    confirmed: int = 0
    refuted: int = 0
    details: list[str] = field(default_factory=list[str])

    @property
    def outcome(self) -> Outcome:
        """One failure refutes."""
        return "refuted" if self.refuted else "confirmed" if self.confirmed else "not observed"


@dataclass
class PaidRequest:
    """One submission. Credits are None where unknown.

    Attributes:
        quote: By the price table.
        state: A refused one is free, says the documentation.
    """

    description: str
    quote: int | None
    state: Literal["uncertain", "refused", "accepted"] = "uncertain"
    charged: int | None = None
    task_id: str | None = None
    status: int | None = None
    refunded: bool = False

    def accept(self, task_id: str | None, charged: object) -> None:
        """The service has accepted it; `charged` is what it reported, and counts where it is a number."""
        self.state, self.task_id = "accepted", task_id
        if isinstance(charged, int) and not isinstance(charged, bool) and charged >= 0:
            self.charged = max(charged, self.charged or 0)

    def worst_case_cost(self, ratio: Fraction) -> int:
        """The most that it can have cost. A refund is not counted: it may be late, or not come."""
        return ceil((self.quote or 0) * ratio) if self.charged is None else self.charged


class RunResult:
    """What a run has found, and what it has cost so far. `log` is called with a line for people, as things happen."""

    def __init__(self, log: Callable[[str], object]) -> None:
        self.log = log
        self.findings: list[Finding] = []
        self.observations = {assumption_id: Observation() for assumption_id in ASSUMPTIONS}
        self.submissions: list[PaidRequest] = []
        self.abort_reason = ""

    @property
    def charge_ratio(self) -> Fraction:
        """The highest ratio of a charge to its quote."""
        ratios = [Fraction(it.charged, it.quote) for it in self.submissions if it.charged and it.quote]
        return max([INITIAL_CHARGE_RATIO, *ratios])

    def worst_case_cost(self) -> int:
        """The most that all submissions can have cost, even if refused ones were charged, which no response shows."""
        return sum(submission.worst_case_cost(self.charge_ratio) for submission in self.submissions)

    def add_submission(self, description: str, quote: int | None) -> PaidRequest:
        """A submission that is about to be sent."""
        self.submissions.append(PaidRequest(description, quote))
        return self.submissions[-1]

    def add_finding(self, severity: Severity, title: str, pointer: str, edit: str, exchange: Exchange) -> None:
        """Add a finding; the same one again is counted."""
        for finding in self.findings:
            if (finding.severity, finding.title, finding.pointer) == (severity, title, pointer):
                finding.times += 1
                return
        self.findings.append(Finding(severity, title, pointer, edit, exchange.evidence()))
        self.log(f"{severity}: {title}")

    def observe(self, assumption_id: str, holds: bool, exchange: Exchange, *, detail: str = "", edit: str = "") -> None:
        """Confirm an assumption, or refute it, which is a finding."""
        assumption, observation = ASSUMPTIONS[assumption_id], self.observations[assumption_id]
        observation.confirmed, observation.refuted = observation.confirmed + holds, observation.refuted + (not holds)
        if detail and detail not in observation.details:
            observation.details.append(detail)
        if not holds and assumption.severity:
            title = f"{assumption.statement} Not here" + (f": {detail}" if detail else "")
            self.add_finding(assumption.severity, title, assumption.pointer, edit or assumption.edit, exchange)

    def totals(self) -> dict[str, int]:
        """Credits and submissions of the run."""
        accepted = [submission for submission in self.submissions if submission.state == "accepted"]
        uncertain = [submission for submission in self.submissions if submission.state == "uncertain"]
        return {
            "submitted": len(self.submissions),
            "accepted": len(accepted),
            "quoted": sum(it.quote or 0 for it in (*accepted, *uncertain)),
            "charged": sum(it.charged or 0 for it in accepted),
            "charge_unknown_submissions": sum(it.charged is None for it in accepted),
            "refunded": sum(it.charged or 0 for it in accepted if it.refunded),
            "uncertain": sum(it.quote or 0 for it in uncertain),
            "uncertain_submissions": len(uncertain),
            "worst_case_cost": self.worst_case_cost(),
            "price_unknown_submissions": sum(it.charged is None and it.quote is None for it in self.submissions),
        }
