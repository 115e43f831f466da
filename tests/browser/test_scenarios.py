"""What a client must survive, shown by the client's own code in the page."""

import pytest
from playwright.sync_api import expect

from gptimage2_video_mock.scenarios.registry import SCENARIOS

pytestmark = pytest.mark.long


def test_the_picker_has_every_scenario_and_says_what_it_does(playground):
    picker = playground.page.get_by_label("Scenario")
    assert set(SCENARIOS) == {option.get_attribute("value") for option in picker.locator("option").all()}
    playground.under("cut-poll")
    expect(playground.page.locator("#scenario-about")).to_have_text(SCENARIOS["cut-poll"].about)


def test_a_lost_reply_is_uncertain_and_paid_once_and_the_task_is_found_in_the_list(playground):
    playground.under("lost-reply")
    playground.make()
    assert "may have been accepted and charged" in playground.ends_as("SubmissionUncertain")
    playground.has("995 credits")
    assert ["POST"] == [record.method for record in playground.server.requests]
    playground.log.first.locator("summary").click()
    expect(playground.log.first).to_contain_text("The connection was dropped without a reply.")
    playground.tasks.first.get_by_role("button").click()
    playground.plays()
    assert 1 == len(playground.server.ledger("test-key"))


@pytest.mark.parametrize(
    "scenario",
    [
        *("poll-503-html", "poll-reset", "poll-429-date", "unknown-status", "quickstart", "done-then-pending"),
        *("submit-gzip", "cut-download", "download-503-html", "download-expired"),
    ],
)
def test_passing_trouble_is_survived(playground, scenario):
    playground.under(scenario)
    playground.make()
    playground.plays()
    assert 1 == len(playground.server.ledger("test-key"))


def test_a_redirect_is_not_followed_with_the_key(playground):
    playground.under("submit-301")
    playground.make()
    assert "redirected to a place that a browser hides" in playground.ends_as("SubmissionUncertain")
    assert ["api"] == [record.side for record in playground.server.requests]


def test_a_video_that_never_comes_is_said_after_a_few_tries(playground):
    playground.under("download-404-always")
    playground.make()
    assert "fetching it again costs nothing" in playground.ends_as("DownloadFailed")


def test_a_browser_without_iterable_streams_reads_replies_all_the_same(open_page, server, browser):
    playground = open_page(server)
    playground.page.add_init_script("delete ReadableStream.prototype[Symbol.asyncIterator]")
    playground.page.reload()
    playground.page.locator("html[data-ready]").wait_for()
    playground.make()
    playground.plays()
