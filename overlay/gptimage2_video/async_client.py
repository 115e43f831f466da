"""The async client: the methods of its twin, awaited, and a driver that differs from the other in its awaits alone."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, Unpack, cast

import httpx

from .arguments import check_http_client
from .base_client import BaseClient, ClientSettings
from .client import VideoClient
from .effects import BlockingCall, Effect, Flow, HttpRequest, Sleep
from .journal.record import SubmissionRecord
from .transport import clock
from .transport.select import TransportName, async_transport
from .transport.threads import in_thread

P = ParamSpec("P")
T = TypeVar("T")


def _awaited(
    method: Callable[Concatenate[VideoClient, P], T],
) -> "Callable[Concatenate[AsyncVideoClient, P], Coroutine[Any, Any, T]]":
    """The method of the sync client as one to await: its flow goes to the driver of whatever client it is called on."""

    @wraps(method)
    async def call(self: Any, *args: P.args, **kwargs: P.kwargs) -> T:
        return await cast("Coroutine[Any, Any, T]", method(self, *args, **kwargs))

    return cast("Callable[Concatenate[AsyncVideoClient, P], Coroutine[Any, Any, T]]", call)


class AsyncVideoClient(BaseClient):
    """As `VideoClient`, awaited; under asyncio or trio. Cancelling a call leaves neither task nor half-written file."""

    _stacklevel = 5  # `_awaited` stands between the caller and the method

    def __init__(
        self,
        api_key: str | None = None,
        *,
        http_client: httpx.AsyncClient | None = None,
        transport: TransportName = "auto",
        **settings: Unpack[ClientSettings],
    ) -> None:
        """As `VideoClient`, with an `httpx.AsyncClient`, and with a transport to choose.

        `transport` is what sends: `aiohttp`, by far the faster (the extra `[fast]`), `httpx`, or `auto`: aiohttp where
        it is installed and no `http_client` is given. Under trio and with a SOCKS proxy httpx stands in for aiohttp.
        One that is not installed raises InvalidRequest.
        """
        super().__init__(**settings)
        check_http_client(http_client, httpx.AsyncClient)
        self._transport = async_transport(self._api_key(api_key), http_client, transport, self.user_agent)

    generate = _awaited(VideoClient.generate)
    submit = _awaited(VideoClient.submit)
    get = _awaited(VideoClient.get)
    wait = _awaited(VideoClient.wait)
    download = _awaited(VideoClient.download)

    @property
    def _is_closed(self) -> bool:
        return self._transport.is_closed

    async def close(self) -> None:
        """As `VideoClient.close`."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _drive(self, flow: Flow[T]) -> T:
        try:
            effect = next(flow)
            while True:
                try:
                    result = await self._do(effect)
                except BaseException as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as end:
            return cast("T", end.value)

    async def _do(self, effect: Effect) -> Any:
        if isinstance(effect, HttpRequest):
            return await self._transport.send(effect)
        if isinstance(effect, Sleep):
            return await clock.async_sleep(effect.seconds)
        if isinstance(effect, BlockingCall):
            return await in_thread(effect.run)
        assert isinstance(effect, SubmissionRecord)  # noqa: S101  there are no other effects
        return await self._journal.write_async(effect) if self._journal else None
