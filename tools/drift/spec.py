"""What openapi.yaml says, each fact under a key: `price/veo3/8 s` is 63."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml
from tools.model_rows import durations

from gptimage2_video import TaskStatus

_PATH: Final = Path(__file__).resolve().parents[2] / "openapi.yaml"


class Fact(NamedTuple):
    """What the spec says under a key, where the key does not say all, and whether it only infers that."""

    value: str = ""
    is_inferred: bool = False


class Spec:
    """The facts, and what pages name in other words: operations, models, objects."""

    def __init__(self) -> None:
        document = yaml.load(_PATH.read_text("utf-8"), yaml.CSafeLoader)
        schemas = document["components"]["schemas"]
        fields = ((name, dict(_fields(schema, schemas))) for name, schema in schemas.items())
        self.fields = dict({frozenset(found): (name, found) for name, found in fields if found}.values())
        self.models = {row["id"]: row for row in document["x-model-table"]["models"]}
        self.prices = {model: row["credits"]["rows"] for model, row in self.models.items()}
        self.operations = {
            f"{method.upper()} {path}": operation["responses"]
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        }
        self.facts = dict(self._facts())

    def _facts(self) -> Iterator[tuple[str, Fact]]:
        for operation, responses in self.operations.items():
            yield f"endpoint/{operation}", Fact()
            yield from ((f"status/{operation}/{status}", Fact()) for status in responses)
        yield from ((f"status/task/{int(status)}", Fact()) for status in TaskStatus)
        for schema, fields in self.fields.items():
            yield from ((f"field/{schema}/{name}", Fact("", "inferred" in text)) for name, text in fields.items())
        for code in re.findall("`([A-Z_]+)`", self.fields["TaskSnapshot"]["errorCode"]):
            yield f"error code/{code}", Fact()
        for model, row in self.models.items():
            yield f"model/{model}", Fact()
            yield from ((f"mode/{model}/{mode}", Fact()) for mode in row["modes"]["values"])
            is_inferred = row["durations"]["known"] == "inferred"
            yield from ((f"duration/{model}/{one}", Fact("", is_inferred)) for one in durations(row["durations"]))
            for price in self.prices[model]:
                yield f"price/{model}/{clip(price.get('resolution'), price['duration'])}", Fact(str(price["credits"]))

    def operation(self, method: str, path: str) -> str | None:
        """The operation that a page names; its path may be a template, an example, or end before the parameter."""
        for name in self.operations:
            fixed, _, parameter = name.partition(" ")[2].partition("{")
            fits = path.startswith(fixed) and "/" not in path[len(fixed) :] if parameter else path == fixed
            if fits and name.startswith(method):
                return name
        return None

    def named(self, *texts: str) -> list[str]:
        """The models that the first of these texts names, by ids, or by the label before its comma."""
        for text in texts:
            ids = [word for word in re.findall(r"[\w./-]+", text) if word in self.models]
            label = text.strip("` ").lower()
            if found := ids or [id_ for id_, row in self.models.items() if row["label"].lower().split(",")[0] == label]:
                return found
        return []

    def schema_of(self, names: Collection[str]) -> str | None:
        """The object that has such fields; None where fewer than two, or less than half of them, are its own."""
        best = max(self.fields, key=lambda schema: (len(self.fields[schema].keys() & names), -len(self.fields[schema])))
        shared = len(self.fields[best].keys() & names)
        return best if shared >= 2 and 2 * shared >= len(set(names)) else None


def clip(resolution: str | None, duration: object) -> str:
    """The name of a clip in the key of its price."""
    return f"{resolution} {duration} s" if resolution else f"{duration} s"


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The names and descriptions of an object's fields, those of its `allOf` included."""
    for part in schema.get("allOf", ()):
        yield from _fields(schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part, schemas)
    for name, described in schema.get("properties", {}).items():
        yield name, str(described.get("description", ""))
