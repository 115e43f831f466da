"""Whether the fields of a request can be read at all, before any rule asks what they mean.

Lives here: `Violation`; which fields are required, their JSON types, and whether values have a JSON form. Not here:
what the values say (`rules`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias, Union, cast

if TYPE_CHECKING:
    from gptimage2_video_api.models.image_to_video_request import ImageToVideoRequest
    from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest

# A real union, not a quoted one: `Request | str` is evaluated where it annotates.
Request: TypeAlias = Union["TextToVideoRequest", "ImageToVideoRequest", Mapping[str, Any]]

TEXT: Final = "text_to_video"
IMAGE: Final = "image_to_video"


class Violation(NamedTuple):
    """One thing that is wrong with a request, or hardly meant so.

    Attributes:
        code: Stable, for programs: `mode_not_offered`.
        field: The field in wire names: `inputMode`; empty for the request as a whole.
        message: For people: what is wrong and how to mend it.
        severity: An error keeps the request from being sent; a warning does not.
    """

    code: str
    field: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return self.message


class Violations(tuple[Violation, ...]):
    """What `check` found: a tuple that a notebook shows as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from .notebook import violations_html

        return violations_html(self)


# What a rule answers; most requests are sound, and an empty tuple costs nothing.
Found: TypeAlias = Sequence[Violation]


class _Kind(NamedTuple):
    """The JSON type of a field: what nearly every value is, told at a glance; all that fits; and how to say it."""

    usual: Callable[[Any], bool]
    fits: Callable[[Any], bool]
    words: str


_encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


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


def _is_plain_number(value: object) -> bool:
    return type(value) is int and value.bit_length() < 64


def _is_plain_list(value: object) -> bool:
    return type(value) is list and all(map(_is_plain_text, value))  # pyright: ignore[reportUnknownArgumentType]


def _is_plain(value: object) -> bool:
    return _is_plain_text(value) or _is_plain_number(value) or _is_plain_list(value)


_TYPES: Final[Mapping[str, _Kind]] = {
    "prompt": _Kind(_is_plain_text, _is_text, "text"),
    "model": _Kind(_is_plain_text, _is_text, "text"),
    "inputMode": _Kind(_is_plain_text, _is_text, "text"),
    "inputImageUrls": _Kind(_is_plain_list, _is_list_of_text, "a list of URLs"),
    "aspectRatio": _Kind(_is_plain_text, _is_text, "text such as '16:9'"),
    "duration": _Kind(_is_plain_number, _is_whole, "a whole number of seconds"),
    "resolution": _Kind(_is_plain_text, _is_text, "text such as '720p'"),
}
_USUAL: Final = {name: kind.usual for name, kind in _TYPES.items()}
_REQUIRED: Final = {
    "prompt": "say what the video shows",
    "model": "name one of the models",
    "inputMode": f"set it to {TEXT} or {IMAGE}",
}


def unreadable(wire: Mapping[str, Any]) -> list[Violation]:
    """What keeps fields from being read: missing, of another type, without a JSON form; in this order."""
    found = [*_required(wire)]
    doubtful = [name for name, value in wire.items() if not _USUAL.get(name, _never)(value)]
    if doubtful:
        found += _types(wire, doubtful)
        found += _json(wire, doubtful)
    return found


def shown(value: object) -> str:
    """A value as a sentence shows it, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of over 4,300 digits, or a list as deep
        return f"a value of type {type(value).__name__} that is too large to show"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _never(_value: object) -> bool:
    return False


def _required(wire: Mapping[str, Any]) -> Found:
    if _REQUIRED.keys() <= wire.keys():
        return ()
    return [
        Violation("required", name, f"{name} is missing; {fix}") for name, fix in _REQUIRED.items() if name not in wire
    ]


def _types(wire: Mapping[str, Any], doubtful: Sequence[str]) -> Found:
    return [
        Violation("type", name, f"{name} must be {kind.words}, not {shown(wire[name])}")
        for name, kind in _TYPES.items()
        if name in doubtful and not kind.fits(wire[name])
    ]


def _json(wire: Mapping[str, Any], doubtful: Sequence[str]) -> Found:
    return [
        Violation("not_json", str(name), f"{name!s} cannot be sent: its value has no JSON form")
        for name in doubtful
        if not (_is_plain_text(name) and _is_plain(wire[name])) and not _has_json_form({name: wire[name]})
    ]


def to_wire(request: object) -> Mapping[str, Any] | None:
    """The request in wire names; None where it is neither a mapping nor a generated request."""
    if isinstance(request, (dict, Mapping)):  # a dict first, which is told five times as fast
        return request  # pyright: ignore[reportUnknownVariableType]
    to_dict = getattr(request, "to_dict", None)
    return cast("Mapping[str, Any]", to_dict()) if callable(to_dict) else None
