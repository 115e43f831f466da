"""The rows of a manifest, in JSON lines or CSV, read one at a time, so that a file may be of any length."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from gptimage2_video import FIELDS
from gptimage2_video_cli.requests import json_or_text, parse_json

_TEXT_COLUMNS: Final = {"id", "file", *(name for name, field in FIELDS.items() if field.type == "string")}


class InvalidLine(Exception):
    """A line that is no request; its text is the message."""


def rows(path: Path) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
    """Each line with its number and a function that parses it, which raises InvalidLine."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix.lower() == ".csv":
            yield from _csv_rows(file)
            return
        for number, text in enumerate(file, 1):
            if text.strip():
                yield number, partial(_parse_json, text)


def _parse_json(text: str) -> Mapping[str, Any]:
    try:
        row = parse_json(text.rstrip())
    except json.JSONDecodeError as error:
        raise InvalidLine(f"invalid JSON: {error.msg} at column {error.colno}") from None
    except ValueError as error:
        raise InvalidLine(f"invalid JSON: {error}") from None
    if not isinstance(row, dict):
        raise InvalidLine("not a JSON object")
    return row  # pyright: ignore[reportUnknownVariableType]  (JSON has text for names)


def _csv_rows(file: Iterable[str]) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
    reader = csv.DictReader(file, strict=True, restkey="")
    try:
        if not reader.fieldnames or "prompt" not in reader.fieldnames:
            raise ValueError("the first line must name the columns, including prompt")
        if len(set(reader.fieldnames)) < len(reader.fieldnames):
            raise ValueError("a column appears twice")
        for row in reader:
            number = reader.line_num
            yield number, partial(_parse_csv, row)
    except csv.Error as error:
        raise ValueError(f"line {reader.reader.line_num}: {error}") from None


def _parse_csv(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if row.get(""):
        raise InvalidLine("more cells than columns")
    texts = {name: text for name, text in row.items() if text not in (None, "")}
    values = {name: text if name in _TEXT_COLUMNS else json_or_text(text) for name, text in texts.items()}
    arrays = [name for name, field in FIELDS.items() if field.type == "array"]
    return values | {name: [values[name]] for name in arrays if isinstance(values.get(name), str)}
