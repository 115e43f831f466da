"""The async client: `client`, awaited.

Lives here: the public methods and the driver, which decides nothing. Not here: what is said to the service (`flow`) and
how it is sent (`engine`). It differs from its twin in awaits alone; a test holds it to that.
"""

import os
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, Unpack, cast

import httpx

from . import clock
from .calls import USER_AGENT, Calls, key_from, part_for, saved
from .engines import TransportName, async_engine
from .form import Request
from .looks import OnUpdate
from .poll_budget import PollRateLimiter
from .record import Recorder
from .request import PreparedRequest, RequestOptions
from .sinks import OnProgress, Part
from .task import Task
from .trace import exchanged
from .wire import Answer, Conversation, Recall, Send, Sleep, Todo

T = TypeVar("T")


class AsyncVideoClient(Calls):
    """As `VideoClient`, awaited; under asyncio or trio. Cancelling a call leaves neither task nor half-written file."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        max_credits: int | None = None,
        http_client: httpx.AsyncClient | None = None,
        request_timeout: float = 30.0,
        poll_interval: float = 2.0,
        adaptive_polling: bool = True,
        poll_rate_limiter: PollRateLimiter | None = None,
        allow_unknown_price: bool = False,
        allow_plain_http: bool = False,
        journal: Recorder | None = None,
        transport: TransportName = "auto",
    ) -> None:
        """As `VideoClient`, with an `httpx.AsyncClient`, and with an engine to choose.

        `transport` says what sends: `aiohttp`, by far the faster (the extra `[fast]`), `httpx`, or `auto`: aiohttp where
        it is installed and no `http_client` is given. Where aiohttp cannot serve, under trio and with a SOCKS proxy,
        httpx stands in. One that is not installed raises InvalidRequest.
        """
        super().__init__(
            base_url,
            max_credits,
            request_timeout,
            poll_interval,
            adaptive_polling,
            poll_rate_limiter,
            allow_unknown_price,
            allow_plain_http,
            journal,
        )
        self._engine = async_engine(key_from(api_key), http_client, transport, USER_AGENT)

    async def generate(
        self,
        prompt: Request | PreparedRequest | str,
        *,
        save_to: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        timeout: float | None = 600,
        on_update: OnUpdate = None,
        on_progress: OnProgress = None,
        **options: Unpack[RequestOptions],
    ) -> Task:
        """As `VideoClient.generate`."""
        part = part_for(save_to, overwrite, on_progress)
        return await self._drive(self._generating(prompt, options, timeout, on_update, part))

    async def submit(
        self,
        request: Request | PreparedRequest | str,
        *,
        timeout: float | None = 120,
        **options: Unpack[RequestOptions],
    ) -> Task:
        """As `VideoClient.submit`."""
        return await self._drive(self._submitting(request, options, timeout))

    async def get(self, task: Task | str) -> Task:
        """As `VideoClient.get`."""
        return await self._drive(self._getting(task))

    async def wait(
        self,
        task: Task | str,
        *,
        save_to: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        timeout: float | None = 600,
        on_update: OnUpdate = None,
        on_progress: OnProgress = None,
    ) -> Task:
        """As `VideoClient.wait`."""
        part = part_for(save_to, overwrite, on_progress)
        return await self._drive(self._waiting(task, timeout, on_update, part))

    async def download(
        self,
        task: Task | str,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        on_progress: OnProgress = None,
    ) -> Path:
        """As `VideoClient.download`."""
        part = Part(Path(path), overwrite=overwrite, on_progress=on_progress)
        return saved(await self._drive(self._downloading(task, part)))

    async def close(self) -> None:
        """As `VideoClient.close`."""
        await self._engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _drive(self, conversation: Conversation[T]) -> T:
        answer: Answer = None
        try:
            todo = next(conversation)
            while True:
                try:
                    answer = await self._do(todo)
                except BaseException as problem:
                    todo = conversation.throw(problem)
                else:
                    todo = conversation.send(answer)
        except StopIteration as end:
            return cast("T", end.value)

    async def _do(self, todo: Todo) -> Answer:
        if isinstance(todo, Send):
            began = clock.now()
            answer = await self._engine.send(todo)
            exchanged(todo, answer, clock.now() - began)
            return answer
        if isinstance(todo, Recall):
            return await self._paces.recall_async(todo.key)
        if isinstance(todo, Sleep):
            await clock.async_pause(todo.seconds)
        else:
            await self._journal.write_async(todo)
        return None
