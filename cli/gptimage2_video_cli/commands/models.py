"""`models`: the model table, as people read it."""

import json
import math
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Final

import click

from gptimage2_video import MODELS, Model
from gptimage2_video_cli.console.json_output import model_json
from gptimage2_video_cli.console.options import output_options
from gptimage2_video_cli.console.output import Console
from gptimage2_video_cli.model_table import model_table

_MODES: Final = sorted({mode for model in MODELS.values() for mode in model.modes})
_HEADINGS: Final = ("model", "modes", "seconds", "their credits", "known")


@click.command(
    short_help="List the models and their prices.",
    epilog="""\b
Examples:
  gptimage2-video models
  gptimage2-video models --mode image_to_video --json | jq -r '.[].id'
  gptimage2-video models --family hailuo --sort price
  GPTIMAGE2_MODELS=models.json gptimage2-video models
  gptimage2-video models --schema > models.schema.json""",
)
@click.option("--mode", type=click.Choice(_MODES), help="Only models that support this mode.")
@click.option("--family", metavar="NAME", help="Only models whose family has this in its name, in any case.")
@click.option("--sort", type=click.Choice(("price",)), help="Sort by the lowest known price; unknown ones last.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a file for GPTIMAGE2_MODELS instead.")
@output_options
@click.pass_obj
def models(console: Console, /, mode: str | None, family: str | None, sort: str | None, schema: bool) -> None:
    """List the models: ids, modes (text_to_video, image_to_video or both), durations, credits in the same order.

    Where a model takes any whole number of seconds in a range, the credits are the lowest and highest known.

    Seconds and credits are known from the endpoint's own page (page), from other pages of the documentation (docs),
    from a row of your own (user), or inferred. Needs no API key.

    GPTIMAGE2_MODELS names a JSON file with rows of your own, for models that this release does not know or knows
    otherwise; every command uses them.
    """
    if schema:
        text = files("gptimage2_video").joinpath("models.schema.json").read_text("utf-8")
        console.print_result(text.rstrip("\n"), json.loads(text))
        return
    in_mode = [model for model in model_table().values() if mode is None or mode in model.modes]
    chosen = [model for model in in_mode if (family or "").lower() in model.family.lower()]
    if not chosen:
        families = dict.fromkeys(model.family for model in in_mode)
        raise click.UsageError(f"no family has {family} in its name; they are {', '.join(families)}")
    if sort:
        chosen.sort(key=lambda model: min((price.credits for price in model.prices), default=math.inf))
    rows = [line for model in chosen for line in _lines(model)]
    notes = "\n".join(dict.fromkeys(f"{model.family}: {model.note}" for model in chosen if model.note))
    text = "\n\n".join(filter(None, (_aligned(rows), notes)))
    console.print_table(_HEADINGS, rows, text, [model_json(model) for model in chosen], footer=notes)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (_HEADINGS, *rows)) for column in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (_HEADINGS, *rows)
    )


def _lines(model: Model) -> Iterator[tuple[str, ...]]:
    """One line for each resolution that has a price, the rest of the row on the first alone."""
    identity, modes, seconds, credits_, known = _cells(model)
    for number, priced in enumerate(credits_.split("\n")):
        yield (identity, modes, seconds, priced, known) if number == 0 else ("", "", "", priced, "")


def _cells(model: Model) -> tuple[str, ...]:
    """Narrow enough for a terminal of 80 columns: the credits are in the order of the seconds."""
    durations = model.durations
    is_range = isinstance(durations, range)
    seconds = f"{durations[0]} to {durations[-1]}" if is_range else ", ".join(map(str, durations))
    resolutions = dict.fromkeys(price.resolution for price in model.prices)
    credits_ = "\n".join(" ".join(filter(None, (name, _priced(model, name)))) for name in resolutions)
    known = dict.fromkeys((model.durations_known, model.prices_known))
    return (
        model.id,
        "both" if len(model.modes) > 1 else "".join(model.modes).partition("_")[0],
        seconds or "unknown",
        credits_ or "unknown",
        "/".join(source for source in known if source != "unknown"),
    )


def _priced(model: Model, resolution: str | None) -> str:
    prices = {price.duration: price.credits for price in model.prices if price.resolution == resolution}
    if isinstance(model.durations, range):
        return " to ".join(map(str, sorted({min(prices.values()), max(prices.values())})))
    return ", ".join(str(prices.get(duration, "unknown")) for duration in model.durations)
