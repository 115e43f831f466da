"""`contract`: a server tested against openapi.yaml.

The run needs the packages of the extra `contract`; they are loaded when the command runs.
"""

import json
import os
import secrets
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

import click

from gptimage2_video_cli.console.options import (
    ClientOptions,
    client_options,
    configured_journal,
    credits_option,
    folder_option,
    output_options,
    positive_option,
)
from gptimage2_video_cli.console.output import Console, log_stderr

if TYPE_CHECKING:
    from gptimage2_video_cli.contract.guard import Guard

_EXTRA: Final = ("jsonschema_rs", "yaml", "schemathesis")
_MISSING: Final = "the contract check needs more packages: pip install 'gptimage2-video[contract]'"
_NOT_WRITTEN: Final = 74  # as where stdout cannot be written


class ContractOptions(ClientOptions):
    """The options of `contract`."""

    max_credits: int
    image: str | None
    report: Path | None
    baseline: Path | None
    rate: float
    timeout: float
    seed: int | None
    max_examples: int
    max_seconds: float


@click.command(
    short_help="Test a server against the contract, free of charge.",
    epilog="""\b
Examples:
  gptimage2-video contract --base-url http://127.0.0.1:4010
  gptimage2-video contract --base-url https://staging.example.com --report build/contract
  gptimage2-video contract --max-credits 400 --image https://example.com/cup.jpg --json

\b
Exit codes: 0 no violations of the spec; 1 a violation was found; 2 nothing was sent; 3 the key is refused;
4 no response; 130 interrupted, after printing the totals so far.""",
)
@credits_option(default=0, help="Submit requests that cost credits too, cheapest first, up to N in the worst case.")
@click.option(
    "--image", metavar="URL", help="URL of an image for image-to-video; without it only text-to-video is submitted."
)
@folder_option("--report", help="Folder for report.json, report.md, junit.xml, report.sarif; created if missing.")
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Known differences, each with a reason; only others fail the run.",
)
@positive_option("--rate", default=2.0, metavar="R", help="Maximum requests per second.")
@positive_option("--timeout", default=900.0, help="Timeout of the wait for each submitted task, in seconds.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Seed of the generated cases; default: random.")
@click.option(
    "--max-examples",
    type=click.IntRange(min=1),
    default=50,
    metavar="N",
    show_default=True,
    help="Random cases for each operation, valid ones and as many that are not.",
)
@positive_option("--max-seconds", default=300.0, help="Send no more generated cases after S seconds.")
@client_options
@output_options
@click.pass_obj
def contract(console: Console, /, **options: Unpack[ContractOptions]) -> int:
    """Test a server against openapi.yaml: the service, a proxy, a mock, a staging server.

    By default this is free of charge: it sends reads, and submissions with an empty prompt, which must be refused; the
    first that is not refused ends the sending of submissions. The result is every difference with its evidence and a
    suggested edit of the spec, what each check showed, and the credits charged. The key comes from GPTIMAGE2_API_KEY,
    that of another account from GPTIMAGE2_OTHER_KEY, of one with too few credits from GPTIMAGE2_POOR_KEY; without
    --base-url and GPTIMAGE2_BASE_URL the server is the service itself.
    """
    if not all(find_spec(name) for name in _EXTRA):
        raise click.ClickException(_MISSING)
    return _run(console, options)


def _run(console: Console, options: ContractOptions) -> int:
    from gptimage2_video import InvalidRequest, VideoClient
    from gptimage2_video_cli.contract.guard import Guard
    from gptimage2_video_cli.contract.recording_client import RecordingClient, Redactor
    from gptimage2_video_cli.contract.runner import RunOptions, run_contract
    from gptimage2_video_cli.contract.schemas import spec

    base_url = (options["base_url"] or os.environ.get("GPTIMAGE2_BASE_URL") or spec().server).rstrip("/")
    keys = [os.environ.get(f"GPTIMAGE2_{name}_KEY", "").strip() for name in ("API", "OTHER", "POOR")]
    client_of = partial(VideoClient, base_url=base_url, allow_plain_http=options["allow_plain_http"])
    client_of().close()  # refuses what cannot be used
    for name, key in zip(("OTHER", "POOR"), keys[1:], strict=True):
        try:
            client_of(key or keys[0]).close()
        except InvalidRequest as error:
            raise click.UsageError(f"GPTIMAGE2_{name}_KEY: {error.violations[0].message}") from None
    known = _load_baseline(options["baseline"])
    guard = Guard(options["max_credits"])
    _check_budget(guard)
    _check_writable(options["report"])
    seed = options["seed"] if options["seed"] is not None else secrets.randbelow(2**32)
    redact = Redactor(*keys)
    console.info(f"--seed {seed}")
    limits = (options["timeout"], options["poll_interval"], seed, options["max_examples"], options["max_seconds"])
    client = RecordingClient(base_url, options["rate"], guard, options["request_timeout"])
    with client.http:
        code, report = run_contract(
            guard,
            client,
            keys,
            RunOptions(options["image"], *limits),
            lambda line: console.info(redact(line)),
            journal=configured_journal(),
            known=known,
        )
    return _print_report(console, report, options["report"], code)


def _load_baseline(path: Path | None) -> list[dict[str, Any]]:
    from gptimage2_video_cli.contract.report import load_baseline

    try:
        return [] if path is None else load_baseline(path)
    except OSError as error:
        raise click.UsageError(f"cannot read {path}: {error.strerror or error}") from None
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from None


def _check_budget(guard: "Guard") -> None:
    from gptimage2_video_cli.contract.rules import VALID

    cheapest = guard.cost(json.dumps(VALID).encode())
    if 0 < guard.max_credits < cheapest:
        raise click.UsageError(
            f"--max-credits {guard.max_credits} is below the cheapest submission, which may cost {cheapest} credits"
        )


def _check_writable(folder: Path | None) -> None:
    from gptimage2_video_cli.contract.report import check_writable

    try:
        if folder is not None:
            check_writable(folder)
    except OSError as error:
        raise click.UsageError(f"cannot write {folder}: {error.strerror or error}") from None


def _print_report(console: Console, report: dict[str, Any], folder: Path | None, code: int) -> int:
    """Write and print the report. Returns the exit code."""
    from gptimage2_video_cli.contract.report import failures, summary, write_report

    written = True
    try:
        if folder is not None:
            write_report(report, folder)
    except OSError as error:
        log_stderr(f"error: cannot write the report: {error.strerror or error}")
        written = False
    console.print_result(summary(report), report)
    if report["interrupted"]:
        return code
    return 1 if failures(report) else code if written else _NOT_WRITTEN
