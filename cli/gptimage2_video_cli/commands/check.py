"""`check`: whether a request in a file, or each request of a manifest, is valid."""

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from gptimage2_video import check as check_request
from gptimage2_video import quote
from gptimage2_video_cli.console.json_output import quote_json, violation_json
from gptimage2_video_cli.console.options import output_options
from gptimage2_video_cli.console.output import Console, strip_control
from gptimage2_video_cli.model_table import model_table
from gptimage2_video_cli.requests import allow_unknown_model_option

_MANIFEST_SUFFIXES: Final = (".jsonl", ".csv")


@click.command(
    short_help="Check a request in a JSON file, or a manifest.",
    epilog="""\b
Examples:
  gptimage2-video check request.json
  gptimage2-video check shots.jsonl
  gptimage2-video generate "A lighthouse" --model veo3 --dry-run | gptimage2-video check -

\b
Exit codes: 0 valid, with or without warnings; 2 invalid, or a line of the manifest is.""",
)
@click.argument("file")
@allow_unknown_model_option
@output_options
@click.pass_obj
def check(console: Console, /, file: str, allow_unknown_model: bool) -> int:
    """Check the request in FILE, or on stdin where FILE is -. Sends nothing; needs no API key.

    The file holds one JSON object in the names of the API: prompt, model, inputMode, inputImageUrls, aspectRatio,
    duration, resolution.

    A FILE that ends in .jsonl or .csv is a manifest, as `batch run` takes it, of any length: each line is checked by
    itself. `batch run --dry-run` also finds duplicate ids and files.
    """
    if Path(file).suffix.lower() in _MANIFEST_SUFFIXES:
        return _check_manifest(console, Path(file), allow_unknown_model)
    request, models = _load(file), model_table()
    violations = check_request(request, models=models, allow_unknown_model=allow_unknown_model)
    valid = all(violation.severity != "error" for violation in violations)
    lines = [f"{violation.severity}: {violation.field}: {violation}" for violation in violations]
    verdict = {
        "valid": valid,
        "violations": [violation_json(violation) for violation in violations],
        "quote": quote_json(quote(request, models=models, allow_unknown_model=allow_unknown_model)) if valid else None,
    }
    console.print_result("\n".join(lines) or "valid", verdict)
    return 0 if valid else 2


def _check_manifest(console: Console, path: Path, allow_unknown_model: bool) -> int:
    from gptimage2_video_cli.batch.manifest import iter_lines
    from gptimage2_video_cli.batch.summary import ManifestSummary

    sums, models = ManifestSummary(), model_table()
    try:
        for item in iter_lines(path, models, unique=False, allow_unknown_model=allow_unknown_model):
            sums.add(item)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise click.ClickException(f"{path} cannot be read: {error}") from None
    if not sums.valid + sums.invalid:
        raise click.ClickException(f"{path} has no lines")
    text = f"{sums.valid} valid lines, {sums.invalid} invalid; {sums.estimate}"
    totals = {"valid_lines": sums.valid, "invalid_lines": sums.invalid, "quote": sums.estimate.credits}
    problems = [{"line": it.number, "severity": it.severity, "message": it.message} for it in sums.problems.first]
    result = {"valid": not sums.invalid, **totals, "problems": problems}
    console.print_result(strip_control("\n".join((*sums.problems.messages(), text))), result)
    return 2 if sums.invalid else 0


def _load(file: str) -> Any:
    name = "stdin" if file == "-" else file
    try:
        return json.loads(_read(file).decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise click.ClickException(f"{name}, line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"{name} cannot be read as JSON: {error}") from None
    except OSError as error:
        raise click.ClickException(f"{name} cannot be read: {error.strerror or error}") from None


def _read(file: str) -> bytes:
    if file != "-":
        return Path(file).read_bytes()
    if sys.stdin is None:  # as where fd 0 is closed
        raise OSError("it is closed")
    return sys.stdin.buffer.read()
