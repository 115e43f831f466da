"""What a manifest comes to, counted line by line, so that its length costs no memory.

Lives here: counts, sums, and the first of many troubles. Not here: where lines come from (`manifest`), and what follows
from it (`consent`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Self

from .manifest import Line, Trouble

# Who has mended so many sees the next ones; more would push the first off the screen.
_SHOWN: Final = 100


@dataclass(slots=True)
class Cost:
    """What lines will cost by their quotes.

    Attributes:
        lines: How many there are.
        credits: Credits of those whose price is known.
        unknown: How many have a price that nobody knows.
    """

    lines: int = 0
    credits: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Self:
        """The cost of these lines."""
        cost = cls()
        for line in lines:
            cost.add(line)
        return cost

    def add(self, line: Line) -> None:
        """Count one more line."""
        self.lines += 1
        self.credits += line.quote or 0
        self.unknown += line.quote is None

    def __str__(self) -> str:
        doubt = f", and {self.unknown} of unknown price" if self.unknown else ""
        return f"about {self.credits} credits for {self.lines - self.unknown} lines{doubt}"


@dataclass(slots=True)
class Troubles:
    """The first of what may be many, and how many there are."""

    first: list[Trouble] = field(default_factory=list[Trouble])
    count: int = 0

    @classmethod
    def of(cls, troubles: Iterable[Trouble]) -> Self:
        """These troubles."""
        found = cls()
        for trouble in troubles:
            found.add(trouble)
        return found

    def add(self, trouble: Trouble) -> None:
        """Count one more."""
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(trouble)

    def told(self) -> Iterator[str]:
        """A line for each of the first, and one for how many more there are."""
        for trouble in self.first:
            yield f"{trouble.severity}: {trouble}"
        if self.count > len(self.first):
            yield f"… and {self.count - len(self.first)} more"


@dataclass(slots=True)
class Tally:
    """What a manifest comes to.

    Attributes:
        cost: Of the good lines.
        bad: How many lines are none.
        troubles: Mistakes and warnings.
        unpriced: The good lines that a budget would keep from being sent.
    """

    cost: Cost = field(default_factory=Cost)
    bad: int = 0
    troubles: Troubles = field(default_factory=Troubles)
    unpriced: Troubles = field(default_factory=Troubles)

    def add(self, found: Line | Trouble) -> None:
        """Count what one line of the manifest is, or what is wrong with it."""
        if isinstance(found, Trouble):
            self.troubles.add(found)
            self.bad += found.severity == "error"
            return
        self.cost.add(found)
        if found.quote is None:
            self.unpriced.add(unpriced(found))


def unpriced(line: Line) -> Trouble:
    """What keeps a line whose price nobody knows from being sent on a budget."""
    return Trouble(line.number, "a budget is set and the price of this line is unknown")
