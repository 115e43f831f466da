"""The fields of a request, from the schemas of openapi.yaml: what a value must be, and what it is for."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from openapi_python_client.strings import PythonIdentifier
from tools.model_rows import InvalidSpecError, line_of

_PYTHON: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "array": "Sequence[str]"}
_NUMBER: Final = {"enum", "minimum", "maximum"}
_LIMITS: Final = {
    "string": {"enum", "pattern"},
    "integer": _NUMBER,
    "number": _NUMBER,
    "boolean": set[str](),
    "array": {"items"},
}
# By which keywords the overlay has a rule of its own: by the model table, or for the prompt and the images.
_RULES: Final = {
    "prompt": {"minLength"},
    "model": {"enum"},
    "inputMode": {"const"},
    "inputImageUrls": {"minItems", "items"},
    "duration": _NUMBER,
}
# Keywords of a call, options of a command and columns of a manifest that mean something else.
TAKEN: Final = {
    *("extra", "image", "on_progress", "on_update", "overwrite", "request", "save_to", "signal", "timeout"),
    *("allow_plain_http", "allow_unknown_price", "base_url", "dry_run", "force", "help", "json", "max_credits", "mode"),
    *("no_wait", "output", "poll_interval", "quiet", "request_timeout", "set", "steady_polling", "verbose"),
    *("allow_duplicate", "allow_unknown_model", "file", "id", "models"),
}


@dataclass(frozen=True, kw_only=True)
class RequestField:
    """A field as the generated modules have it, in the words of its schema; `keyword` is its name in Python."""

    name: str
    keyword: str
    type: str
    description: str
    example: Any = None
    required: bool = False
    nullable: bool = False
    enum: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None

    def facts(self) -> dict[str, Any]:
        """The attributes that differ from their defaults."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name)) != each.default}

    @property
    def python_type(self) -> str:
        """The type of its values in Python."""
        return f"Literal[{', '.join(map(repr, self.enum))}]" if self.enum else _PYTHON[self.type]


def read_fields(document: Any) -> list[RequestField]:
    """The fields of `GenerateVideoRequest`, first those that each request needs.

    Args:
        document: what `load_yaml` read.

    Raises:
        InvalidSpecError: A mode has a field that the others have not, or a field is not of a supported shape.
    """
    schemas = document["components"]["schemas"]
    shared = schemas["VideoRequest"]
    modes = [_target(mode, schemas)["allOf"][1] for mode in schemas["GenerateVideoRequest"]["oneOf"]]
    places = dict.fromkeys(shared["properties"], shared["properties"])
    for properties in (mode["properties"] for mode in modes):
        for name in properties:
            if name not in places and not all(name in mode["properties"] for mode in modes):
                raise _invalid(properties, name, "belongs to one mode alone; move it to VideoRequest")
            places.setdefault(name, properties)
    required = {*shared["required"], *set[str].intersection(*(set(mode["required"]) for mode in modes))}
    read = [_read(name, place, schemas, required=name in required) for name, place in places.items()]
    return sorted(read, key=lambda field: not field.required)


def _read(name: str, properties: Any, schemas: Mapping[str, Any], *, required: bool) -> RequestField:
    if (keyword := PythonIdentifier(name, "field_")) in TAKEN:
        raise _invalid(properties, name, f"would be the keyword {keyword}, which means something else here")
    schema = {**_target(properties[name], schemas), **properties[name]}
    schema = {key: _plain(value) for key, value in schema.items() if key not in ("$ref", *_RULES.get(name, ()))}
    types = schema.pop("type", [])
    types = [types] if isinstance(types, str) else types
    json_type, *others = [each for each in types if each != "null"] or [""]
    if json_type not in _LIMITS or others:
        raise _invalid(properties, name, f"must have one type of {', '.join(_LIMITS)}, beside null")
    known = {"description", "examples", *_LIMITS[json_type]}
    if unknown := ", ".join(sorted(schema.keys() - known)):
        raise _invalid(properties, name, f"has {unknown}; known for {json_type} are {', '.join(sorted(known))}")
    if json_type == "array" and name not in _RULES and schema.pop("items", None) != {"type": "string"}:
        raise _invalid(properties, name, "may hold plain strings alone")
    if not schema.get("description"):
        raise _invalid(properties, name, "has no description, which people read as help")
    try:
        re.compile(schema.get("pattern", ""))
    except re.error as error:
        raise _invalid(properties, name, f"has a pattern that Python cannot read: {error}") from None
    return RequestField(
        name=name,
        keyword=keyword,
        type=json_type,
        description=" ".join(schema.pop("description").split()),
        example=next(iter(schema.pop("examples", ())), None),
        required=required,
        nullable="null" in types,
        enum=tuple(value for value in schema.pop("enum", ()) if value is not None),
        **schema,
    )


def _target(schema: Any, schemas: Mapping[str, Any]) -> Any:
    """The schema that a reference leads to; one that is no reference is returned as it is."""
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))  # without the positions


def _invalid(properties: Any, name: str, message: str) -> InvalidSpecError:
    return InvalidSpecError(f"line {line_of(properties, [name])}: the field {name} of a request {message}")
