"""The reference of the command line, from the click commands themselves: nothing about an option is written twice.

Lives here: a command as Markdown. Not here: any command.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from textwrap import dedent
from typing import Final

import click

from gptimage2_video_cli.commands.mock import mock
from gptimage2_video_cli.console.output import PROGRAM
from gptimage2_video_cli.main import cli
from gptimage2_video_mock.__main__ import main as mock_itself

_HEAD: Final = f"""# Command line

Every command of `{PROGRAM}`, with every option and an example: what `--help` says, on one page. What the exit codes
mean for your money is told under [Errors](errors.md#exit-codes). The key comes from the environment alone.
"""
_COLUMNS: Final = re.compile(r" {2,}")


def command_line() -> str:
    """The page of all commands, those of groups included."""
    return "\n".join((_HEAD, *(_told(command, words) for command, words in commands())))


def commands(
    command: click.Command = cli, words: tuple[str, ...] = (PROGRAM,)
) -> Iterator[tuple[click.Command, tuple[str, ...]]]:
    """The command and, where it is a group, its commands, each with the words that call it."""
    yield mock_itself if command is mock else command, words  # what is forwarded has its options elsewhere
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            if not child.hidden:
                yield from commands(child, (*words, name))


def sections(epilog: str) -> Mapping[str, str]:
    """What stands under each head of an epilog, such as Examples and Exit codes; the rest is under an empty one."""
    found: dict[str, str] = {}
    for block in re.split(r"\x08\n|\n(?=Exit codes:)", epilog):
        head, _, body = block.strip("\n").partition("\n")
        if head.startswith("Exit codes:"):
            found["Exit codes"] = block.strip().removeprefix("Exit codes:").strip("\n")
        elif head.endswith(":"):
            found[head[:-1]] = body.rstrip()
        elif head:
            found[""] = f"{head}\n{body}".strip()
    return found


def _told(command: click.Command, words: tuple[str, ...]) -> str:
    context = click.Context(command, info_name=" ".join(words), help_option_names=["-h", "--help"])
    found = dict(sections(command.epilog or ""))
    usage = " ".join((*words, *command.collect_usage_pieces(context)))
    return "\n".join(
        (
            f"## {' '.join(words[1:]) or PROGRAM}\n",
            f"`{usage}`\n",
            inspect.cleandoc(command.help or "").replace("\b\n", "") + "\n",
            _options(command, context),
            _examples(found.pop("Examples", "")),
            *(_section(title, text) for title, text in found.items() if text),
        )
    )


def _options(command: click.Command, context: click.Context) -> str:
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    records = [record for option in options if (record := option.get_help_record(context))]
    lines = "".join(f"| `{names}` | {_cell(text)} |\n" for names, text in records)
    return f"| option | what it does |\n| --- | --- |\n{lines}" if records else ""


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")


def _examples(text: str) -> str:
    lines = text.splitlines()
    told = "".join(f"$ {line.strip()}\n" for line in lines if line.startswith(" "))
    rest = " ".join(line for line in lines if line and not line.startswith(" "))
    return f"**Examples**\n\n```console\n{told}```\n\n{rest}\n" if told else ""


def _section(title: str, text: str) -> str:
    """A section: a list of what its columns say, or of its codes; or its JSON as a block, and the rest as it stands."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if all(_COLUMNS.search(line) for line in lines):
        return _listed(title, [_COLUMNS.split(line, 1) for line in lines])
    if title == "Exit codes":
        return _listed(
            title, [" ".join(code.split()).split(" ", 1) for code in re.split(r"; ?(?=\d)", " ".join(lines))]
        )
    block = dedent("\n".join(line for line in text.splitlines() if line.startswith(" ")))
    rest = " ".join(line for line in text.splitlines() if not line.startswith(" "))
    return f"{title}:\n\n```json\n{block}\n```\n\n{rest}\n" if block else f"{rest}\n"


def _listed(title: str, pairs: list[list[str]]) -> str:
    return f"**{title}**\n\n" + "".join(f"- `{name}`: {told}\n" for name, told in pairs)
