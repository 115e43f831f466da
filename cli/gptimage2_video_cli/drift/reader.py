"""A page's statements: each part goes to the reader for its kind, under the operation that its section is about.

Lives here: which reader gets what, and what is passed over. Not here: any reading.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from .lists import as_tables
from .model_tables import of_models
from .page import Block, Page, Table
from .prose import of_rules, of_text
from .samples import of_sample
from .spec import ANY_RESPONSE, MODELS, Beliefs, operations
from .statement import Statement, Topic, Unread
from .tables import columns_of, of_codes, of_fields, of_statuses
from .vocabulary import ids, out_of_scope

# Facts of this API and no other; the documentation of another service shares at most a generic few.
_ENOUGH_TO_TELL: Final = 5


class Reading(NamedTuple):
    """What one page states.

    Attributes:
        statements: In the order of the page.
        unread: What looks like a statement and was not understood.
        words: Every name in code, and every name on the page that is written as no plain word is.
        proof: Facts on it that only the documentation of this API would state.
    """

    page: str
    statements: tuple[Statement, ...]
    unread: tuple[Unread, ...]
    words: frozenset[str]
    proof: frozenset[str]

    @property
    def is_documentation(self) -> bool:
        """Whether this page is about the API at all: a login page is not, nor one whose tables a script must draw."""
        return len(self.proof) >= _ENOUGH_TO_TELL


def read(page: Page, known: Beliefs) -> Reading:
    """Everything that a page states."""
    page = page._replace(parts=tuple(part for part in page.parts if not _of_something_else(part, known)))
    found = list(_of_parts(page, known))
    statements = tuple(one for one in found if isinstance(one, Statement))
    unread = tuple(one for one in found if isinstance(one, Unread))
    proof = {f"{topic.kind} {topic.subject} {name}" for topic, name in _proofs(statements, known)}
    paths = {subject for subject, path in operations(known) if any(path in text for text in _texts(page))}
    return Reading(page.name, statements, unread, frozenset(_words(page)), frozenset(proof | paths))


def _of_parts(page: Page, known: Beliefs) -> Iterator[Statement | Unread]:
    sections = _sections(page, known)
    for part in (*page.parts, *as_tables(page.parts)):
        operation = _operation(part.place.headings, sections)
        if isinstance(part, Table):
            yield from _of_table(part, operation, known)
        elif part.kind == "code":
            yield from of_sample(part, known)
        else:
            yield from of_text(part.text, part.place, operation)


def _of_table(table: Table, operation: str, known: Beliefs) -> Iterator[Statement | Unread]:
    columns = columns_of(table)
    for found in (
        of_statuses(columns, operation),
        of_fields(columns, known),
        of_models(table, known),
        of_codes(columns),
    ):
        if found is not None:
            yield from found
            break
    for row, place in zip(table.rows[1:], table.places[1:], strict=True):
        for number, cell in enumerate(row):
            beside = " ".join((*row[:number], *row[number + 1 :]))
            yield from of_rules(cell, place, ids(beside))


def _of_something_else(part: Block | Table, known: Beliefs) -> bool:
    """Whether a section is about images alone, or a sample calls an endpoint that the spec does not describe."""
    if out_of_scope(part.place.headings):
        return True
    code = part.text if isinstance(part, Block) and part.kind == "code" else ""
    return "/api/" in code and not any(path in code for _, path in operations(known))


def _sections(page: Page, known: Beliefs) -> dict[tuple[str, ...], str]:
    """The operation that each section names first, by the headings above it."""
    sections: dict[tuple[str, ...], str] = {}
    for part in page.parts:
        for text in part.rows[0] if isinstance(part, Table) else (part.text,):
            places = [(text.find(path), subject) for subject, path in operations(known) if path in text]
            if places:
                sections.setdefault(part.place.headings, min(places)[1])
    return sections


def _operation(headings: tuple[str, ...], sections: dict[tuple[str, ...], str]) -> str:
    """That of the innermost section that names one."""
    above = (headings[:depth] for depth in range(len(headings), -1, -1))
    return next((sections[path] for path in above if path in sections), ANY_RESPONSE.subject)


def _texts(page: Page) -> Iterator[str]:
    for part in page.parts:
        if isinstance(part, Block):
            yield part.text
        else:
            yield from (cell for row in part.rows for cell in row)


def _words(page: Page) -> Iterator[str]:
    for part in page.parts:
        for text in (part.text,) if isinstance(part, Block) else (cell for row in part.rows for cell in row):
            whole = isinstance(part, Block) and part.kind == "code"
            code = text if whole else "\n".join(re.findall(r"`([^`]+)`", text))
            yield from re.findall(r"[\w/.-]*\w", code)
            yield from re.findall(r"\w+", code)
            yield from (word for word in re.findall(r"[\w/.-]*\w", text) if re.search(r"[a-z][A-Z]|[_/\d]", word))


def _proofs(statements: tuple[Statement, ...], known: Beliefs) -> Iterator[tuple[Topic, str]]:
    """The statements that the spec knows, but for words that any API might use."""
    for topic, name, *_ in statements:
        if topic in known and name in known[topic].facts:
            special = topic.kind in {"price", "error code"} or topic == MODELS or re.search("[a-z][A-Z]", name)
            if special:
                yield topic, name
