"""The model table: the rows of the spec, and rows of the user's own for models that this release does not know."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from gptimage2_video_api.model_table import MODELS, Model, Note, Price

from .fields import IMAGE, TEXT, join_or
from .settings import invalid_setting

__all__ = ["MODELS", "Model", "Note", "Price", "load_models"]

# What a value must be, and how a sentence says it.
_Kind = tuple[Callable[[Any], bool], str]
_ID: Final[_Kind] = (lambda it: isinstance(it, str) and bool(it) and it == it.strip(), "a text")
_MODE: Final[_Kind] = (lambda it: it in (TEXT, IMAGE), f"{TEXT} or {IMAGE}")
_SECONDS: Final[_Kind] = (lambda it: type(it) is int and 0 < it <= 86_400, "a whole number of seconds from 1 to 86400")
_CREDITS: Final[_Kind] = (lambda it: type(it) is int and it >= 0, "a whole number of credits, 0 or more")
_LIST: Final[_Kind] = (lambda it: isinstance(it, list), "an array")
_OBJECT: Final[_Kind] = (lambda it: isinstance(it, dict), "an object")


def load_models(path: str | Path) -> dict[str, Model]:
    """The rows of a JSON file by their ids, to join to a table: `MODELS | rows`.

    The file is an array of rows such as `{"id": "kling/v3", "modes": ["text_to_video"], "durations": {"min": 3, "max":
    15}, "resolutions": ["720p"], "prices": [{"duration": 5, "resolution": "720p", "credits": 30}]}`. Durations are
    whole seconds, a list or a range. All but `id` and `modes` may be left out: durations and resolutions are then not
    checked, and the price is unknown. `models.schema.json`, beside this module, is a JSON Schema of the file.

    Raises:
        InvalidRequest: The file cannot be read, or has a mistake; the sentence names the row and the field.
    """
    where = f"the models file {path}"
    try:
        rows = json.loads(Path(path).read_text("utf-8-sig"), object_pairs_hook=_unique_names, parse_float=_number)
    except OSError as error:
        raise invalid_setting("models", f"{where} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise invalid_setting("models", f"{where} is not JSON: {error}") from None
    if not _LIST[0](rows):
        raise invalid_setting("models", f"{where} is not a JSON array of rows")
    models: dict[str, Model] = {}
    for number, row in enumerate(rows, 1):
        try:
            _add(models, _model(row))
        except ValueError as error:
            raise invalid_setting("models", f"{where}, row {number}: {error}") from None
    return models


def _add(models: dict[str, Model], model: Model) -> None:
    if models.setdefault(model.id, model) is not model:
        raise ValueError(f"id: an earlier row is {model.id} too")


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"{twice} appears twice in an object")
    return dict(pairs)


def _number(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number  # as JSON Schema and JavaScript read 5.0


def _model(row: Any) -> Model:
    """The model of a row. Raises ValueError: the field, and what is wrong with it."""
    fields = _object("the row", row, ("id", "modes"), ("durations", "resolutions", "prices"))
    model_id = _value("id", fields["id"], _ID)
    modes = _values("modes", fields["modes"], _MODE)
    if not modes:
        raise ValueError(f"modes: there is none; give {TEXT}, {IMAGE} or both")
    durations = _durations(fields.get("durations", []))
    resolutions = _values("resolutions", fields.get("resolutions", []), _ID)
    prices: dict[tuple[int, str | None], Price] = {}
    for each in _value("prices", fields.get("prices", []), _LIST):
        price = _price(each)
        if durations and price.duration not in durations:
            raise ValueError(f"prices: {price.duration} is none of the row's durations, {join_or(durations)}")
        if resolutions and price.resolution not in (None, *resolutions):
            raise ValueError(f"prices: {price.resolution} is none of the row's resolutions, {join_or(resolutions)}")
        if prices.setdefault(price[:2], price) is not price:
            raise ValueError(
                f"prices: two are for {price.duration} s{f' {price.resolution}' if price.resolution else ''}"
            )
    user: Any = dict.fromkeys(("modes_known", "durations_known", "resolutions_known", "prices_known"), "user")
    return Model(
        model_id,
        model_id,
        model_id,
        modes=modes,
        durations=durations,
        resolutions=resolutions,
        prices=tuple(prices.values()),
        **user,
    )


def _durations(value: Any) -> Sequence[int]:
    if not isinstance(value, dict):
        return _values("durations", value, _SECONDS)
    limits = _object("durations", value, ("min", "max"))
    first, last = (_value(f"durations: {name}", limits[name], _SECONDS) for name in ("min", "max"))
    if first > last:
        raise ValueError(f"durations: min {first} is above max {last}")
    return range(first, last + 1)


def _price(value: Any) -> Price:
    fields = _object("prices", value, ("duration", "credits"), ("resolution",))
    resolution = fields.get("resolution")
    return Price(
        _value("prices: duration", fields["duration"], _SECONDS),
        None if resolution is None else _value("prices: resolution", resolution, _ID),
        _value("prices: credits", fields["credits"], _CREDITS),
    )


def _object(field: str, value: Any, required: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = _value(field, value, _OBJECT)
    names = (*required, *optional)
    if unknown := next((name for name in fields if name not in names), None):
        raise ValueError(f"{field}: there is no field {_shown(unknown)}; the fields are {', '.join(names)}")
    if missing := next((name for name in required if name not in fields), None):
        raise ValueError(f"{field}: {missing} is missing")
    return fields


def _values(field: str, value: Any, kind: _Kind) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(_value(field, each, kind) for each in _value(field, value, _LIST)))


def _value(field: str, value: Any, kind: _Kind) -> Any:
    is_right, description = kind
    if not is_right(value):
        raise ValueError(f"{field}: {_shown(value)} is not {description}")
    return value


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
