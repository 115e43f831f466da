"""A page's text, from a URL or a file; no key is sent."""

from pathlib import Path

import httpx


class UnusablePage(Exception):
    """A page that cannot be read or compared, in one sentence."""


def fetch(page: str) -> str:
    """The text of an http(s) URL or a file. Raises UnusablePage."""
    try:
        return _from_url(page) if page.startswith(("http://", "https://")) else Path(page).read_text("utf-8")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeDecodeError) as error:
        raise UnusablePage(f"{page} cannot be read: {error or type(error).__name__}") from None


def _from_url(page: str) -> str:
    if httpx.URL(page).userinfo:
        raise UnusablePage("a public page needs no password: leave it out of the URL, which is recorded")
    response = httpx.get(page, follow_redirects=True, timeout=30)
    if response.status_code != 200:
        raise UnusablePage(f"{page} cannot be read: the server answers {response.status_code}")
    return response.text
