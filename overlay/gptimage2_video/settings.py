"""Keys, base URLs and other settings that can be used; the others are InvalidRequest, whose sentence shows no key."""

from typing import Final
from urllib.parse import urlsplit

from .errors import InvalidRequest, Violation

DEFAULT_BASE_URL: Final = "https://gptimage2api.org"
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


def invalid_setting(name: str, message: str) -> InvalidRequest:
    """The error of a setting that cannot be used."""
    return InvalidRequest([Violation("setting", name, message)])


def validate_api_key(key: str | None) -> str:
    """The key, where it can go into a header; white space around it, as of a line in a file, is none of it.

    Raises InvalidRequest.
    """
    key = (key or "").strip()
    if not key:
        raise invalid_setting("api_key", "there is no API key; set GPTIMAGE2_API_KEY (or api_key, in Python)")
    if not (key.isascii() and key.isprintable()) or " " in key:
        message = "the API key has white space, a line break or another invalid character in it; copy it again"
        raise invalid_setting("api_key", message)
    return key


def validate_base_url(url: str, *, allow_plain_http: bool) -> str:
    """The base URL without a slash at its end; a path prefix is kept. Raises InvalidRequest."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise invalid_setting("base_url", f"the base URL cannot be read: {error}") from None
    if parts.scheme not in ("http", "https") or not host or any(c <= " " or c == "\x7f" for c in url):
        message = f"the base URL {url!r} is not a web address; write it like {DEFAULT_BASE_URL}"
        raise invalid_setting("base_url", message)
    if parts.username is not None or parts.query or parts.fragment:
        raise invalid_setting("base_url", "the base URL may have a path, but no user name, query or fragment")
    if parts.scheme == "http" and host not in LOOPBACK and not allow_plain_http:
        raise invalid_setting("base_url", f"the key would go to {host} unencrypted; use https, or allow plain HTTP")
    return url.rstrip("/")
