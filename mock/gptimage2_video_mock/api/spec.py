"""The OpenAPI document: its bytes and its parsed form."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PACKAGE = Path(__file__).resolve()
_PATHS = (_PACKAGE.parents[1] / "openapi.yaml", _PACKAGE.parents[3] / "openapi.yaml")  # a wheel's, a checkout's


@cache
def spec_bytes() -> bytes:
    """The document as it was written, UTF-8.

    Raises:
        RuntimeError: the document is neither in the package nor at the root of the checkout.
    """
    for place in _PATHS:
        if place.is_file():
            return place.read_bytes()
    raise RuntimeError("openapi.yaml is neither in the package nor at the root of the checkout")


@cache
def spec() -> dict[str, Any]:
    """The document, parsed once. Callers share it and must not change it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
    document: dict[str, Any] = yaml.load(spec_bytes(), Loader=loader)  # noqa: S506 - both loaders are safe ones
    return document
