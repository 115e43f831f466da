"""The model/mode rules: what is wrong with a request, told before it costs anything.

Lives here: `check`, one function a rule, over the generated model table. Not here: whether a field can be read at all
(`form`), what a request costs (`pricing`), and any fact about one model, which is a row of the table in openapi.yaml.

Sources: the table's own marks. A fact known from the documentation (`page`, `docs`) is an error when broken; one that
is only inferred or unknown is at most a warning.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from gptimage2_video_api.model_table import COMMON_DURATIONS, IMAGE_URL_PATTERN, MODELS, Model

from .form import IMAGE, TEXT, Found, Request, Violation, Violations, shown, to_wire, unreadable

MODES: Final = (TEXT, IMAGE)

_DOCUMENTED: Final = ("page", "docs")
_image_url: Final = re.compile(IMAGE_URL_PATTERN.removesuffix("$") + r"\Z").match
_aspect_ratio: Final = re.compile(r"[1-9][0-9]*:[1-9][0-9]*\Z").match


def check(request: Request) -> tuple[Violation, ...]:
    """What is wrong with a request; empty when it is fine. Sends nothing and needs no key.

    Args:
        request: A generated request, or a mapping in wire names (`inputMode`, not `input_mode`).

    Returns:
        Errors and warnings, in the order of the rules.
    """
    wire = to_wire(request)
    if wire is None:
        return Violations((Violation("type", "", "a request is a JSON object with prompt, model and inputMode"),))
    # First whether the fields can be read at all; then the rules, over the fields that can.
    found = unreadable(wire)
    sound = _without(wire, found) if found else wire
    model = MODELS.get(sound.get("model") or "")
    for rule in _RULES:
        found += rule(sound, model)
    return Violations(found)


def _without(wire: Mapping[str, Any], found: Found) -> Mapping[str, Any]:
    """The request with None for each field that cannot be read."""
    gone = {violation.field for violation in found}
    return {name: None if name in gone else value for name, value in wire.items()}


def _prompt(sound: Mapping[str, Any], _model: Model | None) -> Found:
    prompt = sound.get("prompt")
    if prompt == "":
        return [Violation("prompt_empty", "prompt", "the prompt is empty; say what the video shows")]
    if prompt is not None and not prompt.strip():
        text = "the prompt is only white space; say what the video shows"
        return [Violation("prompt_blank", "prompt", text, "warning")]
    return ()


def _model_known(sound: Mapping[str, Any], model: Model | None) -> Found:
    name = sound.get("model")
    if name is None or model is not None:
        return ()
    near = _nearest(name.lower())
    fix = f"did you mean {near}?" if near else f"the models are {', '.join(MODELS)}"
    return [Violation("model_unknown", "model", f"there is no model {name!r}; {fix}")]


@lru_cache(maxsize=16)  # a slip of the pen stands on every line of a manifest, and the search takes 60 times a check
def _nearest(name: str) -> str | None:
    from difflib import get_close_matches  # only a misspelt model pays for the import

    return next(iter(get_close_matches(name, list(MODELS), n=1)), None)


def _mode(sound: Mapping[str, Any], model: Model | None) -> Found:
    mode = sound.get("inputMode")
    if mode is not None and mode not in MODES:
        text = f"there is no mode {mode!r}; the modes are {TEXT} and {IMAGE}"
        return [Violation("mode_unknown", "inputMode", text)]
    if mode is None or model is None or mode in model.modes:
        return ()
    others = [other.id for other in MODELS.values() if other.family == model.family and mode in other.modes]
    other = f", or choose {others[0]} for {mode}" if others else ""
    text = f"{model.id} does {' and '.join(model.modes)} only; use that{other}"
    return [Violation("mode_not_offered", "inputMode", text)]


def _images(sound: Mapping[str, Any], _model: Model | None) -> Found:
    name, images, mode = "inputImageUrls", sound.get("inputImageUrls"), sound.get("inputMode")
    found: list[Violation] = []
    for image in images or ():
        if not _image_url(image):
            text = f"{shown(image)} is not an http or https URL; {_upload_hint(image)}"
            found.append(Violation("image_not_a_url", name, text))
            break
    if mode == IMAGE and (name not in sound or (images is not None and not images)):
        text = "image_to_video needs an image; give the http or https URL of one"
        found.append(Violation("image_missing", name, text))
    if mode == TEXT and images:
        text = "text_to_video does not use images; drop them, or use image_to_video"
        found.append(Violation("images_ignored", name, text, "warning"))
    if mode == IMAGE and images and len(images) > 1:
        text = "only the first image is used; drop the others"
        found.append(Violation("extra_images_ignored", name, text, "warning"))
    return found


def _duration(sound: Mapping[str, Any], model: Model | None) -> Found:
    duration = sound.get("duration")
    if duration is None or model is None:
        return ()
    offered = model.durations if model.durations_known in _DOCUMENTED else COMMON_DURATIONS
    if duration not in offered:
        if len(model.durations) == 1:
            only = model.durations[0]
            text = f"{model.id} clips are always {only} seconds; drop duration or set it to {only}"
        else:
            text = f"{model.id} clips are {_listed(offered)} seconds; choose one"
        return [Violation("duration_not_offered", "duration", text)]
    if model.durations and duration not in model.durations:
        text = f"the price table of {model.id} has no {duration:g} s ({_listed(model.durations)} are priced)"
        return [Violation("duration_unpriced", "duration", f"{text}; the price is unknown", "warning")]
    return ()


def _resolution(sound: Mapping[str, Any], model: Model | None) -> Found:
    resolution = sound.get("resolution")
    if resolution is None or model is None or not model.prices or resolution in model.resolutions:
        return ()
    priced = f" ({_listed(model.resolutions)} are priced)" if model.resolutions else ""
    text = f"the price table of {model.id} has no resolution {resolution!r}{priced}; the price is unknown"
    return [Violation("resolution_unpriced", "resolution", text, "warning")]


def _ratio(sound: Mapping[str, Any], _model: Model | None) -> Found:
    ratio = sound.get("aspectRatio")
    if ratio is None or _aspect_ratio(ratio):
        return ()
    text = f"the aspect ratio {ratio!r} is not of the form W:H; write it like 16:9"
    return [Violation("aspect_ratio_shape", "aspectRatio", text, "warning")]


_RULES: Final = (_prompt, _model_known, _mode, _images, _duration, _resolution, _ratio)


def _upload_hint(image: str) -> str:
    if image.startswith("data:"):
        return "data: URLs are not accepted, so put the image where the service can fetch it"
    return "local files cannot be sent, so put the image where the service can fetch it"


def _listed(values: tuple[Any, ...]) -> str:
    *most, last = (str(value) for value in values)
    return f"{', '.join(most)} or {last}" if most else last
