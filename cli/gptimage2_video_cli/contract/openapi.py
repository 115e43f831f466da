"""`openapi.yaml`, as commands read it at run time.

It needs PyYAML, which only some extras install: a command imports this only after it has checked for its extra.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

_HERE: Final = Path(__file__).resolve()
# Of a wheel, which has one copy beside the mock; of a checkout.
_PATHS: Final = (_HERE.parents[2] / "gptimage2_video_mock" / "openapi.yaml", _HERE.parents[3] / "openapi.yaml")


@cache
def document() -> dict[str, Any]:
    """The contract of this package, parsed once. Raises RuntimeError where the file is missing."""
    for path in _PATHS:
        if path.is_file():
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
            return yaml.load(path.read_bytes(), Loader=loader)  # type: ignore[no-any-return]  # noqa: S506  both are safe
    raise RuntimeError("openapi.yaml is neither in the package nor at the root of the checkout")
