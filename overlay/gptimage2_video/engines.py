"""Which engine an async client sends with.

Lives here: the choice, made at the first request, as only then the event loop is known. Not here: sending (`engine`,
`engine_aiohttp`). aiohttp is loaded only where it is chosen.
"""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Literal, Protocol, TypeAlias, get_args
from urllib.request import getproxies

import httpx

from .engine import AsyncEngine, OwnAsyncClient
from .wire import Fault, Reply, Send, setting

TransportName: TypeAlias = Literal["auto", "httpx", "aiohttp"]


class Sender(Protocol):
    """What an async client needs of an engine."""

    def send(self, send: Send) -> Awaitable[Reply | Fault]:
        """One request, its reply poured into the sink of the `Send`."""
        ...

    def close(self) -> Awaitable[None]:
        """Close the connections that are its own; nothing can be sent any more."""
        ...


class ByLoop:
    """The fast engine under asyncio, the plain one under any other event loop; made when something is sent."""

    def __init__(self, fast: Callable[[], Sender], plain: Callable[[], Sender]) -> None:
        self._fast, self._plain = fast, plain
        self._made: Sender | None = None

    def send(self, send: Send) -> Awaitable[Reply | Fault]:
        """As `Sender.send`."""
        return self._engine().send(send)

    def close(self) -> Awaitable[None]:
        """As `Sender.close`, also where nothing was sent yet."""
        return self._engine().close()

    def _engine(self) -> Sender:
        if self._made is None:
            self._made = self._fast() if _under_asyncio() else self._plain()
        return self._made


def async_engine(key: str, http: httpx.AsyncClient | None, name: TransportName, user_agent: str) -> Sender:
    """The engine of an async client.

    Args:
        key: The API key.
        http: The caller's own httpx client, which is then used and left open.
        name: `aiohttp`; `httpx`; or `auto`, which is aiohttp where it is installed and `http` is None. In place of
            aiohttp stands httpx where aiohttp cannot serve: under trio, and where the environment names a SOCKS proxy.
        user_agent: What the client calls itself.

    Raises:
        InvalidRequest: There is no such engine, it is not installed, or it is not that of `http`.
    """
    if name not in get_args(TransportName):
        raise setting("transport", f"transport must be auto, httpx or aiohttp, not {name!r}")
    if http:
        if name == "aiohttp":
            raise setting("transport", "an http_client of your own is of httpx; leave it or transport='aiohttp' out")
        return AsyncEngine(key, http, owned=False)

    def plain() -> AsyncEngine:
        return AsyncEngine(key, OwnAsyncClient(user_agent), owned=True)

    def fast() -> Sender:
        from .engine_aiohttp import AiohttpEngine

        return AiohttpEngine(key, user_agent)

    if name != "httpx" and not find_spec("aiohttp"):
        if name == "aiohttp":
            raise setting("transport", "aiohttp is not installed: pip install 'gptimage2-video[fast]'")
        return plain()
    socks = any(proxy.startswith("socks") for proxy in getproxies().values())
    return plain() if name == "httpx" or socks else ByLoop(fast, plain)


def _under_asyncio() -> bool:
    """Whether this is a task of asyncio; under trio there is none, even where trio is a guest of asyncio."""
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False
