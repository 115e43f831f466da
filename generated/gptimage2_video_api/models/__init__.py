"""Contains all the data models used in inputs/outputs"""

from .duration import Duration
from .image_to_video_model import ImageToVideoModel
from .image_to_video_request import ImageToVideoRequest
from .insufficient_credits_error import InsufficientCreditsError
from .invalid_request_details import InvalidRequestDetails
from .invalid_request_details_field_errors import InvalidRequestDetailsFieldErrors
from .invalid_request_error import InvalidRequestError
from .service_error import ServiceError
from .task_receipt import TaskReceipt
from .task_snapshot import TaskSnapshot
from .text_to_video_model import TextToVideoModel
from .text_to_video_request import TextToVideoRequest
from .video_request import VideoRequest

__all__ = (
    "Duration",
    "ImageToVideoModel",
    "ImageToVideoRequest",
    "InsufficientCreditsError",
    "InvalidRequestDetails",
    "InvalidRequestDetailsFieldErrors",
    "InvalidRequestError",
    "ServiceError",
    "TaskReceipt",
    "TaskSnapshot",
    "TextToVideoModel",
    "TextToVideoRequest",
    "VideoRequest",
)
