"""Shell completion: the command that prints the script, and the values that options and arguments complete to.

An error here must not disturb whoever types: then there is nothing to complete.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Final

import click
from click.shell_completion import CompletionItem, get_completion_class, shell_complete

from gptimage2_video import Model, VideoClientError
from gptimage2_video_cli.model_table import model_table

from .output import PROGRAM, Console, strip_control

# The variable by which click's scripts ask for completions.
_VARIABLE: Final = f"_{PROGRAM.replace('-', '_').upper()}_COMPLETE"
_INSTALLATION: Final = {
    "bash": f'eval "$({PROGRAM} completion bash)"      in ~/.bashrc',
    "zsh": f'eval "$({PROGRAM} completion zsh)"       in ~/.zshrc, after compinit',
    "fish": f"{PROGRAM} completion fish | source       in ~/.config/fish/config.fish",
}
_MAX_TASKS: Final = 50
_PROMPT_CHARACTERS: Final = 50


def complete(group: click.Group) -> int | None:
    """Print completions where a shell asks for them, and return the exit code; None where none does."""
    return (
        None
        if _VARIABLE not in os.environ
        else int(shell_complete(group, {}, PROGRAM, _VARIABLE, os.environ[_VARIABLE]))
    )


@click.command(
    short_help="Print the completion script of a shell.",
    epilog="\n".join(("\b", "Examples:", *(f"  {line}" for line in _INSTALLATION.values()))),
)
@click.argument("shell", type=click.Choice(list(_INSTALLATION)))
@click.pass_obj
def completion(console: Console, /, shell: str) -> None:
    """Print the script that completes commands, options, models, durations and your task ids in SHELL.

    Task ids come from the journal. Sends nothing.
    """
    script = get_completion_class(shell)
    assert script is not None  # noqa: S101  a shell of the choice above
    group = click.get_current_context().find_root().command
    console.print_result(script(group, {}, PROGRAM, _VARIABLE).source().rstrip("\n"), {})


def _starting_with(typed: str, values: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    return [CompletionItem(value, help=description) for value, description in values if value.startswith(typed)]


def _models() -> Mapping[str, Model]:
    try:
        return model_table()
    except VideoClientError:
        return {}


def model_ids(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The models, each with its family."""
    return _starting_with(typed, ((model.id, model.family) for model in _models().values()))


def _chosen_models(context: click.Context) -> list[Model]:
    """The model that the command line names before, else all."""
    models = _models()
    model = models.get(context.params.get("model") or "")
    return [model] if model else list(models.values())


def durations(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The durations of the model before it, or of any."""
    seconds = sorted({duration for model in _chosen_models(context) for duration in model.durations})
    return _starting_with(typed, ((str(duration), "seconds") for duration in seconds))


def resolutions(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Those that have a price of their own with the model before it, or with any."""
    names = {price.resolution for model in _chosen_models(context) for price in model.prices if price.resolution}
    return _starting_with(typed, ((name, "") for name in sorted(names)))


def modes(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The modes of all models."""
    return _starting_with(
        typed, ((mode, "") for mode in sorted({m for model in _models().values() for m in model.modes}))
    )


def task_ids(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The latest tasks of the journal, the newest first, each with its prompt."""
    from .options import configured_journal

    try:
        journal = configured_journal()
        submissions = list(journal.submissions()) if journal else []
    except VideoClientError:
        return []
    latest = reversed([submission for submission in submissions if submission.task_id][-_MAX_TASKS:])
    return _starting_with(typed, ((one.task_id or "", _one_line(one.request.get("prompt"))) for one in latest))


def _one_line(prompt: object) -> str:
    """A prompt without line breaks, as shells read line by line."""
    return " ".join(strip_control(str(prompt)).split())[:_PROMPT_CHARACTERS]
