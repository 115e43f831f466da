"""The model table of openapi.yaml, read and checked, with the line of what is wrong."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jsonschema import Draft4Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

DOCUMENTED: Final = ("page", "docs")


def _closed(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    required = [key for key in properties if key not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _fact(items: Any, values: str = "values") -> dict[str, Any]:
    known = {"enum": [*DOCUMENTED, "inferred", "unknown"]}
    return _closed({values: {"type": "array", "items": items, "uniqueItems": True}, "known": known})


_TEXT: Final = {"type": "string", "pattern": r"\A\S(.*\S)?\Z"}
_ID: Final = {"type": "string", "pattern": r"\A[A-Za-z0-9]\S*\Z"}
_SECONDS: Final = {"type": "integer", "minimum": 1}
_CREDITS: Final = {"type": "integer", "minimum": 0}
_PRICE: Final = _closed({"resolution": _TEXT, "duration": _SECONDS, "credits": _CREDITS}, "resolution")
_VALUES: Final = _fact(_SECONDS)["properties"]
_DURATIONS: Final = _closed({**_VALUES, "min": _SECONDS, "max": _SECONDS}, "values", "min", "max")
_FACTS: Final = {"modes": _fact(_TEXT), "durations": _DURATIONS, "resolutions": _fact(_TEXT)}
_DATE: Final = {"type": "string", "pattern": r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"}
_NOTE: Final = _closed({"text": _TEXT, "date": _DATE, "known": {"enum": ["sure", "likely", "inferred"]}}, "date")
_ROW: Final = _closed(
    {"id": _ID, "family": _TEXT, "label": _TEXT, "note": _NOTE, **_FACTS, "credits": _fact(_PRICE, "rows")}, "note"
)
_ROWS: Final = {"type": "array", "items": _ROW, "minItems": 1}
_NAMES: Final = {"type": "array", "items": _TEXT, "uniqueItems": True}
_TABLE: Final = _closed({"commonDurations": _fact(_SECONDS), "pricedFields": _NAMES, "models": _ROWS})
_SPEC: Final = {"type": "object", "properties": {"x-model-table": _TABLE}, "required": ["x-model-table"]}


class InvalidSpecError(Exception):
    """Why nothing can be generated from the rows: one sentence, with the line."""


def read_table(document: Any, modes: list[str]) -> dict[str, Any]:
    """The value of `x-model-table`, with nothing wrong in it.

    Args:
        document: what `load_yaml` read.
        modes: those that a row may have; each needs a model.

    Raises:
        InvalidSpecError: there is no table, or a row is wrong.
    """
    if errors := [*_schema_errors(document)] or sorted(_errors(document["x-model-table"], modes)):
        line, message = errors[0]
        raise InvalidSpecError(f"line {line}: {message}")
    table: dict[str, Any] = json.loads(json.dumps(document["x-model-table"]))  # without the positions
    return table


def load_yaml(text: str) -> Any:
    """A document that knows its lines, empty where there is none. Raises InvalidSpecError."""
    reader: Any = YAML()
    try:
        return reader.load(text) or {}
    except YAMLError as error:
        reason: Any = error
        if isinstance(error, MarkedYAMLError) and reason.problem_mark:
            raise InvalidSpecError(f"line {reason.problem_mark.line + 1}: {reason.problem}") from error
        raise InvalidSpecError(" ".join(str(error).split())) from error  # a character that YAML does not have


def durations(fact: Mapping[str, Any]) -> tuple[int, ...] | range:
    """The seconds of a row's `durations`: its `values`, or all whole ones from its `min` to its `max`."""
    return tuple(fact["values"]) if "values" in fact else range(fact["min"], fact["max"] + 1)


def _schema_errors(document: Any) -> Iterator[tuple[int, str]]:
    validator: Any = Draft4Validator(_SPEC)  # 5.0 is no integer in it, as it would be written so
    misspelt = "additionalProperties"  # first, as the right key is missing too
    for error in sorted(validator.iter_errors(document), key=lambda error: error.validator != misspelt):
        path, message = list(error.absolute_path), error.message
        if error.validator == misspelt:
            known = error.schema["properties"]
            path.append(next(key for key in error.instance if key not in known))
            message = f"unknown key {path[-1]!r}; known are {', '.join(known)}"
        yield line_of(document, path), message


def _errors(table: Any, modes: list[str]) -> Iterator[tuple[int, str]]:
    """What a schema cannot say of the rows, each with its line."""
    offered = {mode for row in table["models"] for mode in row["modes"]["values"]}
    yield from (
        (line_of(table, ["models"]), f"no model has the mode {mode!r}") for mode in modes if mode not in offered
    )
    for index, row in enumerate(table["models"]):
        lines = {key: line_of(table, ["models", index, key]) for key in row}
        if row["id"] in [other["id"] for other in table["models"][:index]]:
            yield lines["id"], f"a second row has the id {row['id']!r}"
        for mode in row["modes"]["values"]:
            if mode not in modes:
                yield lines["modes"], f"there is no mode {mode!r}; the modes are {', '.join(modes)}"
        if message := _range_error(row["durations"]):
            yield lines["durations"], f"the durations of {row['id']} are {message}"
            continue  # what they are is not known
        for key in (*_FACTS, "credits"):
            if (row[key]["known"] == "unknown") == any(row[key].get(part) for part in ("values", "max", "rows")):
                yield lines[key], f"{key} are `unknown` where there are none, and only there"
        for number, price in enumerate(row["credits"]["rows"]):
            line = line_of(table, ["models", index, "credits", "rows", number])
            yield from ((line, message) for message in _price_errors(row, number, price))


def _range_error(fact: Any) -> str | None:
    if fact.keys() - {"known"} not in ({"values"}, {"min", "max"}):
        return "either `values` or a range of `min` and `max`"
    if "min" in fact and fact["min"] >= fact["max"]:
        return f"a range upside down: its min {fact['min']} is not below its max {fact['max']}"
    return None


def _price_errors(row: Any, number: int, price: Any) -> Iterator[str]:
    for key in price.keys() - {"credits"}:
        offered = durations(row["durations"]) if key == "duration" else row["resolutions"]["values"]
        if price[key] not in offered:
            yield f"{row['id']} has a price for the {key} {price[key]}, but not that {key}"
    if {**price, "credits": 0} in [{**other, "credits": 0} for other in row["credits"]["rows"][:number]]:
        yield f"{row['id']} has a second price for the same video"


def line_of(node: Any, path: Sequence[Any]) -> int:
    """The line on which the last key or index of the path stands, from 1."""
    line = 0
    for step in path:
        line, node = node.lc.data[step][0], node[step]
    return line + 1
