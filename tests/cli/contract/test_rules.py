"""Each rule by itself, with credits: a server that breaks it is noticed, and pays for it once."""

import json

import pytest

from gptimage2_video_cli.contract.checks import CHECKS
from gptimage2_video_cli.contract.rules import RULES, UNUSUAL, VALID, valid_requests
from gptimage2_video_cli.contract.schemas import spec
from support.broken_servers import lax, scenario

pytestmark = pytest.mark.slow


def test_each_rule_is_broken_by_a_request_that_breaks_nothing_else():
    for rule in RULES:
        assert (rule.kind == "valid") == spec().is_valid_request({**VALID, **rule.fields}), rule
        assert rule.check in CHECKS


def test_unusual_requests_are_valid():
    assert all(spec().is_valid_request({**VALID, **fields}) for fields in UNUSUAL.values())


def test_each_model_is_valid_in_each_of_its_modes():
    assert all(spec().is_valid_request(body) for body, _ in valid_requests("https://example.com/cup.jpg"))


@pytest.mark.parametrize(
    ("check_id", "fields"),
    [(rule.check, rule.fields) for rule in RULES if rule.kind != "valid"] + [("prompt-required", {"prompt": None})],
    ids=str,
)
def test_one_that_is_accepted_is_charged_followed_and_ends_its_trial(cli, server, monkeypatch, check_id, fields):
    body = {**VALID, **fields}
    cli.against(scenario(monkeypatch, server, submit=lax(lambda request, _: request == body)))
    data = cli("contract", "--json", "--max-credits", "400").object
    codes = {finding["code"] for finding in data["findings"]}
    assert {check_id, "invalid-refused"} <= codes
    invalid = [it.body for it in server.requests if it.method == "POST" and it.body == json.dumps(body).encode()]
    assert 1 == len(invalid)
    assert [1] == [it["status"] for it in data["submissions"] if not spec().is_valid_request(body)][:1]
