"""What the spec believes, topic by topic, with how well each fact is known.

Lives here: reading the parsed document. Not here: finding it (`document`), and any fact of the API.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .statement import Belief, Fact, Known, Topic

Spec = dict[str, Any]
Beliefs = Mapping[Topic, Belief]

MODELS: Final = Topic("model")
MODES: Final = Topic("mode", "inputMode")
COMMON: Final = Topic("duration", "common values")
TASK: Final = Topic("status", "task")
CODES: Final = Topic("error code")
ANY_RESPONSE: Final = Topic("status", "response")

_SCHEMAS: Final = "#/components/schemas"
_FIELDS: Final = {
    "request": ("VideoRequest", "TextToVideoRequest", "ImageToVideoRequest"),
    "receipt": ("TaskReceipt",),
    "task": ("TaskSnapshot",),
    "error": ("InvalidRequestError", "InvalidRequestDetails", "InsufficientCreditsError", "ServiceError"),
}


def beliefs(spec: Spec) -> Beliefs:
    """All topics of the document."""
    return {**dict(_of_models(spec)), **dict(_of_fields(spec)), **dict(_of_statuses(spec))}


def clip(duration: object, resolution: str | None) -> str:
    """The name of a clip in the topic of its price; without a duration, of all prices in the order of durations."""
    return " ".join(filter(None, (resolution, "in order" if duration is None else f"{duration} s")))


def _of_models(spec: Spec) -> Iterator[tuple[Topic, Belief]]:
    table = spec["x-model-table"]
    rows = table["models"]
    pointer = f"{_SCHEMAS}/TextToVideoModel and ImageToVideoModel, #/x-model-table/models"
    yield MODELS, Belief("page", pointer, {row["id"]: Fact(row["modes"]["known"]) for row in rows})
    modes = dict.fromkeys(mode for row in rows for mode in row["modes"]["values"])
    yield MODES, Belief("page", f"{_SCHEMAS}/GenerateVideoRequest", {mode: Fact("page") for mode in modes})
    yield COMMON, _listed(table["commonDurations"], "#/x-model-table/commonDurations")
    for number, row in enumerate(rows):
        place = f"#/x-model-table/models/{number}"
        yield Topic("mode", row["id"]), _listed(row["modes"], f"{place}/modes")
        yield Topic("duration", row["id"]), _listed(row["durations"], f"{place}/durations")
        yield Topic("price", row["id"]), Belief(row["credits"]["known"], f"{place}/credits", _prices(row["credits"]))


def _listed(entry: dict[str, Any], pointer: str) -> Belief:
    return Belief(entry["known"], pointer, {str(value): Fact(entry["known"]) for value in entry["values"]})


def _prices(entry: dict[str, Any]) -> dict[str, Fact]:
    """The rows; and as the documentation may tell them, without durations, those of a resolution in their order."""
    facts: dict[str, Fact] = {}
    in_order: dict[str | None, list[str]] = {}
    for row in sorted(entry["rows"], key=lambda row: row["duration"]):
        resolution = row.get("resolution")
        facts[clip(row["duration"], resolution)] = Fact(entry["known"], str(row["credits"]))
        in_order.setdefault(resolution, []).append(str(row["credits"]))
    told = {clip(None, name): Fact("docs", ", ".join(row), optional=True) for name, row in in_order.items()}
    return facts | told


def _of_fields(spec: Spec) -> Iterator[tuple[Topic, Belief]]:
    for subject, names in _FIELDS.items():
        facts: dict[str, Fact] = {}
        for name in names:
            facts |= {field: _field(text) for field, text in _properties(spec["components"]["schemas"][name])}
        yield Topic("field", subject), Belief("documented", f"{_SCHEMAS}/{names[0]}", facts)


def _properties(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The names and descriptions of a schema and of its `allOf`; references there lead to schemas read anyway."""
    for part in (schema, *schema.get("allOf", ())):
        for name, described in part.get("properties", {}).items():
            yield name, str(described.get("description", ""))


def _field(description: str) -> Fact:
    page = re.search(r"\((\w+) page", description)
    return Fact("inferred" if "inferred" in description else "documented", group=page[1] if page else "")


def _of_statuses(spec: Spec) -> Iterator[tuple[Topic, Belief]]:
    schemas = spec["components"]["schemas"]
    words = re.findall(r"(\d+) ([A-Z]+)\b", schemas["TaskStatus"]["description"])
    yield TASK, _told(dict(words), f"{_SCHEMAS}/TaskStatus")
    pointer = f"{_SCHEMAS}/TaskSnapshot/properties/errorCode"
    codes = re.findall(r"`([A-Z_]+)`", schemas["TaskSnapshot"]["properties"]["errorCode"]["description"])
    yield CODES, _told(dict.fromkeys(codes), pointer)
    every: dict[str, Fact] = {}
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            told = _told(dict.fromkeys(operation["responses"]), f"#/paths/{path.replace('/', '~1')}/{method}/responses")
            every |= {name: fact._replace(optional=True) for name, fact in told.facts.items()}
            yield Topic("status", f"{method.upper()} {path}"), told
    yield ANY_RESPONSE, Belief("documented", "#/paths", every)


def _told(members: Mapping[str, str | None], pointer: str) -> Belief:
    return Belief("documented", pointer, {name: Fact("documented", value) for name, value in members.items()})


def operations(known: Beliefs) -> Iterator[tuple[str, str]]:
    """Each operation's subject and the start of its path, by which a page names it."""
    for topic in known:
        _, space, path = topic.subject.partition(" /")
        if topic.kind == "status" and space:
            yield topic.subject, f"/{path.partition('{')[0]}"


def known_of(belief: Belief, fact: Fact | None) -> Known:
    """How well a fact is known; that of the topic for one that the spec lacks."""
    return belief.known if fact is None else fact.known
