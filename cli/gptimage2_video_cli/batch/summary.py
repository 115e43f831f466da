"""A manifest counted line by line, so that its length costs no memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Self

from .manifest import Line, Problem

_MAX_SHOWN: Final = 100  # more would push the first off the screen


@dataclass(slots=True)
class Estimate:
    """What lines will cost by their quotes.

    Attributes:
        lines: How many there are.
        credits: Credits of those whose price is known.
        unknown: How many have an unknown price.
    """

    lines: int = 0
    credits: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Self:
        """The estimate for these lines."""
        estimate = cls()
        for line in lines:
            estimate.add(line)
        return estimate

    def add(self, line: Line) -> None:
        """Count one more line."""
        self.lines += 1
        self.credits += line.quote or 0
        self.unknown += line.quote is None

    def __str__(self) -> str:
        unknown = f", and {self.unknown} of unknown price" if self.unknown else ""
        return f"about {self.credits} credits for {self.lines - self.unknown} lines{unknown}"


@dataclass(slots=True)
class Problems:
    """The first of what may be many problems, and their number."""

    first: list[Problem] = field(default_factory=list[Problem])
    count: int = 0

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """These problems."""
        result = cls()
        for problem in problems:
            result.add(problem)
        return result

    def add(self, problem: Problem) -> None:
        """Count one more."""
        self.count += 1
        if len(self.first) < _MAX_SHOWN:
            self.first.append(problem)

    def messages(self) -> Iterator[str]:
        """A line for each of the first, and one for the number of the others."""
        for problem in self.first:
            yield f"{problem.severity}: {problem}"
        if self.count > len(self.first):
            yield f"… and {self.count - len(self.first)} more"


@dataclass(slots=True)
class ManifestSummary:
    """The sums over a manifest.

    Attributes:
        estimate: The cost of the valid lines.
        invalid: The number of invalid lines.
        problems: Errors and warnings.
        unpriced: Errors of the valid lines that may not be sent on a budget.
    """

    estimate: Estimate = field(default_factory=Estimate)
    invalid: int = 0
    problems: Problems = field(default_factory=Problems)
    unpriced: Problems = field(default_factory=Problems)

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
        if item.quote is None:
            self.unpriced.add(unpriced(item))


def unpriced(line: Line) -> Problem:
    """Why a line of unknown price may not be sent on a budget."""
    return Problem(line.number, "a budget is set and the price of this line is unknown")
