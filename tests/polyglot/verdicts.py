"""What a runner of the vectors, in any language, must have said.

Lives here: the comparison of its lines with `vectors/`. Not here: what the cases mean (`vectors/README.md`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from matrix import ROOT

KINDS: Final = ("rules", "prices", "errors", "snapshots")
# What a generated client can be asked: not what the contract does not describe, and nothing about a base URL.
_BEYOND: Final = {"outsideContract", "baseUrl"}
VECTORS: Final[dict[str, list[dict[str, Any]]]] = {
    kind: [
        case
        for case in json.loads((ROOT / "vectors" / f"{kind}.json").read_text("utf-8"))["cases"]
        if not _BEYOND & case["given"].keys()
    ]
    for kind in KINDS
}


def write_vectors(folder: Path) -> None:
    """Write them where a runner reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, cases in VECTORS.items():
        (folder / f"{kind}.json").write_text(json.dumps({"kind": kind, "cases": cases}), "utf-8")


class Verdicts(NamedTuple):
    """How many cases of those that a language claims it agrees on, and where it does not, in words."""

    agreed: int
    claimed: int
    problems: list[str]


def judged(lines: Iterable[Mapping[str, Any]], claims: Mapping[str, list[str]]) -> Verdicts:
    """Compare what a runner said with the vectors of each kind that it claims, in the parts that it claims.

    Raises:
        KeyError: A kind is claimed that does not exist.
    """
    actual: dict[str, Any] = {}
    problems: list[str] = []
    for line in lines:
        name = str(line.get("id"))
        if name in actual:
            problems.append(f"{name} is told twice")
        actual[name] = line.get("actual")
    cases = {case["id"]: (case["expected"], parts) for kind, parts in claims.items() for case in VECTORS[kind]}
    problems += [f"{name} is no case of what is claimed" for name in actual.keys() - cases.keys()]
    wrong = [
        f"{name}: {part}: said {said!r}, expected {wanted!r}"
        for name, (expected, parts) in cases.items()
        for part, said, wanted in _differences(expected, actual.get(name), parts)
    ]
    failed = {line.partition(":")[0] for line in wrong}
    return Verdicts(len(cases) - len(failed), len(cases), problems + wrong)


def _differences(expected: Mapping[str, Any], actual: object, parts: list[str]) -> Iterator[tuple[str, Any, Any]]:
    if not isinstance(actual, dict):
        yield "everything", actual, dict(expected)
        return
    for part in parts:
        # A fact that the case does not tell is not asserted.
        if part in expected and not _same(expected[part], actual.get(part)):
            yield part, actual.get(part), expected[part]


def _same(wanted: object, said: object) -> bool:
    """Whether both are one JSON value; where the service told nothing, an empty value is as good as null."""
    if isinstance(wanted, dict) and isinstance(said, dict):
        return wanted.keys() == said.keys() and all(_same(wanted[name], said[name]) for name in wanted)
    wanted, said = (None if value in ("", [], {}) else value for value in (wanted, said))
    return wanted == said and isinstance(wanted, bool) == isinstance(said, bool)
