"""The options that describe a video, and the request that they mean."""

import json
from typing import Any, Final, TypedDict

import click

import gptimage2_video
from gptimage2_video import PreparedRequest

from .console import completion
from .console.options import compose
from .console.output import log_stderr

# The fields that have an option of their own, and the option.
FIELD_OPTIONS: Final = {
    "prompt": "PROMPT",
    "model": "--model",
    "inputMode": "--mode",
    "inputImageUrls": "--image",
    "aspectRatio": "--aspect-ratio",
    "duration": "--duration",
    "resolution": "--resolution",
}


class VideoOptions(TypedDict):
    """The values of `video_options`."""

    prompt: str
    model: str
    images: tuple[str, ...]
    duration: int | None
    aspect_ratio: str | None
    resolution: str | None
    mode: str | None
    extra: dict[str, Any]


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


video_options = compose(
    click.argument("prompt"),
    click.option(
        "--model",
        required=True,
        metavar="M",
        shell_complete=completion.model_ids,
        help="Model id; `gptimage2-video models` lists them.",
    ),
    click.option("--image", "images", multiple=True, metavar="URL", help="URL of an image to start from. Repeatable."),
    click.option(
        "--duration",
        type=int,
        metavar="N",
        shell_complete=completion.durations,
        help="Duration of the video in seconds.",
    ),
    click.option("--aspect-ratio", metavar="W:H", help="Aspect ratio, such as 16:9; the values depend on the model."),
    click.option(
        "--resolution",
        metavar="R",
        shell_complete=completion.resolutions,
        help="Resolution, such as 720p; it affects the price.",
    ),
    click.option(
        "--mode",
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
)


def prepare(options: VideoOptions) -> PreparedRequest:
    """Build, check and price the request, once, and print its warnings. Raises InvalidRequest."""
    prepared = gptimage2_video.prepare(
        options["prompt"],
        model=options["model"],
        image=options["images"] or None,
        duration=options["duration"],
        aspect_ratio=options["aspect_ratio"],
        resolution=options["resolution"],
        input_mode=options["mode"],
        extra=options["extra"],
    )
    for warning in prepared.warnings:
        log_stderr(f"warning: {warning}")
    return prepared
