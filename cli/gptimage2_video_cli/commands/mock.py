"""`mock`: the mock server, as a child process.

Lives here: the forwarding. Not here: its options and its help, which are its own; this package never imports it.
"""

import click

from gptimage2_video_cli.console.subprocesses import child, exit_code


@click.command(
    short_help="Run a mock of the service, at no cost.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def mock(arguments: tuple[str, ...]) -> int:
    """Run a server that behaves as the service does, at no cost. `mock --help` shows its options."""
    with child("gptimage2_video_mock", arguments) as server:
        return exit_code(server)
