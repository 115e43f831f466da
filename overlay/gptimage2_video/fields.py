"""The fields of a request: which are required, their JSON types, and whether their values have a JSON form."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, Union, cast

from .errors import Violation

if TYPE_CHECKING:
    from gptimage2_video_api.models.image_to_video_request import ImageToVideoRequest
    from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest

# A real union, not a quoted one: `Request | str` is evaluated where it annotates.
Request: TypeAlias = Union["TextToVideoRequest", "ImageToVideoRequest", Mapping[str, Any]]

TEXT: Final = "text_to_video"
IMAGE: Final = "image_to_video"

_encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


class FieldType(NamedTuple):
    """The JSON type of a field: whether a value is of it, in words, and whether it is so at a glance."""

    check: Callable[[Any], bool]
    description: str
    is_plain: Callable[[Any], bool]


def _has_json_form(value: object) -> bool:
    try:
        _encode(value).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)  # pyright: ignore[reportUnknownVariableType]


def _is_plain_text(value: object) -> bool:
    return type(value) is str and (value.isascii() or _has_json_form(value))


# What nearly every valid value is, recognised at a glance; what is not goes through `check` and the JSON encoder.
def _is_plain_number(value: object) -> bool:
    return type(value) is int and value.bit_length() < 64


def _is_plain_list(value: object) -> bool:
    return type(value) is list and all(map(_is_plain_text, value))  # pyright: ignore[reportUnknownArgumentType]


_TYPES: Final = {
    "prompt": FieldType(_is_text, "text", _is_plain_text),
    "model": FieldType(_is_text, "text", _is_plain_text),
    "inputMode": FieldType(_is_text, "text", _is_plain_text),
    "inputImageUrls": FieldType(_is_list_of_text, "a list of URLs", _is_plain_list),
    "aspectRatio": FieldType(_is_text, "text such as '16:9'", _is_plain_text),
    "duration": FieldType(_is_whole, "a whole number of seconds", _is_plain_number),
    "resolution": FieldType(_is_text, "text such as '720p'", _is_plain_text),
}
_IS_PLAIN: Final = {name: field.is_plain for name, field in _TYPES.items()}
_REQUIRED: Final = {
    "prompt": "say what the video shows",
    "model": "name one of the models",
    "inputMode": f"set it to {TEXT} or {IMAGE}",
}


def to_wire(request: object) -> Mapping[str, Any] | None:
    """The request in wire names; None where it is neither a mapping nor a generated request."""
    if isinstance(request, (dict, Mapping)):  # a dict first, which is recognised five times as fast
        return request  # pyright: ignore[reportUnknownVariableType]
    to_dict = getattr(request, "to_dict", None)
    return cast("Mapping[str, Any]", to_dict()) if callable(to_dict) else None


def type_errors(wire: Mapping[str, Any]) -> list[Violation]:
    """What keeps fields from being read: missing, of another type, without a JSON form; in this order."""
    violations: list[Violation] = []
    if not wire.keys() >= _REQUIRED.keys():
        missing = {name: fix for name, fix in _REQUIRED.items() if name not in wire}
        violations += (Violation("required", name, f"{name} is missing; {fix}") for name, fix in missing.items())
    doubtful = [name for name, value in wire.items() if name not in _IS_PLAIN or not _IS_PLAIN[name](value)]
    for name, field in _TYPES.items() if doubtful else ():
        if name in doubtful and not field.check(wire[name]):
            message = f"{name} must be {field.description}, not {truncate_repr(wire[name])}"
            violations.append(Violation("type", name, message))
    for name in doubtful:
        value = wire[name]
        plain = _is_plain_text(value) or _is_plain_number(value) or _is_plain_list(value)
        if not (_is_plain_text(name) and plain) and not _has_json_form({name: value}):
            message = f"{name!s} cannot be sent: its value has no JSON form"
            violations.append(Violation("not_json", str(name), message))
    return violations


def truncate_repr(value: object) -> str:
    """A value as a sentence shows it, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of over 4,300 digits, or a list as deep
        return f"a value of type {type(value).__name__} that is too large to show"
    return text if len(text) <= 60 else f"{text[:57]}..."
