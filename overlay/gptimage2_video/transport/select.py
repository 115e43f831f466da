"""Which transport an async client sends with: chosen at the first request, as only then the event loop is known."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Literal, Protocol, TypeAlias, get_args
from urllib.request import getproxies

import httpx

from gptimage2_video.effects import HttpRequest, HttpResult
from gptimage2_video.settings import invalid_setting

from .httpx import AsyncHttpxTransport, DefaultAsyncHttpxClient

TransportName: TypeAlias = Literal["auto", "httpx", "aiohttp"]


class AsyncTransport(Protocol):
    """What an async client needs of a transport."""

    def send(self, request: HttpRequest) -> Awaitable[HttpResult]:
        """Send one request; the body of the response goes to its sink."""
        ...

    def close(self) -> Awaitable[None]:
        """Close the connections that are its own; nothing can be sent any more."""
        ...


class LoopTransport:
    """One transport under asyncio, another under any other event loop; made when something is sent."""

    def __init__(self, asyncio_only: Callable[[], AsyncTransport], portable: Callable[[], AsyncTransport]) -> None:
        self._asyncio_only, self._portable = asyncio_only, portable
        self._chosen: AsyncTransport | None = None

    def send(self, request: HttpRequest) -> Awaitable[HttpResult]:
        """As `AsyncTransport.send`."""
        return self._choose().send(request)

    def close(self) -> Awaitable[None]:
        """As `AsyncTransport.close`, also where nothing was sent yet."""
        return self._choose().close()

    def _choose(self) -> AsyncTransport:
        if self._chosen is None:
            self._chosen = self._asyncio_only() if _under_asyncio() else self._portable()
        return self._chosen


def async_transport(key: str, http: httpx.AsyncClient | None, name: TransportName, user_agent: str) -> AsyncTransport:
    """The transport of an async client.

    Args:
        key: The API key.
        http: The caller's own httpx client, which is then used and left open.
        name: `aiohttp`; `httpx`; or `auto`, which is aiohttp where it is installed and `http` is None. httpx stands in
            where aiohttp cannot serve: under trio, and where the environment names a SOCKS proxy.
        user_agent: What the client calls itself.

    Raises:
        InvalidRequest: There is no such transport, it is not installed, or it is not that of `http`.
    """
    if name not in get_args(TransportName):
        raise invalid_setting("transport", f"transport must be auto, httpx or aiohttp, not {name!r}")
    if http:
        if name == "aiohttp":
            message = "an http_client of your own is of httpx; drop it or transport='aiohttp'"
            raise invalid_setting("transport", message)
        return AsyncHttpxTransport(key, http, owned=False)

    def with_httpx() -> AsyncTransport:
        return AsyncHttpxTransport(key, DefaultAsyncHttpxClient(user_agent), owned=True)

    def with_aiohttp() -> AsyncTransport:
        from .aiohttp import AiohttpTransport

        return AiohttpTransport(key, user_agent)

    if name != "httpx" and not find_spec("aiohttp"):
        if name == "aiohttp":
            raise invalid_setting("transport", "aiohttp is not installed: pip install 'gptimage2-video[fast]'")
        return with_httpx()
    socks = any(proxy.startswith("socks") for proxy in getproxies().values())
    return with_httpx() if name == "httpx" or socks else LoopTransport(with_aiohttp, with_httpx)


def _under_asyncio() -> bool:
    """Whether this is a task of asyncio; under trio there is none, even where trio is a guest of asyncio."""
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False
