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
from tools.model_rows import durations, load_yaml
from tools.request_fields import read_fields

from support.own_models import SPEC as OWN_MODELS
from support.paths import ROOT, VECTORS
from support.vectors import (
    CASES,
    COMMON_DURATIONS,
    FILES,
    KINDS,
    ORPHANS,
    SPEC,
    TABLE,
    contradictions,
    offered_durations,
    prices_to_write,
    rules_to_write,
)

FIELDS = read_fields(load_yaml((ROOT / "openapi.yaml").read_text("utf-8")))
SCHEMAS = SPEC["components"]["schemas"]
VECTORS_SCHEMA = json.loads((VECTORS / "schema.json").read_text("utf-8"))
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


@pytest.mark.parametrize("model", TABLE)
def test_the_vectors_of_a_model_are_complete_and_say_what_its_row_says(model):
    """The row and the cases are two readings of the documentation, each made by a person."""
    row, about = TABLE[model], {kind: cases_about(model, kind) for kind in ("rules", "prices")}
    differences = list(contradictions(row, about["rules"], about["prices"]))
    missing = {"rules": rules_to_write(row, about["rules"]), "prices": prices_to_write(row, about["prices"])}
    told = [f"{len(differences)} cases differ from the row of {model}; correct whichever is wrong:", *differences]
    for kind, cases in missing.items():
        lines = [json.dumps(case) for case in cases]
        told += [f"vectors/{kind}.json lacks these; fill them in from the documentation:", *lines] if lines else []
    if differences or any(missing.values()):
        pytest.fail("\n".join(told if differences else told[1:]), pytrace=False)


def cases_about(model: str, kind: str) -> list[dict[str, Any]]:
    return [case for case in CASES[kind] if case["given"]["request"].get("model") == model]


def test_no_case_is_about_a_model_that_is_gone():
    """Such a case goes with the model, or moves to another one, where it says something of any model."""
    assert {} == {kind: [case["id"] for case in cases] for kind, cases in ORPHANS.items() if cases}


def test_a_model_without_vectors_gets_a_skeleton_that_no_test_accepts():
    row = next(row for row in OWN_MODELS["x-model-table"]["models"] if row["id"] == "x-range")
    video = {"prompt": "A ceramic cup", "model": "x-range", "inputMode": "text_to_video"}
    from_image = {**video, "inputMode": "image_to_video"}
    image = {"inputImageUrls": ["https://example.com/cup.jpg"]}
    rules = rules_to_write(row, [])
    assert [
        video,
        {**from_image, **image},
        from_image,
        {**from_image, "inputImageUrls": []},
        *({**video, "duration": seconds} for seconds in (3, 15, 2, 16)),
    ] == [case["given"]["request"] for case in rules]
    prices = prices_to_write(row, [])
    assert [{**video, "duration": n} for n in range(3, 16)] == [case["given"]["request"] for case in prices]
    unfilled = {"rules": rules, "prices": prices}
    schema = jsonschema.Draft202012Validator(VECTORS_SCHEMA)
    assert dict.fromkeys(unfilled, False) == {
        kind: schema.is_valid({"kind": kind, "cases": cases}) for kind, cases in unfilled.items()
    }


def test_a_case_that_differs_from_the_row_of_its_model_is_told():
    row = next(row for row in OWN_MODELS["x-model-table"]["models"] if row["id"] == "x-range")
    price = {**prices_to_write(row, [])[0], "id": "x-costs-5", "expected": {"credits": 5}}
    rule = {**rules_to_write(row, [])[6], "id": "x-takes-2", "expected": {"accepted": True, "problems": []}}
    assert [
        "rules.json, x-takes-2: the model takes duration 2; not so in the table",
        "prices.json, x-costs-5: 5 credits; not so in the table",
    ] == list(contradictions(row, [rule], [price]))


def test_a_problem_is_of_a_field_of_the_spec():
    named = {p["field"] for case in CASES["rules"] for p in case["expected"]["problems"]}
    assert set() == named - {field.name for field in FIELDS}


def test_every_problem_has_a_case():
    """Each rule of our own, each field that a request needs, and the type of each that a price knows. A field that the
    spec gains needs no case: its schema says all that there is to say."""
    cases = [*CASES["rules"], *CASES["models"]]
    listed = {(p["code"], p["field"]) for case in cases for p in case["expected"].get("problems", ())}
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


def test_the_durations_of_the_schema_agree_with_the_table():
    """The spec tells durations twice: as `if`/`then` for validators, as the table for prices. Known ones are the law,
    and where they are inferred or unknown the common values are accepted."""
    branches = {
        model: [branch["then"]["properties"]["duration"] for branch in BRANCHES if model in models_of(branch)]
        for model in sorted({model for branch in BRANCHES for model in models_of(branch)})
    }
    offered = {model: offered_durations(row) for model, row in sorted(TABLE.items())}
    expected = {
        model: [{"minimum": seconds[0], "maximum": seconds[-1]} if isinstance(seconds, range) else {"enum": [*seconds]}]
        for model, seconds in offered.items()
    }
    assert expected == branches


def models_of(branch: dict[str, Any]) -> list[str]:
    return branch["if"]["properties"]["model"]["enum"]


def test_the_durations_of_all_models_are_the_durations_of_the_schema():
    """No duration is offered that `Duration` refuses, and `Duration` ends where the models do."""
    offered = {*COMMON_DURATIONS, *(seconds for row in TABLE.values() for seconds in durations(row["durations"]))}
    duration = of_the_spec({"$ref": "#/components/schemas/Duration"})
    refused = {seconds for seconds in range(max(offered) + 2) if not duration.is_valid(seconds)}
    assert (set(), {min(offered) - 1, max(offered) + 1}) == (
        refused & offered,
        refused & {min(offered) - 1, max(offered) + 1},
    )


# ---- Prices


def test_what_has_a_price_is_accepted():
    """A number is never a guess: its request is valid."""
    priced = [case for case in CASES["prices"] if case["expected"]["credits"] is not None]
    assert by_id(priced, lambda _: True) == by_id(priced, lambda case: REQUEST.is_valid(case["given"]["request"]))


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
    expected = by_id(CASES["snapshots"], lambda case: "outsideContract" not in case["given"])
    assert expected == by_id(CASES["snapshots"], lambda case: SNAPSHOT.is_valid(case["given"]["body"]))


REFERENCE, QUICKSTART = "-in-the-reference-spelling", "-in-the-quickstart-spelling"
PAIRS = sorted({case["id"].removesuffix(REFERENCE) for case in CASES["snapshots"] if case["id"].endswith(REFERENCE)})


def test_both_spellings_of_a_task_are_the_same_task():
    tasks = by_id(CASES["snapshots"], lambda case: case["expected"]["task"])
    assert {name: tasks[name + REFERENCE] for name in PAIRS} == {name: tasks[name + QUICKSTART] for name in PAIRS}


def test_each_documented_status_is_told_in_both_spellings():
    pairs = [case for case in CASES["snapshots"] if case["id"].endswith(QUICKSTART)]
    assert {0, 1, 2} <= {case["given"]["body"]["status"] for case in pairs}
    assert len(pairs) == len(PAIRS)
