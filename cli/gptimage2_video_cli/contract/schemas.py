"""The contract as this command reads it: its operations, and the schemas of their responses."""

import re
from functools import cache
from typing import Any, Final, NamedTuple, cast

from jsonschema_rs import Draft202012Validator

from .openapi import document

_JSON_SCHEMA: Final = "/content/application~1json/schema"
REQUEST: Final = "#/components/schemas/GenerateVideoRequest"


class SchemaError(NamedTuple):
    """One way in which a body breaks its schema.

    Attributes:
        pointer: The place in the document.
        keyword: The keyword of JSON Schema, such as `required`.
        message: The validator's message.
    """

    pointer: str
    keyword: str
    message: str


class Spec:
    """The document. Pointers are JSON pointers that begin with #."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._validators: dict[str, Draft202012Validator] = {}
        self._operations = [
            (
                method.upper(),
                re.compile(re.sub(r"\\{.+?\\}", "[^/]+", re.escape(path))),
                f"#/paths/{_escape(path)}/{method}",
            )
            for path, methods in document["paths"].items()
            for method in methods
        ]

    @property
    def server(self) -> str:
        """The base URL of the service."""
        return str(self._document["servers"][0]["url"])

    def operation(self, method: str, path: str) -> str | None:
        """The pointer to the operation of a request; None where there is none."""
        return next(
            (pointer for name, regex, pointer in self._operations if name == method and regex.fullmatch(path)), None
        )

    def response(self, operation: str, status: int) -> str | None:
        """The pointer to the response of an operation for a status; None where it is undocumented."""
        pointer = f"{operation}/responses/{status}"
        return self.resolve(pointer)[0] if str(status) in self.resolve(f"{operation}/responses")[1] else None

    def errors(self, response: str, body: Any) -> list[SchemaError]:
        """What is wrong with the body of a response."""
        pointer = self.resolve(response + _JSON_SCHEMA)[0]
        errors: list[SchemaError] = []
        for error in self._validator(pointer).iter_errors(body):
            field = "".join(f"/properties/{_escape(str(part))}" for part in list(error.instance_path)[:1])
            errors.append(SchemaError(pointer + field, str(list(error.schema_path)[-1]), error.message))
        return errors

    def is_valid_request(self, body: Any) -> bool:
        """Whether a JSON value is a valid submission."""
        return self._validator(REQUEST).is_valid(body)

    def _validator(self, pointer: str) -> Draft202012Validator:
        if pointer not in self._validators:
            parts = {name: self._document[name] for name in ("paths", "components")}
            self._validators[pointer] = Draft202012Validator({"$ref": pointer, **parts}, validate_formats=True)
        return self._validators[pointer]

    def undocumented_fields(self, response: str, body: Any) -> list[str]:
        """The fields of a body that the schema of the response does not have."""
        properties = self.resolve(response + _JSON_SCHEMA)[1].get("properties", {})
        return (
            [str(name) for name in cast("dict[str, Any]", body) if name not in properties] if _is_object(body) else []
        )

    def resolve(self, pointer: str) -> tuple[str, Any]:
        """The pointer without references, and its value. Raises KeyError where there is none."""
        node: Any = self._document
        resolved = "#"
        for token in pointer.split("/")[1:]:
            resolved, node = f"{resolved}/{token}", _child(node, token)
            if _is_object(node) and isinstance(node.get("$ref"), str):
                resolved, node = self.resolve(node["$ref"])
        return resolved, node


def _child(node: Any, token: str) -> Any:
    name: Any = int(token) if isinstance(node, list) else token.replace("~1", "/").replace("~0", "~")
    return cast("Any", node)[name]


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@cache
def spec() -> Spec:
    """The contract of this package. Raises RuntimeError where it is missing."""
    return Spec(document())
