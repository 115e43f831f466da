"""Lists that are tables in all but form: the fields of an object, and the properties of the model in the heading.

Lives here: making tables of them. Not here: reading tables.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from .page import Block, Table
from .vocabulary import ids, labelled

_FIELD: Final = re.compile(
    r"`?([A-Za-z_][\w.\[\]]*)[?*]?`?[?*]?\s*[:(\u2013\u2014-]?\s*"
    r"`?((?:string|number|integer|int|float|boolean|bool|array|object|enum|url)\b.*)",
    re.DOTALL,
)
_PROPERTY: Final = re.compile(
    r"((?:[\w ]{0,20}\b)?(?:modes?|durations?|credits?|prices?|length|resolutions?))\s*:\s*(\S.*)",
    re.IGNORECASE | re.DOTALL,
)


def as_tables(parts: Sequence[Block | Table]) -> Iterator[Table]:
    """A table for each section that has such a list."""
    texts = [part for part in parts if isinstance(part, Block) and part.kind == "text"]
    for headings, section in groupby(texts, key=lambda block: block.place.headings):
        blocks = list(section)
        yield from _of_fields(blocks)
        if headings and (ids(headings[-1], listed=True) or labelled(headings[-1])):
            yield from _of_properties(blocks)


def _of_fields(blocks: Sequence[Block]) -> Iterator[Table]:
    found = [(match, block.place) for block in blocks if (match := _FIELD.fullmatch(block.text))]
    if len(found) > 1:
        rows = [(match[1], match[2]) for match, _ in found]
        yield Table((("Field", "Type"), *rows), (found[0][1], *(place for _, place in found)))


def _of_properties(blocks: Sequence[Block]) -> Iterator[Table]:
    found = [(match, block.place) for block in blocks if (match := _PROPERTY.fullmatch(block.text))]
    if found:
        head, row = ("Model", *(match[1] for match, _ in found)), ("", *(match[2] for match, _ in found))
        yield Table((head, row), (found[0][1],) * 2)
