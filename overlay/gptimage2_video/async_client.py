"""The async client: `client`, awaited. It differs from its twin in its awaits alone; a test holds it to that."""

import os
from pathlib import Path
from typing import Any, Self, TypeVar, Unpack, cast

import httpx

from .base_client import (
    USER_AGENT,
    BaseClient,
    ClientSettings,
    api_key_from,
    as_task,
    as_video,
    part_file,
    prepare_or_warn,
)
from .effects import Effect, FileOperation, Flow, HttpRequest, LoadEstimate, Sleep
from .fields import Request
from .flow.download import download
from .flow.generate import generate
from .flow.retrieve import retrieve
from .flow.retry import Deadline
from .flow.submit import submit
from .flow.wait import OnUpdate, wait
from .journal.record import SubmissionRecord
from .request import PreparedRequest, RequestOptions
from .task import Task
from .transport import clock
from .transport.files import OnProgress, PartFile
from .transport.log import log_exchange
from .transport.select import TransportName, async_transport
from .transport.threads import in_thread

T = TypeVar("T")


class AsyncVideoClient(BaseClient):
    """As `VideoClient`, awaited; under asyncio or trio. Cancelling a call leaves neither task nor half-written file."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        http_client: httpx.AsyncClient | None = None,
        transport: TransportName = "auto",
        **settings: Unpack[ClientSettings],
    ) -> None:
        """As `VideoClient`, with an `httpx.AsyncClient`, and with a transport to choose.

        `transport` is what sends: `aiohttp`, by far the faster (the extra `[fast]`), `httpx`, or `auto`: aiohttp where it
        is installed and no `http_client` is given. Under trio and with a SOCKS proxy httpx stands in for aiohttp. One
        that is not installed raises InvalidRequest.
        """
        super().__init__(**settings)
        self._transport = async_transport(api_key_from(api_key), http_client, transport, USER_AGENT)

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
        request = prepare_or_warn(prompt, options)
        deadline, part = Deadline(clock.now, timeout), part_file(save_to, overwrite, on_progress)
        return await self._drive(generate(self._context, request, deadline, on_update, part))

    async def submit(
        self,
        request: Request | PreparedRequest | str,
        *,
        timeout: float | None = 120,
        **options: Unpack[RequestOptions],
    ) -> Task:
        """As `VideoClient.submit`."""
        prepared = prepare_or_warn(request, options)
        return await self._drive(submit(self._context, prepared, Deadline(clock.now, timeout)))

    async def get(self, task: Task | str) -> Task:
        """As `VideoClient.get`."""
        return await self._drive(retrieve(self._context, as_task(task).id))

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
        deadline, part = Deadline(clock.now, timeout), part_file(save_to, overwrite, on_progress)
        return await self._drive(wait(self._context, as_task(task), deadline, on_update, part))

    async def download(
        self,
        task: Task | str,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        on_progress: OnProgress = None,
    ) -> Path:
        """As `VideoClient.download`."""
        part = PartFile(Path(path), overwrite=overwrite, on_progress=on_progress)
        await self._drive(download(self._context, as_video(task), part, probe=True))
        return part.target

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
            start = clock.now()
            response = await self._transport.send(effect)
            log_exchange(effect, response, clock.now() - start)
            return response
        if isinstance(effect, Sleep):
            return await clock.async_sleep(effect.seconds)
        if isinstance(effect, LoadEstimate):
            return await self._estimates.load_estimate_async(effect.key)
        if isinstance(effect, FileOperation):
            return await in_thread(effect.run)
        return await self._journal.write_async(cast("SubmissionRecord", effect))
