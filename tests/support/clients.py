"""Both clients behind one face, and a clock that passes without waiting: what the fixtures of conftest are made of."""

import asyncio
import inspect
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx

from gptimage2_video import AsyncVideoClient, VideoClient

if TYPE_CHECKING:
    from collections.abc import Callable


class FakeClock:
    """The clock of the library: a sleep passes at once, and the mock server's clock with it."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.sleeps: list[float] = []
        self.followers: list[Callable[[float], object]] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.advance(seconds)

    async def async_sleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        for follow in self.followers:
            follow(seconds)


class Awaited:
    """An `AsyncVideoClient` with its awaits done, so that one test holds for both clients."""

    def __init__(self, client: AsyncVideoClient, runner: asyncio.Runner) -> None:
        self._client, self._runner, self._process = client, runner, os.getpid()
        self._inherited: asyncio.Runner | None = None

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await attribute(*args, **kwargs)

        return lambda *args, **kwargs: self._run(call(*args, **kwargs))

    def _run(self, coroutine: Any) -> Any:
        if os.getpid() != self._process:  # the child of a fork, whose parent's event loop must not be touched
            self._process, self._inherited, self._runner = os.getpid(), self._runner, asyncio.Runner()
        return self._runner.run(coroutine)

    def __repr__(self) -> str:
        return repr(self._client)


# Each variant of a client, and the settings that make an async client of it.
VARIANTS: dict[str, dict[str, str] | None] = {
    "sync": None,
    "async": {"transport": "httpx"},
    "async-aiohttp": {"transport": "aiohttp"},
}


class ClientUnderTest:
    """Makes clients of one variant, and closes them at the end of the test."""

    def __init__(self, variant: str, base_url: str, stack: ExitStack) -> None:
        self.variant, self._base_url, self._stack = variant, base_url, stack
        self._transport = VARIANTS[variant]
        self._runner = None if self._transport is None else stack.enter_context(asyncio.Runner())

    def __call__(self, api_key: str | None = "test-key", **settings: Any) -> Any:
        settings = {"base_url": self._base_url, **(self._transport or {}), **settings}
        if self._runner is None:
            return self._stack.enter_context(VideoClient(api_key, **settings))
        client = Awaited(AsyncVideoClient(api_key, **settings), self._runner)
        self._stack.callback(client.close)
        return client

    def http(self, **settings: Any) -> Any:
        """The caller's own httpx client of the matching variant."""
        if self._runner is None:
            return self._stack.enter_context(httpx.Client(**settings))
        client = httpx.AsyncClient(**settings)
        self._stack.callback(self.close_http, client)
        return client

    def close_http(self, client: Any) -> None:
        """Close the caller's own httpx client."""
        if self._runner is None:
            client.close()
        else:
            self._runner.run(client.aclose())
