"""`batch`: many videos from one manifest.

Lives here: the three commands and their options. Not here: what they stand on, which needs the extra `batch` and is
loaded when it is asked for.
"""

import math
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import click

from gptimage2_video_cli.console.options import ClientGiven, client_options, options, output_options, positive
from gptimage2_video_cli.console.output import Run

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from gptimage2_video_cli.batch.ledger import Ledger

_EXTRA: Final = ("dbos", "sqlalchemy", "psycopg")
_MISSING: Final = "batches need more packages: pip install 'gptimage2-video[batch]'"


class WhereGiven(TypedDict):
    """What the options that lead to a batch were given."""

    database: str | None
    name: str | None


class Given(ClientGiven, WhereGiven):
    """What the options of `batch run` were given."""

    out: Path
    max_credits: int | None
    allow_unknown_price: bool
    concurrency: int
    rate: float | None
    timeout: float
    skip_invalid: bool
    resubmit_uncertain: bool
    dry_run: bool
    yes: bool


def _rate(_context: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise click.BadParameter(f"{value:g} is not a number of submissions a second above 0")
    return value


_where = options(
    click.option(
        "--database",
        envvar="GPTIMAGE2_DATABASE",
        metavar="URL",
        help="postgresql://… that several machines share; better as GPTIMAGE2_DATABASE, as arguments show in the list "
        "of processes. Default: a file beside the videos.",
    ),
    click.option("--name", metavar="NAME", help="With --database: the batch; default: the manifest's name."),
)


@click.group(
    short_help="Make many videos from one manifest.",
    epilog="""\b
Examples:
  gptimage2-video batch run shots.jsonl --out videos --max-credits 500
  gptimage2-video batch status videos
  gptimage2-video batch report videos --json""",
)
def batch() -> None:
    """Make many videos from one manifest, submitting no line of it twice, whatever happens."""
    if not all(find_spec(name) for name in _EXTRA):
        raise click.ClickException(_MISSING)


@batch.command(
    short_help="Check a manifest, then make its videos.",
    epilog="""\b
The manifest has one request a line, as JSON objects (.jsonl) or as CSV with a head (.csv), in the names of the API:
  {"prompt": "A paper boat", "model": "veo3_fast", "file": "boat.mp4"}
  {"id": "cup-1", "prompt": "A cup", "model": "sora-2-text-to-video", "duration": 5, "resolution": "720p"}
id and file are optional; a line keeps its id, so that it can move in the manifest and is still the same line.

\b
Examples:
  gptimage2-video batch run shots.jsonl --out videos --dry-run
  gptimage2-video batch run shots.jsonl --out videos --max-credits 500 --concurrency 20 --rate 2
  GPTIMAGE2_DATABASE=postgresql://me@db/videos gptimage2-video batch run shots.csv --out videos

\b
Exit codes: 0 every video is saved; else the highest of what its lines would have exited with: 1 a task failed;
2 nothing was sent, or not all of it fits the budget; 3 the API refused; 4 safe to run again; 5 it may have been
charged; 6 download again; 124 still pending; 130 interrupted. Run it again to go on.""",
)
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the videos go; made where it is missing.",
)
@click.option(
    "--max-credits",
    type=click.IntRange(min=0),
    metavar="N",
    help="The most that the batch may cost, all runs and machines together; it stays until another is given.",
)
@click.option("--allow-unknown-price", is_flag=True, help="With --max-credits: send lines whose price nobody knows.")
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="Videos in the making at once, on all machines together.",
)
@click.option("--rate", type=float, callback=_rate, metavar="R", help="Submissions a second, on all machines together.")
@click.option(
    "--timeout",
    type=float,
    callback=positive,
    default=1800.0,
    show_default=True,
    metavar="S",
    help="Seconds to wait for each video.",
)
@click.option("--skip-invalid", is_flag=True, help="Send the good lines although others are bad.")
@click.option(
    "--resubmit-uncertain", is_flag=True, help="Submit again what may have been charged: look in the dashboard first."
)
@click.option("--dry-run", is_flag=True, help="Check and price the manifest; send nothing, need no key.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before spending.")
@_where
@client_options
@output_options
@click.pass_obj
def run(run: Run, /, manifest: Path, **given: Unpack[Given]) -> int:
    """Check all of MANIFEST, say what it will cost, then submit each line once and save its video in DIR.

    Nothing is sent unless every line is good. The budget counts what is on its way, and what was refunded. Run it again
    to go on where it stopped: a line is never submitted twice. One whose submission was cut off is uncertain, and is
    left alone unless told otherwise. The report is DIR/report.json.
    """
    from gptimage2_video_cli.batch.runner import run_batch

    return run_batch(run, manifest, given)


@batch.command(
    short_help="How a batch stands.",
    epilog="""\b
Examples:
  gptimage2-video batch status videos
  gptimage2-video batch status --database postgresql://me@db/videos --name shots --json | jq .counts

\b
Exit codes: 0 told; 2 there is no such batch.""",
)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@_where
@output_options
@click.pass_obj
def status(run: Run, /, folder: Path | None, **given: Unpack[WhereGiven]) -> None:
    """Tell how the batch in FOLDER, or in a database, stands. Sends nothing and needs no key; it may be at work."""
    from gptimage2_video_cli.batch import report

    with _ledger(folder, given) as ledger:
        found = report.facts(ledger, ledger.rows())
    run.tell(report.summary(found), {name: fact for name, fact in found.items() if name != "lines"})


@batch.command(
    short_help="What became of every line.",
    epilog="""\b
Examples:
  gptimage2-video batch report videos
  gptimage2-video batch report videos --json | jq -r '.lines[] | select(.state == "failed") | .id'

\b
Exit codes: those of `batch run`; 2 also where there is no such batch.""",
)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@_where
@output_options
@click.pass_obj
def report(run: Run, /, folder: Path | None, **given: Unpack[WhereGiven]) -> int:
    """Tell what became of every line of the batch in FOLDER, or in a database, that has no video; --json tells all.

    Exits as `batch run` would.
    """
    from gptimage2_video_cli.batch import report as reports

    with _ledger(folder, given) as ledger:
        rows = ledger.rows()
        found = reports.facts(ledger, rows)
    run.tell("\n".join((*reports.trouble(found), reports.summary(found))), found)
    return reports.exit_code(rows)


def _ledger(folder: Path | None, given: WhereGiven) -> "AbstractContextManager[Ledger]":
    """The books of a batch that exists."""
    from gptimage2_video_cli.batch.runner import existing

    if (folder is None) == (given["database"] is None):
        raise click.UsageError("name the folder of the batch, or --database and --name")
    return existing(folder, given["database"], given["name"])
