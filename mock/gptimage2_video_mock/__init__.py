"""The mock server: the real service's behaviour for people without a key, in any language.

No package of the server is imported here: `python -m gptimage2_video_mock` must be able to report a missing one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gptimage2_video_mock.server import MockServer

__all__ = ["MockServer"]


def __getattr__(name: str) -> object:
    if name != "MockServer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gptimage2_video_mock.server import MockServer

    return MockServer
