"""The pages of the site: those in docs/pages, with a generated part for each line `<!-- generated: NAME -->`."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from . import tables

ROOT: Final = Path(__file__).resolve().parent.parent.parent
WRITTEN: Final = ROOT / "docs" / "pages"
THEME: Final = ROOT / "docs" / "theme"
IMAGES: Final = ROOT / "docs" / "images"
_MARK: Final = re.compile(r"^<!-- generated: ([\w-]+) -->$", re.MULTILINE)

PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "models": tables.models,
    "facts": tables.facts,
    "notes": tables.notes,
    "scenarios": tables.scenarios,
    "tools": tables.tools,
    "errors": tables.errors,
    "exit-codes": tables.exit_codes,
    "limits": tables.limits,
}


def pages() -> dict[str, str]:
    """Every page, by its path under the root of the site. Raises KeyError where one asks for an unknown part."""
    written = {path.relative_to(WRITTEN).as_posix(): path.read_text("utf-8") for path in sorted(WRITTEN.rglob("*.md"))}
    told = {name: _MARK.sub(lambda mark: PARTS[mark[1]]().strip(), text) for name, text in written.items()}
    return {**told, "changelog.md": (ROOT / "CHANGELOG.md").read_text("utf-8")}
