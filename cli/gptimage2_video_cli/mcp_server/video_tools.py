"""The tools: what a model and its host see of each, and the library's calls on behalf of the model.

generate returns as soon as there is a task id and never waits for the video: a host that gives up on a call after a
minute would leave a model without the id, and tempt it to pay again. wait is free, ends before hosts time out, and may
be called repeatedly.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, TypedDict, TypeVar

import anyio.to_thread
from mcp.types import CallToolResult, Tool, ToolAnnotations
from pydantic import Field

from gptimage2_video import (
    AsyncVideoClient,
    InvalidRequest,
    JournalFailed,
    Model,
    Quote,
    VideoClientError,
    Violation,
    WaitTimeout,
    check,
    prepare,
)
from gptimage2_video.journal import JournalBudget, Submission, SubmissionState, Totals
from gptimage2_video_cli.batch.manifest import file_name
from gptimage2_video_cli.batch.manifest_rows import InvalidLine
from gptimage2_video_cli.console.json_output import model_json, quote_json, task_json
from gptimage2_video_cli.console.text import describe_quote, describe_task
from gptimage2_video_cli.model_table import model_table

from .arguments import REQUIRED, Schema, input_schema, video_request, with_models
from .results import (
    QUOTE,
    TASK,
    VIOLATIONS,
    budget_json,
    listed_submission_json,
    output_schema,
    result,
    violations_json,
)
from .shielded_recorder import ShieldedRecorder

T = TypeVar("T")

# Called with the progress, the total where it is known, and a message.
ProgressCallback = Callable[[float, float | None, str], Awaitable[None]]

# In seconds: the attempts of a submission end before a host gives up on the call.
SUBMIT_TIMEOUT: Final = 45.0
# In seconds. Some hosts restart their timeout at each report, and the shortest timeout is half a minute.
PROGRESS_INTERVAL: Final = 5.0

# Each hint is set, as the default is the worst. Money that is spent cannot be had back: destructive.
_READS: Final = {"read_only_hint": True, "destructive_hint": False, "idempotent_hint": True, "open_world_hint": False}
_POLLS: Final = _READS | {"open_world_hint": True}
_SPENDS: Final = {"read_only_hint": False, "destructive_hint": True, "idempotent_hint": False, "open_world_hint": True}
_SAVES: Final = {"read_only_hint": False, "destructive_hint": True, "idempotent_hint": True, "open_world_hint": True}

_STRING: Final = {"type": "string"}
_BOOLEAN: Final = {"type": "boolean"}
_NUMBER: Final = {"type": ["integer", "null"]}
_OBJECTS: Final = {"type": "array", "items": {"type": "object"}}

_Mode = Annotated[Literal["text_to_video", "image_to_video"], Field(description="Only the models with this mode.")]
_TaskId = Annotated[str, Field(description="The task id, as generate returned it.")]
_Last = Annotated[int, Field(description="Maximum number to list, latest first.", ge=1)]
# Most hosts give up on a call after a minute.
_Seconds = Annotated[
    int,
    Field(description="Timeout of this call, in seconds; must be less than the timeout of your host.", ge=1, le=300),
]
_File = Annotated[
    str, Field(description="A plain file name that ends in .mp4, without a folder; default: the task id.")
]
_Overwrite = Annotated[bool, Field(description="Overwrite an existing file.")]
_AllowDuplicate = Annotated[
    bool, Field(description="Submit and pay even if the same request is in flight, pending or uncertain.")
]

Handler = Callable[..., Awaitable[CallToolResult]]


class ToolSpec(NamedTuple):
    """A tool as a host sees it, and the method of `VideoTools` that handles its calls."""

    tool: Tool
    handler: Handler


_TOOLS: Final[dict[str, ToolSpec]] = {}


def available_tools(*, can_download: bool, allow_unknown_model: bool = False) -> dict[str, ToolSpec]:
    """The tools by name, with the models of the table in their schemas."""
    tools: dict[str, ToolSpec] = {}
    for name, (tool, handler) in _TOOLS.items():
        if can_download or name != "download":
            schema = with_models(tool.input_schema, allow_unknown_model=allow_unknown_model)
            tools[name] = ToolSpec(tool.model_copy(update={"input_schema": schema}), handler)
    return tools


def _tool(
    title: str, hints: Mapping[str, bool], *, required: tuple[str, ...] = (), **data: Schema
) -> Callable[[Handler], Handler]:
    """A method as a tool: its docstring is the description, its keywords are the arguments, `data` is its result."""

    def register(handler: Handler) -> Handler:
        tool = Tool(
            name=handler.__name__,
            title=title,
            description=" ".join((handler.__doc__ or "").split()),
            input_schema=input_schema(handler, required),
            output_schema=output_schema(**data),
            annotations=ToolAnnotations(title=title, **hints),
        )
        _TOOLS[tool.name] = ToolSpec(tool, handler)
        return handler

    return register


class _Rules(TypedDict):
    """What requests are checked and priced by."""

    models: Mapping[str, Model]
    allow_unknown_model: bool


class DuplicateRequest(VideoClientError):
    """The same request is in flight, pending or uncertain. Nothing was sent."""

    def __init__(self, task_id: str | None) -> None:
        state = f"is task {task_id}, which is still pending" if task_id else "may have been accepted and charged"
        first = "call wait with its id" if task_id else "check the dashboard"
        advice = f"nothing was sent; {first}; to submit and pay again, set allow_duplicate to true"
        super().__init__(f"duplicate request: it was submitted before and {state}", advice)
        self.task_id = task_id


class VideoTools:
    """The tools of one server.

    Args:
        budget: The budget, and the journal in it.
        client_settings: The settings of the client, without a journal.
        out: The folder for videos; None for none.
        allow_unknown_model: Whether a model that is in no table is sent.
        progress_interval: Seconds between two progress reports.
    """

    def __init__(
        self,
        budget: JournalBudget,
        client_settings: Mapping[str, Any],
        out: Path | None,
        *,
        allow_unknown_model: bool = False,
        progress_interval: float = PROGRESS_INTERVAL,
    ) -> None:
        self.budget, self.out = budget, out
        self.allow_unknown_model = allow_unknown_model
        self._rules: _Rules = {"models": model_table(), "allow_unknown_model": allow_unknown_model}
        self.client = AsyncVideoClient(**client_settings, journal=budget)
        self._progress_interval = progress_interval
        self._in_flight: list[Mapping[str, Any]] = []

    def _request(self, video: dict[str, Any]) -> dict[str, Any]:
        return video_request(video, self._rules["models"])

    async def budget_json(self) -> dict[str, int] | None:
        """The state of the budget; None where the journal cannot be read."""
        try:
            return budget_json(self.budget.max_credits, Totals.of(await self._submissions()))
        except JournalFailed:
            return None

    async def reply(self, message: str, *, is_error: bool = False, **data: Any) -> CallToolResult:
        """A result with the current budget."""
        return result(message, await self.budget_json(), is_error=is_error, **data)

    async def _with_progress(
        self, work: Awaitable[T], report: ProgressCallback, message: str, seconds: float | None = None
    ) -> T:
        """The result of the work, with progress reports meanwhile; `seconds` is its timeout."""
        loop = asyncio.get_running_loop()

        async def report_repeatedly() -> None:
            start = loop.time()
            while True:
                await report(loop.time() - start, seconds, message)
                await asyncio.sleep(self._progress_interval)

        reports = asyncio.create_task(report_repeatedly())
        reports.add_done_callback(lambda task: task.cancelled() or task.exception())  # a lost report is no error
        try:
            return await work
        finally:
            reports.cancel()

    @_tool("List the video models (free)", _READS, models=_OBJECTS)
    async def list_models(self, _progress: ProgressCallback, /, mode: _Mode | None = None) -> CallToolResult:
        """List the models with their modes, durations in seconds and prices in credits; null is unknown. Free."""
        models = [model for model in self._rules["models"].values() if mode in (None, *model.modes)]
        return await self.reply(f"{len(models)} models", models=[model_json(model) for model in models])

    @_tool("Check a video request (free)", _READS, valid=_BOOLEAN, violations=VIOLATIONS, quote=QUOTE)
    async def check(self, _progress: ProgressCallback, /, **video: Any) -> CallToolResult:
        """Check whether generate would accept these arguments; returns what is wrong and how to correct it.

        Sends nothing.
        """
        request = self._request(video)
        try:
            prepared = prepare(request, **self._rules)
        except InvalidRequest:
            violations = check(request, **self._rules)  # with the warnings, which the error has not
            valid, quote = False, None
        else:
            valid, violations, quote = True, prepared.warnings, await self._quote_json(prepared.quote)
        verdict = "generate would accept it" if valid else "generate would refuse it"
        message = "; ".join((verdict, *map(str, violations)))
        return await self.reply(message, valid=valid, violations=violations_json(violations), quote=quote)

    @_tool("Estimate the price of a video (free)", _READS, required=REQUIRED, quote=QUOTE)
    async def quote(self, _progress: ProgressCallback, /, **video: Any) -> CallToolResult:
        """Estimate what generate would cost with these arguments, and whether that fits the budget. Sends nothing."""
        quote = prepare(self._request(video), **self._rules).quote
        return await self.reply(describe_quote(quote), quote=await self._quote_json(quote))

    async def _quote_json(self, quote: Quote) -> dict[str, Any]:
        budget, price = await self.budget_json(), quote.credits
        fits = None if budget is None or price is None else price <= budget["left"]
        return quote_json(quote) | {"within_budget": fits}

    @_tool(
        "Generate a video (spends credits)",
        _SPENDS,
        required=REQUIRED,
        task_id=_STRING,
        task=TASK,
        quote=_NUMBER,
        warnings=VIOLATIONS,
    )
    async def generate(
        self, _progress: ProgressCallback, /, *, allow_duplicate: _AllowDuplicate = False, **video: Any
    ) -> CallToolResult:
        """SPENDS CREDITS. Submit one video and return its task_id at once; then call wait with it.

        A request that breaks a rule or exceeds the budget is refused before anything is sent. If the result is lost,
        do not call it again: status lists what was submitted.
        """
        request = prepare(self._request(video), **self._rules)
        if not allow_duplicate and request.body in self._in_flight:
            raise DuplicateRequest(None)
        self._in_flight.append(request.body)
        try:
            if not allow_duplicate:
                await self._refuse_duplicate(request.body)
            recorder = ShieldedRecorder(self.budget)
            with recorder.scope():
                task = await self.client.with_journal(recorder).submit(request, timeout=SUBMIT_TIMEOUT)
        finally:
            self._in_flight.remove(request.body)
        cost = "an unknown price" if task.credits_used is None else f"{task.credits_used} credits"
        return await self.reply(
            f"submitted as task {task.id} for {cost}; call wait with this task_id until it is done",
            task_id=task.id,
            task=task_json(task),
            quote=request.quote.credits,
            warnings=violations_json(request.warnings),
        )

    async def _refuse_duplicate(self, request: Mapping[str, Any]) -> None:
        for submission in reversed(await self._submissions()):
            is_open = submission.uncertain or submission.state == SubmissionState.PENDING
            if submission.request == request and is_open:
                raise DuplicateRequest(submission.task_id)

    async def _submissions(self) -> Sequence[Submission]:
        return await anyio.to_thread.run_sync(self.budget.submissions, self.client.base_url)

    @_tool("Poll a task, or list the latest (free)", _POLLS, task_id=_STRING, task=TASK, tasks=_OBJECTS)
    async def status(
        self, _progress: ProgressCallback, /, task_id: _TaskId | None = None, last: _Last = 20
    ) -> CallToolResult:
        """Return the current state of a task; without a task_id, the latest submissions of this server, as last polled.

        Free.
        """
        if task_id is not None:
            task = await self.client.get(task_id)
            return await self.reply(describe_task(task), task_id=task.id, task=task_json(task))
        submissions = await self._submissions()
        latest = submissions[: -last - 1 : -1]
        message = f"{len(latest)} of {len(submissions)} submissions, latest first, as last polled; poll with a task_id"
        return await self.reply(message, tasks=[listed_submission_json(submission) for submission in latest])

    @_tool("Wait for a video (free)", _POLLS, task_id=_STRING, done=_BOOLEAN, task=TASK)
    async def wait(self, progress: ProgressCallback, /, task_id: _TaskId, seconds: _Seconds = 50) -> CallToolResult:
        """Wait until the task has ended or the timeout expires; done says which, and task.video_url is the address
        of the video. A video takes about 30 to 120 s: call wait again until done. A failed task is refunded. Free.
        """  # noqa: D205  (a model reads it as one paragraph)
        wait = self.client.wait(task_id, timeout=seconds)
        try:
            task = await self._with_progress(wait, progress, f"waiting for task {task_id}", seconds)
        except WaitTimeout as error:
            message = f"{error.summary}; that is no failure: call wait again with this task_id"
            return await self.reply(message, task_id=task_id, done=False)
        return await self.reply(f"task {task.id} is done", task_id=task.id, done=True, task=task_json(task))

    @_tool("Download a video (free)", _SAVES, task_id=_STRING, path=_STRING)
    async def download(
        self,
        progress: ProgressCallback,
        /,
        task_id: _TaskId,
        file: _File | None = None,
        *,
        overwrite: _Overwrite = False,
    ) -> CallToolResult:
        """Download the video of a completed task to the server's folder, and return its path. Free."""
        assert self.out is not None  # noqa: S101  without a folder there is no such tool
        try:
            target = self.out / file_name(file, task_id)
        except InvalidLine as error:
            raise InvalidRequest([Violation("file", "file", str(error))]) from None
        download = self.client.download(task_id, target, overwrite=overwrite)
        path = await self._with_progress(download, progress, f"downloading the video of task {task_id}")
        return await self.reply(f"saved as {path}", task_id=task_id, path=path)
