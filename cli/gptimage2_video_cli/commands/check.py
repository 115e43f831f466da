"""`check`: whether a request in a file, or each request of a manifest, would be sent.

Lives here: reading the file, and saying where its JSON is wrong. Not here: rules, which are the library's; the lines of
a manifest (`batch.manifest`).
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from gptimage2_video import check as check_request
from gptimage2_video import quote
from gptimage2_video_cli.console.json_output import quote_json, violation_json
from gptimage2_video_cli.console.options import output_options
from gptimage2_video_cli.console.output import Run, printable

_MANIFESTS: Final = (".jsonl", ".csv")


@click.command(
    short_help="Check a request in a JSON file, or a manifest.",
    epilog="""\b
Examples:
  gptimage2-video check request.json
  gptimage2-video check shots.jsonl
  gptimage2-video generate "A lighthouse" --model veo3 --dry-run | gptimage2-video check -

\b
Exit codes: 0 it would be sent, with or without warnings; 2 it would not, or not all of it.""",
)
@click.argument("file")
@output_options
@click.pass_obj
def check(run: Run, /, file: str) -> int:
    """Check the request in FILE, or on stdin where FILE is -. Sends nothing and needs no key.

    The file holds one JSON object in the names of the API: prompt, model, inputMode, inputImageUrls, aspectRatio,
    duration, resolution.

    A FILE that ends in .jsonl or .csv is a manifest, as `batch run` takes it, of any length: each of its lines is
    checked by itself. Whether lines have an id or a file in common is told by `batch run --dry-run`.
    """
    if Path(file).suffix.lower() in _MANIFESTS:
        return _check_manifest(run, Path(file))
    request = _read(file)
    violations = check_request(request)
    valid = all(violation.severity != "error" for violation in violations)
    lines = [f"{violation.severity}: {violation.field}: {violation}" for violation in violations]
    facts = {
        "valid": valid,
        "violations": [violation_json(violation) for violation in violations],
        "quote": quote_json(quote(request)) if valid else None,
    }
    run.tell("\n".join(lines) or "fine", facts)
    return 0 if valid else 2


def _check_manifest(run: Run, path: Path) -> int:
    from gptimage2_video_cli.batch.manifest import each
    from gptimage2_video_cli.batch.summary import Tally

    tally = Tally()
    try:
        for found in each(path, together=False):
            tally.add(found)
    except OSError as problem:
        raise click.ClickException(f"{path} cannot be read: {problem.strerror or problem}") from None
    except ValueError as problem:
        raise click.ClickException(f"{path} cannot be read: {problem}") from None
    good, bad = tally.cost.lines, tally.bad
    if not good + bad:
        raise click.ClickException(f"there is no line in {path}")
    sums = f"{good} good lines, {bad} bad; {tally.cost}"
    facts = {"valid": not bad, "valid_lines": good, "invalid_lines": bad, "quote": tally.cost.credits}
    problems = [{"line": it.number, "severity": it.severity, "message": it.message} for it in tally.troubles.first]
    run.tell(printable("\n".join((*tally.troubles.told(), sums))), facts | {"problems": problems})
    return 2 if bad else 0


def _read(file: str) -> Any:
    name = "stdin" if file == "-" else file
    try:
        return json.loads(_content(file).decode("utf-8-sig"))
    except json.JSONDecodeError as problem:
        raise click.ClickException(f"{name}, line {problem.lineno}, column {problem.colno}: {problem.msg}") from None
    except (ValueError, RecursionError) as problem:
        raise click.ClickException(f"{name} cannot be read as JSON: {problem}") from None
    except OSError as problem:
        raise click.ClickException(f"{name} cannot be read: {problem.strerror or problem}") from None


def _content(file: str) -> bytes:
    if file != "-":
        return Path(file).read_bytes()
    if sys.stdin is None:  # as where fd 0 is closed
        raise OSError("it is closed")
    return sys.stdin.buffer.read()
