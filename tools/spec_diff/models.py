"""Two model tables (`x-model-table`), fact by fact."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaml
from tools.model_rows import DOCUMENTED, durations
from tools.spec_rows import render

from .changes import UNSURE, Change, Document, Unreadable, Verdict, members

_LISTS: Final = {
    "modes": "mode",
    "durations": "duration",
    "resolutions": "resolution",
    "commonDurations": "common duration",
}
_DURATIONS: Final = {"GenerateVideoRequest": ("if", "then", "else"), "Duration": ("enum", "minimum", "maximum")}


class _Fact(NamedTuple):
    """The place of one value in a table; `kind` tells how a change of it is judged."""

    model: str
    kind: str
    text: str


def compare_tables(base: Any, head: Any) -> list[Change]:
    """All changes between two tables, None for no table; Unreadable where one has another shape."""
    if not (base and head):
        present = [{"table"} if table else set[str]() for table in (base, head)]
        return list(members("model-table", "the model", *present))
    try:
        old, new = dict(_facts(base)), dict(_facts(head))
        found = list(_refusals(base, head))
    except (AttributeError, KeyError, TypeError) as error:
        raise Unreadable(f"x-model-table is not a table of models as this tool knows it: {error!r}") from error
    both = {fact.model for fact in old} & {fact.model for fact in new}  # a model that is new or gone is told as such
    for fact in (fact for fact in {**old, **new} if fact.model in both and old.get(fact) != new.get(fact)):
        verdict, text = _judge(fact.kind, old.get(fact), new.get(fact))
        found.append(Change(verdict, f"model table: {fact.model}{fact.text} {text}", "model-table"))
    return found


def with_durations_of(base: Document, head: Document) -> Document:
    """`head` with the durations in the schemas of `base`, where both follow from their tables, which tell more exactly.

    A model with durations of its own moves those after it within the chain of conditions.
    """
    try:
        if all(_durations_follow(document) for document in (base, head)):
            return _take_durations(base["components"]["schemas"], head)
    except (AttributeError, IndexError, KeyError, TypeError):  # another document, or no such table
        pass
    return head


def _durations_follow(document: Document) -> bool:
    table, schemas = document["x-model-table"], document["components"]["schemas"]
    expected = [yaml.safe_load(render(place, "", table, 120)) for place in ("durations by model", "all durations")]
    return expected == [_parts(schemas, name) for name in _DURATIONS]


def _parts(schemas: Document, name: str) -> Document:
    return {key: part for key, part in schemas[name].items() if key in _DURATIONS[name]}


def _take_durations(theirs: Document, document: Document) -> Document:
    schemas = document["components"]["schemas"]
    taken = {
        name: {key: part for key, part in schemas[name].items() if key not in keys} | _parts(theirs, name)
        for name, keys in _DURATIONS.items()
    }
    return {**document, "components": {**document["components"], "schemas": {**schemas, **taken}}}


def _refusals(base: Any, head: Any) -> Iterator[Change]:
    """Durations that a model had documented, and that are not among the common ones which clients accept now."""
    after = {row["id"]: row["durations"] for row in head["models"]}
    for row in base["models"]:
        was_firm = row["durations"]["known"] in DOCUMENTED
        if was_firm and after.get(row["id"], row["durations"])["known"] not in DOCUMENTED:
            for seconds in sorted({*durations(row["durations"])} - {*head["commonDurations"]["values"]}):
                text = f'model table: model "{row["id"]}": duration {seconds} is not accepted any more'
                yield Change(Verdict.BREAKING, text, "model-table")


def _facts(table: Any) -> Iterator[tuple[_Fact, Any]]:
    yield from _row("", {key: part for key, part in table.items() if key != "models"})
    for model in table["models"]:
        yield _Fact("", "member", f'model "{model["id"]}"'), True
        yield from _row(f'model "{model["id"]}": ', {key: part for key, part in model.items() if key != "id"})


def _row(model: str, row: dict[str, Any]) -> Iterator[tuple[_Fact, Any]]:
    for key, part in row.items():
        if key in _LISTS:
            kind = "refusal" if key == "durations" else "certainty"
            yield _Fact(model, kind, f"the certainty of {key}"), part["known"]
            values = durations(part) if key == "durations" else part["values"]
            yield from ((_Fact(model, "member", f"{_LISTS[key]} {value}"), True) for value in values)
        elif key == "credits":
            yield _Fact(model, "certainty", "the certainty of prices"), part["known"]
            for price in part["rows"]:
                clip = f"{price['duration']} s" + (f" at {price['resolution']}" if "resolution" in price else "")
                yield _Fact(model, "price", f"the price of {clip}"), price["credits"]
        else:
            yield _Fact(model, "words" if key in ("family", "label") else "unknown", key), part


def _judge(kind: str, before: Any, after: Any) -> tuple[Verdict, str]:
    """The verdict on one fact, None for no such fact, and what is said of it."""
    if kind in ("member", "price") and None in (before, after):
        return (Verdict.ADDITION, "is new") if before is None else (Verdict.BREAKING, "is gone")
    if kind == "price":  # a budget that was enough may not be so any more; a lower price asks nothing of anybody
        verdict, verb = (Verdict.BREAKING, "rose") if after > before else (Verdict.ADDITION, "fell")
        return verdict, f"{verb} from {before} to {after} credits"
    text = f"changed from {before} to {after}"
    if kind == "refusal" and (before in DOCUMENTED) != (after in DOCUMENTED):  # clients hold to what is documented
        firm = after in DOCUMENTED
        refused = f"{text}, so that clients refuse {'all' if firm else 'no'} others"
        return Verdict.BREAKING if firm else Verdict.ADDITION, refused
    if kind in ("words", "certainty", "refusal"):
        return Verdict.HARMLESS, text
    return Verdict.BREAKING, f"changed; {UNSURE}"
