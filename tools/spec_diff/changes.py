"""A change, how bad it is, and which version it asks for.

Lives here: the vocabulary of all comparisons. Not here: any comparison.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import IntEnum, StrEnum
from typing import Any, Final, NamedTuple, NoReturn

Version = tuple[int, int, int]


class Unreadable(Exception):
    """What was given cannot be compared; its text is one sentence for people."""


class Verdict(IntEnum):
    """What a change does to those who call the service, the worst last."""

    HARMLESS = 0
    ADDITION = 1
    BREAKING = 2


class Side(StrEnum):
    """Who writes a value: the caller (request), or the service (response)."""

    REQUEST = "request"
    RESPONSE = "response"


class Change(NamedTuple):
    """One line of the report."""

    verdict: Verdict
    text: str


GONE, NEW, HARMLESS = Verdict.BREAKING, Verdict.ADDITION, Verdict.HARMLESS
# Where the caller writes, losing a value breaks; where the service writes, an unexpected one does.
LOST: Final = {Side.REQUEST: GONE, Side.RESPONSE: NEW}
GAINED: Final = {Side.REQUEST: NEW, Side.RESPONSE: GONE}
UNSURE: Final = "nobody can say whether this breaks callers, so it is taken as breaking"


def refuse(sentence: str) -> NoReturn:
    """Give up with one sentence."""
    raise Unreadable(sentence)


def members(
    what: str,
    base: Mapping[Any, Any],
    head: Mapping[Any, Any],
    compare: Callable[[Any, Any, str], Iterable[Change]],
    lost: Verdict = GONE,
    gained: Verdict = NEW,
) -> Iterator[Change]:
    """What is gone, what is new, and what `compare` finds in that which stayed. `what` has one place for the name."""
    yield from values(what, base.keys(), head.keys(), lost, gained)
    for name in base:
        if name in head:
            yield from compare(base[name], head[name], what.format(name))


def values(
    what: str,
    base: AbstractSet[Any],
    head: AbstractSet[Any],
    lost: Verdict = GONE,
    gained: Verdict = NEW,
    words: str = "is gone|is new",
) -> Iterator[Change]:
    """Which members of a set are gone, and which are new."""
    old, new = words.split("|")
    for value in sorted(base - head, key=str):
        yield Change(lost, f"{what.format(value)} {old}")
    for value in sorted(head - base, key=str):
        yield Change(gained, f"{what.format(value)} {new}")


def leftovers(
    what: str, base: Mapping[str, Any], head: Mapping[str, Any], judged: AbstractSet[str], words: AbstractSet[str]
) -> Iterator[Change]:
    """The rest of an object: `words` are for people, `judged` is compared elsewhere, of all else nobody knows."""
    for key in sorted({*base, *head} - judged, key=str):
        if base.get(key) != head.get(key):
            harmless = key in words or key.startswith("x-")
            yield Change(HARMLESS if harmless else GONE, f"{what}: {key} changed" + ("" if harmless else f"; {UNSURE}"))


def version(text: object) -> Version:
    """The three numbers of a version."""
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text) if isinstance(text, str) else None
    if not found:
        refuse(f"info.version is {text!r}; write three numbers, such as '0.2.0'")
    major, minor, patch = found.groups()
    return int(major), int(minor), int(patch)


def due(base: Version, changes: Iterable[Change]) -> Version:
    """The least version that may follow `base`. While the major is 0, each bump moves one place to the right."""
    worst = max((change.verdict for change in changes), default=None)
    if worst is None:
        return base
    place = 2 - worst if base[0] else min(2, 3 - worst)
    major, minor, patch = (n + 1 if at == place else n * (at < place) for at, n in enumerate(base))
    return major, minor, patch
