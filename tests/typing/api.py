"""What type checkers make of the public interface. `make types` checks this file; nothing runs it.

A line that must not pass says so to both checkers; if it ever passes, the needless comment is an error itself.
"""

from pathlib import Path
from typing import assert_type

import httpx

from gptimage2_video import (
    AsyncVideoClient,
    ImageToVideoRequest,
    Quote,
    SavedTask,
    Task,
    TaskStatus,
    TextToVideoRequest,
    VideoClient,
    VideoClientError,
    Violation,
    check,
    quote,
)

text = TextToVideoRequest(prompt="A cup", model="veo3", input_mode="text_to_video", duration=8)
image = ImageToVideoRequest("A cup", ["https://example.com/cup.jpg"], "kling/v2-1-pro", "image_to_video")

# A pair that the service refuses does not pass a type checker.
TextToVideoRequest("A cup", "kling/v2-1-pro", "text_to_video")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
ImageToVideoRequest("A cup", ["https://example.com/a.jpg"], "sora-2-text-to-video", "image_to_video")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
TextToVideoRequest("A cup", "veo3", "image_to_video")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
TextToVideoRequest("A cup", "veo3", "text_to_video", duration=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

assert_type(check(text), tuple[Violation, ...])
assert_type(quote({"prompt": "A cup"}), Quote)
assert_type(quote(image).credits, int | None)


def sync() -> None:
    with VideoClient(max_credits=10, http_client=httpx.Client()) as client:
        assert_type(client, VideoClient)
        task = client.generate("A cup", model="veo3", duration=8, save_to="cup.mp4", on_update=print)
        assert_type(task, SavedTask)
        assert_type(task.status, TaskStatus)
        assert_type(task.path, Path)
        assert_type(client.generate("A cup", model="veo3"), Task)
        assert_type(client.generate("A cup", model="veo3").path, Path | None)
        assert_type(client.wait(task, save_to=Path("cup.mp4")).path, Path)
        assert_type(client.submit(text), Task)
        assert_type(client.submit({"prompt": "A cup", "model": "veo3", "inputMode": "text_to_video"}), Task)
        assert_type(client.wait(task.id, timeout=None), Task)
        assert_type(client.download(task, Path("cup.mp4")), Path)
        client.generate("A cup", modle="veo3")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
        client.generate("A cup", model="veo3", duration="8")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


async def awaited() -> None:
    async with AsyncVideoClient("key", http_client=httpx.AsyncClient()) as client:
        assert_type(await client.generate(image, save_to="cup.mp4"), SavedTask)
        assert_type(await client.wait("tsk_1", save_to="cup.mp4"), SavedTask)
        assert_type(await client.wait("tsk_1"), Task)
        assert_type(await client.download("tsk_1", "cup.mp4"), Path)
        AsyncVideoClient("key", transport="aiohttp")
        AsyncVideoClient("key", transport="curl")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        AsyncVideoClient(http_client=httpx.Client())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def errors(error: VideoClientError) -> str | None:
    return error.task_id
