"""A manifest counted line by line, so that its length costs no memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from .manifest import Line, Problem

_MAX_SHOWN: Final = 100  # more would push the first off the screen
_MAX_DEAREST: Final = 5


class Estimate:
    """What lines will cost by their quotes: their number, the credits of those with a price, the number of others."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self.lines = self.credits = self.unknown = 0
        for line in lines:
            self.add(line)

    def add(self, line: Line) -> None:
        """Count one more line."""
        self.lines += 1
        self.credits += line.quote or 0
        self.unknown += line.quote is None

    def __str__(self) -> str:
        unknown = f", and {self.unknown} of unknown price" if self.unknown else ""
        return f"about {self.credits} credits for {self.lines - self.unknown} lines{unknown}"


class Problems:
    """The first of what may be many problems, and their number."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.first: list[Problem] = []
        self.count = 0
        for problem in problems:
            self.add(problem)

    def add(self, problem: Problem) -> None:
        """Count one more."""
        self.count += 1
        if self.count <= _MAX_SHOWN:
            self.first.append(problem)

    def messages(self) -> Iterator[str]:
        """A line for each of the first, and one for the number of the others."""
        for problem in self.first:
            yield f"{problem.severity}: {problem}"
        if self.count > _MAX_SHOWN:
            yield f"… and {self.count - _MAX_SHOWN} more"


@dataclass(slots=True)
class ManifestSummary:
    """The sums over a manifest: its valid lines, those without a price, invalid ones, and all problems.

    Attributes:
        limit: A budget, in credits; None for none.
        by_model: The cost of the lines of each model.
        dearest: The lines with the highest prices, the highest first.
        affordable: How many lines of known price fit into the budget, one after the other.
    """

    limit: int | None = None
    estimate: Estimate = field(default_factory=Estimate)
    unpriced: Problems = field(default_factory=Problems)
    invalid: int = 0
    problems: Problems = field(default_factory=Problems)
    by_model: dict[str, Estimate] = field(default_factory=dict[str, Estimate])
    dearest: list[Line] = field(default_factory=list[Line])
    affordable: int = 0
    _left: int = 0

    def __post_init__(self) -> None:
        self._left = self.limit or 0

    @property
    def valid(self) -> int:
        """The number of valid lines."""
        return self.estimate.lines

    def add(self, item: Line | Problem) -> None:
        """Count a line of the manifest, or what is wrong with one."""
        if isinstance(item, Problem):
            self.problems.add(item)
            self.invalid += item.severity == "error"
            return
        self.estimate.add(item)
        self.by_model.setdefault(item.request["model"], Estimate()).add(item)
        if item.quote is None:
            self.unpriced.add(unpriced(item))
            return
        self.dearest = sorted((*self.dearest, item), key=lambda line: -(line.quote or 0))[:_MAX_DEAREST]
        if item.quote <= self._left:
            self.affordable += 1
            self._left -= item.quote

    def cost_lines(self) -> Iterator[str]:
        """The cost by model, the dearest lines, and what the budget buys where it does not cover all."""
        width = max(map(len, self.by_model), default=0)
        for model, cost in self.by_model.items() if len(self.by_model) > 1 else ():
            yield f"  {model.ljust(width)}  {cost}"
        if len({line.quote for line in self.dearest}) > 1:
            yield f"dearest: {', '.join(f'line {line.number} ({line.quote} credits)' for line in self.dearest)}"
        if self.limit is not None and self.estimate.credits > self.limit:
            yield f"{self.limit} credits buy {self.affordable} of {self.estimate.lines} lines"


def unpriced(line: Line) -> Problem:
    """Why a line of unknown price may not be sent on a budget."""
    return Problem(line.number, "a budget is set and the price of this line is unknown")
