"""Validation of request bodies by the spec's schema, with messages by field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn, cast

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class InvalidRequest(ValueError):
    """A request body that the API refuses.

    Attributes:
        form_errors: what concerns the body as a whole.
        field_errors: messages by the name of the field.
    """

    def __init__(self, form_errors: list[str], field_errors: dict[str, list[str]]) -> None:
        super().__init__(form_errors, field_errors)
        self.form_errors = form_errors
        self.field_errors = field_errors

    @property
    def details(self) -> dict[str, Any]:
        """The value of `details` in the API's reply."""
        return {"formErrors": self.form_errors, "fieldErrors": self.field_errors}


class RequestValidator:
    """Reads and checks request bodies by the schema `GenerateVideoRequest`.

    Args:
        spec: the OpenAPI document.
    """

    def __init__(self, spec: Mapping[str, Any]) -> None:
        components = spec["components"]
        schema = components["schemas"]["GenerateVideoRequest"]
        self._mode_field: str = schema["discriminator"]["propertyName"]
        modes: dict[str, str] = schema["discriminator"]["mapping"]
        self._schema = _validator(schema, components)
        # What holds for both modes is said beside the choice between them.
        common = {key: part for key, part in schema.items() if key not in ("oneOf", "discriminator")}
        branches = {mode: {"allOf": [{"$ref": ref}, common]} for mode, ref in modes.items()}
        self._modes = {mode: _validator(branch, components) for mode, branch in branches.items()}
        no_mode = {
            "$ref": "#/components/schemas/VideoRequest",
            "required": ["model", self._mode_field],
            "properties": {self._mode_field: {"enum": list(modes)}},
        }
        self._no_mode = _validator({"allOf": [no_mode, common]}, components)

    def read(self, body: bytes) -> dict[str, Any]:
        """The request in a body.

        Raises:
            InvalidRequest: it is not a JSON object that the schema accepts.
        """
        value = parse(body)
        if not isinstance(value, dict):
            raise InvalidRequest(["The body must be a JSON object"], {})
        request = cast("dict[str, Any]", value)
        if not self._schema.is_valid(request):
            self._reject(request)
        return request

    def _reject(self, request: dict[str, Any]) -> NoReturn:
        mode = request.get(self._mode_field)
        branch = self._modes.get(mode, self._no_mode) if isinstance(mode, str) else self._no_mode
        raise InvalidRequest([], _by_field(branch.iter_errors(request)))


def parse(body: bytes) -> Any:
    """The JSON value in a body, read strictly: UTF-8, no `NaN`, no name twice in an object, no unpaired surrogate.

    Raises:
        InvalidRequest: the body is not such a value, or nests deeper than Python can read.
    """
    try:
        text = body.decode()
        value = _DECODER.decode(text)
        if "\\u" in text:  # the only way for an unpaired surrogate into valid UTF-8
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise InvalidRequest([f"The body is not usable JSON: {error}"], {}) from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate name in an object")
    return result


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _validator(schema: dict[str, Any], components: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": components}, validate_formats=True, mask="value")


def _by_field(errors: Iterable[ValidationError]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for error in errors:
        field, message = _field_message(error)
        messages = fields.setdefault(field, [])
        if message not in messages:
            messages.append(message)
    return fields


def _field_message(error: ValidationError) -> tuple[str, str]:
    field = str(error.instance_path[0]) if error.instance_path else ""
    match error.kind:
        case ValidationErrorKind.Required(property=missing):
            return missing, f"{_title(missing)} is required"
        case ValidationErrorKind.MinLength(limit=1) | ValidationErrorKind.MinItems(limit=1):
            return field, f"{_title(field)} is required"
        case ValidationErrorKind.Enum(options=options):
            return field, f"Must be one of {', '.join(str(option) for option in options)}"
        case ValidationErrorKind.Minimum(limit=limit):
            return field, f"Must be at least {limit}"
        case ValidationErrorKind.Maximum(limit=limit):
            return field, f"Must be at most {limit}"
        case ValidationErrorKind.Pattern(pattern=pattern):
            return field, f"Must match {pattern}"
        case ValidationErrorKind.Type(types=types):
            return field, f"Must be of type {' or '.join(types)}"
        case _:
            return field, f"Must be valid, but the {error.message}"


def _title(field: str) -> str:
    return field[:1].upper() + field[1:]
