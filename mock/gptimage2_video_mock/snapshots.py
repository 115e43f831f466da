"""How a task is spelled in a reply: the two spellings of the documentation, and one with as little as it allows.

Pure functions over a task and a time; what the task's state is, the service says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gptimage2_video_mock.clock import iso
from gptimage2_video_mock.service import Task, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    Spelling = Callable[[Task, float, str], dict[str, Any]]
    """From a task, a time in seconds since the epoch and the URL of the task's video to the reply's object."""


def reference(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """The spelling of the reference page."""
    status = task.status(now)
    failed = status is TaskStatus.FAILED
    refunded = task.refunded(now)
    updated = task.refunded_at if refunded else task.accepted_at if status is TaskStatus.PENDING else task.ends_at
    return {
        "taskId": task.id,
        "type": "video",
        "status": int(status),
        "model": task.request["model"],
        "prompt": task.request["prompt"],
        "imageUrls": [],
        "videoUrl": video_url if status is TaskStatus.COMPLETED else None,
        "errorCode": task.course.error_code if failed else None,
        "errorMessage": task.course.error_message if failed else None,
        "creditsUsed": task.credits,
        "creditsRefunded": refunded,
        "createdAt": iso(task.accepted_at),
        "updatedAt": iso(updated),
    }


def quickstart(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """The spelling of the quickstart page. It shows no video: `outputVideoUrl` is inferred."""
    status = task.status(now)
    snapshot: dict[str, Any] = {
        "id": task.id,
        "type": "video",
        "status": int(status),
        "createdAt": iso(task.accepted_at),
        "completedAt": None if status is TaskStatus.PENDING else iso(task.ends_at),
        "creditsUsed": task.credits,
        "creditRefunded": task.refunded(now),
    }
    if status is TaskStatus.COMPLETED:
        snapshot["outputVideoUrl"] = video_url
    if status is TaskStatus.FAILED:
        snapshot |= {"errorCode": task.course.error_code, "errorMessage": task.course.error_message}
    return snapshot


_NULL = ("taskId", "type", "model", "imageUrls", "errorCode", "errorMessage", "creditsUsed", "creditsRefunded")


def null_fields(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """Only the status and the video's URL; every other field is null, or not there at all."""
    snapshot = reference(task, now, video_url)
    return {"status": snapshot["status"], "videoUrl": snapshot["videoUrl"]} | dict.fromkeys(_NULL)
