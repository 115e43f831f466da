"""Names of fields, and which of the API's objects has them.

Lives here: telling a request, a receipt, a task and an error apart by the names that they share with the spec, as the
headings differ from page to page. Not here: where the names stand (`tables`, `samples`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from .spec import Beliefs
from .statement import Place, Statement, Topic

_NAME: Final = re.compile(
    r"`?(?:body|data|response|request)?\.?([A-Za-z_]\w*(?:\[\])?(?:\.[A-Za-z_]\w*(?:\[\])?)*)\??`?[*?]?"
)


def field_names(cell: str) -> list[str]:
    """The names in the first cell of a row: `details.fieldErrors` is two, `imageUrls[]` is imageUrls."""
    found = _NAME.fullmatch(re.split(r"\s", cell, maxsplit=1)[0])
    return [] if found is None else re.findall(r"\w+", found[1])


def subject_of(names: Sequence[str], known: Beliefs) -> str | None:
    """The object that has such fields; None where fewer than two, or less than half of them, are its own."""
    given = set(names)
    best, subject = (0.0, 0.0), None
    for topic, belief in known.items():
        own = belief.facts.keys()
        shared = len(given & own)
        if topic.kind == "field" and shared >= 2 and 2 * shared >= len(given):
            likeness = shared / len(given), shared / len(given | own)
            best, subject = max((best, subject), (likeness, topic.subject), key=lambda pair: pair[0])
    return subject


def field_statements(subject: str, names: Sequence[str], place: Place, *, listed: bool) -> Iterator[Statement]:
    """One for each name."""
    for name in names:
        yield Statement(Topic("field", subject), name, place, listed=listed)
