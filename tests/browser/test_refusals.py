"""Each refusal: the rules while one types, the statuses of the service, and a failed task with its refund."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gptimage2_video import check

pytestmark = pytest.mark.long

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


def same(sentence):
    """A sentence of the Python client as the TypeScript one quotes values."""
    return sentence.replace("'", '"')


def test_a_broken_rule_is_told_in_the_clients_own_sentence_and_nothing_is_sent(playground):
    for code, body in BROKEN.items():
        playground.write(body)
        [violation] = check(body)
        [(shown, sentence)] = playground.violations
        assert (code, same(violation.message).lower()) == (shown, sentence.rstrip(".").lower())
        assert "No price yet" == playground.price
        playground.make()
        told = playground.ends_as("InvalidRequest").lower()
        assert told.startswith(f"nothing was sent. {same(violation.message).lower()}")
    assert [] == playground.server.requests


def test_every_rule_of_the_vectors_has_the_same_verdict_in_the_page(playground):
    cases = json.loads(VECTORS.read_text("utf-8"))["cases"]
    found = playground.page.evaluate(
        """async (requests) => {
            const { check } = await import("/playground/client/rules.js");
            const verdict = ({ code, field, severity }) => ({ code, field, severity });
            return requests.map((request) => check(request).map(verdict));
        }""",
        [case["given"]["request"] for case in cases],
    )
    expected = [sorted(case["expected"]["problems"], key=str) for case in cases]
    order = ("code", "field", "severity")
    told = [sorted(({name: problem[name] for name in order} for problem in problems), key=str) for problems in found]
    assert expected == told


def test_rules_are_told_beside_their_field_while_one_types(playground):
    page = playground.page
    page.get_by_label("Prompt").fill("")
    expect(page.locator("#why-prompt")).to_have_text("Not valid: The prompt is empty; say what the video shows.")
    page.get_by_label("Prompt").fill("A cup")
    expect(page.locator("#why-prompt")).to_be_empty()
    page.get_by_label("Aspect ratio").fill("wide")
    expect(page.locator("#why-aspectRatio")).to_contain_text("write it like 16:9")
    playground.pick("family", "Kling 2.1")
    expect(page.locator("#why-inputImageUrls")).to_contain_text("image_to_video needs an image")
    page.locator("#image").fill("cup.png")
    expect(page.locator("#why-inputImageUrls")).to_contain_text("local files cannot be sent")


def test_a_body_that_is_no_json_is_told_and_cannot_be_sent(playground):
    playground.write('{"prompt": ')
    assert ["not_json"] == [code for code, _ in playground.violations]
    expect(playground.page.get_by_role("button", name="Send it anyway")).to_be_hidden()
    playground.make()
    assert "is not JSON" in playground.ends_as("InvalidRequest")
    playground.page.get_by_label("Prompt").fill("A boat")
    assert "A boat" == playground.body["prompt"]


def test_400_is_what_the_service_says_to_a_request_that_is_sent_anyway(playground):
    playground.page.get_by_label("Prompt").fill("")
    playground.send_anyway()
    sentence = playground.ends_as("BadRequest")
    expected = "The API refused the request (400: Invalid request); prompt: Prompt is required; nothing was charged."
    assert expected == sentence
    assert [] == playground.server.ledger("test-key")


def test_401_is_a_key_that_nobody_has(playground):
    playground.use("Key", "a-key-of-nobody")
    playground.has("no such key")
    playground.make()
    assert "refused the key (401" in playground.ends_as("Unauthorized")


def test_402_is_foretold_and_told_where_the_balance_is_too_low(playground):
    playground.use("Key", "test-key-poor")
    playground.has("3 credits")
    expect(playground.page.locator("#price-note")).to_contain_text("The balance of 3 credits is not enough.")
    playground.make()
    assert "the task needs 5 credits; nothing was charged" in playground.ends_as("InsufficientCredits")
    playground.has("3 credits")


def test_403_is_said_and_not_repeated(playground):
    playground.under("submit-403")
    playground.make()
    assert "(403: Forbidden)" in playground.ends_as("Forbidden")
    assert ["POST"] == [record.method for record in playground.server.requests]


def test_429_is_waited_out_and_paid_once(playground):
    playground.under("submit-429")
    playground.make()
    playground.plays()
    assert [429, 200] == [record.status for record in playground.server.requests if record.method == "POST"]
    assert 1 == len(playground.server.ledger("test-key"))


@pytest.mark.parametrize("scenario", ["failed", "failed-late-refund"])
def test_a_failed_task_says_why_and_that_its_credits_are_back(playground, scenario):
    playground.under(scenario)
    playground.make()
    sentence = playground.ends_as("TaskFailed")
    assert "EMPTY_RESULT: The provider reported success but returned no video." in sentence
    assert "its credits were refunded" in sentence
    playground.has("1,000 credits")
    expect(playground.page.locator("#facts")).to_contain_text("yes, in full")
    expect(playground.tasks.first).to_contain_text("5 credits refunded")
    assert ["debit", "refund"] == [entry.kind for entry in playground.server.ledger("test-key")]
