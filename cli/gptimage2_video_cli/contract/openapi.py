"""`openapi.yaml`, as commands read it at run time.

Lives here: where the document is, and parsing it. Not here: what anybody makes of it. It needs PyYAML, which only some
extras bring, so no command imports this before it has looked for its extra.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

_HERE: Final = Path(__file__).resolve()
# A wheel's, which has one copy and keeps it beside the mock; a checkout's.
_PLACES: Final = (_HERE.parents[2] / "gptimage2_video_mock" / "openapi.yaml", _HERE.parents[3] / "openapi.yaml")


@cache
def document() -> dict[str, Any]:
    """The contract that comes with this package, parsed once.

    Raises:
        RuntimeError: The document is neither in the package nor at the root of the checkout.
    """
    for place in _PLACES:
        if place.is_file():
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
            return yaml.load(place.read_bytes(), Loader=loader)  # type: ignore[no-any-return]  # noqa: S506  both are safe
    raise RuntimeError("openapi.yaml is neither in the package nor at the root of the checkout")
