"""The reference of the command line, from the click commands themselves: nothing about an option is written twice.

Lives here: a command as Markdown. Not here: any command.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Final

import click

from gptimage2_video_cli.main import cli
from gptimage2_video_cli.mock import mock
from gptimage2_video_cli.output import PROGRAM
from gptimage2_video_mock.__main__ import main as mock_itself

_HEAD: Final = f"""# Command line

Every command of `{PROGRAM}`, with every option and an example: what `--help` says, on one page. What the exit codes
mean for your money is told under [Errors](errors.md#exit-codes). The key comes from the environment alone.
"""
_COLUMNS: Final = re.compile(r" {2,}")
_TITLE: Final = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)?):[ \n]", re.MULTILINE)


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
    """What stands under each title of an epilog, such as Examples and Exit codes; the rest is under an empty title."""
    parts = _TITLE.split(inspect.cleandoc(epilog.replace("\b\n", "")))
    return {
        "": parts[0].strip(),
        **{title: text.rstrip() for title, text in zip(parts[1::2], parts[2::2], strict=True)},
    }


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
    """A section as a list: of what its columns say, of its codes, or as it stands."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    head = f"**{title}**\n\n" if title else ""
    if all(_COLUMNS.search(line) for line in lines):
        return head + "".join(f"- `{name}`: {told}\n" for name, told in (_COLUMNS.split(line, 1) for line in lines))
    if title == "Exit codes":
        codes = (" ".join(code.split()).split(" ", 1) for code in re.split(r"; ?(?=\d)", " ".join(lines)))
        return head + "".join(f"- `{code}`: {told}\n" for code, told in codes)
    return head + "\n".join(f"`{line}`  " if line.startswith("{") else line for line in lines) + "\n"
