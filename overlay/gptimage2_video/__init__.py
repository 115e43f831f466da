"""The client that wastes no credit, for the video generation API of gptimage2api.org.

    from gptimage2_video import VideoClient

    with VideoClient() as client:
        task = client.generate("A paper boat on a flooded street", model="veo3_fast", save_to="boat.mp4")

Lives here: the public names. The clients, the journal and the generated requests are loaded at first
use, so that rules and prices cost neither an HTTP library nor a database.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from gptimage2_video_api.model_table import MODELS, Model, Price

from .errors import (
    BudgetExceeded,
    ConnectionFailed,
    DownloadFailed,
    InvalidRequest,
    JournalFailed,
    JournalWarning,
    SubmissionUncertain,
    TaskFailed,
    UnexpectedReply,
    VideoClientError,
    VideoRequestWarning,
    WaitTimeout,
)
from .form import Request, Violation
from .pricing import Quote, ensure_affordable, quote
from .refusals import (
    APIError,
    BadRequest,
    Forbidden,
    InsufficientCredits,
    RateLimited,
    ServerError,
    TaskNotFound,
    Unauthorized,
)
from .request import PreparedRequest, RequestOptions, build_request, prepare
from .rules import check
from .task import Task, TaskStatus

if TYPE_CHECKING:
    from gptimage2_video_api.models.image_to_video_request import ImageToVideoRequest
    from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest

    from .allowance import JournalBudget
    from .async_client import AsyncVideoClient
    from .client import VideoClient
    from .entries import Submission, Totals
    from .journal import Journal
    from .pace import DurationEstimate, EstimateStore, InMemoryEstimates
    from .poll_budget import PollRateLimiter
    from .record import Recorder, SubmissionRecord, SubmissionState

__version__ = "0.1.0"

__all__ = [
    "MODELS",
    "APIError",
    "AsyncVideoClient",
    "BadRequest",
    "BudgetExceeded",
    "ConnectionFailed",
    "DownloadFailed",
    "DurationEstimate",
    "EstimateStore",
    "Forbidden",
    "ImageToVideoRequest",
    "InMemoryEstimates",
    "InsufficientCredits",
    "InvalidRequest",
    "Journal",
    "JournalBudget",
    "JournalFailed",
    "JournalWarning",
    "Model",
    "PollRateLimiter",
    "PreparedRequest",
    "Price",
    "Quote",
    "RateLimited",
    "Recorder",
    "Request",
    "RequestOptions",
    "ServerError",
    "Submission",
    "SubmissionRecord",
    "SubmissionState",
    "SubmissionUncertain",
    "Task",
    "TaskFailed",
    "TaskNotFound",
    "TaskStatus",
    "TextToVideoRequest",
    "Totals",
    "Unauthorized",
    "UnexpectedReply",
    "VideoClient",
    "VideoClientError",
    "VideoRequestWarning",
    "Violation",
    "WaitTimeout",
    "build_request",
    "check",
    "ensure_affordable",
    "prepare",
    "quote",
]

_LAZY: Final = {
    "JournalBudget": "gptimage2_video.allowance",
    "AsyncVideoClient": "gptimage2_video.async_client",
    "VideoClient": "gptimage2_video.client",
    "Submission": "gptimage2_video.entries",
    "Journal": "gptimage2_video.journal",
    "DurationEstimate": "gptimage2_video.pace",
    "EstimateStore": "gptimage2_video.pace",
    "InMemoryEstimates": "gptimage2_video.pace",
    "PollRateLimiter": "gptimage2_video.poll_budget",
    "SubmissionRecord": "gptimage2_video.record",
    "Recorder": "gptimage2_video.record",
    "SubmissionState": "gptimage2_video.record",
    "Totals": "gptimage2_video.entries",
    "ImageToVideoRequest": "gptimage2_video_api.models.image_to_video_request",
    "TextToVideoRequest": "gptimage2_video_api.models.text_to_video_request",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
