"""A page as what can be read in it: headings, paragraphs, code and tables, in their order.

Lives here: HTML and Markdown, which becomes HTML and so needs no second reader. Not here: what any of it means.
Inline code stands in backticks; a line break within a cell is a line break.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

from .statement import Place

_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_WHOLE: Final = frozenset({*_HEADINGS, "table", "pre"})
_CODE: Final = frozenset({"code", "kbd", "samp", "tt"})
_BREAKS: Final = frozenset({"p", "div", "li", "dt", "dd", "section", "article", "main", "ul", "ol", "dl", "button"})
_BREAKS_CELL: Final = frozenset({"br", "li", "p", "div", "tr"})
# What surrounds the text on every page of a site, and what nobody reads.
_AROUND: Final = ["script", "style", "noscript", "template", "svg", "nav", "footer", "head", "iframe"]
_FRONT_MATTER: Final = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_DOCUMENT: Final = re.compile(
    r"\s*(?:<!--(?>.*?-->)\s*)*<(!doctype|html|head|body|main|article|div|section|table|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_MOST_SPANNED: Final = 100
_MOST_COLUMNS: Final = 50


class Block(NamedTuple):
    """A heading, a paragraph or an item ("text"), or a whole code sample ("code")."""

    kind: str
    text: str
    place: Place


class Table(NamedTuple):
    """Cells in as many columns in each row; the first row is the head. A cell that spans others is in each of them."""

    rows: tuple[tuple[str, ...], ...]
    places: tuple[Place, ...]

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.places[0]


class Page(NamedTuple):
    """The name of a page, and its parts in their order."""

    name: str
    parts: tuple[Block | Table, ...]


def read(name: str, text: str, *, markdown: bool) -> Page:
    """The parts of a page. Nothing is malformed: what no parser can make sense of is text."""
    tree = LexborHTMLParser(_html(text) if markdown else text)
    tree.strip_tags(_AROUND, recursive=True)
    walk = _Walk(name)
    parts = [] if tree.body is None else [*walk.parts(tree.body), *walk.ended()]
    return Page(name, tuple(parts))


def looks_like_html(text: str) -> bool:
    """Whether a text whose kind nobody told is HTML: it begins with a tag of a document."""
    return _DOCUMENT.match(text) is not None


def _html(markdown: str) -> str:
    """Rendered, with the line of each block in `data-line`."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    lines = _FRONT_MATTER.sub(lambda found: "\n" * found[0].count("\n"), markdown.replace("\r\n", "\n"))
    tokens = parser.parse(lines)
    for token in tokens:
        if token.map and token.nesting >= 0:
            token.attrSet("data-line", str(token.map[0] + 1))
    return str(parser.renderer.render(tokens, parser.options, {}))


class _Walk:
    """One pass over the nodes in their order; text gathers until a block begins."""

    def __init__(self, name: str) -> None:
        self._name, self._place = name, Place(name)
        self._headings: dict[int, str] = {}
        self._pending = ""

    def parts(self, body: LexborNode) -> Iterator[Block | Table]:
        done: set[int] = set()  # nodes that were read with one above them
        for node in body.traverse(include_text=True):
            if node.parent is not None and node.parent.mem_id in done:
                done.add(node.mem_id)
            elif node.tag in _WHOLE or node.tag in _BREAKS:
                yield from self.ended()
                self._place = Place(self._name, _line(node), tuple(self._headings.values()))
                if node.tag in _WHOLE:
                    done.add(node.mem_id)
                    yield from self._whole(node)
            elif node.tag in _CODE:
                done.add(node.mem_id)
                self._pending += f"`{node.text()}`"
            else:
                self._pending += node.text() if node.tag == "-text" else "\n" if node.tag == "br" else ""

    def ended(self) -> Iterator[Block]:
        """The text so far."""
        text, self._pending = _tidy(self._pending), ""
        if text:
            yield Block("text", text, self._place)

    def _whole(self, node: LexborNode) -> Iterator[Block | Table]:
        if node.tag == "table":
            yield from _table(node, self._place)
        elif node.tag == "pre":
            yield Block("code", node.text(), self._place)
        else:
            level = _HEADINGS.index(node.tag or "")
            text = _inline(node)
            above = {depth: title for depth, title in self._headings.items() if depth < level}
            self._headings = above | {level: text}
            self._place = self._place._replace(headings=tuple(self._headings.values()))
            yield Block("heading", text, self._place)


def _line(node: LexborNode) -> int | None:
    line = node.attributes.get("data-line") or ""
    return int(line) if line.isdecimal() else None


def _table(table: LexborNode, place: Place) -> Iterator[Table]:
    rows = [row for row in table.css("tr") if _owner(row) == table.mem_id]
    grid = [[cell for cell in row.iter() if cell.tag in {"td", "th"}] for row in rows]
    spread = _spread(grid)
    width = max(map(len, spread), default=0)
    if width and len(spread) > 1:
        places = tuple(place._replace(line=_line(row)) for row in rows)
        yield Table(tuple(tuple(row + [""] * (width - len(row))) for row in spread), places)


def _owner(row: LexborNode) -> int | None:
    """The table that a row belongs to, which may stand in a cell of another."""
    above = row.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return None if above is None else above.mem_id


def _spread(grid: list[list[LexborNode]]) -> list[list[str]]:
    """The texts, with cells that span rows or columns repeated."""
    below: dict[tuple[int, int], str] = {}
    spread: list[list[str]] = []
    for number, cells in enumerate(grid):
        row: list[str] = []
        waiting = list(reversed(cells))
        while waiting or (number, len(row)) in below:
            if (number, len(row)) in below:
                row.append(below[number, len(row)])
                continue
            cell = waiting.pop()
            text = _inline(cell)
            for _ in range(min(_span(cell, "colspan"), _MOST_COLUMNS - len(row))):
                below |= {(number + down, len(row)): text for down in range(1, _span(cell, "rowspan"))}
                row.append(text)
        spread.append(row)
    return spread


def _span(cell: LexborNode, name: str) -> int:
    told = cell.attributes.get(name) or ""
    return min(max(int(told), 1), _MOST_SPANNED) if told.isdecimal() else 1


def _inline(node: LexborNode) -> str:
    done: set[int] = set()
    text = ""
    for inner in node.traverse(include_text=True):
        if inner.parent is not None and inner.parent.mem_id in done:
            done.add(inner.mem_id)
        elif inner.tag in _CODE:
            done.add(inner.mem_id)
            text += f"`{inner.text()}`"
        elif inner.tag == "-text":
            text += inner.text()
        elif inner.tag in _BREAKS_CELL:
            text += "\n"
    return _tidy(text)


def _tidy(text: str) -> str:
    """Without the anchors of headings and invisible characters, and with single spaces."""
    lines = (" ".join(re.sub(r"[\u200b¶]", "", line).split()) for line in text.split("\n"))
    return "\n".join(filter(None, lines))
