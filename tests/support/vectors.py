"""The cases of the vectors, by kind."""

import json
from typing import Any, Final

from support.paths import VECTORS

KINDS: Final = ("rules", "prices", "errors", "snapshots", "scenarios")
CASES: Final[dict[str, list[dict[str, Any]]]] = {
    kind: json.loads((VECTORS / f"{kind}.json").read_text("utf-8"))["cases"] for kind in KINDS
}
