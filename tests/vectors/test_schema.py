"""The vectors are well formed, complete over the model table, and of one mind with openapi.yaml.

The cases are written from the documentation, so a difference here is a bug of the spec or of a case, and is never
mended by running code. The overlay is held to them in test_overlay.py.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml
from tools.model_rows import load_yaml
from tools.request_fields import read_fields

from support.paths import ROOT

SPEC = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
FIELDS = read_fields(load_yaml((ROOT / "openapi.yaml").read_text("utf-8")))
SCHEMAS = SPEC["components"]["schemas"]
TABLE = {row["id"]: row for row in SPEC["x-model-table"]["models"]}
COMMON_DURATIONS = SPEC["x-model-table"]["commonDurations"]["values"]

KINDS = ("rules", "prices", "errors", "snapshots", "scenarios")
FILES = {kind: json.loads((ROOT / "vectors" / f"{kind}.json").read_text("utf-8")) for kind in KINDS}
VECTORS_SCHEMA = json.loads((ROOT / "vectors" / "schema.json").read_text("utf-8"))
CASES = {kind: file["cases"] for kind, file in FILES.items()}
OPERATIONS = {
    operation["operationId"]: operation
    for path in SPEC["paths"].values()
    for operation in path.values()
    if "operationId" in operation
}


def by_id(cases: list[dict[str, Any]], read: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """What is read of each case. Two such tables are compared as a whole, and pytest shows the ids that differ."""
    return {case["id"]: read(case) for case in cases}


def of_the_spec(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": SPEC["components"]})


REQUEST = of_the_spec({"$ref": "#/components/schemas/GenerateVideoRequest"})
SNAPSHOT = of_the_spec({"$ref": "#/components/schemas/TaskSnapshot"})


def response_of_the_spec(operation: str, status: int) -> dict[str, Any]:
    response = OPERATIONS[operation]["responses"][str(status)]
    if "$ref" in response:
        response = SPEC["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return response["content"]["application/json"]["schema"]


# ---- The files themselves


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(VECTORS_SCHEMA)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_valid_against_the_schema(kind):
    """Runners in five languages read these names, so a misspelt one must fail here and not be skipped there."""
    problems = [
        f"{e.json_path}: {e.message}" for e in jsonschema.Draft202012Validator(VECTORS_SCHEMA).iter_errors(FILES[kind])
    ]
    assert not problems
    assert kind == FILES[kind]["kind"], "a file holds the kind that its name says"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["file", "case", "given", "expected"])
def test_a_misspelt_name_is_not_valid(kind, where):
    """The schema is closed at every level that a runner reads."""
    case = CASES[kind][0]
    misspelt = {**case, where: {**case[where], "acepted": True}} if where in case else {**case, "expcted": {}}
    file = {"kind": kind, "cases": [misspelt]} if where != "file" else {**FILES[kind], "case": []}
    assert not jsonschema.Draft202012Validator(VECTORS_SCHEMA).is_valid(file)


def test_ids_are_unique_over_all_files():
    """An id is the name of a test in every language."""
    ids = Counter(case["id"] for cases in CASES.values() for case in cases)
    repeated = [name for name, count in ids.items() if count > 1]
    assert not repeated


@pytest.mark.parametrize("kind", KINDS)
def test_no_case_is_given_twice(kind):
    """A case that repeats another under a second name says nothing, or contradicts it."""
    given = Counter(json.dumps(case["given"], sort_keys=True) for case in CASES[kind])
    repeated = [text for text, count in given.items() if count > 1]
    assert not repeated


def test_there_are_enough_cases():
    assert sum(map(len, CASES.values())) >= 150


# ---- Rules


def test_the_schema_of_the_spec_gives_the_verdicts():
    """`accepted` is what the schema of the request says: warnings are no part of it."""
    expected = by_id(CASES["rules"], lambda case: case["expected"]["accepted"])
    assert expected == by_id(CASES["rules"], lambda case: REQUEST.is_valid(case["given"]["request"]))


def test_problems_are_in_order():
    """Sorted by field, then code, so that a runner compares lists."""
    problems = by_id(CASES["rules"], lambda case: [(p["field"], p["code"]) for p in case["expected"]["problems"]])
    assert {name: sorted(set(listed)) for name, listed in problems.items()} == problems


def rules_about(model: str) -> list[tuple[dict[str, Any], set[str]]]:
    """The requests for a model, each with the codes of its problems."""
    return [
        (case["given"]["request"], {problem["code"] for problem in case["expected"]["problems"]})
        for case in CASES["rules"]
        if case["given"]["request"].get("model") == model
    ]


@pytest.mark.parametrize("model", TABLE)
def test_rules_cover_the_modes_of_a_model(model):
    """Each mode that it has is accepted somewhere, and the one that it lacks is refused."""
    offered = set(TABLE[model]["modes"]["values"])
    seen = rules_about(model)
    assert offered == {request.get("inputMode") for request, codes in seen if not codes}
    refused = {request["inputMode"] for request, codes in seen if codes == {"mode_not_offered"}}
    assert {"text_to_video", "image_to_video"} - offered == refused


@pytest.mark.parametrize("model", TABLE)
def test_rules_cover_the_durations_of_a_model(model):
    """Each duration is accepted somewhere, none at all is too, and one is refused."""
    row = TABLE[model]["durations"]
    offered = row["values"] if row["known"] in ("page", "docs") else COMMON_DURATIONS
    seen = rules_about(model)
    accepted = {request.get("duration") for request, codes in seen if codes <= {"duration_unpriced"}}
    assert {*offered, None} == accepted
    assert any(codes == {"duration_not_offered"} for _, codes in seen)


@pytest.mark.parametrize("model", [name for name, row in TABLE.items() if "image_to_video" in row["modes"]["values"]])
def test_rules_cover_the_missing_image_of_a_model(model):
    """A model that takes an image is refused without the field, and with an empty list."""
    refused = [request for request, codes in rules_about(model) if codes == {"image_missing"}]
    assert {None, 0} <= {None if "inputImageUrls" not in r else len(r["inputImageUrls"]) for r in refused}


def test_a_problem_is_of_a_field_of_the_spec():
    named = {p["field"] for case in CASES["rules"] for p in case["expected"]["problems"]}
    assert set() == named - {field.name for field in FIELDS}


def test_every_problem_has_a_case():
    """Each rule of our own, each field that a request needs, and the type of each that a price knows. A field that the
    spec gains needs no case: its schema says all that there is to say."""
    listed = {(p["code"], p["field"]) for case in CASES["rules"] for p in case["expected"]["problems"]}
    kinds = [kind["properties"] for kind in VECTORS_SCHEMA["$defs"]["problem"]["oneOf"]]
    rules = {(kind["code"]["const"], kind["field"]["const"]) for kind in kinds if "const" in kind["code"]}
    required = {("required", field.name) for field in FIELDS if field.required}
    types = {("type", name) for name in SPEC["x-model-table"]["pricedFields"]}
    assert set() == (rules | required | types) - listed


# ---- The durations of the spec


def conditions(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The chain of conditions of a schema, one by one."""
    if "if" in schema:
        yield schema
        yield from conditions(schema.get("else", {}))


BRANCHES = list(conditions(SCHEMAS["GenerateVideoRequest"]))


@pytest.mark.parametrize("model", TABLE)
def test_the_durations_of_the_schema_agree_with_the_table(model):
    """The spec tells durations twice: as `if`/`then` for validators, as the table for prices. Known ones are the law,
    and where they are inferred or unknown the common values are accepted."""
    branches = [
        branch["then"]["properties"]["duration"]["enum"]
        for branch in BRANCHES
        if model in branch["if"]["properties"]["model"]["enum"]
    ]
    row = TABLE[model]["durations"]
    assert [row["values"] if row["known"] in ("page", "docs") else COMMON_DURATIONS] == branches


def test_the_schema_names_durations_for_no_other_model():
    assert sorted(TABLE) == sorted(
        model for branch in BRANCHES for model in branch["if"]["properties"]["model"]["enum"]
    )


def test_the_durations_of_all_models_are_the_durations_of_the_schema():
    """No duration is offered that `Duration` refuses, and `Duration` has none that no model offers."""
    offered = {duration for row in TABLE.values() for duration in row["durations"]["values"]}
    assert sorted(SCHEMAS["Duration"]["enum"]) == sorted(offered | set(COMMON_DURATIONS))


# ---- Prices

ROWS = [(model, row) for model, facts in TABLE.items() for row in facts["credits"]["rows"]]


def test_every_price_of_the_table_has_its_case():
    """The cases took the numbers from the documentation, the table from its own reading of it: both must agree."""
    prices = {(model, row["duration"], row.get("resolution")): {row["credits"]} for model, row in ROWS}
    listed: dict[Any, set[int]] = {key: set() for key in prices}
    for case in CASES["prices"]:
        request = case["given"]["request"]
        key = (request.get("model"), request.get("duration"), request.get("resolution"))
        if key in listed and case["expected"]["credits"] is not None:
            listed[key].add(case["expected"]["credits"])
    assert prices == listed


def test_every_model_has_a_prices_case():
    assert set(TABLE) <= {case["given"]["request"].get("model") for case in CASES["prices"]}


def test_what_has_a_price_is_accepted_and_in_the_table():
    """A number is never a guess: its request is valid, and a row of the model says it."""

    def is_in_the_table(case: dict[str, Any]) -> bool:
        request, rows = case["given"]["request"], TABLE[case["given"]["request"]["model"]]["credits"]["rows"]
        prices = [row["credits"] for row in rows if row["duration"] == request.get("duration", row["duration"])]
        return REQUEST.is_valid(request) and case["expected"]["credits"] in prices

    priced = [case for case in CASES["prices"] if case["expected"]["credits"] is not None]
    assert by_id(priced, lambda _: True) == by_id(priced, is_in_the_table)


# ---- Errors

DOCUMENTED = [case for case in CASES["errors"] if case["given"].get("documented")]


def test_no_error_loses_its_status():
    """Whatever the body is, the status is known."""
    expected = by_id(CASES["errors"], lambda case: case["expected"]["status"])
    assert expected == by_id(CASES["errors"], lambda case: case["given"]["status"])


def test_documented_bodies_are_valid_against_the_spec():
    """What the documentation shows, the contract describes."""

    def problems(case: dict[str, Any]) -> list[str]:
        schema = of_the_spec(response_of_the_spec(case["given"]["operation"], case["given"]["status"]))
        return [error.message for error in schema.iter_errors(json.loads(case["given"]["body"]))]

    assert by_id(DOCUMENTED, lambda _: []) == by_id(DOCUMENTED, problems)


def test_every_documented_error_has_a_case():
    """Each response of the contract but 200 is shown at least once."""
    of_contract = {
        (name, int(status))
        for name, operation in OPERATIONS.items()
        for status in operation["responses"]
        if status != "200"
    }
    assert of_contract == {(case["given"]["operation"], case["given"]["status"]) for case in DOCUMENTED}


def test_every_error_class_has_a_case():
    classes = VECTORS_SCHEMA["$defs"]["errorCase"]["properties"]["expected"]["properties"]["error"]["enum"]
    assert set(classes) == {case["expected"]["error"] for case in CASES["errors"]}


# ---- Snapshots


def test_snapshots_are_valid_against_the_spec():
    """The contract admits both spellings, and what is newer than itself."""
    problems = by_id(CASES["snapshots"], lambda case: [e.message for e in SNAPSHOT.iter_errors(case["given"]["body"])])
    assert by_id(CASES["snapshots"], lambda _: []) == problems


REFERENCE, QUICKSTART = "-in-the-reference-spelling", "-in-the-quickstart-spelling"
PAIRS = sorted({case["id"].removesuffix(REFERENCE) for case in CASES["snapshots"] if case["id"].endswith(REFERENCE)})


def test_both_spellings_of_a_task_are_the_same_task():
    tasks = by_id(CASES["snapshots"], lambda case: case["expected"]["task"])
    assert {name: tasks[name + REFERENCE] for name in PAIRS} == {name: tasks[name + QUICKSTART] for name in PAIRS}


def test_each_documented_status_is_told_in_both_spellings():
    pairs = [case for case in CASES["snapshots"] if case["id"].endswith(QUICKSTART)]
    assert {0, 1, 2} <= {case["given"]["body"]["status"] for case in pairs}
    assert len(pairs) == len(PAIRS)
