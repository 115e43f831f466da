"""How a comparison is told: one object, and from it lines for people.

Lives here: wording. Not here: what differs (`compare`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .compare import Change, Compared, Difference
from .reader import Reading
from .statement import KINDS, Kind

_HEADINGS: Final[Mapping[Kind, str]] = {
    "model": "Models",
    "mode": "Modes",
    "duration": "Durations, in seconds",
    "price": "Prices, in credits",
    "field": "Fields",
    "status": "Statuses",
    "error code": "Error codes",
}
_NEXT: Final[Mapping[Change, str]] = {
    "added": "add it at {pointer}",
    "removed": "look whether the service still has it before you take it out of {pointer}",
    "changed": "correct {pointer}, and mark it as known from the documentation",
    "newly stated": "mark {pointer} as known from the documentation, with what the page says",
}
_MOST_PLACES: Final = 3
_MOST_UNREAD: Final = 10


def facts_of(
    readings: Sequence[Reading],
    differences: Sequence[Difference],
    ignored: Sequence[Difference],
    compared: Mapping[Kind, Compared],
) -> dict[str, Any]:
    """The comparison as one object."""
    return {
        "pages": [
            {"page": one.page, "statements": len(one.statements), "facts_of_this_api": len(one.proof)}
            for one in readings
        ],
        "differences": [_difference(one) for one in differences],
        "ignored": [one.key for one in ignored],
        "compared": {
            kind: {"statements": told.statements, "covered": told.seen, "facts": told.facts}
            for kind, told in compared.items()
        },
        "not_covered": [kind for kind, told in compared.items() if not told.statements],
        "unparsed": [{**_place(one.place), "reason": one.why} for reading in readings for one in reading.unread],
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "key": one.key,
        "change": one.change,
        "kind": one.topic.kind,
        "subject": one.topic.subject or None,
        "name": one.name or None,
        "page_says": one.page_says,
        "spec_says": one.spec_says,
        "known": one.known,
        "pointer": one.pointer,
        "places": [_place(place) for place in one.places],
        "next": _next(one),
    }


def _place(place: Any) -> dict[str, Any]:
    return {
        "page": place.page,
        "line": place.line,
        "heading": place.headings[-1] if place.headings else None,
        "text": str(place),
    }


def _next(one: Difference) -> str:
    return _NEXT[one.change].format(pointer=one.pointer) + (
        f"; perhaps a new name of {one.perhaps}" if one.change == "added" and one.perhaps else
        f"; perhaps now called {one.perhaps}" if one.perhaps else ""
    )  # fmt: skip


def summary(report: Mapping[str, Any]) -> str:
    """For people: what differs, by kind, then how much was compared."""
    return "\n".join(_lines(report))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    differences, pages = report["differences"], len(report["pages"])
    on = "the page" if pages == 1 else f"{pages} pages"
    if not differences:
        yield f"no difference between {on} and the spec in what was compared"
    for kind in KINDS:
        found = [one for one in differences if one["kind"] == kind]
        if found:
            yield f"{_HEADINGS[kind]}:"
        for one in found:
            yield from _told(one)
    if differences:
        yield f"{len(differences)} difference{'s' * (len(differences) != 1)} between {on} and the spec"
    yield from _extent(report)


def _told(one: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {one['change']}: {one['key']}"
    yield f"    page: {one['page_says'] or 'says nothing of it'}"
    yield from (f"          {place['text']}" for place in one["places"][:_MOST_PLACES])
    if len(one["places"]) > _MOST_PLACES:
        yield f"          and {len(one['places']) - _MOST_PLACES} more places"
    yield f"    spec: {one['spec_says'] or 'says nothing of it'} (known: {one['known']})"
    yield f"    next: {one['next']}"


def _extent(report: Mapping[str, Any]) -> Iterator[str]:
    yield "compared:"
    for kind, told in report["compared"].items():
        seen = f"{told['statements']} statements, {told['covered']} of the spec's {told['facts']} facts"
        yield f"  {kind}: " + (seen if told["statements"] else "not covered by these pages")
    if report["ignored"]:
        yield f"ignored: {', '.join(report['ignored'])}"
    for number, one in enumerate(report["unparsed"]):
        if number < _MOST_UNREAD:
            yield f"not understood: {one['text']}: {one['reason']}"
    if len(report["unparsed"]) > _MOST_UNREAD:
        yield f"not understood: {len(report['unparsed']) - _MOST_UNREAD} more places; --json has them all"
