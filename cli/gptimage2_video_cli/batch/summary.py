"""A manifest counted line by line, so that its length costs no memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from .manifest import Line, Problem

_MAX_SHOWN: Final = 100  # more would push the first off the screen


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
    """The sums over a manifest: its valid lines, those without a price, invalid ones, and all problems."""

    estimate: Estimate = field(default_factory=Estimate)
    unpriced: Problems = field(default_factory=Problems)
    invalid: int = 0
    problems: Problems = field(default_factory=Problems)

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
