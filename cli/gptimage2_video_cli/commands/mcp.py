"""`mcp`: a server that an agent's host starts; the command, its options, and what must be right before it serves.

Lives here: click's declarations. Not here: what it stands on, which needs the extra `mcp` and is loaded when it is
asked for (`server`).
"""

import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, Unpack

import click

from gptimage2_video import VideoRequestWarning
from gptimage2_video_cli.console.options import ClientOptions, client_options, client_settings, make_folder
from gptimage2_video_cli.console.output import Console, log_stderr

if TYPE_CHECKING:
    from gptimage2_video.journal import JournalBudget

_EXTRA: Final = ("mcp",)
_MISSING: Final = "an MCP server needs more packages: pip install 'gptimage2-video[mcp]'"
_NO_BUDGET: Final = (
    "an MCP server spends by itself, so it needs a budget: give the credits that it may by --max-credits"
)
_NAME_CHARACTERS: Final = 100


class Given(ClientOptions):
    """What the options of this command were given."""

    max_credits: int | None
    allow_unknown_price: bool
    name: str
    out: Path | None


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > _NAME_CHARACTERS:
        raise click.BadParameter(f"a name has 1 to {_NAME_CHARACTERS} characters that can be printed")
    return value


@click.command(
    short_help="Serve an agent within a budget.",
    epilog="""\b
Examples:
  gptimage2-video mcp --max-credits 200 --out videos
  gptimage2-video mcp --max-credits 50 --name storyboard

\b
What a host is told of it:
  {"mcpServers": {"video": {
    "command": "gptimage2-video",
    "args": ["mcp", "--max-credits", "200", "--out", "~/Videos"],
    "env": {"GPTIMAGE2_API_KEY": "test-key"}}}}

\b
Exit codes: 0 the host has closed stdin; 2 it did not start; 130 interrupted.""",
)
@click.option(
    "--max-credits",
    type=click.IntRange(min=0),
    metavar="N",
    help="Required: the most that all it ever submits under its name may cost, restarts and copies of it together.",
)
@click.option("--allow-unknown-price", is_flag=True, help="Submit what has no known price, as long as any is left.")
@click.option(
    "--name",
    default="mcp",
    show_default=True,
    callback=_name,
    metavar="NAME",
    help="Whose budget it is; another name begins another one.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where videos may be saved, made where it is missing; without it nothing is saved.",
)
@client_options
@click.pass_obj
def mcp(_run: Console, /, **given: Unpack[Given]) -> None:
    """Serve the Model Context Protocol on stdin and stdout, for an agent's host to start.

    Of its tools, generate alone spends credits, and submits nothing that does not fit --max-credits. That counts, by
    the journal, everything that was ever submitted under --name at this base URL: by its quote until the service says
    what was debited, without what was refunded, and with what is uncertain. So a restart goes on where the budget
    stood; for more, raise it. The key comes from GPTIMAGE2_API_KEY.
    """
    if given["max_credits"] is None:
        raise click.UsageError(_NO_BUDGET)
    if not all(find_spec(name) for name in _EXTRA):
        raise click.ClickException(_MISSING)
    if sys.stdin is None or sys.stdout is None:  # as where fd 0 or 1 is closed
        raise click.UsageError("an MCP server talks on stdin and stdout, and one of them is closed")
    import anyio

    from gptimage2_video_cli.mcp_server.server import serve

    allowance, settings = _allowance(given, given["max_credits"])
    out = given["out"] and given["out"].expanduser().absolute()  # no shell stands between a host and this
    if out:
        make_folder(out)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VideoRequestWarning)  # the answers tell them
        stopped = anyio.run(serve, allowance, settings, out)
    if stopped:
        interruption = KeyboardInterrupt()
        interruption.add_note("`gptimage2-video tasks` tells what was submitted")
        raise interruption


def _allowance(given: Given, max_credits: int) -> "tuple[JournalBudget, dict[str, object]]":
    """The budget as the journal has it, and what a client needs besides. It is said what is left."""
    from gptimage2_video import VideoClient
    from gptimage2_video.journal import JournalBudget, Totals

    settings = client_settings(given)
    journal = settings.pop("journal")
    if journal is None:
        raise click.UsageError("GPTIMAGE2_JOURNAL is off, and a budget that lasts is kept in the journal")
    label = f"MCP server {given['name']}"
    allowance = JournalBudget(journal, label, max_credits, allow_unknown_price=given["allow_unknown_price"])
    with VideoClient(**settings) as client:  # the key is tried before a host is told that there is a server
        left = max_credits - Totals.of(allowance.submissions(client.base_url)).committed
    log_stderr(f"{label}: {max(left, 0)} of {max_credits} credits are left; journal: {journal.path}")
    return allowance, settings
