"""The mock server: the real service's behaviour for people without a key, in any language.

Here lives the one public name, `MockServer`; everything else is in the modules. Nothing here may import the server's
packages on import: `python -m gptimage2_video_mock` must be able to say that they are missing.
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
