"""The built site, as a reader without the internet meets it.

Lives here: whether each link leads somewhere, and whether any page asks another host for anything. Not here: how it was
built. A link that a reader may click leads where it likes; only inner ones are followed.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself, by the attribute that names it.
_FETCHED: Final = {"src", "srcset", "poster", "data"}
_IN_STYLES: Final = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])\s*((?:https?:)?//[^)'\"]+)")


class Page(HTMLParser):
    """The ids and links of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = _IN_STYLES.findall(text)
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag is called and where it leads."""
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.ids.add(value)
            if value and (name in _FETCHED or (name == "href" and tag == "link" and ("rel", "canonical") not in attrs)):
                self.fetched.append(value)
            elif value and name in ("href", "xlink:href"):
                self.links.append(value)


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with a site, a sentence each."""
    pages = {path.resolve(): Page(path.read_text("utf-8")) for path in sorted(folder.rglob("*.html"))}
    for path, page in pages.items():
        where = path.relative_to(folder.resolve())
        for link in page.fetched:
            if urlsplit(link).netloc:
                yield f"{where} asks another host for {link}"
        for link in (*page.links, *page.fetched):
            if not _leads_somewhere(path, link, pages):
                yield f"{where} links to {link}, which is not there"
    for style in sorted(folder.rglob("*.css")):
        for link in _IN_STYLES.findall(style.read_text("utf-8")):
            yield f"{style.name} asks another host for {link}"


def _leads_somewhere(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target in pages:
        return not parts.fragment or unquote(parts.fragment) in pages[target].ids or parts.fragment == "__"
    return target.is_file()
