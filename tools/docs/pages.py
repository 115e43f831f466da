"""The pages of the site as Markdown: those that people write, with generated parts put in, and those generated whole.

Lives here: which page comes from where. Not here: what the parts say (`tables`, `commands`, `reference`).

A written page asks for a generated part with a line `<!-- generated: NAME -->`.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from . import tables
from .commands import command_line
from .reference import reference

ROOT: Final = Path(__file__).resolve().parent.parent.parent
WRITTEN: Final = ROOT / "docs" / "pages"
THEME: Final = ROOT / "docs" / "theme"
IMAGES: Final = ROOT / "docs" / "images"
_MARK: Final = re.compile(r"^<!-- generated: ([\w-]+) -->$", re.MULTILINE)

PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "models": tables.models,
    "facts": tables.facts,
    "scenarios": tables.scenarios,
    "tools": tables.tools,
    "errors": tables.errors,
    "exit-codes": tables.exit_codes,
    "limits": tables.limits,
}


def pages() -> dict[str, str]:
    """Every page of the site, by its path under the root of the site."""
    written = {path.relative_to(WRITTEN).as_posix(): path.read_text("utf-8") for path in sorted(WRITTEN.rglob("*.md"))}
    return {
        **{name: with_parts(text) for name, text in written.items()},
        **reference(),
        "cli.md": command_line(),
        "changelog.md": (ROOT / "CHANGELOG.md").read_text("utf-8"),
    }


def with_parts(text: str) -> str:
    """A written page with its generated parts. Raises KeyError where it asks for one that nobody makes."""
    return _MARK.sub(lambda mark: PARTS[mark[1]]().strip(), text)
