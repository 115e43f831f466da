"""The manifest: a file with one request per line, each checked and priced once, before anything is sent."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from gptimage2_video import MODELS, InvalidRequest, Model, build_request, prepare
from gptimage2_video_cli.requests import FIELD_OPTIONS

from .manifest_rows import InvalidLine, rows

_ALLOW: Final = "allow_unknown_model"
_RESERVED: Final = ("id", "file", _ALLOW)  # what a line may hold beside the request
# One folder serves all systems: nothing that is a path, hidden, or invalid as a name somewhere.
_FILE: Final = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|. -][^\x00-\x1f\x7f/\\:*?\"<>|]*\.mp4\Z")
_MAX_FILE_BYTES: Final = 200
_MAX_ID: Final = 200  # characters
_MAX_ID_IN_FILE: Final = 100
# Windows opens a device in place of such a file, whatever its ending, and spaces before that.
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *\.", re.IGNORECASE)
_UNSAFE: Final = re.compile(r"[^\w-]+", re.ASCII)
_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_FIELDS: Final = {name.lower(): name for name in FIELD_OPTIONS} | {
    "image": "inputImageUrls",
    "images": "inputImageUrls",
    "imageurl": "inputImageUrls",
    "inputimageurl": "inputImageUrls",
    "mode": "inputMode",
    "ratio": "aspectRatio",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One valid request of a manifest.

    Attributes:
        key: Its id: given, or made from the request itself, so that a line that moves stays the same line.
        number: Its position in the manifest, from 1.
        request: The request in wire names.
        quote: Credits; None where the price is unknown.
        file: The name of the video.
    """

    key: str
    number: int
    request: Mapping[str, Any]
    quote: int | None
    file: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error of one line, or a warning about it."""

    number: int
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"line {self.number}: {self.message}"


def iter_lines(
    path: Path, models: Mapping[str, Model] = MODELS, *, unique: bool = True, allow_unknown_model: bool = False
) -> Iterator[Line | Problem]:
    """Each line as soon as it is read: a valid one, or what is wrong with it; then its warnings.

    Args:
        path: The file; CSV where its name ends so, else JSON lines.
        models: The table that lines are checked and priced by.
        unique: Whether ids and files must be unique, which keeps the names of all lines in memory; else each line is
            checked by itself.
        allow_unknown_model: Whether every line may name a model that is in no table; else those that say so
            themselves.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not UTF-8, or a CSV file without a usable head.
    """
    uniqueness = _Uniqueness()
    for number, parse in rows(path):
        try:
            known = uniqueness if unique else _Uniqueness()
            line, warnings = _line(number, parse(), known, models, allow_unknown_model)
        except InvalidLine as error:
            yield Problem(number, str(error))
        else:
            yield line
            for warning in warnings:
                yield Problem(number, warning, "warning")


class _Uniqueness:
    """What earlier lines use, with the number of the first: all that is kept of a manifest."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}
        self._files: dict[str, int] = {}
        self._requests: dict[str, int] = {}
        self._repeats: dict[str, int] = {}

    def earlier(self, digest: str) -> int:
        """The number of earlier lines with this request."""
        return 1 + self._repeats.get(digest, 0) if digest in self._requests else 0

    def add(self, line: Line, digest: str) -> int | None:
        """Add the line. Returns the first with the same request, if any. Raises InvalidLine for a used id or file."""
        _reserve(self._keys, line.key, line.number, f"the id {line.key!r}")
        file = unicodedata.normalize("NFC", line.file).casefold()
        _reserve(self._files, file, line.number, f"the file {line.file!r}")
        first = self._requests.setdefault(digest, line.number)
        if first == line.number:
            return None
        self._repeats[digest] = 1 + self._repeats.get(digest, 0)
        return first


def _reserve(used: dict[str, int], name: str, number: int, what: str) -> None:
    if name in used:
        raise InvalidLine(f"{what} is used by line {used[name]} as well")
    used[name] = number


def _line(
    number: int,
    row: Mapping[str, Any],
    uniqueness: _Uniqueness,
    models: Mapping[str, Model],
    allow_unknown_model: bool,
) -> tuple[Line, list[str]]:
    request = as_request({name: value for name, value in row.items() if name not in _RESERVED}, models)
    allowed = row.get(_ALLOW, allow_unknown_model)
    if not isinstance(allowed, bool):
        raise InvalidLine(f"{_ALLOW} must be true or false")
    try:
        _, quote, violations = prepare(request, models=models, allow_unknown_model=allowed)
    except InvalidRequest as error:
        raise InvalidLine("; ".join(violation.message for violation in error.violations)) from None
    warnings = [violation.message for violation in violations]
    digest = sha256(_canonical(request).encode()).hexdigest()[:12]
    key = _key(row.get("id"), digest, uniqueness.earlier(digest))
    line = Line(key, number, request, quote.credits, file_name(row.get("file"), key))
    if first := uniqueness.add(line, digest):
        warnings.append(f"the same request as line {first}; both will be submitted and paid for")
    return line, warnings


def as_request(fields: dict[str, Any], models: Mapping[str, Model]) -> dict[str, Any]:
    """The request with its mode, inferred where it is left out. Raises InvalidLine for a misspelt field."""
    for name in fields.keys() - FIELD_OPTIONS.keys():
        if field := _FIELDS.get(re.sub(r"[^a-z]", "", name.lower())):
            raise InvalidLine(f"{name} is not a field of the API; use {field}")
    if fields.get("inputMode") is not None:
        return fields
    model, images = fields.get("model"), fields.get("inputImageUrls")
    inferred = build_request("", models=models, model=str(model), image=["-"] if images else None)
    return fields | {"inputMode": inferred["inputMode"]}


def _key(line_id: object, digest: str, earlier: int) -> str:
    """The id of a line: given, or the digest of its request, numbered where `earlier` lines have the same."""
    if line_id is None:
        return f"{digest}-{earlier + 1}" if earlier else digest
    if not isinstance(line_id, str | int) or isinstance(line_id, bool) or not str(line_id).strip():
        raise InvalidLine("id must be text or a whole number")
    if len(str(line_id)) > _MAX_ID or not str(line_id).isprintable():
        raise InvalidLine(f"id must be printable and at most {_MAX_ID} characters long")
    return str(line_id)


def file_name(name: object, key: str) -> str:
    """The file name of a line. Raises InvalidLine where it could lead out of the folder, or to no video."""
    if name is None:
        safe = _UNSAFE.sub("_", key).lstrip("-")[:_MAX_ID_IN_FILE] or "_"
        same = safe == key and not _DEVICES.match(f"{key}.")
        return f"{safe}.mp4" if same else f"{safe}-{sha256(key.encode()).hexdigest()[:8]}.mp4"
    if not isinstance(name, str) or not name.isprintable() or not _FILE.match(name) or _DEVICES.match(name):
        raise InvalidLine(f"file must be a plain name that ends in .mp4, without a folder, not {name!r}")
    if len(name.encode()) > _MAX_FILE_BYTES:
        raise InvalidLine(f"file must be at most {_MAX_FILE_BYTES} bytes long")
    return name
