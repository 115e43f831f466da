"""The manifest: a file with one request a line, checked as a whole before anything is sent.

Lives here: the lines with their ids and file names, and every mistake with its line number. Not here: how rows are
read (`rows`); rules about a request, which are the library's; what has become of a line (`ledger`).
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from gptimage2_video import build_request, check, quote
from gptimage2_video_cli.requests import OWN

from .manifest_rows import Unfit, rows

# What a line may hold besides the request.
_RESERVED: Final = ("id", "file")
# One folder serves all systems: nothing that is a path, hidden, or unfit for a name somewhere.
_FILE: Final = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|. -][^\x00-\x1f\x7f/\\:*?\"<>|]*\.mp4\Z")
_FILE_BYTES: Final = 200
_ID_CHARACTERS: Final = 200
_ID_IN_FILE: Final = 100
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\.", re.IGNORECASE)
_UNSAFE: Final = re.compile(r"[^\w-]+", re.ASCII)
_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
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


def read(path: Path) -> tuple[list[Line], list[Trouble]]:
    """The good lines, and what is wrong with the others. Raises as `each` does."""
    found = list(each(path))
    return [line for line in found if isinstance(line, Line)], [one for one in found if isinstance(one, Trouble)]


def each(path: Path, *, together: bool = True) -> Iterator[Line | Trouble]:
    """Each line as soon as it is read: the good ones, and what is wrong with the others or hardly meant so.

    Args:
        path: The file; CSV where its name ends so, else JSON lines.
        together: Whether lines must not have an id or a file in common, which keeps the names of all; else each is
            looked at by itself, and nothing is kept.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no text, or a CSV file without a usable head.
    """
    seen = _Seen()
    for number, row in rows(path):
        try:
            line, warnings = _line(number, row, seen if together else _Seen())
        except Unfit as problem:
            yield Trouble(number, str(problem))
        else:
            yield line
            for warning in warnings:
                yield Trouble(number, warning, "warning")


class _Seen:
    """What earlier lines have taken, by the number of the first; of all a manifest holds, this alone must be kept."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}
        self.files: dict[str, int] = {}
        self.requests: dict[str, int] = {}
        self.repeats: dict[str, int] = {}


def _line(number: int, given: Callable[[], Mapping[str, Any]], seen: _Seen) -> tuple[Line, list[str]]:
    row = given()
    request = as_request({name: value for name, value in row.items() if name not in _RESERVED})
    violations = check(request)
    errors = [violation.message for violation in violations if violation.severity == "error"]
    if errors:
        raise Unfit("; ".join(errors))
    warnings = [violation.message for violation in violations]
    digest = _digest(request)
    first = seen.requests.get(digest)
    key = _key(row.get("id"), digest, 0 if first is None else 1 + seen.repeats.get(digest, 0))
    file = file_name(row.get("file"), key)
    _take(seen.keys, key, number, f"the id {key!r}")
    _take(seen.files, unicodedata.normalize("NFC", file).casefold(), number, f"the file {file!r}")
    if first is None:
        seen.requests[digest] = number
    else:
        seen.repeats[digest] = 1 + seen.repeats.get(digest, 0)
        warnings.append(f"the same request as line {first}; both will be made, and paid")
    return Line(key, number, request, quote(request).credits, file), warnings


def as_request(given: dict[str, Any]) -> dict[str, Any]:
    """The request with its mode, inferred where the line leaves it out."""
    for name in given.keys() - OWN.keys():
        meant = _FIELDS.get(re.sub(r"[^a-z]", "", name.lower()))
        if meant:
            raise Unfit(f"{name} is not a field of the API; {meant} is")
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
        raise Unfit("its id is neither text nor a whole number")
    if len(str(given)) > _ID_CHARACTERS or not str(given).isprintable():
        raise Unfit(f"its id is longer than {_ID_CHARACTERS} characters, or has some that cannot be printed")
    return str(given)


def _digest(request: Mapping[str, Any]) -> str:
    return sha256(_canonical(request).encode()).hexdigest()[:12]


def file_name(given: object, key: str) -> str:
    """The file name of a line. Raises Unfit where it could lead out of the folder, or to no video."""
    if given is None:
        safe = _UNSAFE.sub("_", key).lstrip("-")[:_ID_IN_FILE] or "_"
        same = safe == key and not _DEVICES.match(f"{key}.")
        return f"{safe}.mp4" if same else f"{safe}-{sha256(key.encode()).hexdigest()[:8]}.mp4"
    if not isinstance(given, str) or not given.isprintable() or not _FILE.match(given) or _DEVICES.match(given):
        raise Unfit(f"its file must be a plain name that ends in .mp4, without a folder, not {given!r}")
    if len(given.encode()) > _FILE_BYTES:
        raise Unfit(f"its file name is longer than {_FILE_BYTES} bytes")
    return given


def _take(taken: dict[str, int], name: str, number: int, words: str) -> None:
    if name in taken:
        raise Unfit(f"{words} is that of line {taken[name]} too")
    taken[name] = number
