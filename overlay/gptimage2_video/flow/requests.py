"""The seam to the generated code: the two requests, built with it; nothing else calls its operations."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from gptimage2_video.effects import HttpRequest
from gptimage2_video_api.api.tasks import get_task
from gptimage2_video_api.api.video import generate_video

if TYPE_CHECKING:
    from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest


class _CheckedBody(NamedTuple):
    """A body in place of a generated one, whose `from_dict` refuses the models and durations of a user's own rows."""

    wire: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return dict(self.wire)


def submit_request(base_url: str, body: Mapping[str, Any], timeout: float) -> HttpRequest:
    """The request that submits a task; no public function of the generated client builds one without sending it."""
    checked = cast("TextToVideoRequest", _CheckedBody(body))
    kwargs = generate_video._get_kwargs(body=checked)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return _request(base_url, kwargs, timeout)


def task_request(base_url: str, task_id: str, timeout: float) -> HttpRequest:
    """The request that reads a task."""
    return _request(base_url, get_task._get_kwargs(task_id), timeout, task_id)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _request(base_url: str, kwargs: Mapping[str, Any], timeout: float, task_id: str | None = None) -> HttpRequest:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", **kwargs.get("headers", {})}
    content = json.dumps(kwargs["json"]).encode() if "json" in kwargs else None
    url = base_url + kwargs["url"]
    method = kwargs["method"].upper()
    return HttpRequest(method, url, timeout, headers, content, total_timeout=timeout, task_id=task_id)
