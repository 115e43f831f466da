"""The fields of a request, by their schemas: which must be there, their types and limits, and whether JSON has them."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, Union, cast

from gptimage2_video_api.request_fields import FIELDS, Field

from .errors import Violation

if TYPE_CHECKING:
    from gptimage2_video_api.models.image_to_video_request import ImageToVideoRequest
    from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest

# A real union, not a quoted one: `Request | str` is evaluated where it annotates.
Request: TypeAlias = Union["TextToVideoRequest", "ImageToVideoRequest", Mapping[str, Any]]

TEXT: Final = "text_to_video"
IMAGE: Final = "image_to_video"

_encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# Of each JSON type: whether a value is of it, and its name in a sentence.
_TYPES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "string": (lambda value: isinstance(value, str), "text"),
    "integer": (lambda value: _is_number(value) and value % 1 == 0, "a whole number"),
    "number": (_is_number, "a number"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "array": (
        lambda value: isinstance(value, list | tuple) and all(isinstance(item, str) for item in value),  # pyright: ignore[reportUnknownVariableType]
        "a list of text",
    ),
}


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of JSON Schema, whose `$` does not match before a line break at the end."""
    return re.compile(f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern)


def join_or(values: Sequence[Any]) -> str:
    """Values as a sentence offers them."""
    if isinstance(values, range):
        return f"{values[0]} to {values[-1]}"
    *most, last = map(str, values)
    return f"{', '.join(most)} or {last}" if most else last


def _limits(field: Field) -> Iterator[tuple[str, Callable[[Any], object], str]]:
    """Each limit of a field: the keyword of JSON Schema, whether a value keeps to it, and what it demands."""
    enum, minimum, maximum = field.enum, field.minimum, field.maximum
    if enum:
        yield "enum", lambda value: value in enum, f"be {join_or(enum)}"
    if minimum is not None:
        yield "minimum", lambda value: value >= minimum, f"be at least {minimum}"
    if maximum is not None:
        yield "maximum", lambda value: value <= maximum, f"be at most {maximum}"
    if field.pattern:
        yield "pattern", compile_pattern(field.pattern).search, f"match {field.pattern}"


def checks_of(fields: Iterable[Field]) -> list[tuple[Any, ...]]:
    """What `field_errors` needs of each field, looked up once."""
    return [(field.name, field, *_TYPES[field.type], tuple(_limits(field))) for field in fields]


_CHECKS: Final = checks_of(FIELDS.values())


def to_wire(request: object) -> Mapping[str, Any] | None:
    """The request in wire names; None where it is neither a mapping nor a generated request."""
    if isinstance(request, (dict, Mapping)):  # a dict first, which is recognised five times as fast
        return request  # pyright: ignore[reportUnknownVariableType]  (its names are checked with its fields)
    to_dict = getattr(request, "to_dict", None)
    return cast("Mapping[str, Any]", to_dict()) if callable(to_dict) else None


def field_errors(wire: Mapping[str, Any], checks: list[tuple[Any, ...]] = _CHECKS) -> list[Violation]:
    """What keeps fields from being read: missing, of another type, beyond a limit, or without a JSON form."""
    violations: list[Violation] = []
    for name, field, is_of_type, description, limits in checks:
        if name not in wire:
            if field.required:
                message = f"{name} is missing: {field.description.removesuffix('.')}"
                violations.append(Violation("required", name, message))
        elif not is_of_type(value := wire[name]):
            if not (field.nullable and value is None):
                example = "" if field.example is None else f" such as {field.example!r}"
                message = f"{name} must be {description}{example}, not {truncate_repr(value)}"
                violations.append(Violation("type", name, message))
        else:
            for keyword, holds, demand in limits:
                if not holds(value):
                    message = f"{name} must {demand}, not {truncate_repr(value)}"
                    violations.append(Violation(keyword, name, message))
    if not _has_json_form(dict(wire)):
        for name in [name for name, value in wire.items() if not _has_json_form({name: value})]:
            message = f"{name!s} cannot be sent: its value has no JSON form"
            violations.append(Violation("not_json", str(name), message))
    return violations


def _has_json_form(value: object) -> bool:
    try:
        _encode(value).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def truncate_repr(value: object) -> str:
    """A value as a sentence shows it, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of over 4,300 digits, or a list as deep
        return f"a value of type {type(value).__name__} that is too large to show"
    return text if len(text) <= 60 else f"{text[:57]}..."
