"""What a client must survive, shown by the client's own code in the page."""

import pytest
from playwright.sync_api import expect

from gptimage2_video_mock.scenarios.registry import SCENARIOS

pytestmark = pytest.mark.browser


def test_the_picker_lists_every_scenario_with_its_description(playground):
    picker = playground.page.get_by_label("Scenario")
    assert set(SCENARIOS) == {option.get_attribute("value") for option in picker.locator("option").all()}
    playground.select_scenario("cut-poll")
    expect(playground.page.locator("#scenario-about")).to_have_text(SCENARIOS["cut-poll"].about)


def test_a_lost_response_is_uncertain_and_paid_once_and_the_task_is_in_the_list(playground):
    playground.select_scenario("lost-reply")
    playground.submit()
    assert "may have been accepted and charged" in playground.wait_for_error("SubmissionUncertain")
    playground.expect_balance("987 credits")
    assert ["POST"] == [record.method for record in playground.server.requests]
    playground.log.first.locator("summary").click()
    expect(playground.log.first).to_contain_text("The connection was dropped without a reply.")
    playground.tasks.first.get_by_role("button").click()
    playground.wait_until_playing()
    assert 1 == len(playground.server.ledger("test-key"))


@pytest.mark.parametrize(
    "scenario",
    [
        *("poll-503-html", "poll-reset", "poll-429-date", "unknown-status", "quickstart", "done-then-pending"),
        *("submit-gzip", "cut-download", "download-503-html", "download-expired"),
    ],
)
def test_transient_failures_are_survived(playground, scenario):
    playground.select_scenario(scenario)
    playground.submit()
    playground.wait_until_playing()
    assert 1 == len(playground.server.ledger("test-key"))


def test_a_redirect_is_not_followed_with_the_key(playground):
    playground.select_scenario("submit-301")
    playground.submit()
    assert "redirected to a place that a browser hides" in playground.wait_for_error("SubmissionUncertain")
    assert ["api"] == [record.side for record in playground.server.requests]


def test_a_video_that_cannot_be_fetched_is_reported_after_a_few_attempts(playground):
    playground.select_scenario("download-404-always")
    playground.submit()
    assert "fetching it again costs nothing" in playground.wait_for_error("DownloadFailed")


def test_a_browser_without_iterable_streams_reads_responses_all_the_same(open_page, server, browser):
    playground = open_page(server)
    playground.page.add_init_script("delete ReadableStream.prototype[Symbol.asyncIterator]")
    playground.page.reload()
    playground.page.locator("html[data-ready]").wait_for()
    playground.submit()
    playground.wait_until_playing()
