"""Nothing that came over the wire becomes markup, and a key stays where it was typed."""

import httpx
import pytest
from playwright.sync_api import expect

from gptimage2_video_mock import MockServer

pytestmark = pytest.mark.browser

NASTY = """<img src=x onerror="pwned=1"></textarea><script>pwned=1</script>'"`${pwned=1}` \u2028 <b>é"""


def test_markup_in_a_prompt_is_shown_as_text(playground):
    page = playground.page
    page.get_by_label("Prompt").fill(NASTY)
    playground.submit()
    playground.wait_until_playing()
    expect(playground.tasks.first).to_contain_text(NASTY.split("\u2028", maxsplit=1)[0].strip())
    playground.log.last.locator("summary").click()
    expect(playground.log.last.locator("pre").first).to_contain_text("onerror=")
    for language in ("cli", "python", "typescript", "curl"):
        playground.pick("language", language)
    assert [0, 0, "undefined"] == page.evaluate(
        "[document.querySelectorAll('img[src=x], main b b').length, document.scripts.length - 1, typeof pwned]"
    )


def test_markup_in_an_address_and_in_a_status_is_text_too(playground):
    httpx.get(f"{playground.server.url}/scenarios/%3Cb%3Ex/api/ai/tasks/%3Cscript%3E")
    expect(playground.log).to_have_count(1)
    assert "/api/ai/tasks/%3Cscript%3E" in playground.log.first.inner_text()
    assert 0 == playground.page.locator("#log script, #log b b").count()


def test_a_private_key_is_not_offered_and_not_stored(open_page):
    with MockServer(accounts={"hush-hush-key": 15}, speed=200, task_seconds=20) as server:
        assert "hush-hush" not in httpx.get(f"{server.url}/mock/overview").text
        playground = open_page(server)
        expect(playground.page.get_by_label("A key of this mock")).to_be_visible()
        playground.page.get_by_label("A key of this mock").fill("hush-hush-key")
        playground.expect_balance("15 credits")
        playground.submit()
        playground.wait_until_playing()
        playground.expect_balance("2 credits")
        kept = playground.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
        assert ([0, 0, ""], []) == (kept, playground.page.context.cookies())
        assert "YOUR_KEY" in playground.page.locator("#snippet").inner_text()
        assert "hush-hush" not in playground.page.content()


def test_a_key_that_no_header_can_carry_is_refused_without_an_error(playground):
    playground.select("Key", "own")
    playground.page.get_by_label("A key of this mock").fill("schlüssel €")
    playground.expect_balance("no such key")
