"""What each tool does: the library's calls on behalf of a model.

generate returns as soon as there is a task id and never waits for the video: a host that gives up on a call after a
minute would leave a model without the id, and tempt it to pay again. wait is free, ends before hosts time out, and may
be called repeatedly.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
from mcp.types import CallToolResult

from gptimage2_video import (
    MODELS,
    AsyncVideoClient,
    BudgetExceeded,
    InvalidRequest,
    JournalFailed,
    Quote,
    VideoClientError,
    Violation,
    WaitTimeout,
    check,
    prepare,
)
from gptimage2_video.budget import ensure_affordable
from gptimage2_video.journal import JournalBudget, Submission, SubmissionState, Totals
from gptimage2_video_cli.batch.manifest import file_name
from gptimage2_video_cli.batch.manifest_rows import InvalidLine
from gptimage2_video_cli.console.json_output import model_json, quote_json, task_json
from gptimage2_video_cli.console.text import describe_quote, describe_task

from .arguments import video_request
from .progress import INTERVAL, ProgressCallback, with_progress
from .results import budget_json, error_result, listed_submission_json, result, violations_json
from .shielded_recorder import ShieldedRecorder, submission_scope

Arguments = Mapping[str, Any]
# In seconds: the attempts of a submission end before a host gives up on the call.
SUBMIT_TIMEOUT: Final = 45.0


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
        progress_interval: Seconds between two progress reports.
    """

    def __init__(
        self,
        budget: JournalBudget,
        client_settings: Mapping[str, Any],
        out: Path | None,
        *,
        progress_interval: float = INTERVAL,
    ) -> None:
        self.budget, self.out = budget, out
        self.client = AsyncVideoClient(**client_settings, journal=ShieldedRecorder(budget))
        self._with_progress = partial(with_progress, interval=progress_interval)
        self._in_flight: list[Mapping[str, Any]] = []

    async def budget_json(self) -> dict[str, int] | None:
        """The state of the budget; None where the journal cannot be read."""
        try:
            return budget_json(self.budget.max_credits, Totals.of(await self._submissions()))
        except JournalFailed:
            return None

    async def reply(self, message: str, *, is_error: bool = False, **data: Any) -> CallToolResult:
        """A result with the current budget."""
        return result(message, await self.budget_json(), is_error=is_error, **data)

    async def error_reply(self, error: VideoClientError) -> CallToolResult:
        """The result of a call that failed, with the current budget."""
        return error_result(error, await self.budget_json())

    async def list_models(self, arguments: Arguments, _progress: ProgressCallback) -> CallToolResult:
        """The model table."""
        models = [model for model in MODELS.values() if arguments.get("mode") in (None, *model.modes)]
        return await self.reply(f"{len(models)} models", models=[model_json(model) for model in models])

    async def check(self, arguments: Arguments, _progress: ProgressCallback) -> CallToolResult:
        """What is wrong with a request, and its price where it is valid."""
        request = video_request(arguments)
        try:
            prepared = prepare(request)
        except InvalidRequest:
            valid, violations, quote = False, check(request), None  # with the warnings, which the error has not
        else:
            valid, violations, quote = True, prepared.warnings, await self._quote_json(prepared.quote)
        verdict = "generate would accept it" if valid else "generate would refuse it"
        message = "; ".join((verdict, *map(str, violations)))
        return await self.reply(message, valid=valid, violations=violations_json(violations), quote=quote)

    async def quote(self, arguments: Arguments, _progress: ProgressCallback) -> CallToolResult:
        """What a request will probably cost."""
        quote = prepare(video_request(arguments)).quote
        return await self.reply(describe_quote(quote), quote=await self._quote_json(quote))

    async def _quote_json(self, quote: Quote) -> dict[str, Any]:
        budget = await self.budget_json()
        return quote_json(quote) | {"within_budget": budget and _fits_budget(quote, budget["left"])}

    async def generate(self, arguments: Arguments, _progress: ProgressCallback) -> CallToolResult:
        """Submit once, and return the task."""
        request = prepare(video_request(arguments))
        if not arguments["allow_duplicate"] and request.body in self._in_flight:
            raise DuplicateRequest(None)
        self._in_flight.append(request.body)
        try:
            if not arguments["allow_duplicate"]:
                await self._refuse_duplicate(request.body)
            with submission_scope():
                task = await self.client.submit(request, timeout=SUBMIT_TIMEOUT)
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

    async def status(self, arguments: Arguments, _progress: ProgressCallback) -> CallToolResult:
        """The current state of a task, or the latest submissions of this server."""
        if "task_id" in arguments:
            task = await self.client.get(arguments["task_id"])
            return await self.reply(describe_task(task), task_id=task.id, task=task_json(task))
        submissions = await self._submissions()
        latest = submissions[: -arguments["last"] - 1 : -1]
        message = f"{len(latest)} of {len(submissions)} submissions, latest first, as last polled; poll with a task_id"
        return await self.reply(message, tasks=[listed_submission_json(submission) for submission in latest])

    async def wait(self, arguments: Arguments, progress: ProgressCallback) -> CallToolResult:
        """The task once it has ended, or that it is still pending at the timeout."""
        task_id, seconds = arguments["task_id"], arguments["seconds"]
        wait = partial(self.client.wait, task_id, timeout=seconds)
        try:
            task = await self._with_progress(wait, progress, f"waiting for task {task_id}", seconds)
        except WaitTimeout as error:
            message = f"{error.summary}; that is no failure: call wait again with this task_id"
            return await self.reply(message, task_id=task_id, done=False)
        return await self.reply(f"task {task.id} is done", task_id=task.id, done=True, task=task_json(task))

    async def download(self, arguments: Arguments, progress: ProgressCallback) -> CallToolResult:
        """Save a video in the folder, under a plain name."""
        assert self.out is not None  # noqa: S101  without a folder there is no such tool
        task_id = arguments["task_id"]
        try:
            target = self.out / file_name(arguments.get("file"), task_id)
        except InvalidLine as error:
            raise InvalidRequest([Violation("file", "file", str(error))]) from None
        download = partial(self.client.download, task_id, target, overwrite=arguments["overwrite"])
        path = await self._with_progress(download, progress, f"downloading the video of task {task_id}")
        return await self.reply(f"saved as {path}", task_id=task_id, path=path)


def _fits_budget(quote: Quote, left: int) -> bool | None:
    """Whether the price fits the credits that are left; None where it is unknown."""
    if quote.credits is None:
        return None
    try:
        ensure_affordable(quote, left, allow_unknown=False)
    except BudgetExceeded:
        return False
    return True
