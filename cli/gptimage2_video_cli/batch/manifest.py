"""The manifest: a file with one request a line, read and checked as a whole before anything is sent.

Lives here: JSONL and CSV, the lines with their ids and file names, and every mistake with its line number. Not here:
rules about a request, which are the library's; what has become of a line (`ledger`).
"""

import csv
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from gptimage2_video import build_request, check, quote
from gptimage2_video_cli.request import OWN, json_or_text

# What a line may hold besides the request.
_RESERVED: Final = ("id", "file")
# One folder serves all systems: nothing that is a path, hidden, or unfit for a name somewhere.
_FILE: Final = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|. -][^\x00-\x1f\x7f/\\:*?\"<>|]*\.mp4\Z")
_FILE_BYTES: Final = 200
_ID_CHARACTERS: Final = 200
_ID_IN_FILE: Final = 100
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\.", re.IGNORECASE)
_UNSAFE: Final = re.compile(r"[^\w-]+", re.ASCII)
_FIELDS: Final = {name.lower(): name for name in OWN} | {
    "image": "inputImageUrls",
    "images": "inputImageUrls",
    "imageurl": "inputImageUrls",
    "inputimageurl": "inputImageUrls",
    "mode": "inputMode",
    "ratio": "aspectRatio",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a manifest, free of errors.

    Attributes:
        key: Its id: given, or made from the request itself, so that a line that moves stays the same line.
        number: Where it stands in the manifest, from 1.
        request: The request in wire names.
        quote: Credits; None where nobody knows.
        file: The name of the video to be.
    """

    key: str
    number: int
    request: Mapping[str, Any]
    quote: int | None
    file: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one line, or hardly meant so."""

    number: int
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"line {self.number}: {self.message}"


class _Unfit(Exception):
    """A line that is no request; its words are the message."""


def read(path: Path) -> tuple[list[Line], list[Trouble]]:
    """The good lines, and what is wrong with the others.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no text, or a CSV file without a usable head.
    """
    lines: list[Line] = []
    troubles: list[Trouble] = []
    seen = _Seen()
    for number, given in _rows(path):
        try:
            line, warnings = _line(number, given, seen)
        except _Unfit as problem:
            troubles.append(Trouble(number, str(problem)))
        else:
            lines.append(line)
            troubles += [Trouble(number, warning, "warning") for warning in warnings]
    return lines, troubles


def _rows(path: Path) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
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
        row = json.loads(text.rstrip(), parse_constant=_no_json, object_pairs_hook=_no_name_twice)
    except json.JSONDecodeError as problem:
        raise _Unfit(f"it is no JSON: {problem.msg} at column {problem.colno}") from None
    except (ValueError, RecursionError) as problem:
        raise _Unfit(f"it is no JSON: {problem}") from None
    if not isinstance(row, dict):
        raise _Unfit("it is no JSON object")
    return row  # pyright: ignore[reportUnknownVariableType]


def _no_json(word: str) -> None:
    raise ValueError(f"{word} is no JSON value")


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unfit("it has a field twice")
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
        raise _Unfit("it has more cells than there are columns")
    given = {name: text for name, text in row.items() if text not in (None, "")}
    texts = ("prompt", "id", "file", "model", "inputMode", "aspectRatio", "resolution")
    values = {name: text if name in texts else json_or_text(text) for name, text in given.items()}
    images = values.get("inputImageUrls")
    return values | {"inputImageUrls": [images]} if isinstance(images, str) else values


class _Seen:
    """What earlier lines have taken."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.files: dict[str, int] = {}
        self.requests: dict[str, list[int]] = {}


def _line(number: int, given: Callable[[], Mapping[str, Any]], seen: _Seen) -> tuple[Line, list[str]]:
    row = given()
    request = _request({name: value for name, value in row.items() if name not in _RESERVED})
    violations = check(request)
    errors = [violation.message for violation in violations if violation.severity == "error"]
    if errors:
        raise _Unfit("; ".join(errors))
    warnings = [violation.message for violation in violations]
    digest = _digest(request)
    same = seen.requests.setdefault(digest, [])
    key = _key(row.get("id"), digest, len(same))
    file = _file(row.get("file"), key)
    _take(seen.keys, key, number, f"the id {key!r}")
    _take(seen.files, unicodedata.normalize("NFC", file).casefold(), number, f"the file {file!r}")
    if same:
        warnings.append(f"the same request as line {same[0]}; both will be made, and paid")
    same.append(number)
    return Line(key, number, request, quote(request).credits, file), warnings


def _request(given: dict[str, Any]) -> dict[str, Any]:
    """The request with its mode, inferred where the line leaves it out."""
    for name in given.keys() - OWN.keys():
        meant = _FIELDS.get(re.sub(r"[^a-z]", "", name.lower()))
        if meant:
            raise _Unfit(f"{name} is not a field of the API; {meant} is")
    if given.get("inputMode") is not None:
        return given
    model, images = given.get("model"), given.get("inputImageUrls")
    inferred = build_request("", model=str(model), image=["-"] if images else None)
    return given | {"inputMode": inferred["inputMode"]}


def _key(given: object, digest: str, earlier: int) -> str:
    """The id of a line: given, or the digest of its request, counted where `earlier` lines have the same."""
    if given is None:
        return f"{digest}-{earlier + 1}" if earlier else digest
    if not isinstance(given, str | int) or isinstance(given, bool) or not str(given).strip():
        raise _Unfit("its id is neither text nor a whole number")
    if len(str(given)) > _ID_CHARACTERS or not str(given).isprintable():
        raise _Unfit(f"its id is longer than {_ID_CHARACTERS} characters, or has some that cannot be printed")
    return str(given)


def _digest(request: Mapping[str, Any]) -> str:
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()[:12]


def _file(given: object, key: str) -> str:
    """The file name of a line. Raises _Unfit where it could lead out of the folder, or to no video."""
    if given is None:
        safe = _UNSAFE.sub("_", key).lstrip("-")[:_ID_IN_FILE] or "_"
        same = safe == key and not _DEVICES.match(f"{key}.")
        return f"{safe}.mp4" if same else f"{safe}-{sha256(key.encode()).hexdigest()[:8]}.mp4"
    if not isinstance(given, str) or not given.isprintable() or not _FILE.match(given) or _DEVICES.match(given):
        raise _Unfit(f"its file must be a plain name that ends in .mp4, without a folder, not {given!r}")
    if len(given.encode()) > _FILE_BYTES:
        raise _Unfit(f"its file name is longer than {_FILE_BYTES} bytes")
    return given


def _take(taken: dict[str, int], name: str, number: int, words: str) -> None:
    if name in taken:
        raise _Unfit(f"{words} is that of line {taken[name]} too")
    taken[name] = number
