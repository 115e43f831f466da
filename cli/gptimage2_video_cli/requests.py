"""From the options that describe a video to a request in wire names, and its price.

Lives here: the options of `generate` and `quote`, and what they mean. Not here: rules about a request, which are the
library's.
"""

import json
from typing import Any, Final, TypedDict

import click

from gptimage2_video import InvalidRequest, Quote, build_request, check, quote

from .console import completion
from .console.options import options
from .console.output import say

# The fields that have an option of their own, and the option.
OWN: Final = {
    "prompt": "PROMPT",
    "model": "--model",
    "inputMode": "--mode",
    "inputImageUrls": "--image",
    "aspectRatio": "--aspect-ratio",
    "duration": "--duration",
    "resolution": "--resolution",
}


class RequestGiven(TypedDict):
    """What the options of `request_options` were given."""

    prompt: str
    model: str
    images: tuple[str, ...]
    duration: int | None
    aspect_ratio: str | None
    resolution: str | None
    mode: str | None
    extra: dict[str, Any]


def _extra(_context: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{pair!r} is not of the form KEY=VALUE")
        if name in OWN:
            raise click.BadParameter(f"{name} has an option of its own: {OWN[name]}")
        if name in extra:
            raise click.BadParameter(f"{name} is given twice")
        extra[name] = json_or_text(text)
    return extra


def json_or_text(text: str) -> Any:
    """The value that a text means: JSON where it parses, else the text."""

    def no_json(word: str) -> None:
        raise ValueError(word)

    try:
        return json.loads(text, parse_constant=no_json)
    except (ValueError, RecursionError):
        return text


request_options = options(
    click.argument("prompt"),
    click.option(
        "--model",
        required=True,
        metavar="M",
        shell_complete=completion.model_ids,
        help="Model id; `gptimage2-video models` lists them.",
    ),
    click.option(
        "--image", "images", multiple=True, metavar="URL", help="Image to start from; makes it image-to-video."
    ),
    click.option("--duration", type=int, metavar="N", shell_complete=completion.durations, help="Seconds of video."),
    click.option("--aspect-ratio", metavar="W:H", help="Such as 16:9; the values vary by model family."),
    click.option(
        "--resolution",
        metavar="R",
        shell_complete=completion.resolutions,
        help="Such as 720p; it affects the price.",
    ),
    click.option(
        "--mode",
        metavar="M",
        shell_complete=completion.modes,
        help="text_to_video or image_to_video; inferred where left out.",
    ),
    click.option(
        "--set",
        "extra",
        multiple=True,
        callback=_extra,
        metavar="KEY=VALUE",
        help="Provider-specific control; VALUE is JSON where it parses, else text. Repeatable.",
    ),
)


def wire_request(given: RequestGiven) -> dict[str, Any]:
    """The request that the options mean, in wire names."""
    return build_request(
        given["prompt"],
        model=given["model"],
        image=given["images"] or None,
        duration=given["duration"],
        aspect_ratio=given["aspect_ratio"],
        resolution=given["resolution"],
        input_mode=given["mode"],
        extra=given["extra"],
    )


def priced(request: dict[str, Any]) -> Quote:
    """The price of a request; its warnings are said. Raises InvalidRequest."""
    violations = check(request)
    for violation in violations:
        if violation.severity == "warning":
            say(f"warning: {violation}")
    errors = [violation for violation in violations if violation.severity == "error"]
    if errors:
        raise InvalidRequest(errors)
    return quote(request)
