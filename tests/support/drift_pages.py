"""The pages written for the tests of `drift`: copied, edited, and what was told of them."""

from pathlib import Path

from support.paths import PAGES

GENERATE, TASKS, PRICING, QUICKSTART = "generate-video.md", "tasks.html", "pricing.html", "quickstart.md"
ALL = (GENERATE, TASKS, PRICING, QUICKSTART)


def copy_pages():
    """All that together say what the spec says, into the current folder."""
    for name in ALL:
        Path(name).write_text((PAGES / name).read_text("utf-8"), "utf-8")


def edited(name, *edits):
    """Change a page; each text that is replaced must be there."""
    text = Path(name).read_text("utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    Path(name).write_text(text, "utf-8")


def told(outcome):
    """The differences, as what changed and where."""
    return [(found["change"], found["key"]) for found in outcome.object["differences"]]
