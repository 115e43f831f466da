"""`python -m tools.docs FOLDER` writes the Markdown from which MkDocs builds the site."""

import shutil
import sys
from pathlib import Path

from .pages import IMAGES, THEME, pages

(name,) = sys.argv[1:]
folder = Path(name)
shutil.rmtree(folder, ignore_errors=True)
for path, text in pages().items():
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, "utf-8")
shutil.copytree(THEME, folder / "theme")
shutil.copytree(IMAGES, folder / "images")
