"""Accessibility: the keyboard, names of controls, contrast in both schemes, every width."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NAMELESS = """() => [...document.querySelectorAll("input, select, textarea, button, progress, summary, video, a")]
    .filter((control) => control.checkVisibility())
    .filter((control) => !([...(control.labels ?? [])].map((label) => label.textContent).join("")
        || control.ariaLabel || (control.matches("button, a, summary") && control.textContent)).trim())
    .map((control) => control.outerHTML)"""

# Of every visible text, its contrast with what is behind it, by the formula of WCAG 2.
DIM = """() => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = parts(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.checkVisibility())
        .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .map((element) => [light(parts(getComputedStyle(element).color)), light(behind(element)), element])
        .map(([text, ground, element]) => [(Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05), element])
        .filter(([contrast]) => contrast < 4.5)
        .map(([contrast, element]) => `${contrast.toFixed(2)} ${element.outerHTML.slice(0, 120)}`);
}"""


def fill_page(playground):
    """Puts a bit of everything on the page: a video, violations, notes, lists, an open request."""
    playground.submit()
    playground.wait_until_playing()
    playground.select_scenario("lost-reply")
    playground.submit()
    playground.wait_for_error("SubmissionUncertain")
    expect(playground.tasks).to_have_count(2)
    playground.log.first.locator("summary").click()
    playground.page.get_by_label("Aspect ratio").fill("wide")
    playground.page.get_by_label("Prompt").fill("")
    playground.page.get_by_text("The body, as JSON").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast_and_every_control_has_a_name(open_page, server, scheme):
    playground = open_page(server, color_scheme=scheme, reduced_motion="reduce")
    fill_page(playground)
    assert [] == playground.page.evaluate(DIM)
    assert [] == playground.page.evaluate(NAMELESS)


@pytest.mark.parametrize("width", [320, 390, 820, 1440])
def test_nothing_is_wider_than_the_screen(open_page, server, width):
    playground = open_page(server, viewport={"width": width, "height": 900})
    fill_page(playground)
    assert width >= playground.page.evaluate("document.scrollingElement.scrollWidth")


def test_a_video_is_made_with_the_keyboard_alone(playground):
    page = playground.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the prompt")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Prompt")).to_be_focused()
    page.keyboard.type(", from the keyboard")
    page.keyboard.press("Control+Enter")
    playground.wait_until_playing()
    assert playground.body["prompt"].endswith(", from the keyboard")


def test_arrow_keys_walk_through_the_choices_and_the_focus_stays(playground):
    page = playground.page
    page.locator("input[name=family]:checked").focus()
    for family in ("Veo 3.1", "Wan 2.6", "Seedance"):
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"input[name=family][value='{family}']")).to_be_focused()
    assert "bytedance/seedance-1.5-pro" == playground.body["model"]


def test_a_violation_moves_the_focus_to_its_field(playground):
    playground.page.get_by_label("Prompt").fill("")
    playground.submit()
    expect(playground.page.get_by_label("Prompt")).to_be_focused()
