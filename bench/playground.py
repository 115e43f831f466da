"""The playground, measured in Chromium: what it weighs on the wire, and when a person can use it.

    make bench-playground

Weight is what Chromium counts as received, heads included, until the page is ready; ready is the page's own mark, set
when the form, its prices, the scenarios and the account are there. Each load has an empty cache.
"""

import shutil
import statistics

from playwright.sync_api import sync_playwright

from gptimage2_video_mock import MockServer

LOADS = 20
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Milliseconds from the start of the navigation.
TIMES = """() => [
    performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
    performance.getEntriesByName("interactive")[0].startTime,
]"""
UNPACKED = "() => performance.getEntries().reduce((sum, entry) => sum + (entry.decodedBodySize ?? 0), 0)"


def load(browser, url):
    """Bytes received, requests, bytes unpacked, and the two times of one load."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(url)
    page.locator("html[data-ready]").wait_for()
    result = sum(sizes), len(sizes), page.evaluate(UNPACKED), *page.evaluate(TIMES)
    context.close()
    return result


def main():
    """Print the figures."""
    with MockServer(speed=1) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        print(f"Chromium {browser.version}, {LOADS} loads, each with an empty cache, over loopback")
        loads = [load(browser, server.url) for _ in range(LOADS + 1)][1:]  # the first one warms the server
        browser.close()
    received, requests, unpacked, parsed, ready = (sorted(column) for column in zip(*loads, strict=True))
    print(f"received    {statistics.median(received) / 1000:.1f} kB in {requests[-1]} requests, gzip, heads included")
    print(f"unpacked    {statistics.median(unpacked) / 1000:.1f} kB")
    for name, times in (("parsed", parsed), ("interactive", ready)):
        print(f"{name:<12}{statistics.median(times):.0f} ms (median; {times[0]:.0f} to {times[-1]:.0f})")


if __name__ == "__main__":
    main()
