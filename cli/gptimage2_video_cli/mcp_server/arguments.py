"""The arguments of a tool: their JSON Schemas, and the one check against them.

Rules about a video are the library's. An unknown argument is refused, as one that is ignored could cost money.
"""

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import NoneType
from typing import Any, Final, get_args

from pydantic import TypeAdapter

from gptimage2_video import FIELDS, Field, InvalidRequest, Model, Violation
from gptimage2_video_cli.batch.manifest import as_request
from gptimage2_video_cli.batch.manifest_rows import InvalidLine
from gptimage2_video_cli.model_table import model_table
from gptimage2_video_cli.requests import FIELD_OPTIONS

Schema = dict[str, Any]

MODES: Final = ["text_to_video", "image_to_video"]
_TYPES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "string": (lambda value: isinstance(value, str) and bool(value.strip()), "a non-empty string"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "integer": (lambda value: isinstance(value, int) and not isinstance(value, bool), "an integer"),
    "object": (lambda value: isinstance(value, dict), "an object"),
}


def _schema(field: Field) -> Schema:
    """The schema of a field of a request, as the API's own says it."""
    limits = {"enum": list(field.enum), "minimum": field.minimum, "maximum": field.maximum, "pattern": field.pattern}
    return {
        "type": field.type,
        "description": field.description,
        **({"items": {"type": "string"}} if field.type == "array" else {}),
        **{keyword: value for keyword, value in limits.items() if value not in (None, [])},
    }


_VIDEO: Final[dict[str, Schema]] = {name: _schema(field) for name, field in FIELDS.items()} | {
    "inputMode": {
        "type": "string",
        "description": "Omit it: it is inferred from the model and the image.",
        "enum": MODES,
    },
    "inputImageUrls": {
        "type": "array",
        "items": {"type": "string", "format": "uri"},
        "description": "The public http or https URL of an image to start from; makes it image_to_video.",
    },
    "extra": {
        "type": "object",
        "description": "Provider-specific fields, passed through; the price is then unknown.",
    },
}

# The arguments that a video needs; its mode is inferred.
REQUIRED: Final = tuple(name for name, field in FIELDS.items() if field.required and name != "inputMode")


def with_models(schema: Schema, *, allow_unknown_model: bool) -> Schema:
    """The schema of a tool's arguments, in which a model is one of the table, or where unknown ones may go any text."""
    properties = schema["properties"]
    if "model" not in properties:
        return schema
    known = {"examples" if allow_unknown_model else "enum": list(model_table())}
    return schema | {"properties": properties | {"model": properties["model"] | known}}


def input_schema(handler: Callable[..., Any], required: tuple[str, ...]) -> Schema:
    """The schema of a tool's arguments, from the type hints of its keywords; `**video` stands for those of a video."""
    properties: dict[str, Schema] = {}
    for name, parameter in inspect.signature(handler, eval_str=True).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            properties = _VIDEO | properties
        elif parameter.kind is not parameter.POSITIONAL_ONLY:
            hint, *optional = get_args(parameter.annotation) or (parameter.annotation,)
            properties[name] = TypeAdapter(hint if NoneType in optional else parameter.annotation).json_schema()
            if parameter.default is parameter.empty:
                required = (*required, name)
            elif parameter.default is not None:
                properties[name]["default"] = parameter.default
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def parse_arguments(arguments: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """The arguments; null is the same as omitting one. Raises InvalidRequest with all mistakes.

    The fields of a video are not checked: `prepare` does that, and says how to correct them.
    """
    properties = schema["properties"]
    present = {name: value for name, value in arguments.items() if value is not None}
    own = properties.keys() - FIELD_OPTIONS.keys()
    violations = [_unknown(name, properties) for name in present.keys() - properties.keys()]
    violations += [
        Violation("required", name, f"{name} is missing: {properties[name]['description'].removesuffix('.')}")
        for name in schema["required"]
        if name in own and name not in present
    ]
    violations += [
        violation for name in own & present.keys() if (violation := _violation(name, present[name], properties[name]))
    ]
    if violations:
        raise InvalidRequest(sorted(violations, key=lambda violation: violation.field))
    return present


def video_request(video: dict[str, Any], models: Mapping[str, Model]) -> dict[str, Any]:
    """The request in wire names. Raises InvalidRequest where `extra` names a field."""
    extra = video.pop("extra", {})
    if duplicates := extra.keys() & FIELD_OPTIONS.keys():
        message = f"extra names {', '.join(sorted(duplicates))}; give it as an argument of its own"
        raise InvalidRequest([Violation("extra", "extra", message)])
    try:
        return as_request(video | extra, models)
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
