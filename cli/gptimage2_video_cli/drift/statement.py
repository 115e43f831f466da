"""What pages state and what the spec believes, as values that can be held against each other.

Lives here: the values. Not here: how either is read (`tables`, `samples`, `prose`; `spec`).
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Kind = Literal["model", "mode", "duration", "price", "field", "status", "error code"]
KINDS: Final[tuple[Kind, ...]] = ("model", "mode", "duration", "price", "field", "status", "error code")
Known = Literal["page", "docs", "documented", "inferred", "unknown"]


class Place(NamedTuple):
    """Where something stands.

    Attributes:
        page: The page as it was named on the command line.
        line: Counted from 1; None in HTML, whose lines mean nothing.
        headings: The headings above, from the title down.
    """

    page: str
    line: int | None = None
    headings: tuple[str, ...] = ()

    def __str__(self) -> str:
        line = "" if self.line is None else f", line {self.line}"
        return f"{self.page}{line}" + (f", under “{self.headings[-1]}”" if self.headings else "")


class Topic(NamedTuple):
    """What a statement is about: the durations of one model, the fields of a request. `subject` is empty for models."""

    kind: Kind
    subject: str = ""


class Statement(NamedTuple):
    """One thing that a page says.

    Attributes:
        topic: What it is about.
        name: The member: a model id, a mode, seconds, a clip, a field, a number, a code.
        place: Where it stands.
        value: Credits of a clip, the word for a status; None where there is no value.
        listed: Whether it stands in a table or an enumeration, not in an example.
    """

    topic: Topic
    name: str
    place: Place
    value: str | None = None
    listed: bool = True


class Unread(NamedTuple):
    """Something that looks like a statement, but says none that can be compared."""

    place: Place
    why: str


class Fact(NamedTuple):
    """One member of a topic in the spec.

    Attributes:
        known: How well it is known.
        value: As in `Statement`.
        group: Facts of a group stand or fall together: one of the two spellings of a task.
        optional: Whether nobody misses it: another way to say what other facts say.
    """

    known: Known
    value: str | None = None
    group: str = ""
    optional: bool = False


class Belief(NamedTuple):
    """All that the spec says about a topic; `pointer` is a JSON pointer into openapi.yaml."""

    known: Known
    pointer: str
    facts: Mapping[str, Fact]
