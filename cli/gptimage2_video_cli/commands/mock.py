"""`mock`: the mock server, as a child process; its options and its help are its own."""

import click

from gptimage2_video_cli.console.subprocesses import child, wait_for_exit


@click.command(
    short_help="Run the mock server, free of charge.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def mock(arguments: tuple[str, ...]) -> int:
    """Run a local server that behaves as the service does, free of charge. `mock --help` shows its options."""
    with child("gptimage2_video_mock", arguments) as server:
        return wait_for_exit(server)
