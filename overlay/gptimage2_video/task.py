"""A task as callers see it, read from either spelling of the documentation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin


class TaskStatus(IntEnum):
    """The documented statuses. Any other means that the task has not ended as far as this client knows.

    It is a member of its own: of a number, `UNKNOWN_3` is equal to 3; of a word, `UNKNOWN_QUEUED` is equal to -1.
    """

    PENDING = 0
    COMPLETED = 1
    FAILED = 2

    @property
    def label(self) -> str:
        """The status as the service says it, words in capitals."""
        return self.name.removeprefix("UNKNOWN_")

    @classmethod
    def _missing_(cls, value: object) -> "TaskStatus | None":
        if isinstance(value, str):
            if value.upper() in cls.__members__:
                return cls[value.upper()]
            if value.isascii() and value.removeprefix("-").isdecimal():
                return cls(int(value))
        if not isinstance(value, str | int) or value == "":
            return None
        member = int.__new__(cls, -1 if isinstance(value, str) else value)
        member._name_, member._value_ = f"UNKNOWN_{str(value)[:40].upper()}", int(member)
        return member

    def __reduce_ex__(self, _protocol: object) -> tuple[Any, ...]:
        return TaskStatus, (self.label,)


@dataclass(frozen=True, slots=True)
class Task:
    """One snapshot of a task. What the service leaves out, or gives in a form that cannot be read, is None.

    Attributes:
        id: The id that every later call needs.
        status: A `TaskStatus`, which is open: a status that is newer than this client is an unknown member.
        video_url: Where the video is, usually on another host than the API.
        credits_used: What was debited; the authoritative price.
        refunded: Whether the credits of a failed task are back.
        error_code: Why it failed: `EMPTY_RESULT`, `STORAGE_ERROR` or the provider's own code.
        error_message: The same in words.
        type: `video` or `image`.
        model: The model id, possibly one newer than this client.
        prompt: The prompt as submitted.
        created_at: When it was accepted, in the service's own notation (ISO 8601, UTC).
        path: Where this client saved the video; never None in a `SavedTask`, which calls with `save_to` return.
        raw: The whole snapshot as received, fields that this client does not know included.
    """

    id: str
    status: TaskStatus
    video_url: str | None = None
    credits_used: int | None = None
    refunded: bool | None = None
    error_code: str | None = None
    error_message: str | None = None
    type: str | None = None
    model: str | None = None
    prompt: str | None = None
    created_at: str | None = None
    path: Path | None = None
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)

    @property
    def completed(self) -> bool:
        """Whether the video is ready."""
        return self.status == TaskStatus.COMPLETED

    @property
    def failed(self) -> bool:
        """Whether the generation failed."""
        return self.status == TaskStatus.FAILED

    @property
    def failure_reason(self) -> str:
        """Why it failed: code and message; empty where the service gave neither."""
        return ": ".join(filter(None, (self.error_code, self.error_message)))

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.id, self.status.name, self.video_url, self.path) if part)

    def _repr_html_(self) -> str:
        from .notebook.html import task_html

        cost = "" if self.credits_used is None else f"{self.credits_used} credits"
        url, path = (self.video_url, self.path) if self.completed else (None, None)
        return task_html(self.id, (self.describe(), cost, self.model or "", str(self.path or "")), url, path)

    def describe(self) -> str:
        """Its state in a few words."""
        if self.completed:
            return "completed" if self.video_url else "completed, but the service names no video URL yet"
        if not self.failed:
            return "pending: client.wait(task) continues"
        reason = f"failed ({self.failure_reason})" if self.failure_reason else "failed"
        return reason + {True: ", refunded", False: ", not refunded yet", None: ""}[self.refunded]

    def merged_with(self, earlier: "Task") -> "Task":
        """This snapshot, with the id and price of an earlier one where this one leaves them out."""
        cost = earlier.credits_used if self.credits_used is None else self.credits_used
        return replace(self, id=self.id or earlier.id, credits_used=cost)

    @classmethod
    def from_json(cls, body: Mapping[str, Any], task_id: str = "", *, base_url: str = "") -> "Task | None":
        """The task in the response to a submission or a poll, however it is spelled; None without a status.

        The id that was requested goes before what the body says, as it is known to work. A video URL without a host is
        one of the base URL.
        """
        status = _status(body.get("status"))
        if status is None:
            return None
        refunded = body.get("creditsRefunded")
        refunded = body.get("creditRefunded") if refunded is None else refunded
        urls = (_text(_first(body.get(name))) for name in ("videoUrl", "outputVideoUrl", "outputVideoUrls"))
        url = next(filter(None, urls), None)
        return cls(
            id=task_id or _text(body.get("taskId")) or _text(body.get("id")) or "",
            status=status,
            video_url=url and _absolute(url, base_url),
            credits_used=_integer(body.get("creditsUsed")),
            refunded=None if refunded is None else bool(refunded),
            error_code=_as_text(body.get("errorCode")),
            error_message=_as_text(body.get("errorMessage")),
            type=_text(body.get("type")),
            model=_text(body.get("model")),
            prompt=_text(body.get("prompt")),
            created_at=_text(body.get("createdAt")),
            raw=body,
        )


@dataclass(frozen=True, slots=True)
class SavedTask(Task):
    """A completed task whose video this client saved: `path` is the file."""

    path: Path = Path()

    @classmethod
    def of(cls, task: Task, path: Path) -> "SavedTask":
        """The task, saved at this path."""
        values: dict[str, Any] = {each.name: getattr(task, each.name) for each in fields(task)}
        values["path"] = path
        return cls(**values)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _as_text(value: object) -> str | None:
    if isinstance(value, str | None):
        return value or None
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return "nested too deeply to be shown"


def _first(value: object) -> object:
    return next(iter(cast("list[object]", value)), None) if isinstance(value, list) else value


def _absolute(url: str, base_url: str) -> str:
    try:
        return urljoin(f"{base_url}/", url)
    except ValueError:  # of an address that none can read; the download says so
        return url


def _status(value: object) -> TaskStatus | None:
    try:
        return TaskStatus(cast("int", value if isinstance(value, str) else _integer(value)))
    except ValueError:
        return None


def _integer(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
