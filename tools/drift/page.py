"""A page as sections: the tables, code samples and text under each heading, from HTML or Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

Call = tuple[str, str]  # a method, empty where none is told, and a path
Table = list[list[str]]  # its head, and rows of as many cells

_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
# What surrounds the text on every page of a site, and what nobody reads.
_AROUND: Final = ["script", "style", "noscript", "template", "svg", "nav", "footer", "head", "iframe"]
_MARK: Final = "\ue000"  # where a heading, a table or a sample was taken out of the text
_CALL: Final = re.compile(r"(?:\b(GET|POST|PUT|PATCH|DELETE)[`\s]+)?(?:https?://[^/\s]+)?(/api/[\w{}$<>:./-]*[\w}>/])")


@dataclass
class Section:
    """One section of a page, and where it stands; inline code is in backticks."""

    page: str
    headings: tuple[str, ...] = ()
    tables: list[Table] = field(default_factory=list[Table])
    samples: list[str] = field(default_factory=list[str])
    text: str = ""

    def __str__(self) -> str:
        return " / ".join((self.page, *self.headings))

    @property
    def title(self) -> str:
        """Its own heading, empty before the first."""
        return self.headings[-1] if self.headings else ""

    def calls(self) -> Iterator[Call]:
        """The endpoints that it names."""
        for text in (self.title, self.text, *self.samples):
            yield from calls(text)
        for table in self.tables:
            yield from (call for row in table for cell in row for call in calls(cell))


def calls(text: str) -> list[Call]:
    """The endpoints that a text names."""
    return _CALL.findall(text)


def sections(page: str, text: str) -> list[Section]:
    """The sections of a page, in their order. Nothing is malformed: what makes no sense is text."""
    html = text if text.lstrip().startswith("<") else _rendered(text)
    tree = LexborHTMLParser(html.replace(_MARK, ""))
    tree.strip_tags(_AROUND, recursive=True)
    body = tree.css_first("main") or tree.body
    if body is None:
        return []
    for code in body.css(":not(pre) > code"):
        code.replace_with(f"`{code.text()}`")
    parts = [_taken_out(node) for node in body.css(f"{', '.join(_HEADINGS)}, table, pre")]
    found, above = [Section(page)], dict[int, str]()
    for part, behind in zip(("", *parts), body.text(separator=" ").split(_MARK), strict=True):
        match part:
            case int(level), str(title):
                above = {depth: name for depth, name in above.items() if depth < level} | {level: title}
                found.append(Section(page, tuple(above.values())))
            case list():
                found[-1].tables.append(part)
            case str():
                found[-1].samples.append(part)
        found[-1].text += " ".join(behind.split()) + "\n"
    return found


def _rendered(markdown: str) -> str:
    without_front_matter = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.DOTALL)
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(without_front_matter))


def _taken_out(node: LexborNode) -> tuple[int, str] | Table | str:
    part: tuple[int, str] | Table | str
    if node.tag == "table":
        rows = [[" ".join(cell.text().split()) for cell in row.css("td, th")] for row in node.css("tr")]
        width = max(map(len, rows), default=0)
        part = [row + [""] * (width - len(row)) for row in rows]
    elif node.tag == "pre":
        part = node.text()
    else:
        part = _HEADINGS.index(node.tag or "") + 1, " ".join(node.text().replace("¶", "").split())
    node.replace_with(_MARK)
    return part
