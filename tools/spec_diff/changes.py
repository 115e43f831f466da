"""A change, its verdict, and the version that is due for it."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from enum import IntEnum
from typing import Any, Final, NamedTuple

Document = dict[str, Any]
Version = tuple[int, int, int]


class Unreadable(Exception):
    """The comparison is impossible; the message is one sentence for people."""


class Verdict(IntEnum):
    """What a change does to those who call the service, the worst last."""

    HARMLESS = 0
    ADDITION = 1
    BREAKING = 2


class Change(NamedTuple):
    """One line of the report; `rule` is the id of oasdiff's rule, or the name of ours."""

    verdict: Verdict
    text: str
    rule: str


UNSURE: Final = "no rule judges this, so it is taken as breaking"


def members(rule: str, what: str, base: AbstractSet[str], head: AbstractSet[str]) -> Iterator[Change]:
    """Which members of a set are gone, and which are new."""
    yield from (Change(Verdict.BREAKING, f"{what} {name} is gone", rule) for name in sorted(base - head))
    yield from (Change(Verdict.ADDITION, f"{what} {name} is new", rule) for name in sorted(head - base))


def version(document: Document) -> Version:
    """The three numbers of `info.version`; Unreadable where they are not three."""
    text = document["info"].get("version")
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text) if isinstance(text, str) else None
    if not found:
        raise Unreadable(f"info.version is {text!r}; write three numbers, such as '0.2.0'")
    return int(found[1]), int(found[2]), int(found[3])


def due(base: Version, changes: Iterable[Change]) -> Version:
    """The least version that may follow `base`. While the major is 0, each bump moves one place to the right."""
    worst = max((change.verdict for change in changes), default=None)
    if worst is None:
        return base
    place = 2 - worst if base[0] else min(2, 3 - worst)
    major, minor, patch = (n + 1 if at == place else n * (at < place) for at, n in enumerate(base))
    return major, minor, patch
