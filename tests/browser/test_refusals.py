"""Every violation while one types, every error status of the service, and a failed task with its refund."""

import functools
import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gptimage2_video import check

pytestmark = pytest.mark.browser

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "rules.json"
FINE = {"prompt": "A cup", "model": "veo3", "inputMode": "text_to_video"}
BROKEN = {
    "prompt_empty": {**FINE, "prompt": ""},
    "required": {"model": "veo3", "inputMode": "text_to_video"},
    "type": {**FINE, "prompt": 3},
    "model_unknown": {**FINE, "model": "veo3-fast"},
    "mode_unknown": {**FINE, "inputMode": "video_to_video"},
    "mode_not_offered": {**FINE, "model": "kling/v2-1-standard"},
    "image_missing": {**FINE, "inputMode": "image_to_video", "inputImageUrls": []},
    "image_not_a_url": {**FINE, "inputMode": "image_to_video", "inputImageUrls": ["cup.png"]},
    "duration_not_offered": {**FINE, "duration": 5},
}


def same(message):
    """A message of the Python client, with values quoted and options named as in the TypeScript one."""
    names = {"'": '"', "allow_unknown_model": "allowUnknownModel", "GPTIMAGE2_MODELS or load_models": "parseModels"}
    return functools.reduce(lambda text, name: text.replace(name, names[name]), names, message)


def test_a_violation_has_the_clients_own_message_and_nothing_is_sent(playground):
    for code, body in BROKEN.items():
        playground.edit_body(body)
        [violation] = check(body)
        [(shown, message)] = playground.violations
        assert (code, same(violation.message).lower()) == (shown, message.rstrip(".").lower())
        assert "No price yet" == playground.price
        playground.submit()
        error = playground.wait_for_error("InvalidRequest").lower()
        assert error.startswith(f"nothing was sent. {same(violation.message).lower()}")
    assert [] == playground.server.requests


def test_every_rule_of_the_vectors_has_the_same_violations_in_the_page(playground):
    cases = json.loads(VECTORS.read_text("utf-8"))["cases"]
    actual = playground.page.evaluate(
        """async (requests) => {
            const { check } = await import("/playground/client/rules.js");
            const verdict = ({ code, field, severity }) => ({ code, field, severity });
            return requests.map((request) => check(request).map(verdict));
        }""",
        [case["given"]["request"] for case in cases],
    )
    expected = [sorted(case["expected"]["problems"], key=str) for case in cases]
    order = ("code", "field", "severity")
    actual = [sorted(({name: item[name] for name in order} for item in violations), key=str) for violations in actual]
    assert expected == actual


def test_violations_stand_beside_their_field_while_one_types(playground):
    page = playground.page
    page.get_by_label("Prompt").fill("")
    expect(page.locator("#violations-prompt")).to_have_text("Not valid: The prompt is empty; say what the video shows.")
    page.get_by_label("Prompt").fill("A cup")
    expect(page.locator("#violations-prompt")).to_be_empty()
    page.get_by_label("Aspect ratio").fill("wide")
    expect(page.locator("#violations-aspectRatio")).to_contain_text("write it like 16:9")
    playground.pick("family", "Kling 2.1")
    expect(page.locator("#violations-inputImageUrls")).to_contain_text("image_to_video needs an image")
    page.locator("#image").fill("cup.png")
    expect(page.locator("#violations-inputImageUrls")).to_contain_text("local files cannot be sent")


def test_a_body_that_is_not_json_is_a_violation_and_cannot_be_sent(playground):
    playground.edit_body('{"prompt": ')
    assert ["not_json"] == [code for code, _ in playground.violations]
    expect(playground.page.get_by_role("button", name="Send it anyway")).to_be_hidden()
    playground.submit()
    assert "is not JSON" in playground.wait_for_error("InvalidRequest")
    playground.page.get_by_label("Prompt").fill("A boat")
    assert "A boat" == playground.body["prompt"]


def test_400_is_the_response_to_an_invalid_request_that_is_sent_anyway(playground):
    playground.page.get_by_label("Prompt").fill("")
    playground.send_anyway()
    message = playground.wait_for_error("BadRequest")
    expected = "The API refused the request (400: Invalid request); prompt: Prompt is required; nothing was charged."
    assert expected == message
    assert [] == playground.server.ledger("test-key")


def test_401_is_an_unknown_key(playground):
    playground.select("Key", "a-key-of-nobody")
    playground.expect_balance("no such key")
    playground.submit()
    assert "refused the key (401" in playground.wait_for_error("Unauthorized")


def test_402_is_predicted_and_shown_where_the_balance_is_too_low(playground):
    playground.select("Key", "test-key-poor")
    playground.expect_balance("3 credits")
    expect(playground.page.locator("#price-note")).to_contain_text("The balance of 3 credits is not enough.")
    playground.submit()
    assert "the task needs 13 credits; nothing was charged" in playground.wait_for_error("InsufficientCredits")
    playground.expect_balance("3 credits")


def test_403_is_shown_and_not_retried(playground):
    playground.select_scenario("submit-403")
    playground.submit()
    assert "(403: Forbidden)" in playground.wait_for_error("Forbidden")
    assert ["POST"] == [record.method for record in playground.server.requests]


def test_429_is_retried_and_paid_once(playground):
    playground.select_scenario("submit-429")
    playground.submit()
    playground.wait_until_playing()
    assert [429, 200] == [record.status for record in playground.server.requests if record.method == "POST"]
    assert 1 == len(playground.server.ledger("test-key"))


@pytest.mark.parametrize("scenario", ["failed", "failed-late-refund"])
def test_a_failed_task_shows_its_reason_and_its_refund(playground, scenario):
    playground.select_scenario(scenario)
    playground.submit()
    message = playground.wait_for_error("TaskFailed")
    assert "EMPTY_RESULT: The provider reported success but returned no video." in message
    assert "its credits were refunded" in message
    playground.expect_balance("1,000 credits")
    expect(playground.page.locator("#facts")).to_contain_text("yes, in full")
    expect(playground.tasks.first).to_contain_text("13 credits refunded")
    assert ["debit", "refund"] == [entry.kind for entry in playground.server.ledger("test-key")]
