"""Ten programs as users write them, held to both type checkers, strict, without an ignore. Nothing runs them."""

import asyncio
from pathlib import Path

import httpx
from fastapi import FastAPI, HTTPException

from gptimage2_video import (
    MODELS,
    AsyncVideoClient,
    BudgetExceeded,
    InvalidRequest,
    Journal,
    SubmissionUncertain,
    Task,
    TaskFailed,
    TaskStatus,
    VideoClient,
    VideoClientError,
    WaitTimeout,
    check,
    load_models,
    quote,
)
from gptimage2_video.journal import Recorder, SubmissionRecord, SubmissionState


def sync(prompt: str) -> int:
    """A video into a file, and its size."""
    with VideoClient(max_credits=50) as client:
        task = client.generate(prompt, model="veo3_fast", save_to="boat.mp4", on_update=report)
    if task.status is TaskStatus.COMPLETED and task.credits_used is not None:
        print(f"{task.status.name.lower()}: {task.credits_used} credits")
    return task.path.stat().st_size


def report(task: Task) -> None:
    """An update, as it comes."""
    print(task.id, task.status.name, task.status.label, int(task.status))


async def awaited(image: str) -> Path:
    """The same with await: submit, wait later."""
    async with AsyncVideoClient(transport="httpx") as client:
        pending = await client.submit("Steam rises", model="veo3_lite", image=image)
        saved = await client.wait(pending.id, save_to=Path("steam.mp4"), timeout=None)
        return saved.path


async def group(prompts: list[str]) -> dict[str, str | None]:
    """Many at once, in a TaskGroup."""
    async with AsyncVideoClient() as client, asyncio.TaskGroup() as tasks:
        running = {prompt: tasks.create_task(client.generate(prompt, model="veo3_lite")) for prompt in prompts}
    return {prompt: task.result().video_url for prompt, task in running.items()}


app = FastAPI()


@app.post("/videos")
async def video(prompt: str) -> dict[str, str]:
    """A handler that answers with the id of the task."""
    async with AsyncVideoClient(max_credits=20) as client:
        try:
            task = await client.submit(prompt, model="veo3_lite", duration=8)
        except (InvalidRequest, BudgetExceeded) as error:
            raise HTTPException(422, str(error)) from error
        return {"id": task.id, "status": task.status.name}


def careful(client: VideoClient, prompt: str) -> str:
    """What each error tells."""
    try:
        return str(client.generate(prompt, model="veo3", save_to="cup.mp4").path)
    except InvalidRequest as error:
        return "; ".join(f"{violation.field}: {violation.message}" for violation in error.violations)
    except SubmissionUncertain as error:
        return f"look in the dashboard for {dict(error.request)}: {error.cause}"
    except TaskFailed as error:
        return f"{error.task.id} {error.code} {error.refunded}"
    except WaitTimeout as error:
        return f"{error.task_id} after {error.waited:.0f} s: {error.status.name if error.status else 'never seen'}"
    except VideoClientError as error:
        return f"{error.task_id}: {error}"


def history(path: Path) -> list[tuple[str | None, SubmissionState]]:
    """What a journal holds."""
    with Journal(path) as journal, VideoClient(journal=journal) as client:
        client.submit("A cup", model="veo3_lite")
        return [(submission.task_id, submission.state) for submission in journal.submissions()]


def price_list() -> dict[str, int | None]:
    """The lowest price of each model; None where none is known."""
    return {name: min((price.credits for price in model.prices), default=None) for name, model in MODELS.items()}


def own_models(path: Path) -> int | None:
    """A model that this release does not know."""
    models = MODELS | load_models(path)
    request = {"prompt": "A cup", "model": "pika/2-5", "inputMode": "text_to_video"}
    assert not check(request, models=models)
    with VideoClient(models=models, allow_unknown_model=True) as client:
        client.submit(request)
    return quote(request, models=models).credits


def own_http_client(url: str) -> Task:
    """A proxy and certificates of one's own."""
    with httpx.Client(proxy=url, verify="ca.pem") as http, VideoClient(http_client=http) as client:
        return client.get("tsk_1")


class Printed:
    """A recorder of one's own."""

    def write(self, record: SubmissionRecord) -> None:
        """Before and after each submission."""
        print(record.state, record.task.id if record.task else record.submission_id)

    async def write_async(self, record: SubmissionRecord) -> None:
        """The same, awaited."""
        self.write(record)


def recorded(recorder: Recorder | None = None) -> VideoClient:
    """A client that writes into it."""
    return VideoClient(journal=recorder or Printed())
