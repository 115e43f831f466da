"""`batch`: many videos from one manifest. What needs the extra `batch` is loaded when a command runs."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, cast

import click

from gptimage2_video_cli.batch.options import BatchOptions
from gptimage2_video_cli.console.options import (
    ClientOptions,
    client_options,
    compose,
    credits_option,
    folder_option,
    output_options,
    positive_option,
)
from gptimage2_video_cli.console.output import Console
from gptimage2_video_cli.requests import allow_unknown_model_option

_EXTRA: Final = ("dbos", "sqlalchemy", "psycopg")
_MISSING: Final = "batches need more packages: pip install 'gptimage2-video[batch]'"


_location_options = compose(
    click.option(
        "--database",
        envvar="GPTIMAGE2_DATABASE",
        metavar="URL",
        help="A postgresql:// URL that several machines share; set GPTIMAGE2_DATABASE instead to keep it out of the "
        "process list. Default: a file beside the videos.",
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
The manifest has one request per line, as JSON (.jsonl) or CSV with a header (.csv), in the API's field names:
  {"prompt": "A paper boat", "model": "veo3_fast", "file": "boat.mp4"}
  {"id": "fox-1", "prompt": "A fox", "model": "hailuo/02-text-to-video-standard", "duration": 5}
id and file are optional; a line is identified by its id, wherever it stands in the manifest. A line with
"allow_unknown_model": true may name a model that is in no table.

\b
Examples:
  gptimage2-video batch run shots.jsonl --out videos --dry-run
  gptimage2-video batch run shots.jsonl --out videos --max-credits 500 --concurrency 20 --rate 2
  GPTIMAGE2_DATABASE=postgresql://me@db/videos gptimage2-video batch run shots.csv --out videos

\b
Exit codes: 0 every video is saved; else the highest exit code of its lines: 1 a task failed; 2 nothing was sent, or
a line is over budget; 3 the API refused; 4 API, network or database unavailable, safe to retry; 5 it may have been
charged; 6 download failed; 124 still pending; 130 interrupted. Run it again to continue.""",
)
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@folder_option("--out", required=True, help="Folder of the videos; created where it is missing.")
@credits_option(help="Budget of the batch in credits, over all runs and machines; kept until another is set.")
@click.option("--allow-unknown-price", is_flag=True, help="With --max-credits: send lines of unknown price as well.")
@allow_unknown_model_option
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="Maximum number of pending tasks, over all machines.",
)
@positive_option("--rate", metavar="R", help="Maximum submissions a second, over all machines.")
@positive_option("--timeout", default=1800.0, help="Timeout of each video in seconds.")
@click.option("--skip-invalid", is_flag=True, help="Send the valid lines although others are invalid.")
@click.option(
    "--resubmit-uncertain",
    is_flag=True,
    help="Submit again what may have been charged; check the dashboard first.",
)
@click.option("--dry-run", is_flag=True, help="Check and price the manifest; sends nothing and needs no API key.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask for confirmation.")
@_location_options
@client_options
@output_options
@click.pass_obj
def run(console: Console, /, **options: Any) -> int:
    """Check all of MANIFEST, show its cost, then submit each line once and save its video in DIR.

    Nothing is sent unless every line is valid. The budget counts submissions in flight, and refunds. Run it again
    to continue where it stopped: no line is submitted twice. A line whose submission was interrupted is uncertain, and
    is not submitted again without --resubmit-uncertain. The report is DIR/report.json.
    """
    from gptimage2_video_cli.batch.runner import run_batch

    client = cast("ClientOptions", {name: options.pop(name) for name in ClientOptions.__required_keys__})
    return run_batch(console, BatchOptions(client=client, **options))


@batch.command(
    short_help="Show the state of a batch.",
    epilog="""\b
Examples:
  gptimage2-video batch status videos
  gptimage2-video batch status --database postgresql://me@db/videos --name shots --json | jq .counts

\b
Exit codes: 0 shown; 2 there is no such batch.""",
)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@_location_options
@output_options
@click.pass_obj
def status(console: Console, /, folder: Path | None, database: str | None, name: str | None) -> None:
    """Show the state of the batch in FOLDER, or in a database, running or not. Sends nothing and needs no API key."""
    from gptimage2_video_cli.batch.report import report_json, states, summary
    from gptimage2_video_cli.batch.runner import open_existing

    with open_existing(folder, database, name) as ledger:
        result = report_json(ledger, ledger.rows())
    data, text = {name: value for name, value in result.items() if name != "lines"}, summary(result)
    console.print_table(("state", "lines"), states(result), text, data, footer=text.splitlines()[-1])


@batch.command(
    short_help="Show what became of every line.",
    epilog="""\b
Examples:
  gptimage2-video batch report videos
  gptimage2-video batch report videos --json | jq -r '.lines[] | select(.state == "failed") | .id'

\b
Exit codes: those of `batch run`; 2 also where there is no such batch.""",
)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@_location_options
@output_options
@click.pass_obj
def report(console: Console, /, folder: Path | None, database: str | None, name: str | None) -> int:
    """Show every line without a video of the batch in FOLDER, or in a database; with --json, every line.

    Exits as `batch run` would.
    """
    from gptimage2_video_cli.batch.report import exit_code, report_json, summary, unsaved
    from gptimage2_video_cli.batch.runner import open_existing

    with open_existing(folder, database, name) as ledger:
        rows = ledger.rows()
        result = report_json(ledger, rows)
    console.print_result("\n".join((*unsaved(result), summary(result))), result)
    return exit_code(rows)
