"""`contract`: a server tested against openapi.yaml.

The run needs the packages of the extra `contract`; they are loaded when the command runs.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Unpack

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

_EXTRA: Final = ("jsonschema_rs", "yaml")
_MISSING: Final = "the contract check needs more packages: pip install 'gptimage2-video[contract]'"
_NOT_WRITTEN: Final = 74  # as where stdout cannot be written


class ContractOptions(ClientOptions):
    """The options of `contract`."""

    max_credits: int
    image: str | None
    report: Path | None
    rate: float
    timeout: float


@click.command(
    short_help="Test a server against the contract, free of charge.",
    epilog="""\b
Examples:
  gptimage2-video contract --base-url http://127.0.0.1:4010
  gptimage2-video contract --base-url https://staging.example.com --report build/contract
  gptimage2-video contract --max-credits 40 --image https://example.com/cup.jpg --json

\b
Exit codes: 0 no violations of the spec; 1 a violation was found; 2 nothing was sent; 3 the key is refused;
4 no response; 130 interrupted, after printing the totals so far.""",
)
@credits_option(default=0, help="Submit valid requests too, cheapest first, up to N credits in the worst case.")
@click.option(
    "--image", metavar="URL", help="URL of an image for image-to-video; without it only text-to-video is submitted."
)
@folder_option("--report", help="Folder for report.json, report.md and junit.xml; created if missing.")
@positive_option("--rate", default=2.0, metavar="R", help="Maximum requests per second.")
@positive_option("--timeout", default=600.0, help="Timeout of the wait for each submitted task, in seconds.")
@client_options
@output_options
@click.pass_obj
def contract(console: Console, /, **options: Unpack[ContractOptions]) -> int:
    """Test a server against openapi.yaml: the service, a proxy, a mock, a staging server.

    By default this is free of charge: it sends reads, and submissions with an empty prompt, which must be refused; the
    first that is not refused aborts the run. The result is every violation of the spec with its evidence and a
    suggested edit, the assumptions of the spec that were confirmed or refuted, and the credits charged. The key comes
    from GPTIMAGE2_API_KEY; without --base-url and GPTIMAGE2_BASE_URL the server is the service itself.
    """
    if not all(find_spec(name) for name in _EXTRA):
        raise click.ClickException(_MISSING)
    return _run(console, options)


def _run(console: Console, options: ContractOptions) -> int:
    from gptimage2_video import VideoClient
    from gptimage2_video_cli.contract.findings import RunResult
    from gptimage2_video_cli.contract.plan import candidates
    from gptimage2_video_cli.contract.recording_client import RecordingClient, Redactor
    from gptimage2_video_cli.contract.report import report_data
    from gptimage2_video_cli.contract.runner import run
    from gptimage2_video_cli.contract.schemas import spec
    from gptimage2_video_cli.contract.session import Session

    base_url = (options["base_url"] or os.environ.get("GPTIMAGE2_BASE_URL") or spec().server).rstrip("/")
    key = os.environ.get("GPTIMAGE2_API_KEY", "")
    redact = Redactor(key)
    result = RunResult(lambda line: log_stderr(redact(line)))
    recording_client = RecordingClient(base_url, options["rate"])
    with recording_client.http:
        client = VideoClient(
            base_url=base_url,
            max_credits=options["max_credits"],
            http_client=recording_client.http,
            poll_interval=options["poll_interval"],
            request_timeout=options["request_timeout"],
            allow_plain_http=options["allow_plain_http"],
            journal=configured_journal(),
        )
        _check_writable(options["report"])
        session = Session(spec(), recording_client, result, key)
        requests = candidates(options["image"])
        code, interrupted = 0, False
        try:
            code = run(session, client, requests, options["max_credits"], options["timeout"])
        except KeyboardInterrupt:
            code, interrupted = 130, True
    report = redact(report_data(result, base_url, options["max_credits"], interrupted=interrupted))
    return _print_report(console, report, options["report"], code)


def _check_writable(folder: Path | None) -> None:
    from gptimage2_video_cli.contract.report import check_writable

    try:
        if folder is not None:
            check_writable(folder)
    except OSError as error:
        raise click.UsageError(f"cannot write {folder}: {error.strerror or error}") from None


def _print_report(console: Console, report: dict[str, Any], folder: Path | None, code: int) -> int:
    """Write and print the report. Returns the exit code."""
    from gptimage2_video_cli.contract.report import has_failures, summary, write_report

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
    return 1 if has_failures(report) else code if written else _NOT_WRITTEN
