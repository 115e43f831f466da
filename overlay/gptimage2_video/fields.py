"""The fields of a request: which are required, their JSON types, and whether their values have a JSON form."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, Union, cast

from .errors import Violation

if TYPE_CHECKING:
    from gptimage2_video_api.models.image_to_video_request import ImageToVideoRequest
    from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest

# A real union, not a quoted one: `Request | str` is evaluated where it annotates.
Request: TypeAlias = Union["TextToVideoRequest", "ImageToVideoRequest", Mapping[str, Any]]

TEXT: Final = "text_to_video"
IMAGE: Final = "image_to_video"

_encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)  # pyright: ignore[reportUnknownVariableType]


# The JSON type of each field: whether a value is of it, and in words.
_TYPES: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "prompt": (_is_text, "text"),
    "model": (_is_text, "text"),
    "inputMode": (_is_text, "text"),
    "inputImageUrls": (_is_list_of_text, "a list of URLs"),
    "aspectRatio": (_is_text, "text such as '16:9'"),
    "duration": (_is_whole, "a whole number of seconds"),
    "resolution": (_is_text, "text such as '720p'"),
}
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
    missing = {name: fix for name, fix in _REQUIRED.items() if name not in wire}
    violations = [Violation("required", name, f"{name} is missing; {fix}") for name, fix in missing.items()]
    for name, (is_of_type, description) in _TYPES.items():
        if name in wire and not is_of_type(wire[name]):
            message = f"{name} must be {description}, not {truncate_repr(wire[name])}"
            violations.append(Violation("type", name, message))
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
