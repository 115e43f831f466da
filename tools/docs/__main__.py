"""Put the pages of the site together, or check the site that was built from them.

    python -m tools.docs pages build/docs-pages    write the Markdown from which MkDocs builds
    python -m tools.docs check build/docs          fail on a broken link, and on a request to anywhere else

Lives here: the two commands. Not here: what they do (`pages`, `site`).
"""

import shutil
import sys
from pathlib import Path

from .pages import IMAGES, THEME, pages
from .site import faults


def write(folder: Path) -> None:
    """Write every page, the images, and what the theme adds, into a folder that is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in pages().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    shutil.copytree(THEME, folder / "theme")
    shutil.copytree(IMAGES, folder / "images")


def check(folder: Path) -> int:
    """Say what is wrong with a built site. Returns the exit code."""
    found = list(faults(folder))
    for fault in found:
        print(fault, file=sys.stderr)
    count = len(list(folder.rglob("*.html")))
    print(f"{count} pages, {len(found)} faults")
    return 1 if found or not count else 0


def main(words: list[str]) -> int:
    """Run one of the commands. Returns the exit code."""
    match words:
        case ["pages", folder]:
            write(Path(folder))
            return 0
        case ["check", folder]:
            return check(Path(folder))
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
