"""openapi.yaml against the last release: what changed, whether it breaks callers, and which version is due.

    python -m tools.spec_diff [--base REVISION-OR-FILE]

Exit codes: 0 the version fits; 1 the version that is due is higher; 2 the comparison is impossible. Run it from the top
of the repository; `make oasdiff` installs what it compares with.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

import yaml

from .changes import Document, Unreadable, Verdict, due, version
from .oasdiff import compare

SPEC: Final = Path("openapi.yaml")
PACKAGE: Final = Path("overlay/gptimage2_video/__init__.py")
GROUPS: Final = {Verdict.BREAKING: "Breaks callers", Verdict.ADDITION: "Adds", Verdict.HARMLESS: "Harmless"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print what changed, and return the exit code."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="spec_diff", description=__doc__, formatter_class=formatter)
    parser.add_argument("--base", metavar="REVISION", help="of git, or a file; the newest tag v* where none is given")
    try:
        problems = _report(parser.parse_args(arguments).base)
    except Unreadable as error:
        print(f"spec-diff: {error}", file=sys.stderr)
        return 2
    print(*(f"\nNot fit to release: {problem}\n" for problem in problems), sep="", end="")
    return bool(problems)


def _report(base: str | None) -> list[str]:
    """Print what changed, and return why the version does not fit."""
    head = _parse(_read(SPEC), str(SPEC))
    now, problems = head["info"]["version"], list[str]()
    package = re.search(r'^__version__ = "(.*)"$', _read(PACKAGE), re.MULTILINE)
    if not package:
        raise Unreadable(f'{PACKAGE} has no line __version__ = "..."')
    if package[1] != now:  # the library and its contract are released together
        problems.append(f"info.version is {now} and __version__ is {package[1]}; set both to the same version")
    name = base or next(iter(_git("tag", "--merged=HEAD", "--sort=-v:refname", "--list", "v*").split()), None)
    if name is None:
        print(f"nothing was released yet, so that {now} breaks nobody")
        return problems
    released = _parse(
        _read(Path(name)) if Path(name).is_file() else _git("show", "--end-of-options", f"{name}:{SPEC}"), name
    )
    changes = compare(released, head)
    least = due(version(released), changes)
    number = ".".join(map(str, least))
    print(f"{name} ({released['info']['version']}) to {now}; due: {number} or higher")
    for verdict, title in GROUPS.items():
        lines = [f"  {change.text}" for change in changes if change.verdict is verdict]
        print(*([f"\n{title}:", *lines] if lines else []), sep="\n", end="\n" if lines else "")
    if not changes:
        print("nothing changed")
    if version(head) < least:
        problems.append(f"info.version is {now}; raise it to {number} at least")
    return problems


def _git(command: str, *arguments: str) -> str:
    try:
        program = ["git", command, *arguments]
        return subprocess.run(program, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    except OSError as error:
        raise Unreadable(f"git cannot be run: {error.strerror}") from error
    except subprocess.CalledProcessError as error:
        raise Unreadable(f"git cannot {command} this: {' '.join(error.stderr.split())}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from error


def _parse(text: str, name: str) -> Document:
    """An OpenAPI document with a version; what else it must hold, oasdiff and the model table find out."""
    try:
        found = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise Unreadable(f"{name} is not YAML: {' '.join(str(error).split())}") from error
    document = cast("Document", found if isinstance(found, dict) else {})
    if not (str(document.get("openapi")).startswith("3.") and isinstance(document.get("info"), dict)):
        raise Unreadable(f"{name} is not an OpenAPI 3 document")
    version(document)
    return document


if __name__ == "__main__":
    sys.exit(main())
