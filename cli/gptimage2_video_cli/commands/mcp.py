"""`mcp`: an MCP server within a budget, for an agent's host to start.

The server needs the extra `mcp`; it is loaded when the command runs.
"""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, Unpack

import click

from gptimage2_video_cli.console.files import make_folder
from gptimage2_video_cli.console.options import (
    ClientOptions,
    client_options,
    client_settings,
    credits_option,
    folder_option,
)
from gptimage2_video_cli.console.output import Console, log_stderr
from gptimage2_video_cli.requests import allow_unknown_model_option

if TYPE_CHECKING:
    from gptimage2_video.journal import JournalBudget

_EXTRA: Final = ("mcp",)
_MISSING: Final = "an MCP server needs more packages: pip install 'gptimage2-video[mcp]'"
_NO_BUDGET: Final = "an MCP server spends automatically, so it needs a budget: set --max-credits"
_MAX_NAME: Final = 100  # characters


class McpOptions(ClientOptions):
    """The options of `mcp`."""

    max_credits: int | None
    allow_unknown_price: bool
    allow_unknown_model: bool
    name: str
    out: Path | None


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > _MAX_NAME:
        raise click.BadParameter(f"a name has 1 to {_MAX_NAME} printable characters")
    return value


@click.command(
    short_help="Serve an agent within a budget (MCP).",
    epilog="""\b
Examples:
  gptimage2-video mcp --max-credits 200 --out videos
  gptimage2-video mcp --max-credits 50 --name storyboard

\b
Configuration of a host:
  {"mcpServers": {"video": {
    "command": "gptimage2-video",
    "args": ["mcp", "--max-credits", "200", "--out", "~/Videos"],
    "env": {"GPTIMAGE2_API_KEY": "test-key"}}}}

\b
Exit codes: 0 the host has closed stdin; 2 it did not start; 130 interrupted.""",
)
@credits_option(help="Required: the limit for all submissions under --name, by every process, now and later.")
@click.option(
    "--allow-unknown-price", is_flag=True, help="Submit requests without a known price while any credits are left."
)
@allow_unknown_model_option
@click.option(
    "--name",
    default="mcp",
    show_default=True,
    callback=_name,
    metavar="NAME",
    help="Name of the budget; another name starts another budget.",
)
@folder_option("--out", help="Folder for videos, created if missing; without it the server has no download tool.")
@client_options
@click.pass_obj
def mcp(_console: Console, /, **options: Unpack[McpOptions]) -> None:
    """Serve the Model Context Protocol on stdin and stdout, for an agent's host to start.

    Only the tool generate spends credits, and it submits nothing that exceeds --max-credits. The journal counts all
    submissions under --name at this base URL: by their quotes until the service reports the charge, without refunds,
    and with what is uncertain. So a restart continues with the same budget; to allow more, raise the limit. The key
    comes from GPTIMAGE2_API_KEY.
    """
    if options["max_credits"] is None:
        raise click.UsageError(_NO_BUDGET)
    if not all(find_spec(name) for name in _EXTRA):
        raise click.ClickException(_MISSING)
    if sys.stdin is None or sys.stdout is None:  # as where fd 0 or 1 is closed
        raise click.UsageError("an MCP server needs stdin and stdout, and one of them is closed")
    import anyio

    from gptimage2_video_cli.mcp_server.server import serve

    budget, settings = _budget(options, options["max_credits"])
    out = options["out"] and options["out"].expanduser().absolute()  # a host starts this without a shell
    if out:
        make_folder(out)
    if anyio.run(serve, budget, settings, out, options["allow_unknown_model"]):
        interruption = KeyboardInterrupt()
        interruption.add_note("`gptimage2-video tasks` lists what was submitted")
        raise interruption


def _budget(options: McpOptions, max_credits: int) -> "tuple[JournalBudget, dict[str, object]]":
    """The budget in the journal, and the client's settings without the journal. What is left is printed."""
    from gptimage2_video import VideoClient
    from gptimage2_video.journal import JournalBudget, Totals

    settings = client_settings(options)
    journal = settings.pop("journal")
    if journal is None:
        raise click.UsageError("GPTIMAGE2_JOURNAL is off, and the budget is kept in the journal")
    group = f"MCP server {options['name']}"
    budget = JournalBudget(journal, group, max_credits, allow_unknown_price=options["allow_unknown_price"])
    with VideoClient(**settings) as client:  # the key is checked before a host sees a server
        left = max_credits - Totals.of(budget.submissions(client.base_url)).committed
    log_stderr(f"{group}: {max(left, 0)} of {max_credits} credits left; journal: {journal.path}")
    return budget, settings
