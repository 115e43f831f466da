"""The playground as a person uses it: what is on the page, and the ways to wait for what is to come.

Lives here: where things are on the page. Not here: what is expected of them.
"""

import json

from playwright.sync_api import Page, expect

from gptimage2_video_mock import MockServer

# Videos are real and so is the time they take to begin; a promise that says why it waited in vain.
_PLAYING = """video => new Promise((yes, no) => {
    const late = setTimeout(() => no(new Error(`paused ${video.paused}, at ${video.currentTime}`)), 10000);
    const look = () => video.currentTime > 0.2 && (clearTimeout(late), yes([video.videoWidth, video.videoHeight]));
    video.addEventListener("timeupdate", look);
    look();
})"""


class Playground:
    """One page of one mock server."""

    def __init__(self, page: Page, server: MockServer) -> None:
        self.page, self.server = page, server
        page.goto(f"{server.url}/")
        page.locator("html[data-ready]").wait_for()

    def pick(self, name: str, value: str) -> None:
        """Click one of a group of choices, by the label as a person does."""
        self.page.locator("label", has=self.page.locator(f'input[name="{name}"][value="{value}"]')).click()

    def choose(self, family: str, model: str) -> None:
        self.pick("family", family)
        self.pick("model", model)

    def use(self, control: str, option: str) -> None:
        self.page.get_by_label(control, exact=True).select_option(option)

    def under(self, scenario: str) -> None:
        self.page.get_by_label("Scenario").select_option(scenario)

    def write(self, body: object) -> None:
        """Edit the body by hand."""
        area = self.page.locator("#body")
        if not area.is_visible():
            self.page.get_by_text("The body, as JSON").click()
        area.fill(body if isinstance(body, str) else json.dumps(body))

    def make(self) -> None:
        self.page.get_by_role("button", name="Make the video").click()

    def send_anyway(self) -> None:
        self.page.get_by_role("button", name="Send it anyway").click()

    def plays(self) -> list[int]:
        """Waits until the video has come some way; its width and height."""
        return self.page.locator("#stage video").evaluate(_PLAYING)

    def ends_as(self, kind: str) -> str:
        """Waits until the task has ended badly in this way; the sentence."""
        ending = self.page.locator(f".ending[data-kind={kind}]")
        expect(ending).to_be_visible()
        return ending.locator("span").inner_text()

    def has(self, balance: str) -> None:
        expect(self.page.locator("#balance")).to_have_text(balance)

    @property
    def body(self) -> dict:
        """What would be sent."""
        return json.loads(self.page.locator("#body").input_value())

    @property
    def price(self) -> str:
        return self.page.locator("#price").inner_text()

    @property
    def tasks(self):
        return self.page.locator("#history > li")

    @property
    def log(self):
        return self.page.locator("#log > li")

    @property
    def violations(self) -> list[tuple[str, str]]:
        """Code and sentence of all that is said about the request."""
        return [
            (place.get_attribute("data-code"), place.inner_text().partition(": ")[2])
            for place in self.page.locator(".why p").all()
        ]
