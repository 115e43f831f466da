"""Tables of models: ids, modes, durations and prices, one model or several in a row, or one in a column.

Lives here: roles of columns, and whose a row is. Not here: the grammar of cells (`clips`), the names of models
(`vocabulary`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from . import clips
from .page import Table
from .spec import MODELS, Beliefs, clip
from .statement import Place, Statement, Topic, Unread
from .vocabulary import id_list, ids, labelled, without_ids

# The first that fits tells the role; a head that names a duration or a resolution is one of prices.
_ROLES: Final = tuple(
    (role, re.compile(words, re.IGNORECASE))
    for role, words in (
        ("credits", r"credit|price|pricing|cost"),
        ("duration", r"duration|second|length"),
        ("resolution", r"resolution|quality"),
        ("mode", r"modes?\b|capabilit|\btypes?\b"),
        ("model", r"model|\bids?\b|variant|name|tier"),
        ("family", r"famil|provider|vendor|series"),
    )
)


class _Column(NamedTuple):
    role: str
    mode: str = ""
    durations: tuple[int, ...] = ()
    resolution: str | None = None


class _Row(NamedTuple):
    models: list[str]
    cells: list[tuple[_Column, str]]
    place: Place


def of_models(table: Table, known: Beliefs) -> Iterator[Statement | Unread] | None:
    """What a table of models states; None where it names no model, or only models."""
    table = _upright(table)
    columns = [
        _column(head, cells) for head, cells in zip(table.rows[0], zip(*table.rows[1:], strict=True), strict=True)
    ]
    roles = {column.role for column in columns}
    rows = list(_rows(table, columns))
    if any(row.models for row in rows) and roles & {"credits", "duration", "mode", "this mode", "model"}:
        return _statements(rows, known)
    if "credits" in roles:
        return iter([Unread(table.place, "prices of no model that the spec knows")])
    return None


def _upright(table: Table) -> Table:
    """With a model in each row, where the models stand in the head."""
    head, first = table.rows[0][1:], [row[0] for row in table.rows[1:]]
    across = [cell for cell in head if ids(cell, listed=True) or _is_label(cell)]
    if across and not any(ids(cell, listed=True) or _is_label(cell) for cell in first):
        turned = [list(row) for row in zip(*table.rows, strict=True)]
        turned[0][0] = "Model"
        return Table(tuple(map(tuple, turned)), (table.place,) * len(turned))
    return table


def _is_label(cell: str) -> bool:
    return bool(labelled(cell))


def _column(head: str, cells: Sequence[str]) -> _Column:
    try:
        durations = tuple(clips.labelled_seconds(head))
    except ValueError:
        return _Column("range of clips")
    resolutions = clips.resolutions(head)
    if durations or resolutions:
        return _Column("credits", "", durations, resolutions[0] if len(resolutions) == 1 else None)
    named = clips.modes(without_ids(head))
    if len(named) == 1 and not re.fullmatch(r"\W*(text|image|video)s?\W*", head, re.IGNORECASE):
        return _Column("this mode", next(iter(named)))
    role = next((role for role, words in _ROLES if words.search(head)), "")
    if role != "model" and 2 * sum(bool(ids(cell, listed=True)) for cell in cells) > len(cells):
        role = "model"  # by what is in it
    return _Column(role)


def _rows(table: Table, columns: Sequence[_Column]) -> Iterator[_Row]:
    """The rows with their models. A cell left empty in a column of names goes on with the one above."""
    above = [""] * len(columns)
    names = [place for place, column in enumerate(columns) if column.role in {"model", "family"}] or [0]
    for cells, place in zip(table.rows[1:], table.places[1:], strict=True):
        above = [cell or above[number] for number, cell in enumerate(cells)]
        models = _models_of(cells, [_first_line(above[number]) for number in names], columns, place)
        yield _Row(models, list(zip(columns, cells, strict=True)), place)


def _models_of(cells: Sequence[str], names: Sequence[str], columns: Sequence[_Column], place: Place) -> list[str]:
    inside = [cell for cell, column in zip(cells, columns, strict=True) if column.role in {"model", "this mode"}]
    for written in (inside, [" ".join(names)]):
        if found := [model for cell in written for model in id_list(cell)]:
            return list(dict.fromkeys(found))
    for text in (names[-1], " ".join(names), *(f"{title} {names[-1]}" for title in place.headings[-1:])):
        if found := labelled(text):
            return found
    about = ids(place.headings[-1], listed=True) if place.headings else []
    return about or (labelled(place.headings[-1]) if place.headings and not _is_name(names[-1]) else [])


def _first_line(cell: str) -> str:
    return cell.partition("\n")[0]


def _is_name(cell: str) -> bool:
    """Whether the first cell of a row names something by itself, so that the heading does not."""
    return re.fullmatch(r"(?:\W|\d|p\b|s\b|secs?\b|seconds?\b|credits?\b)*", cell, re.IGNORECASE) is None


def _statements(rows: Sequence[_Row], known: Beliefs) -> Iterator[Statement | Unread]:
    for row in rows:
        if not row.models:
            label = next((cell for column, cell in row.cells if column.role in {"model", "family", ""} and cell), "")
            if label:
                yield Unread(row.place, f"a row of no model that the spec knows: {_first_line(label)}")
        written = " ".join(cell for _, cell in row.cells)
        yield from (Statement(MODELS, model, row.place) for model in row.models if model in written)
        yield from _modes(row)
        yield from _durations_and_prices(row, known)


def _modes(row: _Row) -> Iterator[Statement]:
    for column, cell in row.cells:
        if column.role == "mode":
            told = clips.modes(cell)
            yield from (
                Statement(Topic("mode", model), mode, row.place) for model in row.models for mode in sorted(told)
            )
        elif column.role == "this mode":
            there = ids(cell, listed=True) or (row.models if cell.strip(" `").lower() in clips.YES else [])
            yield from (Statement(Topic("mode", model), column.mode, row.place) for model in there)


def _durations_and_prices(row: _Row, known: Beliefs) -> Iterator[Statement | Unread]:
    beside: list[int] = []
    resolution: str | None = None
    for column, cell in row.cells:
        try:
            if column.role == "duration":
                beside = clips.seconds(without_ids(cell))
                for model in row.models:
                    yield from (Statement(Topic("duration", model), str(told), row.place) for told in beside)
        except ValueError as problem:
            yield Unread(row.place, f"{problem}: {cell}")
        if column.role == "resolution":
            resolution = next(iter(clips.resolutions(cell)), None)
    for column, cell in row.cells:
        if column.role == "range of clips":
            yield Unread(row.place, f"a price of a range of durations: {cell}")
        elif _is_priced(column, cell):
            yield from _prices(row, cell, list(column.durations) or beside, column.resolution or resolution, known)


def _prices(
    row: _Row, cell: str, durations: list[int], resolution: str | None, known: Beliefs
) -> Iterator[Statement | Unread]:
    try:
        told = clips.prices(without_ids(cell), durations, resolution)
    except ValueError as problem:
        yield Unread(row.place, f"{problem}: {cell}")
        return
    for model in row.models:
        yield from _priced(model, told, row.place, known)


def _is_priced(column: _Column, cell: str) -> bool:
    """Whether a cell has prices: those of its column, or in a note `5 s = 11`."""
    return column.role == "credits" or (column.role == "" and clips.NOTED.search(cell) is not None)


def _priced(model: str, told: Sequence[clips.Clip], place: Place, known: Beliefs) -> Iterator[Statement]:
    topic = Topic("price", model)
    for found in told:
        if found.duration is not None:
            yield Statement(topic, clip(found.duration, found.resolution), place, found.credits)
            yield Statement(Topic("duration", model), str(found.duration), place)
    bare: dict[str | None, list[str]] = {}
    for found in told:
        if found.duration is None:
            bare.setdefault(found.resolution, []).append(found.credits)
    for resolution, row in bare.items():
        only = list(known[Topic("duration", model)].facts) if Topic("duration", model) in known else []
        if len(row) == 1 and len(only) == 1:  # one price of a model that has one duration
            yield Statement(topic, clip(only[0], resolution), place, row[0])
        else:
            yield Statement(topic, clip(None, resolution), place, ", ".join(row))
