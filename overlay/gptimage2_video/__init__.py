"""The client that wastes no credit, for the video generation API of gptimage2api.org.

    from gptimage2_video import VideoClient

    with VideoClient() as client:
        task = client.generate("A paper boat on a flooded street", model="veo3_fast", save_to="boat.mp4")

Clients and journal are loaded at first use, so that rules and prices cost neither an HTTP library nor a database. What
batches and agents need beside them is exported by `journal`, `polling` and `budget`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from gptimage2_video_api.request_fields import FIELDS, Field

from .errors import (
    APIError,
    BadRequest,
    BudgetExceeded,
    ConnectionFailed,
    DownloadFailed,
    Forbidden,
    InsufficientCredits,
    InvalidRequest,
    JournalFailed,
    JournalWarning,
    RateLimited,
    ServerError,
    SubmissionUncertain,
    TaskFailed,
    TaskNotFound,
    Unauthorized,
    UnexpectedReply,
    VideoClientError,
    VideoRequestWarning,
    Violation,
    WaitTimeout,
)
from .fields import Request
from .models import MODELS, Model, Note, Price, load_models
from .pricing import Quote, quote
from .request import PreparedRequest, RequestOptions, build_request, prepare
from .rules import check
from .task import SavedTask, Task, TaskStatus

if TYPE_CHECKING:
    from gptimage2_video_api.models.image_to_video_request import ImageToVideoRequest
    from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest

    from .async_client import AsyncVideoClient
    from .client import VideoClient
    from .journal.store import Journal

__version__ = "0.1.0"

# fmt: off
__all__ = [
    "FIELDS", "MODELS", "APIError", "AsyncVideoClient", "BadRequest", "BudgetExceeded", "ConnectionFailed",
    "DownloadFailed", "Field", "Forbidden", "ImageToVideoRequest", "InsufficientCredits", "InvalidRequest", "Journal",
    "JournalFailed", "JournalWarning", "Model", "Note", "PreparedRequest", "Price", "Quote", "RateLimited", "Request",
    "RequestOptions", "SavedTask", "ServerError", "SubmissionUncertain", "Task", "TaskFailed", "TaskNotFound",
    "TaskStatus", "TextToVideoRequest", "Unauthorized", "UnexpectedReply", "VideoClient", "VideoClientError",
    "VideoRequestWarning", "Violation", "WaitTimeout", "build_request", "check", "load_models", "prepare", "quote",
]
# fmt: on

_LAZY: Final = {
    "AsyncVideoClient": "gptimage2_video.async_client",
    "VideoClient": "gptimage2_video.client",
    "Journal": "gptimage2_video.journal.store",
    "ImageToVideoRequest": "gptimage2_video_api.models.image_to_video_request",
    "TextToVideoRequest": "gptimage2_video_api.models.text_to_video_request",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
