"""The model/mode rules: what is wrong with a request, known before it costs anything.

Lives here: one function a rule, over a model table. Not here: whether a field can be read (`fields`), and any fact
about one model, which is a row of the table (`models`). Sources: its own marks. A fact that is documented (`page`,
`docs`) or the user's own (`user`) is an error when broken; one that is only inferred or unknown is at most a warning.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from gptimage2_video_api.model_table import COMMON_DURATIONS, IMAGE_URL_PATTERN

from .arguments import check_arguments
from .errors import Violation
from .fields import IMAGE, TEXT, Request, compile_pattern, field_errors, join_or, to_wire, truncate_repr
from .models import MODELS, Model

_SURE: Final = ("page", "docs", "user")
_is_image_url: Final = compile_pattern(IMAGE_URL_PATTERN).search
_is_aspect_ratio: Final = re.compile(r"[1-9][0-9]*:[1-9][0-9]*\Z").match
_WAYS_OUT: Final = (
    "send a newer one with allow_unknown_model, or with a row of your own (GPTIMAGE2_MODELS or load_models)"
)
_Models = Mapping[str, Model]


class Violations(tuple[Violation, ...]):
    """What `check` found: a tuple that a notebook shows as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from .notebook.html import table_html

        if not self:
            return "<div>nothing to fix</div>"
        return table_html(("", "field", "what to do"), [(each.severity, each.field, each.message) for each in self])


def check(
    request: Request, *, models: Mapping[str, Model] = MODELS, allow_unknown_model: bool = False
) -> tuple[Violation, ...]:
    """What is wrong with a request: errors and warnings, in the order of the rules; empty when it is fine.

    The request is a generated one, or a mapping in wire names (`inputMode`). Sends nothing and needs no key. A model
    that the table `models` does not have is an error, or with `allow_unknown_model` a warning.
    """
    if models is not MODELS:
        check_arguments({"models": models})
    wire = to_wire(request)
    if wire is None:
        return Violations((Violation("type", "", "a request is a JSON object with prompt, model and inputMode"),))
    # First whether the fields can be read at all; then the rules, over the fields that can.
    violations = field_errors(wire)
    unreadable = {violation.field for violation in violations}
    fields = {name: None if name in unreadable else value for name, value in wire.items()} if unreadable else wire
    model = models.get(fields.get("model") or "")
    for rule in _RULES:
        violations += rule(fields, model, models)
    if allow_unknown_model and model is None:
        violations = [_sent_unchecked(wire["model"]) if each.code == "model_unknown" else each for each in violations]
    return Violations(violations)


# Each rule returns what it finds; most requests are fine, and an empty tuple costs nothing.
def _prompt(fields: Mapping[str, Any], _model: Model | None, _models: _Models) -> Iterable[Violation]:
    prompt = fields.get("prompt")
    if prompt == "":
        return [Violation("prompt_empty", "prompt", "the prompt is empty; say what the video shows")]
    if prompt is not None and not prompt.strip():
        text = "the prompt is only white space; say what the video shows"
        return [Violation("prompt_blank", "prompt", text, "warning")]
    return ()


def _model(fields: Mapping[str, Any], model: Model | None, models: _Models) -> Iterable[Violation]:
    name = fields.get("model")
    if name is None:
        return ()
    if model is None:
        closest = _closest_model(name.lower(), tuple(models))
        fix = f"did you mean {closest}?" if closest else f"the models are {', '.join(models)}"
        return [Violation("model_unknown", "model", f"there is no model {truncate_repr(name)} ({fix}); {_WAYS_OUT}")]
    if model.note and model.note.known == "sure":
        fact = f"{model.family}: {model.note.text} ({model.note.date})"
        text = f"{fact}; whether this service still serves {model.id} is unknown"
        return [Violation("model_ended", "model", text, "warning")]
    return ()


def _sent_unchecked(model: str) -> Violation:
    text = f"{truncate_repr(model)} is none of the models known here: it is sent as it is, and its price is unknown"
    return Violation("model_unknown", "model", text, "warning")


@lru_cache(maxsize=16)  # a typo stands on every line of a manifest, and the search takes 60 times a check
def _closest_model(name: str, ids: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches  # only a misspelt model pays for the import

    return next(iter(get_close_matches(name, ids, n=1)), None)


def _mode(fields: Mapping[str, Any], model: Model | None, models: _Models) -> Iterable[Violation]:
    mode = fields.get("inputMode")
    if mode is not None and mode not in (TEXT, IMAGE):
        text = f"there is no mode {mode!r}; the modes are {TEXT} and {IMAGE}"
        return [Violation("mode_unknown", "inputMode", text)]
    if mode is None or model is None or mode in model.modes:
        return ()
    others = [other.id for other in models.values() if other.family == model.family and mode in other.modes]
    alternative = f", or choose {others[0]} for {mode}" if others else ""
    text = f"{model.id} does {' and '.join(model.modes)} only; use that{alternative}"
    return [Violation("mode_not_offered", "inputMode", text)]


def _images(fields: Mapping[str, Any], _model: Model | None, _models: _Models) -> Iterable[Violation]:
    name, images, mode = "inputImageUrls", fields.get("inputImageUrls"), fields.get("inputMode")
    invalid = next((image for image in images or () if not _is_image_url(image)), None)
    if invalid is not None:
        hint = "data: URLs are not accepted" if invalid.startswith("data:") else "local files cannot be sent"
        fix = f"{hint}, so put the image where the service can fetch it"
        text = f"{truncate_repr(invalid)} is not an http or https URL; {fix}"
        yield Violation("image_not_a_url", name, text)
    if mode == IMAGE and (name not in fields or (images is not None and not images)):
        yield Violation("image_missing", name, "image_to_video needs an image; give the http or https URL of one")
    if mode == TEXT and images:
        text = "text_to_video does not use images; drop them, or use image_to_video"
        yield Violation("images_ignored", name, text, "warning")
    if mode == IMAGE and images and len(images) > 1:
        yield Violation("extra_images_ignored", name, "only the first image is used; drop the others", "warning")


def _duration(fields: Mapping[str, Any], model: Model | None, _models: _Models) -> Iterable[Violation]:
    duration = fields.get("duration")
    if duration is None or model is None:
        return ()
    offered = model.durations if model.durations_known in _SURE else COMMON_DURATIONS
    if offered and duration not in offered:
        is_only = len(offered) == 1
        fix = f"drop duration or set it to {offered[0]}" if is_only else "choose one"
        text = f"{model.id} clips are {'always ' if is_only else ''}{join_or(offered)} seconds; {fix}"
        return [Violation("duration_not_offered", "duration", text)]
    if model.durations and model.prices and duration not in model.durations:
        text = f"the price table of {model.id} has no {duration:g} s ({join_or(model.durations)} are priced)"
        return [Violation("duration_unpriced", "duration", f"{text}; the price is unknown", "warning")]
    return ()


def _resolution(fields: Mapping[str, Any], model: Model | None, _models: _Models) -> Iterable[Violation]:
    resolution = fields.get("resolution")
    if resolution is None or model is None or resolution in model.resolutions:
        return ()
    if model.resolutions and model.resolutions_known == "user":
        text = f"{model.id} clips are {join_or(model.resolutions)}; choose one"
        return [Violation("resolution_not_offered", "resolution", text)]
    if not model.prices:
        return ()
    priced = f" ({join_or(model.resolutions)} are priced)" if model.resolutions else ""
    text = f"the price table of {model.id} has no resolution {resolution!r}{priced}; the price is unknown"
    return [Violation("resolution_unpriced", "resolution", text, "warning")]


def _ratio(fields: Mapping[str, Any], _model: Model | None, _models: _Models) -> Iterable[Violation]:
    ratio = fields.get("aspectRatio")
    if ratio is None or _is_aspect_ratio(ratio):
        return ()
    text = f"the aspect ratio {ratio!r} is not of the form W:H; write it like 16:9"
    return [Violation("aspect_ratio_shape", "aspectRatio", text, "warning")]


_RULES: Final = (_prompt, _model, _mode, _images, _duration, _resolution, _ratio)
