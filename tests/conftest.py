"""What the tests share: the mock server, a clock that passes without waiting, and both clients behind one face."""

import asyncio
import functools
import inspect
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

import gptimage2_video.clock
import gptimage2_video_cli.contract.clock
from gptimage2_video import AsyncVideoClient, VideoClient
from gptimage2_video_mock import MockServer
from scripted import ScriptedServer


class FakeClock:
    """The clock of the library: a pause passes at once, and the mock server's clock with it."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.pauses: list[float] = []
        self.followers: list[Callable[[float], object]] = []

    def now(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.advance(seconds)

    async def async_pause(self, seconds: float) -> None:
        self.pause(seconds)

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        for follow in self.followers:
            follow(seconds)


class Awaited:
    """An `AsyncVideoClient` with its awaits done, so that one test holds for both clients."""

    def __init__(self, client: AsyncVideoClient, runner: asyncio.Runner) -> None:
        self._client, self._runner = client, runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await found(*args, **kwargs)

        return lambda *args, **kwargs: self._runner.run(call(*args, **kwargs))

    def __repr__(self) -> str:
        return repr(self._client)


class Clients:
    """Makes clients of one kind, and closes them at the end of the test."""

    def __init__(self, kind: str, base_url: str, stack: ExitStack) -> None:
        self.kind, self._base_url, self._stack = kind, base_url, stack
        self._runner = stack.enter_context(asyncio.Runner()) if kind == "async" else None

    def __call__(self, api_key: str | None = "test-key", **settings: Any) -> Any:
        settings = {"base_url": self._base_url, **settings}
        if self._runner is None:
            return self._stack.enter_context(VideoClient(api_key, **settings))
        client = Awaited(AsyncVideoClient(api_key, **settings), self._runner)
        self._stack.callback(client.close)
        return client

    def http(self, **settings: Any) -> Any:
        """The caller's own httpx client of the matching kind."""
        if self._runner is None:
            return self._stack.enter_context(httpx.Client(**settings))
        client = httpx.AsyncClient(**settings)
        self._stack.callback(lambda: self._runner.run(client.aclose()))
        return client


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock()
    for name in ("now", "pause", "async_pause"):
        monkeypatch.setattr(gptimage2_video.clock, name, getattr(fake, name))
    for name in ("now", "pause"):
        monkeypatch.setattr(gptimage2_video_cli.contract.clock, name, getattr(fake, name))
    return fake


@pytest.fixture
def server(clock: FakeClock) -> Iterator[MockServer]:
    with MockServer() as running:
        clock.followers.append(running.clock.advance)
        yield running


@pytest.fixture
def scripted(clock: FakeClock) -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def clients(request: pytest.FixtureRequest, server: MockServer) -> Iterator[Clients]:
    with ExitStack() as stack:
        yield Clients(request.param, server.url, stack)


@pytest.fixture(params=["sync", "async"])
def scripted_clients(request: pytest.FixtureRequest, scripted: ScriptedServer) -> Iterator[Clients]:
    with ExitStack() as stack:
        yield Clients(request.param, scripted.url, stack)


@pytest.fixture
def client(clients: Clients) -> Any:
    return clients()


@pytest.fixture(autouse=True, scope="session")
def _certificates_are_read_once() -> Iterator[None]:
    """Reading them takes a client 0.1 s, and no test speaks TLS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(autouse=True)
def _no_settings_of_mine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key or base URL of the person who runs the tests must neither leak into them nor be charged."""
    for name in ("GPTIMAGE2_API_KEY", "GPTIMAGE2_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
