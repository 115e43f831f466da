"""Two OpenAPI documents: the verdicts of oasdiff, and ours on what it sees but has no rule for."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Final

from .changes import UNSURE, Change, Document, Unreadable, Verdict, members
from .models import compare_tables, with_durations_of

PROGRAM: Final = Path(__file__).parents[2] / "build/tools/oasdiff"
MISSING: Final = "oasdiff is not installed; `make oasdiff` installs it, for which Go 1.21 or newer must be there"
# Which version is due is for `due` to say.
_NO_CHANGE: Final = ("api-version-not-bumped", "api-major-version-not-bumped")
# What oasdiff lets pass although clients would break unnoticed; each is the end of a rule's id.
STRICTER: Final = (
    "api-operation-id-removed",  # generated clients name a method after it
    *("-discriminator-removed", "-discriminator-property-name-changed"),  # and choose a type by this
    *("-default-value-removed", "-default-value-changed"),  # who leaves the field out pays for something else
    "response-optional-property-removed",  # most of a task is optional, the URL of the video as well
    "response-success-status-added",  # who knows 200 alone takes an accepted submission for a failure
)
# What of a document is judged otherwise, or is words.
_JUDGED: Final = {"paths", "components", "security", "servers", "info", "tags", "externalDocs", "openAPI"}


def compare(base: Document, head: Document) -> list[Change]:
    """All changes, the worst first; Unreadable where a document cannot be compared or oasdiff is not installed."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("base.json", "head.json")]
        for file, document in zip(files, (base, with_durations_of(base, head)), strict=True):
            file.write_text(json.dumps(document, default=str), "utf-8")
        # Rules judge merged schemas, as these tell what is asked for; merging loses keywords, so the diff is unmerged.
        changelog = _run("changelog", "--flatten-allof", *files)
        diff = _run("diff", "--exclude-elements=description,endpoints,examples,extensions,summary,title", *files)
    found = [
        *_judged(changelog),
        *_unjudged_operations(diff, {(change.get("path"), change.get("operation")) for change in changelog}),
        *(_unsure(f"the document's {key}", key) for key in sorted({*diff} - _JUDGED)),
        *_servers(base.get("servers", []), head.get("servers", [])),
        *compare_tables(base.get("x-model-table"), head.get("x-model-table")),
    ]
    if not found and _apart_from_version(base) != _apart_from_version(head):
        text = "descriptions, examples, or parts that no operation uses changed"
        found = [Change(Verdict.HARMLESS, text, "words")]
    return sorted(dict.fromkeys(found), key=lambda change: -change.verdict)


def _apart_from_version(document: Document) -> Document:
    return {**document, "info": {**document["info"], "version": None}}


def _judged(changelog: list[dict[str, Any]]) -> Iterator[Change]:
    for change in (change for change in changelog if change["id"] not in _NO_CHANGE):
        breaks = change["level"] > 1 or change["id"].endswith(STRICTER)  # 1 is oasdiff's INFO
        place = f"{change['operationId']}: " if "operationId" in change else ""
        yield Change(Verdict.BREAKING if breaks else Verdict.ADDITION, place + change["text"], change["id"])


def _run(command: str, *arguments: str | Path) -> Any:
    options = ("--format=json", "--flatten-params", "--allow-external-refs=false")
    command_line = [PROGRAM, command, *options, *arguments]
    try:
        run = subprocess.run(command_line, capture_output=True, text=True, encoding="utf-8", check=True)
    except OSError as error:
        raise Unreadable(MISSING) from error
    except subprocess.CalledProcessError as error:
        raise Unreadable(f"oasdiff cannot compare these documents: {' '.join(error.stderr.split())}") from error
    return json.loads(run.stdout)


def _unjudged_operations(diff: Any, judged: AbstractSet[tuple[str | None, str | None]]) -> Iterator[Change]:
    for path, item in diff.get("paths", {}).get("modified", {}).items():
        yield from _unjudged(path, "request", {**item, "operations": None})
        for method, operation in item.get("operations", {}).get("modified", {}).items():
            found = list(_unjudged(f"{method} {path}", "request", operation))
            if not found and (path, method) not in judged and {*operation} - {"externalDocs"}:
                found = [_unsure(f"{method} {path}", "unjudged")]
            yield from found


def _unjudged(place: str, side: str, diff: Any) -> Iterator[Change]:
    """Walk through a diff to the keywords that oasdiff has no rule for; names of what is modified are no keywords."""
    parts: dict[str, Any] = {key: part for key, part in diff.items() if isinstance(part, dict)}
    for key, part in parts.items():
        if key == "links":
            yield from members("links", f"{place} link", {*part.get("deleted", [])}, {*part.get("added", [])})
            changed = part.get("modified", {})
            yield from (Change(Verdict.BREAKING, f"{place} link {name} changed", key) for name in changed)
        elif key == "not" and part.keys() & {"schemaAdded", "schemaDeleted"}:
            yield _limit(f"{place} not", side, "schemaAdded" in part)
        elif key in ("not", "callbacks", "servers"):
            yield _unsure(f"{place} {key}", key)
        else:
            named = part.get("modified", {key: part})
            if isinstance(named, list):  # the branches of a choice, or the parts of a whole
                named = {_branch(key, branch["base"]): branch["diff"] for branch in part["modified"]}
            for name, inner in named.items():
                yield from _unjudged(f"{place} {name}", "response" if key == "responses" else side, inner)
    # How much is asked of further properties: nothing (0), a schema (1), or that there be none (2).
    allowed, schema = diff.get("additionalPropertiesAllowed", {}), diff.get("additionalProperties", {})
    before = 2 if allowed.get("from") is False else "schemaDeleted" in schema
    after = 2 if allowed.get("to") is False else "schemaAdded" in schema
    if before != after:
        yield _limit(f"{place} additionalProperties", side, after > before)


def _branch(key: str, base: dict[str, Any]) -> str:
    return base.get("component") or f"{key}[{base['index']}]"


def _unsure(place: str, rule: str) -> Change:
    return Change(Verdict.BREAKING, f"{place} changed; {UNSURE}", rule)


def _limit(place: str, side: str, stricter: bool) -> Change:
    """A request that asks for more breaks callers; so does a response that promises less."""
    verdict = Verdict.BREAKING if stricter is (side == "request") else Verdict.ADDITION
    return Change(verdict, f"{place} is {'stricter' if stricter else 'looser'} now", place.rsplit(maxsplit=1)[-1])


def _servers(base: list[Any], head: list[Any]) -> Iterator[Change]:
    """The servers of the document. Clients call the first one unless told otherwise."""
    old, new = ([f"{one.get('url')} {one.get('variables', '')}".strip() for one in each] for each in (base, head))
    yield from members("servers", "server", {*old}, {*new})
    if old and new and old[0] != new[0] and old[0] in new:
        text = f"the first server, which clients call unless told otherwise, is {new[0]} now"
        yield Change(Verdict.BREAKING, text, "servers")
