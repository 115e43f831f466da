"""The playground as a person uses it: where things are on the page, and how to wait for them."""

import json

from playwright.sync_api import Page, expect

from gptimage2_video_mock import MockServer

# Videos are real and so is the time they take to begin.
_PLAYING = """video => new Promise((resolve, reject) => {
    const timeout = setTimeout(() => reject(new Error(`paused ${video.paused}, at ${video.currentTime}`)), 10000);
    const size = () => [video.videoWidth, video.videoHeight];
    const check = () => video.currentTime > 0.2 && (clearTimeout(timeout), resolve(size()));
    video.addEventListener("timeupdate", check);
    check();
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

    def select(self, control: str, option: str) -> None:
        self.page.get_by_label(control, exact=True).select_option(option)

    def select_scenario(self, scenario: str) -> None:
        self.page.get_by_label("Scenario").select_option(scenario)

    def edit_body(self, body: object) -> None:
        """Edit the body by hand."""
        area = self.page.locator("#body")
        if not area.is_visible():
            self.page.get_by_text("The body, as JSON").click()
        area.fill(body if isinstance(body, str) else json.dumps(body))

    def submit(self) -> None:
        self.page.get_by_role("button", name="Make the video").click()

    def send_anyway(self) -> None:
        self.page.get_by_role("button", name="Send it anyway").click()

    def wait_until_playing(self) -> list[int]:
        """The width and height of the video."""
        return self.page.locator("#player video").evaluate(_PLAYING)

    def wait_for_error(self, name: str) -> str:
        """The message of the error with which the task ends."""
        failure = self.page.locator(f".failure[data-error={name}]")
        expect(failure).to_be_visible()
        return failure.locator("span").inner_text()

    def expect_balance(self, balance: str) -> None:
        expect(self.page.locator("#balance")).to_have_text(balance)

    @property
    def body(self) -> dict:
        """The body to send."""
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
        """Code and message of each violation on the page."""
        return [
            (place.get_attribute("data-code"), place.inner_text().partition(": ")[2])
            for place in self.page.locator(".violations p").all()
        ]
