"""`models`: the models, what they take and what they cost.

Lives here: the table as people read it. Not here: a fact about any model, which is a row of the table in openapi.yaml.
"""

import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from gptimage2_video import MODELS, Model

from .options import json_option
from .output import Run

_MODES: Final = sorted({mode for model in MODELS.values() for mode in model.modes})
_WIDE: Final = 200  # characters; where no terminal tells its width, nothing is to be cut


@click.command(
    short_help="List the models.",
    epilog="""\b
Examples:
  gptimage2-video models
  gptimage2-video models --mode image_to_video --json | jq -r '.[].id'""",
)
@click.option("--mode", type=click.Choice(_MODES), help="Only the models that take this mode.")
@json_option
@click.pass_obj
def models(run: Run, /, mode: str | None) -> None:
    """List the models: ids, modes, durations, credits, and how well each is known.

    A fact is known from the endpoint's own page (page), from other pages of the documentation (docs), or inferred.
    Needs no key.
    """
    chosen = [model for model in MODELS.values() if mode is None or mode in model.modes]
    run.tell("" if run.json else _table(chosen), [_facts(model) for model in chosen])


def _facts(model: Model) -> dict[str, Any]:
    """A row, with null for what is unknown: an empty list would say that there is none."""
    return {name: value if value != () else None for name, value in model._asdict().items()}


def _table(chosen: Sequence[Model]) -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("model", "modes", "seconds", "", "credits", ""):
        table.add_column(heading, no_wrap=heading == "model")
    for model in chosen:
        table.add_row(*_cells(model))
    console = Console(width=None if sys.stdout is not None and sys.stdout.isatty() else _WIDE, markup=False)  # pyright: ignore[reportUnnecessaryComparison]
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def _cells(model: Model) -> tuple[str, ...]:
    modes = ", ".join(mode.partition("_")[0] for mode in model.modes)
    durations = ", ".join(str(duration) for duration in model.durations)
    resolutions = dict.fromkeys(price.resolution for price in model.prices)
    prices = "\n".join(" ".join(filter(None, (name and f"{name}:", _priced(model, name)))) for name in resolutions)
    return (
        model.id,
        modes,
        durations or "unknown",
        model.durations_known if durations else "",
        prices or "unknown",
        model.prices_known if prices else "",
    )


def _priced(model: Model, resolution: str | None) -> str:
    return ", ".join(
        f"{price.credits} ({price.duration} s)" for price in model.prices if price.resolution == resolution
    )
