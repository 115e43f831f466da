"""From the form to a playing video: the controls and prices of each model, and the task."""

import httpx
import pytest
from playwright.sync_api import expect

from gptimage2_video import quote
from gptimage2_video_mock import MockServer
from gptimage2_video_mock.api.spec import spec
from support.vectors import offered_durations

pytestmark = pytest.mark.browser

TABLE = spec()["x-model-table"]
FAMILIES = {row["family"]: row for row in reversed(TABLE["models"])}
GENERATE = "/api/ai/video/generate"
TEXT = {"prompt": "A boat", "model": "veo3_fast", "inputMode": "text_to_video", "aspectRatio": "9:16"}
BEARER = {"Authorization": "Bearer test-key"}


@pytest.mark.parametrize("row", FAMILIES.values(), ids=FAMILIES)
def test_each_family_goes_from_the_form_to_a_playing_video_at_the_quoted_price(playground, row):
    playground.choose(row["family"], row["id"])
    if row["modes"]["values"] == ["image_to_video"]:
        playground.page.get_by_role("button", name="Use the sample image").click()
    quoted = quote(playground.body).credits
    assert ("Price unknown" if quoted is None else f"{quoted} credits") == playground.price
    playground.submit()
    assert [1280, 720] == playground.wait_until_playing()
    [debit] = playground.server.ledger("test-key")
    assert quoted in (None, debit.credits)
    playground.expect_balance(f"{1000 - debit.credits} credits")


def test_a_model_shows_the_controls_that_it_has_and_no_other(playground):
    page = playground.page
    for row in TABLE["models"]:
        playground.choose(row["family"], row["id"])
        durations = offered_durations(row)
        choices = [*map(str, durations), ""] if len(durations) > 1 else []
        modes = row["modes"]["values"]
        expected = {
            "mode": modes if len(modes) > 1 else [],
            "duration": [None] if isinstance(durations, range) else choices,
            "resolution": [*row["resolutions"]["values"], ""] if row["resolutions"]["values"] else [],
        }
        shown = {
            name: [choice.get_attribute("value") for choice in page.locator(f"input[name={name}]").all()]
            for name in expected
        }
        assert (row["id"], expected) == (row["id"], shown)
        assert ("image_to_video" == playground.body["inputMode"]) == page.locator("#image").is_visible()


def test_a_range_is_a_number_field_with_its_ends(playground):
    """A table of the client's in which a model takes 3 to 15 seconds, of which 8 have a price."""
    page, row = playground.page, next(row for row in TABLE["models"] if row["durations"].get("values") == [8])

    def widen(route):
        seconds = f'"durations": {[*range(3, 16)]}'
        head, found, tail = route.fetch().text().partition(f'"{row["id"]}": {{')
        assert found
        route.fulfill(body=head + found + tail.replace('"durations": [8]', seconds, 1), content_type="text/javascript")

    page.route("**/generated/model-table.js", widen)
    page.reload()
    page.locator("html[data-ready]").wait_for()
    playground.choose(row["family"], row["id"])
    field = page.get_by_label("Duration")
    assert ["3", "15"] == [field.get_attribute(name) for name in ("min", "max")]
    for typed, expected in {"8": f"{row['credits']['rows'][0]['credits']} credits", "7": "Price unknown"}.items():
        field.fill(typed)
        field.press("Tab")
        assert (int(typed), expected) == (playground.body["duration"], playground.price)
    field.fill("16")
    field.press("Tab")
    refusal = f"{row['id']} clips are 3 to 15 seconds; choose one."
    assert [("duration_not_offered", refusal)] == playground.violations
    field.fill("")
    field.press("Tab")
    assert "duration" not in playground.body


def test_each_choice_shows_its_price_and_the_total_follows(playground):
    playground.choose("Sora 2", "sora-2-text-to-video")
    duration = playground.page.get_by_role("group", name="Duration")
    assert ["5 s5 credits", "10 s10 credits", "15 s", "20 s20 credits", "left out"] == duration.locator(
        "label"
    ).all_inner_texts()
    playground.pick("resolution", "1080p")
    playground.pick("duration", "20")
    assert "30 credits" == playground.price
    assert (20, "1080p") == (playground.body["duration"], playground.body["resolution"])


def test_a_note_on_a_model_is_shown_with_how_well_it_is_known(playground):
    note = playground.page.locator("#model-note")
    expect(note).to_have_text("Note: a clip of 5 s may be 6 s long (inferred)")
    playground.choose("Sora 2", "sora-2-text-to-video")
    expect(note).to_have_text("Note: its maker ended it, without a successor (2026-09-24, sure)")
    assert ["model_ended"] == [code for code, _ in playground.violations]
    playground.choose("Wan 2.6", "wan/2-6-text-to-video")
    expect(note).to_have_count(0)


def test_a_task_is_watched_live_on_a_clock_that_is_stepped(open_page):
    with MockServer(speed=0, task_seconds=60) as server:
        playground = open_page(server)
        playground.submit()
        expect(playground.page.locator("#task-state")).to_have_text("pending")
        expect(playground.page.locator("#progress-text")).to_have_text(
            "Pending for 0 s of the mock's clock; a task takes 60 seconds here"
        )
        step = playground.page.get_by_role("button", name="Step the clock by 30 s")
        step.click()
        expect(playground.page.locator("#progress-text")).to_contain_text("Pending for 30 s")
        expect(playground.page.locator("#events")).to_contain_text("→ 200")
        step.click()
        playground.wait_until_playing()
        expect(playground.page.locator("#task-state")).to_have_text("completed")


def test_a_task_that_is_no_longer_watched_can_be_resumed_from_the_list(open_page):
    with MockServer(speed=0, task_seconds=20) as server:
        playground = open_page(server)
        playground.submit()
        playground.page.get_by_role("button", name="Stop watching").click()
        assert "continues at the service" in playground.wait_for_error("AbortError")
        playground.tasks.first.get_by_role("button").click()
        expect(playground.page.locator("#task-state")).to_have_text("pending")
        playground.page.get_by_role("button", name="Step the clock by 30 s").click()
        playground.wait_until_playing()
        assert 1 == len(server.ledger("test-key"))


def test_tasks_and_requests_of_other_clients_are_listed_and_the_pages_own_requests_are_not(playground):
    task = httpx.post(playground.server.url + GENERATE, json=TEXT, headers=BEARER).json()
    expect(playground.tasks).to_have_count(1)
    playground.expect_balance("991 credits")
    expect(playground.log).to_have_count(1)
    playground.tasks.first.get_by_role("button").click()
    assert [720, 1280] == playground.wait_until_playing()
    expect(playground.page.locator("#facts")).to_contain_text(task["taskId"])
    paths = {record.path for record in playground.server.requests}
    assert {GENERATE, f"/api/ai/tasks/{task['taskId']}", f"/videos/{task['taskId']}.mp4"} == paths


def test_the_log_shows_the_raw_request_and_response_without_the_key(playground):
    playground.submit()
    playground.wait_until_playing()
    playground.log.last.locator("summary").click()
    request, response = (playground.log.last.locator("pre").nth(number) for number in range(2))
    expect(request).to_contain_text(f"POST {GENERATE} HTTP/1.1")
    expect(request).to_contain_text("Authorization: Bearer <account-1>")
    expect(request).to_contain_text('"model":"hailuo/02-text-to-video-standard"')
    expect(response).to_contain_text("HTTP/1.1 200 OK")
    expect(response).to_contain_text('"creditsUsed": 13')


def test_start_over_resets_everything(playground):
    playground.submit()
    playground.wait_until_playing()
    playground.page.on("dialog", lambda dialog: dialog.accept())
    playground.page.get_by_role("button", name="Start over").click()
    playground.expect_balance("1,000 credits")
    expect(playground.tasks).to_have_count(0)


def test_a_mock_that_does_not_answer_is_reported(open_page):
    with MockServer(speed=200) as server:
        playground = open_page(server)
        expect(playground.page.get_by_role("alert")).to_be_hidden()
    expect(playground.page.get_by_role("alert")).to_have_text("The mock server does not answer. Is it still running?")
