"""What a notebook shows: HTML of values, and a line of progress, which is loaded when it is used."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .progress import Progress

__all__ = ["Progress"]


def __getattr__(name: str) -> Any:
    if name != "Progress":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .progress import Progress

    return Progress
