"""Tables, told apart by what their heads mean and their cells hold, wherever they stand on a page.

Lives here: which kind of table this is, and the ones of fields, statuses and error codes. Not here: those of models
(`model_tables`).
"""

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Final, NamedTuple

from .fields import field_names, field_statements, subject_of
from .page import Table
from .spec import CODES, TASK, Beliefs
from .statement import Place, Statement, Topic, Unread

_FIELD_HEAD: Final = re.compile(
    r"\W*(?:(?:\w+ )?(?:field|parameter|param|property|attribute|argument|key)s?(?: names?)?|names?)\W*", re.IGNORECASE
)
_CODE_HEAD: Final = re.compile(r"\bcode|\berror", re.IGNORECASE)
_STATUS_HEAD: Final = re.compile(r"\b(status|code|http|value|response)", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"`?(\d+)`?\b(.*)", re.DOTALL)
_WORD: Final = re.compile(r"\b[A-Z][A-Z_]{2,}\b")
HTTP: Final = frozenset(str(int(status)) for status in HTTPStatus)


class Columns(NamedTuple):
    """A table as its head and the cells of each column."""

    table: Table
    head: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def columns_of(table: Table) -> Columns:
    """The table by columns."""
    return Columns(table, table.rows[0], tuple(zip(*table.rows[1:], strict=True)))


def of_fields(columns: Columns, known: Beliefs) -> Iterator[Statement | Unread] | None:
    """What a table of fields states; None where it is no such table."""
    for head, cells in zip(columns.head[:2], columns.cells[:2], strict=False):
        named = [field_names(cell) for cell in cells]
        if _FIELD_HEAD.fullmatch(head) and len(columns.head) > 1 and 2 * sum(map(bool, named)) > len(named):
            return _fields(columns, named, known)
    return None


def _fields(columns: Columns, named: Sequence[list[str]], known: Beliefs) -> Iterator[Statement | Unread]:
    names = [name for row in named for name in row]
    subject = subject_of(names, known)
    if subject is None:
        yield Unread(columns.table.place, f"a table of fields that fit no object of the spec: {', '.join(names[:4])}")
        return
    for row, place in zip(named, columns.table.places[1:], strict=True):
        yield from field_statements(subject, row, place, listed=True)


def of_codes(columns: Columns) -> Iterator[Statement] | None:
    """What a table of error codes states; None where it is no such table."""
    for head, cells in zip(columns.head, columns.cells, strict=True):
        codes = [re.findall(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", cell) for cell in cells]
        if _CODE_HEAD.search(head) and any(codes):
            rows = zip(codes, columns.table.places[1:], strict=True)
            return (Statement(CODES, code, place) for row, place in rows for code in row)
    return None


def of_statuses(columns: Columns, operation: str) -> Iterator[Statement] | None:
    """What a table of statuses states, of replies or of tasks; None where it is no such table."""
    for number, (head, cells) in enumerate(zip(columns.head, columns.cells, strict=True)):
        found = [_NUMBERED.fullmatch(cell) for cell in cells]
        if _STATUS_HEAD.search(head) and all(found):
            rest = [[*row[:number], *row[number + 1 :]] for row in columns.table.rows[1:]]
            numbered = [(match[1], match[2], cells) for match, cells in zip(found, rest, strict=True) if match]
            return _statuses(numbered, columns.table.places[1:], operation)
    return None


def _statuses(
    rows: Sequence[tuple[str, str, list[str]]], places: Sequence[Place], operation: str
) -> Iterator[Statement]:
    of_replies = all(number in HTTP for number, _, _ in rows)
    for (number, beside, cells), place in zip(rows, places, strict=True):
        if of_replies:
            yield Statement(Topic("status", operation), number, place)
        elif len(number) < 3:
            yield Statement(TASK, number, place, value=_word([beside, *cells]))


def _word(cells: Sequence[str]) -> str | None:
    """The word for a status: the one in capitals, or a cell of one word."""
    shouted = _WORD.search("\n".join(cells))
    alone = [cell.strip(" `()") for cell in cells if re.fullmatch(r"\W*[A-Za-z_]+\W*", cell)]
    return shouted[0] if shouted else alone[0].upper() if alone else None
