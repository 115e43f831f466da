"""openapi.yaml against the last release: what changed, whether it breaks callers, and which version bump is due.

    python -m tools.spec_diff [--base REV | --base-file FILE] [--head FILE] [--json]

Exit codes: 0 the version fits; 1 the bump that is due is missing; 2 there is nothing to compare. Run it from the top of
the repository. Lives here: arguments, the report, exit codes. Not here: what a change means.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from . import operations, sources
from .changes import Unreadable, Verdict, due, version

PACKAGE: Final = Path("overlay/gptimage2_video/__init__.py")
GROUPS: Final = {Verdict.BREAKING: "Breaks callers", Verdict.ADDITION: "Adds", Verdict.HARMLESS: "Harmless"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, tell, and judge the version."""
    options = _options().parse_args(arguments)
    try:
        report = _report(options)
    except Unreadable as error:
        print(f"spec-diff: {error}", file=sys.stderr)
        return 2
    print(json.dumps(report, indent=2, ensure_ascii=False) if options.json else "\n".join(_told(report)))
    return bool(report["problems"])


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spec_diff", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    base = parser.add_mutually_exclusive_group()
    base.add_argument("--base", metavar="REV", help="a git revision; the newest tag v* where none is given")
    base.add_argument("--base-file", metavar="FILE", type=Path, help="a file instead")
    parser.add_argument(
        "--head", metavar="FILE", type=Path, help=f"what to compare with it; {sources.SPEC} where none is given"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object for programs")
    return parser


def _report(options: argparse.Namespace) -> dict[str, Any]:
    head = sources.from_file(options.head or Path(sources.SPEC))
    now = version(head["info"].get("version"))
    problems = [] if options.head else list(_apart(head["info"]["version"]))
    name = str(options.base_file or "") or options.base or sources.newest_release()
    report: dict[str, Any] = {"base": name, "version": _shown(now), "due": None, "changes": [], "problems": problems}
    if name is None:
        return report
    base = sources.from_file(options.base_file) if options.base_file else sources.from_revision(name)
    before = version(base["info"].get("version"))
    changes = operations.compare(base, head)
    least = due(before, changes)
    if now < least:
        problems.append(f"info.version is {_shown(now)}; raise it to {_shown(least)} at least")
    found = [{"verdict": change.verdict.name.lower(), "text": change.text} for change in changes]
    return {**report, "base_version": _shown(before), "due": _shown(least), "changes": found}


def _apart(spec: str) -> Iterator[str]:
    """The library and its contract are released together."""
    package = sources.package_version(PACKAGE)
    if package != spec:
        yield f"info.version is {spec} and __version__ is {package}; set both to the same version"


def _shown(numbers: tuple[int, int, int]) -> str:
    return ".".join(map(str, numbers))


def _told(report: dict[str, Any]) -> Iterator[str]:
    """The report for people."""
    if report["base"] is None:
        yield f"nothing was released yet, so that {report['version']} breaks nobody"
    else:
        yield f"{report['base']} ({report['base_version']}) to {report['version']}; due: {report['due']} or higher"
    for verdict, title in GROUPS.items():
        lines = [change["text"] for change in report["changes"] if change["verdict"] == verdict.name.lower()]
        yield from (f"\n{title}:", *(f"  {line}" for line in lines)) if lines else ()
    if report["base"] is not None and not report["changes"]:
        yield "nothing changed"
    yield from (f"\nNot fit to release: {problem}" for problem in report["problems"])


if __name__ == "__main__":
    sys.exit(main())
