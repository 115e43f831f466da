"""The commands as mkdocs-click shows them: with their examples and exit codes, which it leaves out."""

import inspect
from copy import copy

import click

from gptimage2_video_cli.commands.mock import mock
from gptimage2_video_cli.main import cli as program
from gptimage2_video_mock.__main__ import main as mock_itself


def with_epilog(command: click.Command) -> click.Command:
    """A copy of the command, and of those of a group, whose help ends with the epilog as it is printed."""
    told = copy(mock_itself if command is mock else command)  # what is forwarded has its options elsewhere
    told.name = command.name
    epilog = (told.epilog or "").replace("\b\n", "").strip()
    told.help = f"{inspect.cleandoc(told.help or '')}\n\n```text\n{epilog}\n```"
    if isinstance(told, click.Group):
        told.commands = {name: with_epilog(child) for name, child in told.commands.items()}
    return told


cli = with_epilog(program)
