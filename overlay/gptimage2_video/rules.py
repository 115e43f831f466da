"""The model/mode rules: what is wrong with a request, told before it costs anything.

Lives here: `check`, one function a rule, over the generated model table. Not here: what a request costs (`pricing`),
and any fact about one model, which is a row of the table in openapi.yaml.

Sources: the table's own marks. A fact known from the documentation (`page`, `docs`) is an error when broken; one that
is only inferred or unknown is at most a warning.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from gptimage2_video_api.model_table import COMMON_DURATIONS, IMAGE_URL_PATTERN, MODELS, Model

from .request import Request, to_wire

TEXT: Final = "text_to_video"
IMAGE: Final = "image_to_video"
MODES: Final = (TEXT, IMAGE)

_DOCUMENTED: Final = ("page", "docs")
_image_url: Final = re.compile(IMAGE_URL_PATTERN.removesuffix("$") + r"\Z").match
_aspect_ratio: Final = re.compile(r"[1-9][0-9]*:[1-9][0-9]*\Z").match


class Violation(NamedTuple):
    """One thing that is wrong with a request, or hardly meant so.

    Attributes:
        code: Stable, for programs: `mode_not_offered`.
        field: The field in wire names: `inputMode`; empty for the request as a whole.
        message: For people: what is wrong and how to mend it.
        severity: An error keeps the request from being sent; a warning does not.
    """

    code: str
    field: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return self.message


class _Kind(NamedTuple):
    """The JSON type of a field, and how to say it."""

    fits: Callable[[Any], bool]
    words: str


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)  # pyright: ignore[reportUnknownVariableType]


_TYPES: Final[Mapping[str, _Kind]] = {
    "prompt": _Kind(_is_text, "text"),
    "model": _Kind(_is_text, "text"),
    "inputMode": _Kind(_is_text, "text"),
    "inputImageUrls": _Kind(_is_list_of_text, "a list of URLs"),
    "aspectRatio": _Kind(_is_text, "text such as '16:9'"),
    "duration": _Kind(_is_whole, "a whole number of seconds"),
    "resolution": _Kind(_is_text, "text such as '720p'"),
}
_REQUIRED: Final = {
    "prompt": "say what the video shows",
    "model": "name one of the models",
    "inputMode": f"set it to {TEXT} or {IMAGE}",
}


def check(request: Request) -> tuple[Violation, ...]:
    """What is wrong with a request; empty when it is fine. Sends nothing and needs no key.

    Args:
        request: A generated request, or a mapping in wire names (`inputMode`, not `input_mode`).

    Returns:
        Errors and warnings, in the order of the rules.
    """
    wire = to_wire(request)
    if wire is None:
        return (Violation("type", "", "a request is a JSON object with prompt, model and inputMode"),)
    broken = tuple(violation for rule in _FORM for violation in rule(wire))
    unreadable = {violation.field for violation in broken}
    sound = {name: None if name in unreadable else value for name, value in wire.items()}
    model = MODELS.get(sound.get("model") or "")
    return broken + tuple(violation for rule in _RULES for violation in rule(sound, model))


def _required(wire: Mapping[str, Any]) -> Iterator[Violation]:
    for name, fix in _REQUIRED.items():
        if name not in wire:
            yield Violation("required", name, f"{name} is missing; {fix}")


def _types(wire: Mapping[str, Any]) -> Iterator[Violation]:
    for name, kind in _TYPES.items():
        if name in wire and not kind.fits(wire[name]):
            yield Violation("type", name, f"{name} must be {kind.words}, not {_shown(wire[name])}")


def _json(wire: Mapping[str, Any]) -> Iterator[Violation]:
    for name, value in wire.items():
        try:
            json.dumps({name: value}, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError):
            yield Violation("not_json", str(name), f"{name!s} cannot be sent: its value has no JSON form")


def _prompt(sound: Mapping[str, Any], _model: Model | None) -> Iterator[Violation]:
    prompt = sound.get("prompt")
    if prompt == "":
        yield Violation("prompt_empty", "prompt", "the prompt is empty; say what the video shows")
    elif prompt is not None and not prompt.strip():
        yield Violation("prompt_blank", "prompt", "the prompt is only white space; say what the video shows", "warning")


def _model_known(sound: Mapping[str, Any], model: Model | None) -> Iterator[Violation]:
    name = sound.get("model")
    if name is not None and model is None:
        from difflib import get_close_matches  # only a misspelt model pays for the import

        near = get_close_matches(name.lower(), list(MODELS), n=1)
        fix = f"did you mean {near[0]}?" if near else f"the models are {', '.join(MODELS)}"
        yield Violation("model_unknown", "model", f"there is no model {name!r}; {fix}")


def _mode(sound: Mapping[str, Any], model: Model | None) -> Iterator[Violation]:
    mode = sound.get("inputMode")
    if mode is not None and mode not in MODES:
        yield Violation("mode_unknown", "inputMode", f"there is no mode {mode!r}; the modes are {TEXT} and {IMAGE}")
    elif model and mode and mode not in model.modes:
        others = [other.id for other in MODELS.values() if other.family == model.family and mode in other.modes]
        other = f", or choose {others[0]} for {mode}" if others else ""
        yield Violation(
            "mode_not_offered", "inputMode", f"{model.id} does {' and '.join(model.modes)} only; use that{other}"
        )


def _images(sound: Mapping[str, Any], _model: Model | None) -> Iterator[Violation]:
    name, images, mode = "inputImageUrls", sound.get("inputImageUrls"), sound.get("inputMode")
    for image in [image for image in images or () if not _image_url(image)][:1]:
        yield Violation("image_not_a_url", name, f"{_shown(image)} is not an http or https URL; {_upload_hint(image)}")
    if mode == IMAGE and (name not in sound or (images is not None and not images)):
        yield Violation("image_missing", name, "image_to_video needs an image; give the http or https URL of one")
    if mode == TEXT and images:
        yield Violation(
            "images_ignored", name, "text_to_video does not use images; drop them, or use image_to_video", "warning"
        )
    if mode == IMAGE and images and len(images) > 1:
        yield Violation("extra_images_ignored", name, "only the first image is used; drop the others", "warning")


def _duration(sound: Mapping[str, Any], model: Model | None) -> Iterator[Violation]:
    duration = sound.get("duration")
    if duration is None or model is None:
        return
    firm = model.durations_known in _DOCUMENTED
    if duration not in (model.durations if firm else COMMON_DURATIONS):
        if len(model.durations) == 1:
            only = model.durations[0]
            text = f"{model.id} clips are always {only} seconds; drop duration or set it to {only}"
        else:
            text = f"{model.id} clips are {_listed(model.durations if firm else COMMON_DURATIONS)} seconds; choose one"
        yield Violation("duration_not_offered", "duration", text)
    elif model.durations and duration not in model.durations:
        text = f"the price table of {model.id} has no {duration:g} s ({_listed(model.durations)} are priced)"
        yield Violation("duration_unpriced", "duration", f"{text}; the price is unknown", "warning")


def _resolution(sound: Mapping[str, Any], model: Model | None) -> Iterator[Violation]:
    resolution = sound.get("resolution")
    if resolution is None or model is None or not model.prices or resolution in model.resolutions:
        return
    priced = f" ({_listed(model.resolutions)} are priced)" if model.resolutions else ""
    text = f"the price table of {model.id} has no resolution {resolution!r}{priced}; the price is unknown"
    yield Violation("resolution_unpriced", "resolution", text, "warning")


def _ratio(sound: Mapping[str, Any], _model: Model | None) -> Iterator[Violation]:
    ratio = sound.get("aspectRatio")
    if ratio is not None and not _aspect_ratio(ratio):
        text = f"the aspect ratio {ratio!r} is not of the form W:H; write it like 16:9"
        yield Violation("aspect_ratio_shape", "aspectRatio", text, "warning")


# First whether the fields can be read at all; then the rules, over the fields that can.
_FORM: Final = (_required, _types, _json)
_RULES: Final = (_prompt, _model_known, _mode, _images, _duration, _resolution, _ratio)


def _upload_hint(image: str) -> str:
    if image.startswith("data:"):
        return "data: URLs are not accepted, so put the image where the service can fetch it"
    return "local files cannot be sent, so put the image where the service can fetch it"


def _listed(values: tuple[Any, ...]) -> str:
    *most, last = (str(value) for value in values)
    return f"{', '.join(most)} or {last}" if most else last


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
