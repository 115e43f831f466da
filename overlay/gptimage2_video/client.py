"""The sync client.

Lives here: the public methods with their documentation, and the driver, which decides nothing. Not here: what is said
to the service (`flow`) and how it is sent (`engine`). Its twin is `async_client`.
"""

import os
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, Unpack, cast

import httpx

from . import clock
from .calls import USER_AGENT, Calls, key_from, part_for, saved
from .engine import Engine, OwnClient
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


class VideoClient(Calls):
    """Videos from prompts and images, without wasting a credit. `AsyncVideoClient` has the same names, awaited.

    Safe to share among threads. Use it as a context manager, or call `close`.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        max_credits: int | None = None,
        http_client: httpx.Client | None = None,
        request_timeout: float = 30.0,
        poll_interval: float = 2.0,
        adaptive_polling: bool = True,
        poll_rate_limiter: PollRateLimiter | None = None,
        allow_unknown_price: bool = False,
        allow_plain_http: bool = False,
        journal: Recorder | None = None,
    ) -> None:
        """Settle what every call needs; nothing is sent.

        Args:
            api_key: The API key; default: GPTIMAGE2_API_KEY of the environment.
            base_url: Where the API is; default: GPTIMAGE2_BASE_URL, else https://gptimage2api.org. A path prefix is
                kept.
            max_credits: The most that all tasks of this client may cost together, by quote and then by what was
                charged; None for no limit.
            http_client: Your own `httpx.Client` (proxies, TLS, transports), used for the API and for downloads.
                Closing it stays with you.
            request_timeout: Seconds that each step of a request may take.
            poll_interval: The least seconds between looks at a pending task; the documentation recommends 2.
            adaptive_polling: Whether looks are fewer where earlier tasks of the same model, duration and resolution say
                that no end is likely. What is learned of them is kept in the journal, else in memory. False looks every
                `poll_interval`, whatever is known.
            poll_rate_limiter: Looks per second that the waits of all clients with the same `PollRateLimiter` may spend together,
                first where a task has most likely ended; None for no limit.
            allow_unknown_price: Whether a task without a known price may be sent although `max_credits` is set.
            allow_plain_http: Whether the key may go unencrypted to a host other than this machine.
            journal: Where every submission is written down before it is sent, and what became of it: `Journal()`, or a
                recorder of your own; None for nowhere.

        Raises:
            InvalidRequest: There is no usable key, or another setting makes no sense.
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
        http = http_client or OwnClient(USER_AGENT)
        self._engine = Engine(key_from(api_key), http, owned=http_client is None)

    def generate(
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
        """Check, submit, wait, and save where asked.

        Args:
            prompt: What the video shows; or a whole request, generated or as a mapping in wire names.
            save_to: The file to save the video to. It is tried before anything is submitted.
            overwrite: Whether an existing file may be replaced.
            timeout: Seconds for submitting and waiting together; None for no limit. The download comes on top.
            on_update: Called with the task when it is accepted, and whenever its status changes.
            on_progress: Called with the bytes saved so far and their whole number, None where unknown.
            **options: The fields of `RequestOptions`: model, duration, aspect_ratio, resolution, image, input_mode,
                extra.

        Returns:
            The completed task; its `path` is the file, where one was asked for.

        Raises:
            InvalidRequest, BudgetExceeded: Nothing was sent.
            APIError, ConnectionFailed: Nothing was accepted; or, with a `task_id`, the task could not be read.
            SubmissionUncertain: It may have been charged.
            TaskFailed, WaitTimeout, DownloadFailed: What became of the task; each carries its id.
        """
        part = part_for(save_to, overwrite, on_progress)
        return self._drive(self._generating(prompt, options, timeout, on_update, part))

    def submit(
        self,
        request: Request | PreparedRequest | str,
        *,
        timeout: float | None = 120,
        **options: Unpack[RequestOptions],
    ) -> Task:
        """Check and submit, at most once; the task comes back pending.

        Args:
            request: A generated request, a mapping in wire names, or the prompt.
            timeout: Seconds for repeating a submission that surely was not accepted; None for no limit.
            **options: The fields of `RequestOptions`, where `request` is the prompt.

        Raises:
            InvalidRequest, BudgetExceeded: Nothing was sent.
            APIError, ConnectionFailed: Nothing was accepted.
            SubmissionUncertain: It may have been charged.
        """
        return self._drive(self._submitting(request, options, timeout))

    def get(self, task: Task | str) -> Task:
        """The task as it stands, failed ones included.

        Raises:
            APIError, ConnectionFailed, UnexpectedReply: The task could not be read, after a few tries.
        """
        return self._drive(self._getting(task))

    def wait(
        self,
        task: Task | str,
        *,
        save_to: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        timeout: float | None = 600,
        on_update: OnUpdate = None,
        on_progress: OnProgress = None,
    ) -> Task:
        """Wait until the task has completed, and save its video where asked.

        Args:
            task: A task, or its id.
            save_to: The file to save the video to. It is tried before the wait begins.
            overwrite: Whether an existing file may be replaced.
            timeout: Seconds; None for no limit. Passing trouble (a lost reply, 429, 5xx) does not end the wait. The
                download comes on top.
            on_update: Called with the task whenever its status changes.
            on_progress: Called with the bytes saved so far and their whole number, None where unknown.

        Raises:
            TaskFailed: The generation failed.
            WaitTimeout: It has not ended yet; wait again.
            DownloadFailed: The video could not be fetched or saved.
            APIError, UnexpectedReply: The task cannot be read.
            InvalidRequest: The file cannot be written.
        """
        part = part_for(save_to, overwrite, on_progress)
        return self._drive(self._waiting(task, timeout, on_update, part))

    def download(
        self,
        task: Task | str,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        on_progress: OnProgress = None,
    ) -> Path:
        """Save the video of a completed task. The key is not sent; a broken connection is resumed.

        Args:
            task: A task, its id, or the URL of a video.
            path: The file to be; the folder must exist.
            overwrite: Whether an existing file may be replaced.
            on_progress: Called with the bytes saved so far and their whole number, None where unknown.

        Raises:
            InvalidRequest: The file cannot be written.
            DownloadFailed: The video could not be fetched or saved; nothing is left behind.
            TaskFailed: There is no video.
        """
        part = Part(Path(path), overwrite=overwrite, on_progress=on_progress)
        return saved(self._drive(self._downloading(task, part)))

    def close(self) -> None:
        """Close the connections, unless they are the caller's own."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _drive(self, conversation: Conversation[T]) -> T:
        answer: Answer = None
        try:
            todo = next(conversation)
            while True:
                try:
                    answer = self._do(todo)
                except BaseException as problem:
                    todo = conversation.throw(problem)
                else:
                    todo = conversation.send(answer)
        except StopIteration as end:
            return cast("T", end.value)

    def _do(self, todo: Todo) -> Answer:
        if isinstance(todo, Send):
            began = clock.now()
            answer = self._engine.send(todo)
            exchanged(todo, answer, clock.now() - began)
            return answer
        if isinstance(todo, Recall):
            return self._paces.recall(todo.key)
        if isinstance(todo, Sleep):
            clock.pause(todo.seconds)
        else:
            self._journal.write(todo)
        return None
