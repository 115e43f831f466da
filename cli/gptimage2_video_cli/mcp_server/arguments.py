"""What a model asks for: the arguments of a tool, held to the schema that it was shown.

Lives here: the schemas of the arguments, and the one way to read them. Not here: rules about a video, which are the
library's, and what is done (`desk`). A name that no tool knows is refused, as one that is ignored could cost money.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from gptimage2_video import MODELS, InvalidRequest, Violation
from gptimage2_video_cli.batch.manifest import as_request
from gptimage2_video_cli.batch.manifest_rows import InvalidLine
from gptimage2_video_cli.requests import FIELD_OPTIONS

Schema = dict[str, Any]
# A host gives up on a call after a minute, most of them; so long may a wait take, in seconds.
USUAL_WAIT: Final = 50
LONGEST_WAIT: Final = 300

_MODES: Final = ["text_to_video", "image_to_video"]
_FITS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "string": (lambda value: isinstance(value, str) and bool(value.strip()), "text"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "integer": (lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number"),
    "object": (lambda value: isinstance(value, dict), "an object"),
}


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _flag(description: str) -> Schema:
    return {"type": "boolean", "description": description, "default": False}


TASK_ID: Final = _text("The task id that generate told.")
MODE: Final = _text("Only the models that take this mode.", enum=_MODES)
LAST: Final = {"type": "integer", "description": "How many to list, the latest.", "default": 20, "minimum": 1}
SECONDS: Final = {
    "type": "integer",
    "description": "How long to wait at most, in seconds; less than your host gives a call.",
    "default": USUAL_WAIT,
    "minimum": 1,
    "maximum": LONGEST_WAIT,
}
FILE: Final = _text("A plain name that ends in .mp4, without a folder; default: the task id.")
OVERWRITE: Final = _flag("Replace a file of that name.")
AGAIN: Final = _flag("Submit and pay although the same request is on its way or pending.")
VIDEO: Final[dict[str, Schema]] = {
    "prompt": _text("What the video shows."),
    "model": _text("A model id; list_models tells them.", enum=list(MODELS)),
    "inputMode": _text("Leave it out: it follows from the model and the image.", enum=_MODES),
    "inputImageUrls": {
        "type": "array",
        "items": {"type": "string", "format": "uri"},
        "description": "The public http or https URL of an image to start from; makes it image_to_video.",
    },
    "aspectRatio": _text("Such as 16:9; what is offered varies by model."),
    "duration": {"type": "integer", "description": "Seconds of video; list_models tells which a model offers."},
    "resolution": _text("Such as 720p; it affects the price."),
    "extra": {
        "type": "object",
        "description": "Provider-specific controls, passed through; the price is then unknown.",
    },
}


def schema(properties: Mapping[str, Schema], *required: str) -> Schema:
    """The schema of a tool's arguments."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def read(arguments: Mapping[str, Any], tool: Schema) -> dict[str, Any]:
    """The arguments with their defaults; null is the same as leaving one out. Raises InvalidRequest, with all mistakes.

    The fields of a video are not looked into: `check` does that, and says how to mend them.
    """
    known = tool["properties"]
    given = {name: value for name, value in arguments.items() if value is not None}
    found = [_unknown(name, known) for name in given.keys() - known.keys()]
    found += [
        Violation("required", name, f"{name} is missing; {known[name]['description']}")
        for name in tool["required"]
        if name not in given and name not in FIELD_OPTIONS
    ]
    found += [
        problem
        for name in known.keys() & given.keys() - FIELD_OPTIONS.keys()
        if (problem := _unfit(name, given[name], known[name]))
    ]
    if found:
        raise InvalidRequest(sorted(found, key=lambda violation: violation.field))
    return {name: facts["default"] for name, facts in known.items() if "default" in facts} | given


def video(given: Mapping[str, Any]) -> dict[str, Any]:
    """The request that the arguments mean, in wire names. Raises InvalidRequest where `extra` names a field."""
    extra = given.get("extra", {})
    fields = {name: value for name, value in given.items() if name in FIELD_OPTIONS}
    if twice := extra.keys() & FIELD_OPTIONS.keys():
        text = f"extra names {', '.join(sorted(twice))}; give it as an argument of its own"
        raise InvalidRequest([Violation("extra", "extra", text)])
    try:
        return as_request(fields | extra)
    except InvalidLine as problem:
        raise InvalidRequest([Violation("extra", "extra", str(problem))]) from None


def _unknown(name: str, known: Mapping[str, Schema]) -> Violation:
    plain = {other.lower(): other for other in known}
    near = get_close_matches(name.replace("_", "").lower(), plain, n=1)
    others = f"the arguments are {', '.join(known)}" if known else "there are none"
    return Violation(
        "argument", name, f"there is no argument {name}; {f'did you mean {plain[near[0]]}?' if near else others}"
    )


def _unfit(name: str, value: Any, facts: Schema) -> Violation | None:
    fits, words = _FITS[facts["type"]]
    if not fits(value):
        return Violation("type", name, f"{name} is not {words}; give it as that")
    if "enum" in facts and value not in facts["enum"]:
        return Violation("argument", name, f"{name} is none of its values; choose {' or '.join(facts['enum'])}")
    if "minimum" in facts and not facts["minimum"] <= value <= facts.get("maximum", value):
        most = f" and at most {facts['maximum']}" if "maximum" in facts else ""
        return Violation("argument", name, f"{name} is out of range; give at least {facts['minimum']}{most}")
    return None
