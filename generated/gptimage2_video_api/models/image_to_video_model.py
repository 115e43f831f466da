from typing import Literal

ImageToVideoModel = Literal[
    "bytedance/seedance-1.5-pro",
    "hailuo/02-image-to-video-pro",
    "hailuo/02-image-to-video-standard",
    "kling/v2-1-pro",
    "kling/v2-1-standard",
    "sora-2-image-to-video",
    "veo3",
    "veo3_fast",
    "veo3_lite",
    "wan/2-6-image-to-video",
]

IMAGE_TO_VIDEO_MODEL_VALUES: set[ImageToVideoModel] = {
    "bytedance/seedance-1.5-pro",
    "hailuo/02-image-to-video-pro",
    "hailuo/02-image-to-video-standard",
    "kling/v2-1-pro",
    "kling/v2-1-standard",
    "sora-2-image-to-video",
    "veo3",
    "veo3_fast",
    "veo3_lite",
    "wan/2-6-image-to-video",
}


def check_image_to_video_model(value: str) -> ImageToVideoModel:
    if value in IMAGE_TO_VIDEO_MODEL_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {IMAGE_TO_VIDEO_MODEL_VALUES!r}"
    )
