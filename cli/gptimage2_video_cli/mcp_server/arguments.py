"""The arguments of a tool: their JSON Schemas, and the one check against them.

Rules about a video are the library's. An unknown argument is refused, as one that is ignored could cost money.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from gptimage2_video import MODELS, InvalidRequest, Violation
from gptimage2_video_cli.batch.manifest import as_request
from gptimage2_video_cli.batch.manifest_rows import InvalidLine
from gptimage2_video_cli.requests import FIELD_OPTIONS

Schema = dict[str, Any]
# In seconds: most hosts give up on a call after a minute.
DEFAULT_WAIT: Final = 50
MAX_WAIT: Final = 300

_MODES: Final = ["text_to_video", "image_to_video"]
_TYPES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "string": (lambda value: isinstance(value, str) and bool(value.strip()), "a non-empty string"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "integer": (lambda value: isinstance(value, int) and not isinstance(value, bool), "an integer"),
    "object": (lambda value: isinstance(value, dict), "an object"),
}


def _string(description: str, **keywords: Any) -> Schema:
    return {"type": "string", "description": description, **keywords}


def _flag(description: str) -> Schema:
    return {"type": "boolean", "description": description, "default": False}


TASK_ID: Final = _string("The task id, as generate returned it.")
MODE: Final = _string("Only the models with this mode.", enum=_MODES)
LAST: Final = {"type": "integer", "description": "Maximum number to list, latest first.", "default": 20, "minimum": 1}
SECONDS: Final = {
    "type": "integer",
    "description": "Timeout of this call, in seconds; must be less than the timeout of your host.",
    "default": DEFAULT_WAIT,
    "minimum": 1,
    "maximum": MAX_WAIT,
}
FILE: Final = _string("A plain file name that ends in .mp4, without a folder; default: the task id.")
OVERWRITE: Final = _flag("Overwrite an existing file.")
ALLOW_DUPLICATE: Final = _flag("Submit and pay even if the same request is in flight, pending or uncertain.")
VIDEO: Final[dict[str, Schema]] = {
    "prompt": _string("What the video shows."),
    "model": _string("A model id; see list_models.", enum=list(MODELS)),
    "inputMode": _string("Omit it: it is inferred from the model and the image.", enum=_MODES),
    "inputImageUrls": {
        "type": "array",
        "items": {"type": "string", "format": "uri"},
        "description": "The public http or https URL of an image to start from; makes it image_to_video.",
    },
    "aspectRatio": _string("Aspect ratio, such as 16:9; the values depend on the model."),
    "duration": {"type": "integer", "description": "Duration in seconds; see list_models for the model's durations."},
    "resolution": _string("Resolution, such as 720p; it affects the price."),
    "extra": {
        "type": "object",
        "description": "Provider-specific fields, passed through; the price is then unknown.",
    },
}


def input_schema(properties: Mapping[str, Schema], *required: str) -> Schema:
    """The schema of a tool's arguments."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def parse_arguments(arguments: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """The arguments with their defaults; null is the same as omitting one. Raises InvalidRequest with all mistakes.

    The fields of a video are not checked: `prepare` does that, and says how to correct them.
    """
    properties = schema["properties"]
    present = {name: value for name, value in arguments.items() if value is not None}
    own = properties.keys() - FIELD_OPTIONS.keys()
    violations = [_unknown(name, properties) for name in present.keys() - properties.keys()]
    violations += [
        Violation("required", name, f"{name} is missing; {properties[name]['description']}")
        for name in schema["required"]
        if name in own and name not in present
    ]
    violations += [
        violation for name in own & present.keys() if (violation := _violation(name, present[name], properties[name]))
    ]
    if violations:
        raise InvalidRequest(sorted(violations, key=lambda violation: violation.field))
    return {name: value["default"] for name, value in properties.items() if "default" in value} | present


def video_request(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The request in wire names. Raises InvalidRequest where `extra` names a field."""
    extra = arguments.get("extra", {})
    fields = {name: value for name, value in arguments.items() if name in FIELD_OPTIONS}
    if duplicates := extra.keys() & FIELD_OPTIONS.keys():
        message = f"extra names {', '.join(sorted(duplicates))}; give it as an argument of its own"
        raise InvalidRequest([Violation("extra", "extra", message)])
    try:
        return as_request(fields | extra)
    except InvalidLine as error:
        raise InvalidRequest([Violation("extra", "extra", str(error))]) from None


def _unknown(name: str, properties: Mapping[str, Schema]) -> Violation:
    by_lower = {other.lower(): other for other in properties}
    closest = get_close_matches(name.replace("_", "").lower(), by_lower, n=1)
    available = f"the arguments are {', '.join(properties)}" if properties else "there are none"
    hint = f"did you mean {by_lower[closest[0]]}?" if closest else available
    return Violation("argument", name, f"there is no argument {name}; {hint}")


def _violation(name: str, value: Any, schema: Schema) -> Violation | None:
    is_type, description = _TYPES[schema["type"]]
    if not is_type(value):
        return Violation("type", name, f"{name} must be {description}")
    if "enum" in schema and value not in schema["enum"]:
        return Violation("argument", name, f"{name} must be {' or '.join(schema['enum'])}")
    if "minimum" in schema and not schema["minimum"] <= value <= schema.get("maximum", value):
        maximum = f" and at most {schema['maximum']}" if "maximum" in schema else ""
        return Violation("argument", name, f"{name} must be at least {schema['minimum']}{maximum}")
    return None
