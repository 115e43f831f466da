"""The options that describe a video, and the request that they mean."""

import json
from collections.abc import Callable
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

import gptimage2_video
from gptimage2_video import FIELDS, Field, InvalidRequest, Model, PreparedRequest, Quote, RequestOptions

from .console import completion
from .console.options import F, compose
from .console.output import log_stderr
from .model_table import model_table

# The options of fields by wire name; three mean more than their field, and are written by hand.
FIELD_OPTIONS: Final = {name: f"--{field.keyword.replace('_', '-')}" for name, field in FIELDS.items()} | {
    "prompt": "PROMPT",
    "inputMode": "--mode",
    "inputImageUrls": "--image",
}
_TYPES: Final = {"string": str, "integer": int, "number": float, "boolean": bool, "array": str}
_COMPLETIONS: Final = {
    "model": completion.model_ids,
    "duration": completion.durations,
    "resolution": completion.resolutions,
}


class VideoOptions(RequestOptions):
    """The values of `video_options`."""

    prompt: str
    allow_unknown_model: bool


def _parse_extra(_context: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{pair!r} is not of the form KEY=VALUE")
        if name in FIELD_OPTIONS:
            raise click.BadParameter(f"{name} has its own option: {FIELD_OPTIONS[name]}")
        if name in extra:
            raise click.BadParameter(f"duplicate key: {name}")
        extra[name] = json_or_text(text)
    return extra


def json_or_text(text: str) -> Any:
    """The value of a text: JSON where it parses, else the text."""
    try:
        return parse_json(text)
    except ValueError:
        return text


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a field appears twice")
    return fields


_decode: Final = json.JSONDecoder(parse_constant=_reject_constant, object_pairs_hook=_unique_names).decode


def parse_json(text: str) -> Any:
    """The value of a JSON text, in which no object has a name twice and every number is finite. Raises ValueError."""
    try:
        return _decode(text)
    except RecursionError as error:
        raise ValueError(str(error)) from None


def _field_option(field: Field, *, required: bool) -> Callable[[F], F]:
    """The option of a field, by its schema."""

    def complete(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        return [CompletionItem(str(value)) for value in field.enum if str(value).startswith(typed)]

    name = FIELD_OPTIONS[field.name]
    return click.option(
        f"{name}/--no-{name[2:]}" if field.type == "boolean" else name,
        field.keyword,
        type=_TYPES[field.type],
        required=required and field.required,
        multiple=field.type == "array",
        metavar="|".join(map(str, field.enum)) or None,
        shell_complete=_COMPLETIONS.get(field.name, complete),
        help=field.description.replace("`", "") + (" Repeatable." if field.type == "array" else ""),
        **({"default": None} if field.type == "boolean" else {}),  # else it is false
    )


allow_unknown_model_option = click.option(
    "--allow-unknown-model",
    is_flag=True,
    help="Send a model that is in no table, with a warning; its price is unknown.",
)

# What stands for a prompt and an image where only the price is asked for, which depends on neither.
_ANY_PROMPT: Final = "any prompt"
_ANY_IMAGE: Final = "https://example.com/any.jpg"


def _video_options(*, required: bool) -> Callable[[F], F]:
    """The argument and options that describe a video; for a price alone neither prompt nor model is required."""
    by_hand = ("prompt", "inputMode", "inputImageUrls")
    value: dict[str, Any] = {} if required else {"is_flag": False, "flag_value": _ANY_IMAGE}
    return compose(
        click.argument("prompt", required=required, default=None if required else _ANY_PROMPT),
        *(_field_option(field, required=required) for name, field in FIELDS.items() if name not in by_hand),
        click.option(
            "--image", multiple=True, metavar="URL", help="URL of an image to start from. Repeatable.", **value
        ),
        click.option(
            "--mode",
            "input_mode",
            metavar="M",
            shell_complete=completion.modes,
            help="text_to_video or image_to_video; inferred by default.",
        ),
        click.option(
            "--set",
            "extra",
            multiple=True,
            callback=_parse_extra,
            metavar="KEY=VALUE",
            help="Provider-specific field; VALUE is JSON where it parses, else text. Repeatable.",
        ),
        allow_unknown_model_option,
    )


video_options = _video_options(required=True)
quote_options = _video_options(required=False)


def _keywords(options: VideoOptions, **more: Any) -> Any:
    """The keywords of `prepare`."""
    names = RequestOptions.__annotations__
    return {name: value for name, value in options.items() if name in names and value != ()} | more


def prepare(options: VideoOptions) -> PreparedRequest:
    """Build, check and price the request, once, and print its warnings. Raises InvalidRequest."""
    allow_unknown, keywords = options["allow_unknown_model"], _keywords(options)
    models = model_table()
    prepared = gptimage2_video.prepare(options["prompt"], models=models, allow_unknown_model=allow_unknown, **keywords)
    for warning in prepared.warnings:
        log_stderr(f"warning: {warning}")
    return prepared


def compare(options: VideoOptions) -> list[tuple[Model, Quote]]:
    """What each model that can make this video asks for it, the cheapest first, those without a known price last.

    Raises InvalidRequest where none can: what is wrong with the request for the last of them.
    """
    quotes: list[tuple[Model, Quote]] = []
    refusal: InvalidRequest | None = None
    for model in (models := model_table()).values():
        try:
            prepared = gptimage2_video.prepare(options["prompt"], models=models, **_keywords(options, model=model.id))
        except InvalidRequest as error:
            refusal = error
        else:
            quotes.append((model, prepared.quote))
    if not quotes and refusal:
        raise refusal
    return sorted(quotes, key=lambda it: (it[1].credits is None, it[1].credits or 0))
