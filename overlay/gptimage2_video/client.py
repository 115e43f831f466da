"""The sync client: the public methods, and the driver of their flows, which decides nothing."""

import os
from pathlib import Path
from typing import Any, Self, TypeVar, Unpack, cast, overload

import httpx

from .arguments import check_http_client, checked
from .base_client import BaseClient, ClientSettings
from .effects import BlockingCall, Effect, Flow, HttpRequest, Sleep
from .fields import Request
from .flow import download, generate, retrieve, submit, wait
from .flow.retry import Deadline
from .flow.wait import OnUpdate
from .journal.record import SubmissionRecord
from .request import PreparedRequest, RequestOptions
from .task import SavedTask, Task
from .transport import clock
from .transport.files import OnProgress, PartFile
from .transport.httpx import HttpxTransport

T = TypeVar("T")


class VideoClient(BaseClient):
    """Videos from prompts and images, without wasting a credit. Threads may share it; `close` it, or use `with`."""

    def __init__(
        self, api_key: str | None = None, *, http_client: httpx.Client | None = None, **settings: Unpack[ClientSettings]
    ) -> None:
        """Make a client; nothing is sent.

        Args:
            api_key: The API key; default: GPTIMAGE2_API_KEY of the environment.
            http_client: Your own `httpx.Client` (proxies, TLS, transports) for API and downloads. You close it.
            **settings: The fields of `ClientSettings`: base_url, max_credits, request_timeout, poll_interval,
                adaptive_polling, poll_schedule, poll_rate_limiter, allow_unknown_price, models,
                allow_unknown_model, allow_plain_http, journal.

        Raises:
            InvalidRequest: There is no key that can be used, or another setting makes no sense.
        """
        super().__init__(**settings)
        check_http_client(http_client, httpx.Client)
        self._transport = HttpxTransport(self._api_key(api_key), self.user_agent, http_client)

    @overload
    def generate(
        self,
        prompt: Request | PreparedRequest | str,
        *,
        save_to: str | os.PathLike[str],
        overwrite: bool = ...,
        timeout: float | None = ...,
        on_update: OnUpdate = ...,
        on_progress: OnProgress = ...,
        **options: Unpack[RequestOptions],
    ) -> SavedTask: ...
    @overload
    def generate(
        self,
        prompt: Request | PreparedRequest | str,
        *,
        save_to: str | os.PathLike[str] | None = ...,
        overwrite: bool = ...,
        timeout: float | None = ...,
        on_update: OnUpdate = ...,
        on_progress: OnProgress = ...,
        **options: Unpack[RequestOptions],
    ) -> Task: ...
    @checked
    def generate(
        self,
        prompt: Request | PreparedRequest | str,
        *,
        save_to: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        timeout: float | None = 900,
        on_update: OnUpdate = None,
        on_progress: OnProgress = None,
        **options: Unpack[RequestOptions],
    ) -> Task:
        """Check, submit, wait, and save where asked. Returns the completed task; its `path` is the file, if any.

        Args:
            prompt: What the video shows; or a whole request: prepared, generated or a mapping in wire names.
            save_to: The file to save the video to. Whether it can be written is known before anything is submitted.
            overwrite: Whether an existing file may be replaced.
            timeout: Seconds for submitting and waiting together; None for no limit. The download comes on top.
            on_update: Called with the task when it is accepted, and whenever its status changes.
            on_progress: Called with the bytes received so far and their whole number, None where unknown.
            **options: The fields of `RequestOptions`: model, duration, aspect_ratio, resolution, image, input_mode,
                extra.

        Raises:
            InvalidRequest, BudgetExceeded: Nothing was sent.
            APIError, ConnectionFailed: Nothing was accepted; or, with a `task_id`, the task could not be read.
            SubmissionUncertain: It may have been charged.
            TaskFailed, WaitTimeout, DownloadFailed: What became of the task; each carries its id.
        """
        request, deadline = self._prepare(prompt, options), Deadline(clock.now, timeout)
        part = PartFile.or_none(save_to, overwrite, on_progress)
        return self._drive(generate.generate(self._context, request, deadline, on_update, part))

    @checked
    def submit(
        self,
        request: Request | PreparedRequest | str,
        *,
        timeout: float | None = 120,
        **options: Unpack[RequestOptions],
    ) -> Task:
        """Check and submit, at most once. Returns the pending task. Takes and raises what `generate` does until then.

        `timeout` is in seconds, for retrying a submission that surely was not accepted; None for no limit.
        """
        deadline = Deadline(clock.now, timeout)
        return self._drive(submit.submit(self._context, self._prepare(request, options), deadline))

    @checked
    def get(self, task: Task | str) -> Task:
        """The task as it stands, failed ones included.

        Raises:
            APIError, ConnectionFailed, UnexpectedReply: The task could not be read, after a few attempts.
        """
        return self._drive(retrieve.retrieve(self._context, self._as_task(task).id))

    @overload
    def wait(
        self,
        task: Task | str,
        *,
        save_to: str | os.PathLike[str],
        overwrite: bool = ...,
        timeout: float | None = ...,
        on_update: OnUpdate = ...,
        on_progress: OnProgress = ...,
    ) -> SavedTask: ...
    @overload
    def wait(
        self,
        task: Task | str,
        *,
        save_to: str | os.PathLike[str] | None = ...,
        overwrite: bool = ...,
        timeout: float | None = ...,
        on_update: OnUpdate = ...,
        on_progress: OnProgress = ...,
    ) -> Task: ...
    @checked
    def wait(
        self,
        task: Task | str,
        *,
        save_to: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        timeout: float | None = 900,
        on_update: OnUpdate = None,
        on_progress: OnProgress = None,
    ) -> Task:
        """Wait until the task, or that with this id, has completed, and save its video where asked. As `generate`.

        A transient failure (a lost response, 429, 5xx) does not end the wait.

        Raises:
            InvalidRequest: The file cannot be written.
            TaskFailed: The generation failed.
            WaitTimeout: It has not ended yet; wait again.
            APIError, UnexpectedReply: The task cannot be read.
            DownloadFailed: The video could not be fetched or saved.
        """
        deadline, part = Deadline(clock.now, timeout), PartFile.or_none(save_to, overwrite, on_progress)
        return self._drive(wait.wait(self._context, self._as_task(task), deadline, on_update, part))

    @checked
    def download(
        self,
        task: Task | str,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        on_progress: OnProgress = None,
    ) -> Path:
        """Save the video of a completed task, of its id, or of a URL. The key is not sent; a broken connection resumes.

        Raises:
            InvalidRequest: The file cannot be written.
            DownloadFailed: The video could not be fetched or saved; nothing is left behind.
            TaskFailed: There is no video.
        """
        part = PartFile(Path(path), overwrite=overwrite, on_progress=on_progress)
        return self._drive(download.download_to(self._context, self._as_video(task), part))

    @property
    def _is_closed(self) -> bool:
        return self._transport.is_closed

    def close(self) -> None:
        """Close the connections, unless they are the caller's own."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _drive(self, flow: Flow[T]) -> T:
        try:
            effect = next(flow)
            while True:
                try:
                    result = self._do(effect)
                except BaseException as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as end:
            return cast("T", end.value)

    def _do(self, effect: Effect) -> Any:
        if isinstance(effect, HttpRequest):
            return self._transport.send(effect)
        if isinstance(effect, Sleep):
            return clock.sleep(effect.seconds)
        if isinstance(effect, BlockingCall):
            return effect.run()
        assert isinstance(effect, SubmissionRecord)  # noqa: S101  there are no other effects
        return self._journal.write(effect) if self._journal else None
