"""Chromium for the tests of the playground, and what holds for every page: no error, and no other host."""

import shutil
from functools import partial
from urllib.parse import urlsplit

import pytest

from browser.playground import Playground
from gptimage2_video_mock import MockServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="package")
def browser():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (make browser)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        # Without a graphics card, a process that stands in for one would only cost time.
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu"])
        yield running
        running.close()


@pytest.fixture
def server():
    """Two hundred times as fast as real time, so that a task takes a tenth of a second."""
    with MockServer(speed=200, task_seconds=20) as running:
        yield running


def _fulfill(route, source):
    route.fulfill(body=source, content_type="text/javascript")


@pytest.fixture
def open_page(browser):
    """Opens pages; checks at the end that none had an error or contacted another host.

    `modules` are read instead of those of the playground, by path.
    """
    contexts, errors, hosts, allowed = [], [], set(), set()

    def open_one(server, modules=None, **settings):
        context = browser.new_context(**settings)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        for path, source in (modules or {}).items():
            page.route(f"**/playground/{path}", partial(_fulfill, source=source))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Policy" in message.text else None)
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        allowed.update(urlsplit(url).netloc for url in (server.url, server.cdn_url))
        return Playground(page, server)

    yield open_one
    for context in contexts:
        context.close()
    assert [] == errors
    assert hosts <= allowed


@pytest.fixture
def playground(open_page, server):
    return open_page(server)
