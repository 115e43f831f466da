"""Which transport an async client sends with: chosen at the first request, as only then the event loop is known."""

import asyncio
import threading
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import httpx

from gptimage2_video.effects import HttpRequest, HttpResult
from gptimage2_video.settings import invalid_setting

from .fork import renew_after_fork
from .httpx import AsyncHttpxTransport
from .network import NetworkSettings
from .threads import in_thread

if TYPE_CHECKING:
    from .aiohttp import AiohttpTransport

# Else anyio imports it at the first call, on the event loop, which takes 45 ms.
with suppress(ImportError):
    import_module("anyio._backends._asyncio")

TransportName: TypeAlias = Literal["auto", "httpx", "aiohttp"]


class LoopTransport:
    """Aiohttp under asyncio, httpx under any other event loop; made when something is sent."""

    def __init__(self, key: str, user_agent: str, network: NetworkSettings) -> None:
        self._key, self._user_agent, self._network, self._lock = key, user_agent, network, threading.Lock()
        self._chosen: AsyncHttpxTransport | AiohttpTransport | None = None
        self._closed = False
        renew_after_fork(self)

    def after_fork(self) -> None:
        """In the child of a fork: nobody holds the lock; what was chosen renews itself."""
        self._lock = threading.Lock()

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    async def send(self, request: HttpRequest) -> HttpResult:
        """As `AsyncHttpxTransport.send`."""
        return await (await self._transport()).send(request)

    async def close(self) -> None:
        """As `AsyncHttpxTransport.close`, also where nothing was sent yet."""
        self._closed = True
        if self._chosen:
            await self._chosen.close()

    async def _transport(self) -> "AsyncHttpxTransport | AiohttpTransport":
        """It is made in a thread: to import aiohttp and to read the certificates takes a third of a second."""
        if self._chosen is None:
            return await in_thread(self._choose, _under_asyncio())
        return self._chosen

    def _choose(self, use_aiohttp: bool) -> "AsyncHttpxTransport | AiohttpTransport":
        with self._lock:
            if self._chosen is None and self._closed:
                raise RuntimeError("Cannot send a request, as the client has been closed.")
            if self._chosen is None and use_aiohttp:
                from .aiohttp import AiohttpTransport

                self._chosen = AiohttpTransport(self._key, self._user_agent, self._network)
            self._chosen = self._chosen or AsyncHttpxTransport(self._key, self._user_agent, None, self._network)
            return self._chosen


def async_transport(
    key: str, http: httpx.AsyncClient | None, name: TransportName, user_agent: str
) -> AsyncHttpxTransport | LoopTransport:
    """The transport of an async client; `http` is the caller's own httpx client, which is then used and left open.

    `auto` is aiohttp where it is installed and `http` is None. httpx stands in where aiohttp cannot serve: under trio,
    and where the environment names a SOCKS proxy. Raises InvalidRequest for one that cannot be had.
    """
    if name not in get_args(TransportName):
        raise invalid_setting("transport", f"transport must be auto, httpx or aiohttp, not {name!r}")
    if http and name == "aiohttp":
        raise invalid_setting("transport", "an http_client of your own is of httpx; drop it or transport='aiohttp'")
    if name == "aiohttp" and not find_spec("aiohttp"):
        raise invalid_setting("transport", "aiohttp is not installed: pip install 'gptimage2-video[fast]'")
    if http:
        return AsyncHttpxTransport(key, user_agent, http)
    network = NetworkSettings.of_environment()
    socks = any(proxy.is_socks for proxy in network.proxies.values())
    if name == "httpx" or socks or not find_spec("aiohttp"):
        return AsyncHttpxTransport(key, user_agent, None, network)
    return LoopTransport(key, user_agent, network)


def _under_asyncio() -> bool:
    """Whether this is a task of asyncio; under trio there is none, even where trio is a guest of asyncio."""
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False
