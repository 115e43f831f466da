"""Completion in a shell: the command that prints what the shell needs, and what is known of words half typed.

Lives here: the values that options and arguments complete to. Not here: the scripts of the shells and what they ask
for, which is click's. Whatever goes wrong here must disturb nobody's typing: then there is nothing to complete.
"""

import os
from collections.abc import Iterable
from typing import Final

import click
from click.shell_completion import CompletionItem, get_completion_class, shell_complete

from gptimage2_video import MODELS, VideoClientError

from .output import PROGRAM, Run, printable

# The variable by which click's scripts ask for completions.
_ASKED: Final = f"_{PROGRAM.replace('-', '_').upper()}_COMPLETE"
_HOW: Final = {
    "bash": f'eval "$({PROGRAM} completion bash)"      in ~/.bashrc',
    "zsh": f'eval "$({PROGRAM} completion zsh)"       in ~/.zshrc, after compinit',
    "fish": f"{PROGRAM} completion fish | source       in ~/.config/fish/config.fish",
}
_LATEST: Final = 50
_SHOWN_CHARACTERS: Final = 50


def answer(group: click.Group) -> int | None:
    """Answer a shell that asks. None where none does."""
    asked = os.environ.get(_ASKED)
    return None if asked is None else int(shell_complete(group, {}, PROGRAM, _ASKED, asked))


@click.command(
    short_help="Print what a shell needs to complete words.",
    epilog="\n".join(("\b", "Examples:", *(f"  {how}" for how in _HOW.values()))),
)
@click.argument("shell", type=click.Choice(list(_HOW)))
@click.pass_obj
def completion(run: Run, /, shell: str) -> None:
    """Print what SHELL needs to complete commands, options, models, durations, and the ids of your tasks.

    Ids come from the journal. Nothing is sent.
    """
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101  a shell of the choice above
    group = click.get_current_context().find_root().command
    run.tell(found(group, {}, PROGRAM, _ASKED).source().rstrip("\n"), {})


def _beginning(found: Iterable[tuple[str, str]], typed: str) -> list[CompletionItem]:
    return [CompletionItem(value, help=words) for value, words in found if value.startswith(typed)]


def model_ids(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The models, each with its family."""
    return _beginning(((model.id, model.family) for model in MODELS.values()), typed)


def durations(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """What the model before it makes, or any."""
    given = MODELS.get(context.params.get("model") or "")
    models = [given] if given else MODELS.values()
    seconds = sorted({duration for model in models for duration in model.durations})
    return _beginning(((str(each), "seconds") for each in seconds), typed)


def resolutions(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Those that have a price of their own with the model before it, or with any."""
    given = MODELS.get(context.params.get("model") or "")
    models = [given] if given else MODELS.values()
    names = {price.resolution for model in models for price in model.prices if price.resolution}
    return _beginning(((name, "") for name in sorted(names)), typed)


def modes(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The modes of all models."""
    return _beginning(((mode, "") for mode in sorted({m for model in MODELS.values() for m in model.modes})), typed)


def task_ids(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The latest tasks of the journal, the newest first, each with its prompt."""
    from .options import journal

    try:
        book = journal()
        entries = list(book.submissions()) if book else []
    except VideoClientError:
        return []
    latest = reversed([entry for entry in entries if entry.task_id][-_LATEST:])
    return _beginning(((entry.task_id or "", _one_line(entry.request.get("prompt"))) for entry in latest), typed)


def _one_line(prompt: object) -> str:
    """A prompt as the shells take it, which read line by line."""
    return " ".join(printable(str(prompt)).split())[:_SHOWN_CHARACTERS]
