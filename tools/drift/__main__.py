"""`python -m tools.drift PAGE...`; exit code 0: nothing differs, 1: something does, 2: usage, or a page is unusable."""

import argparse
import json
import sys
from pathlib import Path

from .compare import coverage, differences, digest, read
from .fetch import UnusablePage
from .spec import Spec

_SEEN = Path(__file__).with_name("seen.json")


def main(arguments: list[str] | None = None) -> int:
    """Compare, print, and record what was read where that is asked for. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make drift", description="Compare documentation pages with openapi.yaml.")
    parser.add_argument("pages", nargs="+", metavar="PAGE", help="a URL, or a saved HTML or Markdown file")
    parser.add_argument("--record", action="store_true", help="record the pages as read by a person")
    parser.add_argument("--seen", type=Path, default=_SEEN, help="the record; default: %(default)s")
    options = parser.parse_args(arguments)
    spec, seen = Spec(), json.loads(options.seen.read_text("utf-8"))
    try:
        readings = [read(page, spec) for page in dict.fromkeys(options.pages)]
    except UnusablePage as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    found = list(differences(readings, spec, seen))
    told = "\n".join((*found, f"differences: {len(found)}", *coverage(readings, spec)))
    print("".join(character for character in told if character.isprintable() or character == "\n"))
    if options.record:
        for page, statements, texts in readings:
            text = {name: digest(text) for name, text in texts.items()}
            seen["pages"][page] = {"states": sorted({one.key for one in statements}), "text": text}
        options.seen.write_text(json.dumps(seen, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 1 if found and not options.record else 0


if __name__ == "__main__":
    sys.exit(main())
