"""What callers hand over in Python: each argument of the public methods, checked before anything is sent.

Its law: what can be no such argument at all is a TypeError; what could be one and is not usable is InvalidRequest. What
a request says is neither's: that is for `check`.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, Final, NamedTuple, TypeVar, cast

from .fields import truncate_repr
from .settings import invalid_setting
from .task import Task

F = TypeVar("F", bound=Callable[..., Any])


class Argument(NamedTuple):
    """What an argument must be: whether a value is of its type, what that is in words, and which of them are usable."""

    is_type: Callable[[Any], bool]
    description: str
    is_usable: Callable[[Any], bool] = lambda _: True


def _of(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)


def _is_path(value: Any) -> bool:
    return isinstance(value, str) or hasattr(value, "__fspath__")


def _is_text_or_texts(value: Any) -> bool:
    is_list = isinstance(value, Sequence) and not isinstance(value, bytes | bytearray)
    return is_list and all(isinstance(it, str) for it in cast("Sequence[object]", value))  # a text is one of texts


def _has(*names: str) -> Callable[[Any], bool]:
    return lambda value: all(callable(getattr(value, name, None)) for name in names)


def _is_positive(number: float) -> bool:
    return 0 < number < math.inf


def _is_not_negative(number: float) -> bool:
    return number >= 0


def _or_none(argument: Argument) -> Argument:
    def is_type(value: object) -> bool:
        return value is None or argument.is_type(value)

    def is_usable(value: object) -> bool:
        return value is None or argument.is_usable(value)

    return Argument(is_type, f"{argument.description}, or None", is_usable)


_TEXT: Final = Argument(_of(str), "text")
_FLAG: Final = Argument(_of(bool), "True or False")
_FUNCTION: Final = _or_none(Argument(callable, "a function"))
_PATH: Final = Argument(_is_path, "a path")
_SECONDS: Final = Argument(_of(int, float), "a number of seconds above 0", _is_positive)
_IMAGE: Final = Argument(_is_text_or_texts, "the URL of an image, or a list of URLs (local files cannot be sent)")
_RECORDER: Final = Argument(_has("write", "write_async"), "a Journal, or a recorder with write and write_async")

ARGUMENTS: Final[Mapping[str, Argument]] = {
    "adaptive_polling": _FLAG,
    "allow_plain_http": _FLAG,
    "allow_unknown_model": _FLAG,
    "allow_unknown_price": _FLAG,
    "api_key": _or_none(_TEXT),
    "base_url": _or_none(_TEXT),
    "extra": _or_none(Argument(_of(Mapping), "a mapping")),
    "image": _or_none(_IMAGE),
    "input_mode": _or_none(_TEXT),
    "journal": _or_none(_RECORDER),
    "max_credits": _or_none(Argument(_of(int), "a whole number of credits, 0 or more", _is_not_negative)),
    "models": Argument(_of(Mapping), "a mapping of models, such as MODELS | load_models(path)"),
    "on_progress": _FUNCTION,
    "on_update": _FUNCTION,
    "overwrite": _FLAG,
    "path": _PATH,
    "poll_interval": _SECONDS,
    "poll_rate_limiter": _or_none(Argument(_has("acquire"), "a PollRateLimiter")),
    "poll_schedule": _FUNCTION,
    "request_timeout": _SECONDS,
    "save_to": _or_none(_PATH),
    "task": Argument(_of(str, Task), "a Task or its id"),
    "timeout": _or_none(Argument(_of(int, float), "a number of seconds, 0 or more", _is_not_negative)),
}


def check_arguments(given: Mapping[str, Any]) -> None:
    """Check what ARGUMENTS knows of these. Raises TypeError or InvalidRequest, in one sentence, and shows no key."""
    for name, value in given.items():
        argument = ARGUMENTS.get(name)
        if argument is None or (argument.is_type(value) and argument.is_usable(value)):
            continue
        shown = f"a value of type {type(value).__name__}" if name == "api_key" else truncate_repr(value)
        message = f"{name} must be {argument.description}, not {shown}"
        raise TypeError(message) if not argument.is_type(value) else invalid_setting(name, message)


def checked(method: F) -> F:
    """A method whose arguments are checked first, and its client to be open."""
    names = method.__code__.co_varnames[: method.__code__.co_argcount]

    @wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._is_closed:
            raise invalid_setting("client", "the client is closed; make a new one")
        check_arguments(dict(zip(names[1:], args, strict=False)) | kwargs)
        return method(self, *args, **kwargs)

    return cast("F", call)


def check_http_client(http: object, library: type[object]) -> None:
    """Check that a caller's own httpx client is of this client's kind. Raises TypeError."""
    if http is not None and not isinstance(http, library):
        raise wrong_type("http_client", f"an httpx.{library.__name__}", http)


def wrong_type(name: str, description: str, value: object) -> TypeError:
    """The error of an argument that is something else."""
    return TypeError(f"{name} must be {description}, not {truncate_repr(value)}")


def unknown_name(kind: str, names: Iterable[str], known: Iterable[str]) -> TypeError:
    """The error of keywords that there are not, with the nearest that there is."""
    from difflib import get_close_matches  # only a typo pays for the import

    lower = {name.replace("_", ""): name for name in known}
    unknown = sorted(names)
    nearest = get_close_matches(unknown[0].replace("_", "").lower(), lower, n=1)
    hint = f"; did you mean {lower[nearest[0]]}?" if nearest else ""
    return TypeError(f"unknown {kind} {', '.join(unknown)}{hint}")
