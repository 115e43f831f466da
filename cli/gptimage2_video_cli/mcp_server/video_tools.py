"""What each tool does: the library's calls, on behalf of a model.

Lives here: the work behind the tools. Not here: how they are described (`tools`), how arguments are read (`arguments`),
what an answer looks like (`answers`), and the protocol (`server`).

generate answers as soon as there is a task id and never waits for the video: a host that gives up on a call after a
minute would leave a model without the id, and tempt it to pay again. wait is where time passes; it costs nothing, ends
before hosts lose patience, and may be called as often as it takes.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
from mcp.types import CallToolResult

from gptimage2_video import (
    MODELS,
    AsyncVideoClient,
    InvalidRequest,
    JournalBudget,
    JournalFailed,
    SubmissionState,
    Totals,
    VideoClientError,
    Violation,
    WaitTimeout,
    check,
    quote,
)
from gptimage2_video_cli.batch.manifest import file_name
from gptimage2_video_cli.batch.manifest_rows import Unfit
from gptimage2_video_cli.commands.status import line
from gptimage2_video_cli.console.json_output import model_json, quote_json, task_json

from .arguments import video
from .progress import Report, reported
from .results import answer, budget_facts, failure, submission_facts, violations
from .shielded_recorder import Sending, submitting

Given = Mapping[str, Any]
# The tries of a submission end before a host gives up on the call, in seconds.
SUBMIT_PATIENCE: Final = 45.0


class Repeated(VideoClientError):
    """The same request is on its way or pending already. Nothing was sent."""

    def __init__(self, task_id: str | None) -> None:
        what = f"is task {task_id}, which has not been seen to end" if task_id else "may have been accepted and charged"
        first = "wait for it" if task_id else "look in the dashboard"
        advice = f"nothing was sent; {first}; to make and pay it once more, call generate with again set to true"
        super().__init__(f"the same request was submitted before and {what}", advice)
        self.task_id = task_id


class Desk:
    """The tools of one server.

    Args:
        allowance: The budget.
        settings: What the client takes besides a journal.
        out: The folder that videos may be saved in; None for none.
    """

    def __init__(self, allowance: JournalBudget, settings: Mapping[str, Any], out: Path | None) -> None:
        self.allowance, self.out = allowance, out
        self.client = AsyncVideoClient(**settings, journal=Sending(allowance))
        self._on_their_way: list[Mapping[str, Any]] = []

    async def budget(self) -> dict[str, int] | None:
        """How the budget stands; None where the journal cannot be read."""
        try:
            entries = await anyio.to_thread.run_sync(self.allowance.submissions, self.client.base_url)
        except JournalFailed:
            return None
        return budget_facts(self.allowance.max_credits, Totals.of(entries))

    async def told(self, message: str, **facts: Any) -> CallToolResult:
        """An answer, with the budget as it stands now."""
        return answer(message, await self.budget(), **facts)

    async def list_models(self, given: Given, _report: Report) -> CallToolResult:
        """The table of the models."""
        chosen = [model for model in MODELS.values() if given.get("mode") in (None, *model.modes)]
        return await self.told(f"{len(chosen)} models", models=[model_json(model) for model in chosen])

    async def check(self, given: Given, _report: Report) -> CallToolResult:
        """What is wrong with a request."""
        request = video(given)
        found = check(request)
        valid = all(violation.severity != "error" for violation in found)
        facts = {
            "valid": valid,
            "violations": violations(found),
            "quote": await self._quoted(request) if valid else None,
        }
        verdict = "generate would accept it" if valid else "generate would refuse it"
        return await self.told("; ".join((verdict, *map(str, found))), **facts)

    async def quote(self, given: Given, _report: Report) -> CallToolResult:
        """What a request will probably cost."""
        price = await self._quoted(_checked(given))
        cost = "the price is unknown" if price["credits"] is None else f"about {price['credits']} credits"
        return await self.told(f"{cost} ({price['note']})", quote=price)

    async def _quoted(self, request: Mapping[str, Any]) -> dict[str, Any]:
        price, budget = quote(request), await self.budget()
        fits = None if price.credits is None or budget is None else price.credits <= budget["left"]
        return quote_json(price) | {"within_budget": fits}

    async def generate(self, given: Given, _report: Report) -> CallToolResult:
        """Submit once, and tell the task."""
        request = _checked(given)
        if not given["again"] and request in self._on_their_way:
            raise Repeated(None)
        self._on_their_way.append(request)
        try:
            if not given["again"]:
                await self._refuse_repetition(request)
            with submitting():
                task = await self.client.submit(request, timeout=SUBMIT_PATIENCE)
        finally:
            self._on_their_way.remove(request)
        cost = "a price that the service did not tell" if task.credits_used is None else f"{task.credits_used} credits"
        message = f"submitted as task {task.id} for {cost}; call wait with this task_id until it has ended"
        warned = violations(check(request))
        return await self.told(
            message, task_id=task.id, task=task_json(task), quote=quote(request).credits, warnings=warned
        )

    async def _refuse_repetition(self, request: Mapping[str, Any]) -> None:
        entries = await anyio.to_thread.run_sync(self.allowance.submissions, self.client.base_url)
        for entry in reversed(entries):
            if entry.request == request and (entry.uncertain or entry.state == SubmissionState.PENDING):
                raise Repeated(entry.task_id)

    async def status(self, given: Given, _report: Report) -> CallToolResult:
        """A task as it stands, or what this server submitted last."""
        if "task_id" in given:
            task = await self.client.get(given["task_id"])
            return await self.told(line(task), task_id=task.id, task=task_json(task))
        entries = await anyio.to_thread.run_sync(self.allowance.submissions, self.client.base_url)
        latest = entries[: -given["last"] - 1 : -1]
        message = f"{len(latest)} of {len(entries)} submissions, latest first, as last seen; a task_id looks at one now"
        return await self.told(message, tasks=[submission_facts(entry) for entry in latest])

    async def wait(self, given: Given, report: Report) -> CallToolResult:
        """A task when it has ended, or that it has not when the time is up."""
        task_id, seconds = given["task_id"], given["seconds"]
        waiting = partial(self.client.wait, task_id, timeout=seconds)
        try:
            task = await reported(waiting, report, f"waiting for task {task_id}", seconds)
        except WaitTimeout as pending:
            message = f"{pending.summary}; that is no failure: call wait again with this task_id"
            return await self.told(message, task_id=task_id, done=False)
        return await self.told(f"task {task.id} is done", task_id=task.id, done=True, task=task_json(task))

    async def download(self, given: Given, report: Report) -> CallToolResult:
        """Save a video in the folder, under a plain name."""
        assert self.out is not None  # noqa: S101  without a folder there is no such tool
        task_id = given["task_id"]
        try:
            target = self.out / file_name(given.get("file"), task_id)
        except Unfit as problem:
            raise InvalidRequest([Violation("file", "file", str(problem))]) from None
        saving = partial(self.client.download, task_id, target, overwrite=given["overwrite"])
        path = await reported(saving, report, f"saving the video of task {task_id}")
        return await self.told(f"saved as {path}", task_id=task_id, path=path)

    async def failed(self, error: VideoClientError) -> CallToolResult:
        """The answer that something went wrong."""
        return failure(error, await self.budget())


def _checked(given: Given) -> dict[str, Any]:
    """The request that the arguments mean. Raises InvalidRequest where it breaks a rule."""
    request = video(given)
    errors = [violation for violation in check(request) if violation.severity == "error"]
    if errors:
        raise InvalidRequest(errors)
    return request
