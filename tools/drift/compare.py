"""What pages state against what the spec says, and against what they stated when a person last read them."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any, Final, NamedTuple

from . import samples, tables
from .fetch import UnusablePage, fetch
from .page import Call, Section, calls, sections
from .spec import Fact, Spec

_OF_THIS_API: Final = ("endpoint/", "model/", "price/", "error code/")  # what another service's pages do not share


class Statement(NamedTuple):
    """What a page states under a key of the spec; its value is empty where the key says all."""

    key: str
    value: str
    place: str


class Reading(NamedTuple):
    """One page: what it states, and of each section the text that is not compared."""

    page: str
    statements: list[Statement]
    texts: Mapping[str, str]


def read(page: str, spec: Spec) -> Reading:
    """A page. Raises UnusablePage where it cannot be read, or says too little of the API to be its documentation."""
    found = sections(page, fetch(page))
    statements, texts = list[Statement](), dict[str, str]()
    for section in found:
        about = _calls_above(section, found)
        operation = spec.operation(*about[0]) if about else None
        stated = [(f"endpoint/{spec.operation(*call) or ' '.join(call).strip()}", "") for call in section.calls()]
        text = [texts.get(str(section), ""), section.text, *section.samples]
        for sample in section.samples:
            stated += samples.read(sample, spec) if _is_ours(calls(sample) or about, spec) else ()
        for table in section.tables:
            cells = list(tables.read(table, section.title, operation, spec)) if _is_ours(about, spec) else []
            stated += [(key, value) for _, key, value in cells]
            columns = {column for column, _, _ in cells}
            text += [cell for row in table for column, cell in enumerate(row) if column not in columns]
        statements += [Statement(key, value, str(section)) for key, value in stated]
        texts[str(section)] = "\n".join(filter(None, map(str.strip, text)))
    if not any(one.key in spec.facts and one.key.startswith(_OF_THIS_API) for one in statements):
        raise UnusablePage(f"{page} is not the documentation of the API, or a browser must draw it first")
    return Reading(page, statements, {name: text for name, text in texts.items() if text})


def differences(readings: Sequence[Reading], spec: Spec, seen: Mapping[str, Any]) -> Iterator[str]:
    """What differs, a sentence each; the text of a section that a person has to read stands below its sentence."""
    stated = {(one.key, one.value): one for reading in readings for one in reading.statements}
    for one in stated.values():
        if not any(fnmatchcase(one.key, pattern) for pattern in seen["ignored"]):
            yield from _of_statement(one, spec.facts.get(one.key))
    pages = {reading.page: seen["pages"].get(reading.page, {"states": [], "text": {}}) for reading in readings}
    before = {key for page in pages.values() for key in page["states"]}
    yield from (f"gone: {key}: no page states it any more" for key in sorted(before - {key for key, _ in stated}))
    for page, _, texts in readings:
        recorded = pages[page]["text"]
        for name, text in texts.items():
            if recorded.get(name) != digest(text):
                indented = text.replace("\n", "\n    ")
                yield f"{'changed' if name in recorded else 'new'} text: {name}\n    {indented}"
        yield from (f"gone text: {name}" for name in recorded if name not in texts)


def coverage(readings: Sequence[Reading], spec: Spec) -> Iterator[str]:
    """How many facts of each kind the pages state, and which they do not where they state others."""
    stated = {one.key for reading in readings for one in reading.statements}
    for kind in dict.fromkeys(key.partition("/")[0] for key in spec.facts):
        keys = [key for key in spec.facts if key.startswith(f"{kind}/")]
        missing = [key.partition("/")[2] for key in keys if key not in stated]
        names = f"; not {', '.join(missing)}" if 0 < len(missing) < len(keys) else ""
        yield f"{kind}: {len(keys) - len(missing)} of {len(keys)} stated{names}"


def digest(text: str) -> str:
    """A hash of a text, whatever its line breaks; the record keeps no text, as that is not ours."""
    return sha256(" ".join(text.split()).encode()).hexdigest()[:16]


def _of_statement(one: Statement, fact: Fact | None) -> Iterator[str]:
    says = f"{one.key}: the page says {one.value or 'so'} ({one.place})"
    if fact is None:
        yield f"new: {says}"
    elif one.value and one.value != fact.value:
        yield f"changed: {says}, the spec {fact.value}"
    elif fact.is_inferred:
        yield f"confirmed: {says}, the spec infers it: mark it as known"


def _calls_above(section: Section, found: Sequence[Section]) -> list[Call]:
    """The endpoints that the section names, else the nearest one above that names any."""
    for depth in range(len(section.headings), -1, -1):
        if named := [call for other in found if other.headings == section.headings[:depth] for call in other.calls()]:
            return named
    return []


def _is_ours(named: Sequence[Call], spec: Spec) -> bool:
    """Whether it is about an operation of the spec, or about none; the service also makes images."""
    return not named or any(spec.operation(*call) for call in named)
