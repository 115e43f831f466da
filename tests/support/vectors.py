"""The cases of the vectors by kind, and what they must say of each row of the model table."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import yaml
from tools.model_rows import DOCUMENTED, durations

from support.paths import ROOT, VECTORS

Case = dict[str, Any]

KINDS: Final = ("rules", "prices", "models", "errors", "snapshots", "scenarios")
FILES: Final = {kind: json.loads((VECTORS / f"{kind}.json").read_text("utf-8")) for kind in KINDS}
SPEC: Final = yaml.load((ROOT / "openapi.yaml").read_text("utf-8"), yaml.CSafeLoader)
TABLE: Final = {row["id"]: row for row in SPEC["x-model-table"]["models"]}
COMMON_DURATIONS: Final[list[int]] = SPEC["x-model-table"]["commonDurations"]["values"]
MODES: Final = ("text_to_video", "image_to_video")
ANY: Final = "any"
_IMAGE: Final = {"inputImageUrls": ["https://example.com/cup.jpg"]}


class Fact(NamedTuple):
    """What a case says of a model: that it takes a value of a field, or refuses it."""

    verdict: str
    field: str
    value: Any


def codes(case: Case) -> set[str]:
    return {problem["code"] for problem in case["expected"].get("problems", ())}


def is_orphan(case: Case) -> bool:
    """Whether a case was written for a model that the table does not have any more."""
    model = case["given"].get("request", {}).get("model")
    says_so = "model_unknown" in codes(case) or (isinstance(model, str) and model.startswith("x-"))
    return isinstance(model, str) and model not in TABLE and not says_so


ORPHANS: Final = {kind: [case for case in FILES[kind]["cases"] if is_orphan(case)] for kind in ("rules", "prices")}
# One test tells of these; the others would all say the same.
CASES: Final[dict[str, list[Case]]] = {
    kind: [case for case in file["cases"] if case not in ORPHANS.get(kind, ())] for kind, file in FILES.items()
}


def request(model: str, mode: str, **fields: Any) -> dict[str, Any]:
    images = _IMAGE if mode == "image_to_video" else {}
    return {"prompt": "A ceramic cup", "model": model, "inputMode": mode, **images, **fields}


def offered_durations(row: Mapping[str, Any]) -> tuple[int, ...] | range:
    """The seconds that a request for the model may ask for."""
    fact = row["durations"]
    return durations(fact) if fact["known"] in DOCUMENTED else tuple(COMMON_DURATIONS)


def required_facts(row: Mapping[str, Any]) -> dict[Fact, dict[str, Any]]:
    """What cases must say of a model, each with a request to say it of; of a range, what is at its ends."""
    model, modes, offered = row["id"], row["modes"]["values"], offered_durations(row)
    facts = {Fact("takes" if mode in modes else "refuses", "inputMode", mode): request(model, mode) for mode in MODES}
    if "image_to_video" in modes:
        without = {name: value for name, value in request(model, "image_to_video").items() if name not in _IMAGE}
        facts[Fact("refuses", "inputImageUrls", None)] = without
        facts[Fact("refuses", "inputImageUrls", 0)] = {**without, "inputImageUrls": []}
    low, high = min(offered), max(offered)
    is_range = isinstance(offered, range)
    for seconds in (low, high) if is_range else offered:
        facts[Fact("takes", "duration", seconds)] = request(model, modes[0], duration=seconds)
    for seconds in (low - 1, high + 1) if is_range else (high + 1,):
        facts[Fact("refuses", "duration", seconds if is_range else ANY)] = request(model, modes[0], duration=seconds)
    return facts


def facts_of(case: Case) -> Iterator[Fact]:
    """What a case says of its model; one with several errors says nothing of each alone."""
    asked, found = case["given"]["request"], codes(case) - {"model_ended"}
    if found <= {"duration_unpriced"}:
        field = "duration" if "duration" in asked else "inputMode"
        yield Fact("takes", field, asked[field])
    elif found == {"mode_not_offered"}:
        yield Fact("refuses", "inputMode", asked["inputMode"])
    elif found == {"duration_not_offered"}:
        yield from (Fact("refuses", "duration", seconds) for seconds in (asked["duration"], ANY))
    elif found == {"image_missing"}:
        yield Fact("refuses", "inputImageUrls", len(asked["inputImageUrls"]) if "inputImageUrls" in asked else None)


def rules_to_write(row: Mapping[str, Any], cases: Iterable[Case]) -> list[Case]:
    """The cases that `rules.json` lacks for a model; their ids and verdicts are for a person to fill in."""
    said = {fact for case in cases for fact in facts_of(case)}
    return [_to_write(it, accepted=None, problems=[]) for fact, it in required_facts(row).items() if fact not in said]


def prices_to_write(row: Mapping[str, Any], cases: Iterable[Case]) -> list[Case]:
    """The cases that `prices.json` lacks for a model, one for each of its prices, or one where it has none."""
    said = [_clip(case["given"]["request"]) for case in cases]
    clips = [_clip(price) for price in row["credits"]["rows"]] or ([] if said else [{}])
    mode = row["modes"]["values"][0]
    return [_to_write(request(row["id"], mode, **clip), credits=None) for clip in clips if clip not in said]


def contradictions(row: Mapping[str, Any], rules: Iterable[Case], prices: Iterable[Case]) -> Iterator[str]:
    """The cases that say something else than the row of their model; either may be wrong."""
    taken = {"inputMode": row["modes"]["values"], "duration": offered_durations(row)}
    for case in rules:
        for verdict, field, value in facts_of(case):
            if value != ANY and field in taken and (value in taken[field]) != (verdict == "takes"):
                yield f"rules.json, {case['id']}: the model {verdict} {field} {value}; not so in the table"
    for case in prices:
        asked, price = _clip(case["given"]["request"]), case["expected"]["credits"]
        listed = [it["credits"] for it in row["credits"]["rows"] if asked.items() <= it.items()]
        if price is not None and price not in listed:
            yield f"prices.json, {case['id']}: {price} credits; not so in the table"


def _clip(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("duration", "resolution") if name in values}


def _to_write(given: dict[str, Any], **expected: Any) -> Case:
    return {"id": "", "given": {"request": given}, "expected": expected}
