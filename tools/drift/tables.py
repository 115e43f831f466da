"""Tables, by what their columns hold: names that the spec knows, and modes, durations and prices of models."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final, NamedTuple

from .page import Table
from .spec import Spec, clip

Stated = tuple[int, str, str]  # a column, a key of the spec, and a value

# In a cell: `720p`, money, `5 s`, a number of its own.
_PART: Final = re.compile(
    r"(?P<resolution>\b(?:\d{3,4}p|[248]k)\b)|[$€£]\s*[\d.,]+|\b(?P<seconds>\d+)[\s-]*s(?:ec(?:ond)?s?)?\b"
    r"|(?<![\w.:/-])(?P<number>\d+(?:[.,]\d+)*)(?![\w:])",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(r"\b(\d{1,3})\s*(?:to|[-\N{EN DASH}])\s*(\d{1,3})\b")
_PRICES: Final = {"credit", "credits", "price", "prices", "cost"}
_DURATIONS: Final = {"duration", "durations", "seconds", "length"}


class _Parts(NamedTuple):
    resolution: list[str]
    seconds: list[str]
    number: list[str]


def read(table: Table, title: str, operation: str | None, spec: Spec) -> Iterator[Stated]:
    """What a table under a title states of an operation, or of models; nothing where it is about something else."""
    columns = [[cell.replace("`", "") for cell in column] for column in zip(*table[1:], strict=True)]
    for number, cells in enumerate(columns):
        yield from ((number, key, "") for key in _keys(cells, operation, spec))
    yield from _of_models(table, columns, title, spec)


def _keys(cells: Sequence[str], operation: str | None, spec: Spec) -> list[str]:
    """The keys that a column names, where at least half of them are facts of the spec."""
    names = [name for cell in cells if cell for name in re.findall(r"\w+", cell.split()[0])]
    ids = [word for cell in cells for word in re.findall(r"[\w./-]+", cell)]
    kinds = (f"field/{spec.schema_of(names)}", f"status/{operation}", "status/task", "error code")
    for kind, members in (*product(kinds, [names]), ("model", ids)):
        keys = list(dict.fromkeys(f"{kind}/{member}" for member in members))
        known = len(spec.facts.keys() & keys)
        if known and 2 * known >= len(keys) and (known > 1 or kind in {"model", "error code"}):
            return keys
    return []


def _of_models(table: Table, columns: Sequence[list[str]], title: str, spec: Spec) -> Iterator[Stated]:
    """Rows of models, which a cell names or the title; a cell left empty goes on with the one above."""
    named = [[bool(spec.named(cell, f"{title} {cell}")) for cell in cells if cell] for cells in columns]
    column = max(range(len(named)), key=lambda number: sum(named[number]), default=0)
    has_names, name = bool(named) and 2 * sum(named[column]) > len(named[column]), title
    for row in table[1:] if has_names or spec.named(title) else ():
        name = (row[column] or name) if has_names else title
        models = spec.named(name, f"{title} {name}") or [name]
        stated = list(_of_row(models, table[0], row, spec))
        yield from stated
        if has_names and stated:
            yield from ((column, f"model/{model}", "") for model in models)


def _of_row(models: Sequence[str], head: Sequence[str], row: Sequence[str], spec: Spec) -> Iterator[Stated]:
    words = [set(re.findall("[a-z]+", cell.lower())) for cell in head]
    durations, resolutions = list[str](), list[str]()
    for number, cell in enumerate(row):
        parts, modes = _parts(cell), re.findall("[a-z]+_to_video", re.sub(r"[\s-]", "_", cell.lower()))
        if words[number] & {"mode", "modes"}:
            yield from ((number, f"mode/{model}/{mode}", "") for model, mode in product(models, modes))
        elif words[number] & _DURATIONS and not words[number] & _PRICES:
            durations = _seconds_of_ranges(cell) or parts.seconds or parts.number
            yield from ((number, f"duration/{model}/{duration}", "") for model, duration in product(models, durations))
        elif "resolution" in words[number]:
            resolutions = parts.resolution
    for number, cell in enumerate(row):
        parts, above = _parts(cell), _parts(head[number])
        if parts.number and (words[number] & _PRICES or above.seconds or above.resolution):
            each = parts.seconds or above.seconds or durations
            at = parts.resolution or above.resolution or resolutions
            for model in models:
                yield from ((number, f"duration/{model}/{duration}", "") for duration in each)
                for name, price in _priced(parts.number, each, at, spec.prices.get(model, [])):
                    yield number, f"price/{model}/{name}", price


def _priced(
    prices: list[str], durations: list[str], resolutions: Sequence[str | None], known: list[dict[str, Any]]
) -> list[tuple[str, str]]:
    """Clips and prices, in the order of a cell; the clips are the known ones where the page does not tell them."""
    each = dict.fromkeys(durations or [price["duration"] for price in known])
    at = dict.fromkeys(resolutions or [price.get("resolution") for price in known] or [None])
    clips = [clip(resolution, duration) for resolution, duration in product(at, each)]
    return list(zip(clips, prices, strict=True)) if len(clips) == len(prices) else [("all", ", ".join(prices))]


def _seconds_of_ranges(cell: str) -> list[str]:
    """All whole seconds of a cell such as `3 to 15 s`."""
    return [str(second) for low, high in _RANGE.findall(cell) for second in range(int(low), int(high) + 1)]


def _parts(cell: str) -> _Parts:
    found = list(_PART.finditer(cell))
    return _Parts(
        *([match[kind].lower().replace(",", "") for match in found if match[kind]] for kind in _Parts._fields)
    )
