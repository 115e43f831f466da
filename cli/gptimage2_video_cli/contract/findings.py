"""The result of a run: what each check showed, and the findings, which are what to act upon."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from .checks import CHECKS, Severity
from .recording_client import Exchange

Outcome = Literal["passed", "failed", "not run"]
_MOST_DETAILS: Final = 20


@dataclass
class Finding:
    """One thing to act upon. `exchanges` show it, those of the first time; `times` counts them all.

    Attributes:
        code: The id of the check that failed.
        title: What was observed, as a sentence.
    """

    code: str
    severity: Severity
    title: str
    pointer: str
    edit: str
    exchanges: tuple[Exchange, ...]
    times: int = 1


@dataclass
class Observation:
    """How often one check passed and failed, with details of failures, and why it was not run."""

    passed: int = 0
    failed: int = 0
    details: list[str] = field(default_factory=list[str])
    reason: str = ""

    @property
    def outcome(self) -> Outcome:
        """One failure is enough."""
        return "failed" if self.failed else "passed" if self.passed else "not run"


class RunResult:
    """What a run has found so far. `log` is called with a line for people, as things happen.

    Attributes:
        not_reached: Valid requests, and kinds of them, that were not sent, each with the reason.
    """

    def __init__(self, log: Callable[[str], object]) -> None:
        self.log = log
        self.findings: list[Finding] = []
        self.observations = {check_id: Observation() for check_id in CHECKS}
        self.not_reached: list[str] = []
        self.abort_reason = ""

    def check(
        self, check_id: str, holds: bool, *exchanges: Exchange, detail: str = "", pointer: str = "", edit: str = ""
    ) -> None:
        """Note what a check showed; a failure is a finding, and the same one again is counted.

        The last two of the exchanges are evidence. Pointer and edit are given where they are not the check's own.
        """
        check, observation = CHECKS[check_id], self.observations[check_id]
        observation.passed, observation.failed = observation.passed + holds, observation.failed + (not holds)
        if holds or check.severity == "none":
            return
        if detail and detail not in observation.details and len(observation.details) < _MOST_DETAILS:
            observation.details.append(detail)
        title = f"{check.statement} Not here" + (f": {detail}" if detail else "")
        for finding in self.findings:
            if (finding.code, finding.title) == (check_id, title):
                finding.times += 1
                return
        self.findings.append(
            Finding(check_id, check.severity, title, pointer or check.pointer, edit or check.edit, exchanges[-2:])
        )
        self.log(f"{check.severity}: {title}")

    def not_run(self, check_id: str, reason: str) -> None:
        """Say why a check was not run."""
        self.observations[check_id].reason = reason
