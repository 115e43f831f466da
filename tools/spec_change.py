"""What follows from an edit of openapi.yaml, made and checked; last, what is left for a person.

    python -m tools.spec_change [--base REVISION-OR-FILE] [--without-typescript]

Exit codes: 0 nothing is left; 1 something is; 2 a step refused the edit. `make spec-change` installs what it needs.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import yaml
from tools.generate import ROOT, SPEC
from tools.spec_gaps import gaps

# The tests that an edit of the spec alone can fail; all others take what they need from it.
CHECKS: Final = (
    *("tests/vectors", "tests/overlay/test_rules.py", "tests/overlay/test_fields.py", "tests/overlay/test_request.py"),
)
MAX_LISTED: Final = 8
_NOT_FIT: Final = "Not fit to release: "


class RefusedError(Exception):
    """A step that has to succeed did not; its text is what the step printed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps, print what is left, and return the exit code."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="spec_change", description=__doc__, formatter_class=formatter)
    parser.add_argument("--base", metavar="REVISION", help="of git, or a file; the newest tag v* where none is given")
    parser.add_argument("--without-typescript", action="store_true", help="leave the TypeScript client as it is")
    options = parser.parse_args(arguments)
    base = [f"--base={options.base}"] if options.base else []
    try:
        _run("generate", "tools.generate")
        if not options.without_typescript:
            _run("generate for TypeScript", "tools.generate_typescript")
            _run("generate for the playground", "tools.generate_playground")
        diff = _run("compare with the last release", "tools.spec_diff", *base, allowed=(0, 1))
        failed = list(_failed_tests())
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 2
    print(diff)
    unfit = [line.removeprefix(_NOT_FIT) for line in diff.splitlines() if line.startswith(_NOT_FIT)]
    changelog = [] if _is_in_changelog(options.base or "HEAD") else ["CHANGELOG.md has no line about this edit"]
    left = [*gaps(yaml.safe_load(SPEC.read_text("utf-8"))), *failed, *unfit, *changelog]
    print(*(["Left for a person:", *left] if left else ["Nothing is left for a person."]), sep="\n  - ")
    return bool(left)


def _run(title: str, module: str, *arguments: str, allowed: Sequence[int] = (0,)) -> str:
    """What a module prints. Raises RefusedError for another exit code than the allowed ones."""
    start = time.monotonic()
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(f"{title}: {time.monotonic() - start:.1f} s", flush=True)
    if done.returncode not in allowed:
        raise RefusedError((done.stderr or done.stdout).strip())
    return done.stdout + done.stderr


def _failed_tests() -> Iterator[str]:
    """Each failed test once, with its reason where that is a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        output = _run("check", "pytest", *CHECKS, "--quiet", f"--junitxml={report}", allowed=range(6))
        cases = ET.parse(report).iter("testcase") if report.exists() else ()  # noqa: S314  (our own report)
        failed: dict[str, list[str]] = {}
        for case in cases:
            for problem in (*case.findall("failure"), *case.findall("error")):
                file = case.get("classname", "").replace(".", "/").partition("/Test")[0]
                reason = problem.get("message", "").partition("\n")[0].removeprefix("Failed: ")
                test = f"{file}.py, {case.get('name', '').partition('[')[0]}"
                failed.setdefault(test, []).append("" if "assert" in reason else reason)
    if not failed and "ImportError" in output:
        yield next(line[4:].partition(" (")[0] for line in output.splitlines() if line.startswith("E   "))
    if len(failed) > MAX_LISTED:
        yield f"{len(failed)} tests, of which these are the first {MAX_LISTED}"
    for test, (reason, *more) in sorted(failed.items())[:MAX_LISTED]:
        yield f"{test}{f' ({1 + len(more)} cases)' if more else ''}{f': {reason}' if reason else ''}"


def _is_in_changelog(base: str) -> bool:
    """Whether CHANGELOG.md changed together with the spec, or neither did."""
    command = ["git", "diff", "--name-only", base, "--", SPEC.name, "CHANGELOG.md"]
    changed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return changed != [SPEC.name]


if __name__ == "__main__":
    sys.exit(main())
