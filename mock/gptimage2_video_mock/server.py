"""The two listening sockets in one event loop, and `MockServer`, which runs them in a thread for tests."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, Self, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from gptimage2_video_mock import app
from gptimage2_video_mock.api.own_models import read_models
from gptimage2_video_mock.api.state import ServerState
from gptimage2_video_mock.service.accounts import DEFAULT_ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
    from types import TracebackType

    from gptimage2_video_mock.api.request_log import RequestRecord
    from gptimage2_video_mock.service.accounts import Account, LedgerEntry
    from gptimage2_video_mock.service.clock import Clock

_WILDCARD_HOSTS = ("0.0.0.0", "::")  # noqa: S104 - to listen there is the user's choice
_LOGGER = logging.getLogger("gptimage2_video_mock")
# A packed body is read as it is, and so refused: nothing says that the service unpacks any. Times are in seconds.
_RUNNER_OPTIONS: Mapping[str, Any] = {
    "access_log": None,
    "auto_decompress": False,
    "logger": _LOGGER,
    "shutdown_timeout": 0.5,
}
_ACCEPT_TICKS = 3  # of the event loop, until what was accepted is a connection that aiohttp knows, and so closes


def _is_server_error(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, (ConnectionError, HttpProcessingError, web.RequestPayloadError))


_LOGGER.addFilter(_is_server_error)  # a traceback for every client that leaves helps nobody


def run(serving: Coroutine[Any, Any, None]) -> None:
    """As `asyncio.run`, but on uvloop where that is installed."""
    with asyncio.Runner(loop_factory=_event_loop) as runner:
        runner.run(serving)


def _event_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ModuleNotFoundError:  # there is none for Windows and PyPy
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()  # a tenth less processor time per request


class Addresses(NamedTuple):
    """Where a server listens: the base URLs of the API and of the CDN, without a slash at the end."""

    api: str
    cdn: str


@asynccontextmanager
async def listening(state: ServerState, host: str, port: int, cdn_port: int = 0) -> AsyncGenerator[Addresses]:
    """Serve for as long as the context lasts. Port 0 is any free one.

    Raises:
        OSError: an address is in use or not this machine's.
    """
    runners = [web.AppRunner(make(state), **_RUNNER_OPTIONS) for make in (app.api, app.cdn)]
    servers: list[asyncio.Server] = []
    try:
        for runner, wanted in zip(runners, (port, cdn_port), strict=True):
            servers.append(await _listen(runner, host, wanted))
        real_port, real_cdn_port = (server.sockets[0].getsockname()[1] for server in servers)
        state.cdn_url = _base_url("{host}" if host in _WILDCARD_HOSTS else host, real_cdn_port)
        yield Addresses(_base_url(host, real_port), _base_url(host, real_cdn_port))
    finally:
        await _settle(servers)
        for server in servers:
            server.close()
        for runner in runners:
            await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    await runner.setup()
    try:
        return await asyncio.get_running_loop().create_server(cast("web.Server", runner.server), host, port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise OSError(error.errno, f"cannot listen on {host}:{port}: {reason}") from error


async def _settle(servers: list[asyncio.Server]) -> None:
    """Accept no more, and let what was accepted become connections: asyncio would leave them open for ever."""
    for listener in [listener for server in servers for listener in server.sockets]:
        with suppress(NotImplementedError):  # Windows, whose loop has no readers
            asyncio.get_running_loop().remove_reader(listener.fileno())
    for _ in range(_ACCEPT_TICKS):
        await asyncio.sleep(0)


def _base_url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class MockServer:
    """The mock server in a thread of this process, as a context manager.

    Args:
        accounts: credits by key. Default: `test-key` and `test-key-2` with 1000 each, `test-key-poor` with 3.
        speed: seconds of the server's clock per real second. Default 0: only `clock.advance` moves it.
        task_seconds: how long a task takes, in seconds of that clock. Default 60.
        host: where to listen. Default 127.0.0.1.
        port: of the API. Default 0, any free one.
        models: a models file (`gptimage2-video models --schema`), whose rows it offers as well. Default: none.

    Attributes:
        url: the API's base URL; `cdn_url` is the one of the host of the videos. Empty until started.

    Raises:
        ValueError: the models file has a mistake.
        OSError: on starting, where the address is in use.
    """

    def __init__(
        self,
        accounts: Mapping[str, int] | None = None,
        *,
        speed: float = 0.0,
        task_seconds: float = 60.0,
        host: str = "127.0.0.1",
        port: int = 0,
        models: str | os.PathLike[str] | None = None,
    ) -> None:
        rows = read_models(os.fspath(models)) if models is not None else ()
        self._state = ServerState.create(
            DEFAULT_ACCOUNTS if accounts is None else accounts, speed=speed, task_seconds=task_seconds, models=rows
        )
        self._host, self._port = host, port
        self.url = self.cdn_url = ""
        self._stop: Callable[[], object] = lambda: None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Listen, and return as soon as requests are answered."""
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), name="gptimage2-video-mock", daemon=True)
        self._thread.start()
        started.wait()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            self.stop()
            raise failure

    def stop(self) -> None:
        """Stop listening and end the thread. Does nothing where it is not running."""
        if self._thread is not None:
            self._stop()
            self._thread.join()
            self._thread, self._stop = None, lambda: None

    def _run(self, started: threading.Event) -> None:
        try:
            run(self._serve(started))
        except BaseException as failure:  # handed to the thread that waits in start()
            self._failure = failure
        finally:
            started.set()

    async def _serve(self, started: threading.Event) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with listening(self._state, self._host, self._port) as (self.url, self.cdn_url):
            self._stop = lambda: loop.call_soon_threadsafe(stop.set)
            started.set()
            await stop.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def clock(self) -> Clock:
        """The server's clock: `now()`, `advance(seconds)`."""
        return self._state.service.clock

    @property
    def requests(self) -> list[RequestRecord]:
        """The last 1000 requests, oldest first, those under `/mock/` left out."""
        return self._state.log.records()

    def scenario_url(self, name: str) -> str:
        """The base URL of a scenario. An unknown one is an address like any other: the server answers 404."""
        return f"{self.url}/scenarios/{name}"

    def balance(self, key: str) -> int:
        """The credits of a key's account, with every refund that is due.

        Raises:
            KeyError: there is no such key.
        """
        return self._account(key).balance

    def ledger(self, key: str) -> list[LedgerEntry]:
        """The debits and refunds of a key's account, oldest first. Raises as `balance` does."""
        return self._account(key).ledger.copy()

    def reset(self) -> None:
        """Accounts as at the start, no task, no request remembered. The clock goes on."""
        self._state.reset()

    def _account(self, key: str) -> Account:
        account = self._state.service.account(key)
        if account is None:
            raise KeyError("no account has this key")
        return account
