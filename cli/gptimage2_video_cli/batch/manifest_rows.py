"""The rows of a manifest, one at a time: what JSON lines or CSV say, before anybody asks what it means.

Lives here: the two formats. Not here: what a row asks for (`manifest`). No row is kept, so that a file may be of any
length.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from gptimage2_video_cli.requests import json_or_text


class Unfit(Exception):
    """A line that is no request; its words are the message."""


def rows(path: Path) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
    """Each line with its number, to be read when it is its turn."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix.lower() == ".csv":
            yield from _csv_rows(file)
            return
        for number, text in enumerate(file, 1):
            if text.strip():
                yield number, partial(_json_row, text)


def _json_row(text: str) -> Mapping[str, Any]:
    try:
        row = _decode(text.rstrip())
    except json.JSONDecodeError as problem:
        raise Unfit(f"it is no JSON: {problem.msg} at column {problem.colno}") from None
    except (ValueError, RecursionError) as problem:
        raise Unfit(f"it is no JSON: {problem}") from None
    if not isinstance(row, dict):
        raise Unfit("it is no JSON object")
    return row  # pyright: ignore[reportUnknownVariableType]


def _no_json(word: str) -> None:
    raise ValueError(f"{word} is no JSON value")


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unfit("it has a field twice")
    return found


def _csv_rows(file: Iterable[str]) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
    reader = csv.DictReader(file, strict=True, restkey="")
    try:
        if not reader.fieldnames or "prompt" not in reader.fieldnames:
            raise ValueError("its first line must name the columns, prompt among them")
        if len(set(reader.fieldnames)) < len(reader.fieldnames):
            raise ValueError("it names a column twice")
        for row in reader:
            number = reader.line_num
            yield number, partial(_csv_row, row)
    except csv.Error as problem:
        raise ValueError(f"line {reader.reader.line_num}: {problem}") from None


def _csv_row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if row.get(""):
        raise Unfit("it has more cells than there are columns")
    given = {name: text for name, text in row.items() if text not in (None, "")}
    texts = ("prompt", "id", "file", "model", "inputMode", "aspectRatio", "resolution")
    values = {name: text if name in texts else json_or_text(text) for name, text in given.items()}
    images = values.get("inputImageUrls")
    return values | {"inputImageUrls": [images]} if isinstance(images, str) else values


_decode: Final = json.JSONDecoder(parse_constant=_no_json, object_pairs_hook=_no_name_twice).decode
