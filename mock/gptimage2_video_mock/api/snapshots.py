"""Serializers of a task: the two formats of the documentation, and others that a client may encounter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gptimage2_video_mock.service.clock import iso
from gptimage2_video_mock.service.tasks import Task, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    Serializer = Callable[[Task, float, str], dict[str, Any]]
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
        "errorCode": task.outcome.error_code if failed else None,
        "errorMessage": task.outcome.error_message if failed else None,
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
        snapshot |= {"errorCode": task.outcome.error_code, "errorMessage": task.outcome.error_message}
    return snapshot


_NULL = ("taskId", "type", "model", "imageUrls", "errorCode", "errorMessage", "creditsUsed", "creditsRefunded")


def null_fields(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """Only the status and the video's URL; every other field is null, or not there at all."""
    snapshot = reference(task, now, video_url)
    return {"status": snapshot["status"], "videoUrl": snapshot["videoUrl"]} | dict.fromkeys(_NULL)


def missing_fields(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """The status, and the video's URL once there is one."""
    return {name: value for name, value in null_fields(task, now, video_url).items() if value is not None}


def extra_fields(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """The reference page's fields, and some that no page knows."""
    return reference(task, now, video_url) | {"progress": 0.5, "queue": {"position": 3}, "thumbnails": [None]}


def both_spellings(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """The fields of both pages."""
    return quickstart(task, now, video_url) | reference(task, now, video_url)


def other_id(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """The reference page's fields with the id of no task."""
    return reference(task, now, video_url) | {"taskId": "tsk_0"}


def unknown_status(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """The reference page's fields, and 7 for pending."""
    snapshot = reference(task, now, video_url)
    return snapshot | {"status": snapshot["status"] or 7}


def early_complete(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """The reference page's fields, but done for a while before it is done; then there is no video yet."""
    snapshot = reference(task, now, video_url)
    too_early = 5 < task.ends_at - now < 11
    return snapshot | {"status": int(TaskStatus.COMPLETED)} if too_early else snapshot


def expiring_url(task: Task, now: float, video_url: str) -> dict[str, Any]:
    """The reference page's fields; the address of the video is another at another time."""
    return reference(task, now, f"{video_url}?expires={now:.3f}")
