"""Code samples: the objects in them, in whatever language, by their fields and values."""

import re
from collections.abc import Iterator
from typing import Any, Final

from gptimage2_video import check

from .spec import Spec

_INNERMOST: Final = re.compile(r"\{([^{}]*)\}")
_FIELD: Final = re.compile(
    r"""(["']?)\b(?P<name>[A-Za-z_]\w*)\1\??\s*:\s*(?:"(?P<text>[^"]*)"|'(?P<quoted>[^']*)'|(?P<number>\d+(?![\w.])))?"""
)


def read(code: str, spec: Spec) -> Iterator[tuple[str, str]]:
    """Keys and values that the objects of a sample state; a request is held to the rules as one of ours would be."""
    for found in _objects(code):
        schema = spec.schema_of(found)
        if schema is None:
            continue
        yield from ((f"field/{schema}/{name}", "") for name in found)
        if "inputMode" in spec.fields[schema]:
            given = {name: value for name, value in found.items() if value is not None}
            broken = [one for one in check(given) if one.field in given and one.severity == "error"]
            yield from ((f"sample/{one.field} {given[one.field]}", one.message) for one in broken)
        elif isinstance(found.get("status"), int):
            yield f"status/task/{found['status']}", ""
        if found.get("errorCode"):
            yield f"error code/{found['errorCode']}", ""


def _objects(code: str) -> Iterator[dict[str, Any]]:
    """Each object, inner ones first; a value that is neither a text nor a whole number is None."""
    while inner := _INNERMOST.search(code):
        fields = _FIELD.finditer(inner[1])
        yield {one["name"]: int(one["number"]) if one["number"] else one["text"] or one["quoted"] for one in fields}
        code = f"{code[: inner.start()]}()-{code[inner.end() :]}"
