"""`contract`: the command; its options, and how a run becomes an exit code.

Lives here: click's declarations. Everything else is loaded when the command runs: it needs the packages of the extra
`[contract]`, which the other commands do not.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

import click

from gptimage2_video_cli.console.options import ClientOptions, client_options, configured_journal, output_options
from gptimage2_video_cli.console.output import Console, log_stderr

if TYPE_CHECKING:
    from gptimage2_video_cli.contract.recording_client import Scrubber
    from gptimage2_video_cli.contract.session import Session

_EXTRA: Final = ("jsonschema_rs", "yaml")
_MISSING: Final = "the contract check needs more packages: pip install 'gptimage2-video[contract]'"
_NOT_WRITTEN: Final = 74  # as where stdout takes no result


class Given(ClientOptions):
    """What the options of this command were given."""

    max_credits: int
    image: str | None
    report: Path | None
    rate: float
    timeout: float


def _positive(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    if not 0 < value < float("inf"):
        raise click.BadParameter(f"{value:g} is not a number above 0")
    return value


@click.command(
    short_help="Hold a server to the contract, at no cost.",
    epilog="""\b
Examples:
  gptimage2-video contract --base-url http://127.0.0.1:4010
  gptimage2-video contract --base-url https://staging.example.com --report build/contract
  gptimage2-video contract --max-credits 40 --image https://example.com/cup.jpg --json

\b
Exit codes: 0 nothing differs from the spec; 1 something does; 2 nothing was sent; 3 the key is refused;
4 nobody answers; 130 interrupted, after telling the sums so far.""",
)
@click.option(
    "--max-credits",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Submit valid requests too, cheapest first, as far as N credits go.",
)
@click.option(
    "--image", metavar="URL", help="An image for image-to-video; without one only text-to-video is submitted."
)
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write report.json, report.md and junit.xml here; made where it is missing.",
)
@click.option(
    "--rate", type=float, default=2.0, show_default=True, callback=_positive, metavar="R", help="Requests a second."
)
@click.option(
    "--timeout",
    type=float,
    default=600.0,
    show_default=True,
    callback=_positive,
    metavar="S",
    help="Seconds to wait for each submitted task.",
)
@client_options
@output_options
@click.pass_obj
def contract(run: Console, /, **given: Unpack[Given]) -> int:
    """Hold a server to openapi.yaml: the service, a proxy, a mock, a staging server.

    By default this costs nothing: it sends reads, and submissions with an empty prompt, which must be refused; it stops
    at the first that is not. What differs from the spec is told with its evidence and a suggested edit, then which of
    the facts that the spec rests on were confirmed or refuted, then what was charged. The key comes from
    GPTIMAGE2_API_KEY; without --base-url and GPTIMAGE2_BASE_URL the service itself is meant.
    """
    if not all(find_spec(name) for name in _EXTRA):
        raise click.ClickException(_MISSING)
    return _hold(run, given)


def _hold(run: Console, given: Given) -> int:
    from gptimage2_video import VideoClient
    from gptimage2_video_cli.contract.findings import Book
    from gptimage2_video_cli.contract.plan import rows
    from gptimage2_video_cli.contract.recording_client import RecordingClient, Scrubber
    from gptimage2_video_cli.contract.schemas import spec
    from gptimage2_video_cli.contract.session import Session
    from gptimage2_video_cli.contract.session import run as hold

    base_url = (given["base_url"] or os.environ.get("GPTIMAGE2_BASE_URL") or spec().server).rstrip("/")
    key = os.environ.get("GPTIMAGE2_API_KEY", "")
    recorder = RecordingClient(base_url, given["rate"])
    with recorder.http:
        client = VideoClient(
            base_url=base_url,
            max_credits=given["max_credits"],
            http_client=recorder.http,
            poll_interval=given["poll_interval"],
            request_timeout=given["request_timeout"],
            allow_plain_http=given["allow_plain_http"],
            journal=configured_journal(),
        )
        known = rows(given["image"])
        _try_report(given)
        scrubbed = Scrubber(key)
        session = Session(spec(), recorder, Book(lambda line: log_stderr(scrubbed(line))), key)
        code, interrupted = 0, False
        try:
            code = hold(session, client, known, given["max_credits"], given["timeout"])
        except KeyboardInterrupt:
            code, interrupted = 130, True
    return _tell(run, session, scrubbed, given, code, interrupted=interrupted)


def _try_report(given: Given) -> None:
    from gptimage2_video_cli.contract.report import try_folder

    folder = given["report"]
    try:
        if folder is not None:
            try_folder(folder)
    except OSError as problem:
        raise click.UsageError(f"{folder} cannot be written: {problem.strerror or problem}") from None


def _tell(run: Console, session: "Session", scrubbed: "Scrubber", given: Given, code: int, *, interrupted: bool) -> int:
    from gptimage2_video_cli.contract.report import facts_of, fails, summary, write

    told = facts_of(session.book, session.recorder.base_url, given["max_credits"], interrupted=interrupted)
    report: dict[str, Any] = scrubbed(told)
    written = True
    try:
        if given["report"] is not None:
            write(report, given["report"])
    except OSError as problem:
        log_stderr(f"error: the report could not be written: {problem.strerror or problem}")
        written = False
    run.print_result(summary(report), report)
    if interrupted:
        return code
    return 1 if fails(report) else code if written else _NOT_WRITTEN
