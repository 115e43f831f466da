"""Rows of a models file in the contract that a server enforces, so that a model can be tried before the spec has it."""

from __future__ import annotations

import json
import math
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jsonschema_rs import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PACKAGE = Path(__file__).resolve()
_SCHEMA = Path("gptimage2_video", "models.schema.json")  # of the wheel that both are in, or of a checkout
_PLACES = (_PACKAGE.parents[2] / _SCHEMA, _PACKAGE.parents[3] / "overlay" / _SCHEMA)
_MODELS = {"text_to_video": "TextToVideoModel", "image_to_video": "ImageToVideoModel"}


def read_models(path: str | Path) -> list[dict[str, Any]]:
    """The rows of a models file.

    Raises:
        ValueError: the file cannot be read or has a mistake, in one sentence.
    """
    try:
        rows: Any = json.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise ValueError(f"the models file {path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the models file {path} is not JSON: {error}") from None
    if mistake := next(_mistakes(rows), None):
        raise ValueError(f"the models file {path}{mistake}")
    return cast("list[dict[str, Any]]", rows)


def _mistakes(rows: Any) -> Iterator[str]:
    for error in _schema().iter_errors(rows):
        place = [f"row {int(name) + 1}" if depth == 0 else str(name) for depth, name in enumerate(error.instance_path)]
        yield f"{''.join(f', {name}' for name in place)}: {error.message}"
    for number, row in enumerate(rows, 1):
        limits, prices = _limits(row), row.get("prices", [])
        clips = [(price["duration"], price.get("resolution")) for price in prices]
        if row["id"] in [earlier["id"] for earlier in rows[: number - 1]]:
            yield f", row {number}: an earlier row is {row['id']} too"
        if limits["duration"].get("minimum", 0) > limits["duration"].get("maximum", math.inf):
            yield f", row {number}, durations: min is above max"
        if not all(Draft202012Validator({"properties": limits}).is_valid(price) for price in prices):
            yield f", row {number}, prices: one is for a clip that the row does not offer"
        if len(set(clips)) < len(clips):
            yield f", row {number}, prices: two are for the same clip"


def _schema() -> Draft202012Validator:
    path = next(place for place in _PLACES if place.is_file())
    return Draft202012Validator(json.loads(path.read_text("utf-8")))


def with_models(document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The OpenAPI document in which these rows go before those of the same ids."""
    result: dict[str, Any] = deepcopy(dict(document))
    schemas, table = result["components"]["schemas"], result["x-model-table"]
    schemas["Duration"] = {"type": "integer", "minimum": 1}
    for row in rows:
        for mode, name in _MODELS.items():
            ids = [model for model in schemas[name]["enum"] if model != row["id"]]
            schemas[name] = {**schemas[name], "enum": [*ids, *([row["id"]] if mode in row["modes"] else [])]}
        request = schemas["GenerateVideoRequest"]
        others = {key: request.pop(key) for key in ("if", "then", "else") if key in request}
        this = {"properties": {"model": {"const": row["id"]}}, "required": ["model"]}
        request |= {"if": this, "then": {"properties": _limits(row)}, "else": others or True}
        table["models"] = [model for model in table["models"] if model["id"] != row["id"]] + [_as_table_row(row)]
    return result


def _limits(row: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas of the fields that a row limits, empty where it does not."""
    durations, resolutions = row.get("durations"), row.get("resolutions")
    if isinstance(durations, dict):
        seconds: dict[str, Any] = {"minimum": durations["min"], "maximum": durations["max"]}
    else:
        seconds = {"enum": durations} if durations else {}
    return {"duration": seconds, "resolution": {"enum": resolutions} if resolutions else {}}


def _as_table_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a price list reads of a row."""
    durations = row.get("durations", [])
    return {
        "id": row["id"],
        "durations": durations if isinstance(durations, dict) else {"values": durations},
        "credits": {"rows": row.get("prices", [])},
    }
