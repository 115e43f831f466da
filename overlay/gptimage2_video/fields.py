"""The fields of a request: which are required, their JSON types, and whether their values have a JSON form."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    """The JSON type of a field.

    Attributes:
        is_simple: Recognises at a glance nearly every valid value; what it does not know goes through `check`.
        check: Whether a value is of the type.
        description: The type in words.
    """

    is_simple: Callable[[Any], bool]
    check: Callable[[Any], bool]
    description: str


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


def _is_simple_text(value: object) -> bool:
    return type(value) is str and (value.isascii() or _has_json_form(value))


def _is_simple_number(value: object) -> bool:
    return type(value) is int and value.bit_length() < 64


def _is_simple_list(value: object) -> bool:
    return type(value) is list and all(map(_is_simple_text, value))  # pyright: ignore[reportUnknownArgumentType]


def _is_simple(value: object) -> bool:
    return _is_simple_text(value) or _is_simple_number(value) or _is_simple_list(value)


_TYPES: Final[Mapping[str, FieldType]] = {
    "prompt": FieldType(_is_simple_text, _is_text, "text"),
    "model": FieldType(_is_simple_text, _is_text, "text"),
    "inputMode": FieldType(_is_simple_text, _is_text, "text"),
    "inputImageUrls": FieldType(_is_simple_list, _is_list_of_text, "a list of URLs"),
    "aspectRatio": FieldType(_is_simple_text, _is_text, "text such as '16:9'"),
    "duration": FieldType(_is_simple_number, _is_whole, "a whole number of seconds"),
    "resolution": FieldType(_is_simple_text, _is_text, "text such as '720p'"),
}
_IS_SIMPLE: Final = {name: field.is_simple for name, field in _TYPES.items()}
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
        violations += (
            Violation("required", name, f"{name} is missing; {fix}")
            for name, fix in _REQUIRED.items()
            if name not in wire
        )
    doubtful = [name for name, value in wire.items() if not _IS_SIMPLE.get(name, _never)(value)]
    if doubtful:
        violations += _wrong_types(wire, doubtful)
        violations += _without_json_form(wire, doubtful)
    return violations


def truncate_repr(value: object) -> str:
    """A value as a sentence shows it, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of over 4,300 digits, or a list as deep
        return f"a value of type {type(value).__name__} that is too large to show"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _never(_value: object) -> bool:
    return False


def _wrong_types(wire: Mapping[str, Any], doubtful: Sequence[str]) -> Iterable[Violation]:
    for name, field in _TYPES.items():
        if name in doubtful and not field.check(wire[name]):
            yield Violation("type", name, f"{name} must be {field.description}, not {truncate_repr(wire[name])}")


def _without_json_form(wire: Mapping[str, Any], doubtful: Sequence[str]) -> Iterable[Violation]:
    for name in doubtful:
        if not (_is_simple_text(name) and _is_simple(wire[name])) and not _has_json_form({name: wire[name]}):
            yield Violation("not_json", str(name), f"{name!s} cannot be sent: its value has no JSON form")
