from typing import Literal

TextToVideoModel = Literal[
    "bytedance/seedance-1.5-pro",
    "hailuo/02-text-to-video-pro",
    "hailuo/02-text-to-video-standard",
    "kling/v2-1-master-text-to-video",
    "sora-2-pro-text-to-video",
    "sora-2-text-to-video",
    "veo3",
    "veo3_fast",
    "veo3_lite",
    "wan/2-6-text-to-video",
]

TEXT_TO_VIDEO_MODEL_VALUES: set[TextToVideoModel] = {
    "bytedance/seedance-1.5-pro",
    "hailuo/02-text-to-video-pro",
    "hailuo/02-text-to-video-standard",
    "kling/v2-1-master-text-to-video",
    "sora-2-pro-text-to-video",
    "sora-2-text-to-video",
    "veo3",
    "veo3_fast",
    "veo3_lite",
    "wan/2-6-text-to-video",
}


def check_text_to_video_model(value: str) -> TextToVideoModel:
    if value in TEXT_TO_VIDEO_MODEL_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {TEXT_TO_VIDEO_MODEL_VALUES!r}"
    )
