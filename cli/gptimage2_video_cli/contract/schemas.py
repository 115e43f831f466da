"""The contract as this command reads it: its operations, and what their responses must be.

Lives here: pointers into the document and validation by its schemas. Not here: what a difference means (`replies`).
"""

import re
from functools import cache
from typing import Any, Final, NamedTuple, cast

from jsonschema_rs import Draft202012Validator

from .openapi import document

_JSON_SCHEMA: Final = "/content/application~1json/schema"


class Problem(NamedTuple):
    """One way in which a body is not what its schema says.

    Attributes:
        pointer: Where in the document that is said.
        keyword: The keyword of JSON Schema: `required`.
        message: What is wrong, in the validator's words.
    """

    pointer: str
    keyword: str
    message: str


class Spec:
    """The document, and what it says about one request and its reply. Pointers are JSON pointers that begin with #."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._validators: dict[str, Draft202012Validator] = {}
        self._operations = [
            (
                method.upper(),
                re.compile(re.sub(r"\\{.+?\\}", "[^/]+", re.escape(path))),
                f"#/paths/{_word(path)}/{method}",
            )
            for path, methods in document["paths"].items()
            for method in methods
        ]

    @property
    def server(self) -> str:
        """Where the service itself is."""
        return str(self._document["servers"][0]["url"])

    def operation(self, method: str, path: str) -> str | None:
        """The pointer to the operation that a request is for; None where it is for none."""
        fits = (pointer for name, shape, pointer in self._operations if name == method and shape.fullmatch(path))
        return next(fits, None)

    def response(self, operation: str, status: int) -> str | None:
        """The pointer to the response that an operation documents for a status; None where it documents none."""
        pointer = f"{operation}/responses/{status}"
        return self.at(pointer)[0] if str(status) in self.at(f"{operation}/responses")[1] else None

    def problems(self, response: str, body: Any) -> list[Problem]:
        """What is wrong with the body of a response."""
        pointer = self.at(response + _JSON_SCHEMA)[0]
        if pointer not in self._validators:
            parts = {name: self._document[name] for name in ("paths", "components")}
            self._validators[pointer] = Draft202012Validator({"$ref": pointer, **parts})
        found: list[Problem] = []
        for error in self._validators[pointer].iter_errors(body):
            field = "".join(f"/properties/{_word(str(part))}" for part in list(error.instance_path)[:1])
            found.append(Problem(pointer + field, str(list(error.schema_path)[-1]), error.message))
        return found

    def unnamed(self, response: str, body: Any) -> list[str]:
        """The fields of a body that the schema of the response does not name."""
        properties = self.at(response + _JSON_SCHEMA)[1].get("properties", {})
        return (
            [str(name) for name in cast("dict[str, Any]", body) if name not in properties] if _is_object(body) else []
        )

    def at(self, pointer: str) -> tuple[str, Any]:
        """What stands at a pointer, references followed; and the pointer without them.

        Raises:
            KeyError: Nothing stands there.
        """
        node: Any = self._document
        way = "#"
        for word in pointer.split("/")[1:]:
            way, node = f"{way}/{word}", _child(node, word)
            if _is_object(node) and isinstance(node.get("$ref"), str):
                way, node = self.at(node["$ref"])
        return way, node


def _child(node: Any, word: str) -> Any:
    name: Any = int(word) if isinstance(node, list) else word.replace("~1", "/").replace("~0", "~")
    return node[name]  # pyright: ignore[reportUnknownVariableType]


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _word(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@cache
def spec() -> Spec:
    """The contract that comes with this package. Raises RuntimeError where it is missing."""
    return Spec(document())
