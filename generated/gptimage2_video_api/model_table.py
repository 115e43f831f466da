"""The model table of openapi.yaml (`x-model-table`), as Python. Generated; never edited.

Each fact says how well it is known: "page", "docs", "inferred" or "unknown" (see the description in openapi.yaml), and
"user" in a row of the user's own.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

Known = Literal["page", "docs", "inferred", "unknown", "user"]


class Price(NamedTuple):
    """What a clip of `duration` seconds costs at `resolution`; None is for requests that name no resolution."""

    duration: int
    resolution: str | None
    credits: int


class Note(NamedTuple):
    """What else is known of a model, and how well; `date` (YYYY-MM-DD) is that of what it tells."""

    text: str
    known: Literal["sure", "likely", "inferred"]
    date: str | None = None

    def __str__(self) -> str:
        return f"{self.text} ({', '.join(filter(None, (self.date, self.known)))})"


class Model(NamedTuple):
    """One row: what a model takes and costs. Durations in whole seconds, values or a range; empty where unknown."""

    id: str
    family: str
    label: str
    modes: tuple[str, ...]
    modes_known: Known
    durations: Sequence[int]
    durations_known: Known
    resolutions: tuple[str, ...]
    resolutions_known: Known
    prices: tuple[Price, ...]
    prices_known: Known
    note: Note | None = None


MODELS: Final[dict[str, Model]] = {
    "kling/v2-1-standard": Model(
        id="kling/v2-1-standard",
        family="Kling 2.1",
        label="Kling 2.1 Standard",
        modes=("image_to_video",),
        modes_known="page",
        durations=(5, 10),
        durations_known="docs",
        resolutions=(),
        resolutions_known="unknown",
        prices=(
            Price(5, None, 11),
            Price(10, None, 22),
        ),
        prices_known="docs",
        note=Note(text="its maker ended it", date="2026-09-15", known="likely"),
    ),
    "kling/v2-1-pro": Model(
        id="kling/v2-1-pro",
        family="Kling 2.1",
        label="Kling 2.1 Pro",
        modes=("image_to_video",),
        modes_known="page",
        durations=(5, 10),
        durations_known="docs",
        resolutions=(),
        resolutions_known="unknown",
        prices=(
            Price(5, None, 21),
            Price(10, None, 42),
        ),
        prices_known="docs",
        note=Note(text="its maker ended it", date="2026-09-15", known="likely"),
    ),
    "kling/v2-1-master-text-to-video": Model(
        id="kling/v2-1-master-text-to-video",
        family="Kling 2.1",
        label="Kling 2.1 Master, text to video",
        modes=("text_to_video",),
        modes_known="page",
        durations=(5, 10),
        durations_known="docs",
        resolutions=(),
        resolutions_known="unknown",
        prices=(
            Price(5, None, 67),
            Price(10, None, 134),
        ),
        prices_known="docs",
        note=Note(text="its maker ended it", date="2026-09-15", known="likely"),
    ),
    "sora-2-text-to-video": Model(
        id="sora-2-text-to-video",
        family="Sora 2",
        label="Sora 2, text to video",
        modes=("text_to_video",),
        modes_known="page",
        durations=(5, 10, 20),
        durations_known="inferred",
        resolutions=("720p", "1080p"),
        resolutions_known="docs",
        prices=(
            Price(5, "720p", 5),
            Price(10, "720p", 10),
            Price(20, "720p", 20),
            Price(5, "1080p", 8),
            Price(10, "1080p", 15),
            Price(20, "1080p", 30),
        ),
        prices_known="inferred",
        note=Note(
            text="its maker ended it, without a successor",
            date="2026-09-24",
            known="sure",
        ),
    ),
    "sora-2-pro-text-to-video": Model(
        id="sora-2-pro-text-to-video",
        family="Sora 2",
        label="Sora 2 Pro, text to video",
        modes=("text_to_video",),
        modes_known="page",
        durations=(5, 10, 20),
        durations_known="inferred",
        resolutions=("720p", "1080p"),
        resolutions_known="docs",
        prices=(
            Price(5, "720p", 16),
            Price(10, "720p", 32),
            Price(20, "720p", 64),
            Price(5, "1080p", 24),
            Price(10, "1080p", 48),
            Price(20, "1080p", 96),
        ),
        prices_known="inferred",
        note=Note(
            text="its maker ended it, without a successor",
            date="2026-09-24",
            known="sure",
        ),
    ),
    "sora-2-image-to-video": Model(
        id="sora-2-image-to-video",
        family="Sora 2",
        label="Sora 2, image to video",
        modes=("image_to_video",),
        modes_known="page",
        durations=(5, 10, 20),
        durations_known="inferred",
        resolutions=("720p", "1080p"),
        resolutions_known="docs",
        prices=(
            Price(5, "720p", 5),
            Price(10, "720p", 10),
            Price(20, "720p", 20),
            Price(5, "1080p", 8),
            Price(10, "1080p", 15),
            Price(20, "1080p", 30),
        ),
        prices_known="inferred",
        note=Note(
            text="its maker ended it, without a successor",
            date="2026-09-24",
            known="sure",
        ),
    ),
    "hailuo/02-text-to-video-standard": Model(
        id="hailuo/02-text-to-video-standard",
        family="Hailuo 02",
        label="Hailuo 02 Standard, text to video",
        modes=("text_to_video",),
        modes_known="page",
        durations=(5, 10),
        durations_known="docs",
        resolutions=(),
        resolutions_known="unknown",
        prices=(
            Price(5, None, 13),
            Price(10, None, 21),
        ),
        prices_known="docs",
        note=Note(text="a clip of 5 s may be 6 s long", known="inferred"),
    ),
    "hailuo/02-text-to-video-pro": Model(
        id="hailuo/02-text-to-video-pro",
        family="Hailuo 02",
        label="Hailuo 02 Pro, text to video",
        modes=("text_to_video",),
        modes_known="page",
        durations=(5, 10),
        durations_known="docs",
        resolutions=(),
        resolutions_known="unknown",
        prices=(
            Price(5, None, 24),
            Price(10, None, 48),
        ),
        prices_known="docs",
        note=Note(text="a clip of 5 s may be 6 s long", known="inferred"),
    ),
    "hailuo/02-image-to-video-standard": Model(
        id="hailuo/02-image-to-video-standard",
        family="Hailuo 02",
        label="Hailuo 02 Standard, image to video",
        modes=("image_to_video",),
        modes_known="page",
        durations=(5, 10),
        durations_known="docs",
        resolutions=(),
        resolutions_known="unknown",
        prices=(
            Price(5, None, 13),
            Price(10, None, 21),
        ),
        prices_known="docs",
        note=Note(text="a clip of 5 s may be 6 s long", known="inferred"),
    ),
    "hailuo/02-image-to-video-pro": Model(
        id="hailuo/02-image-to-video-pro",
        family="Hailuo 02",
        label="Hailuo 02 Pro, image to video",
        modes=("image_to_video",),
        modes_known="page",
        durations=(5, 10),
        durations_known="docs",
        resolutions=(),
        resolutions_known="unknown",
        prices=(
            Price(5, None, 24),
            Price(10, None, 48),
        ),
        prices_known="docs",
        note=Note(text="a clip of 5 s may be 6 s long", known="inferred"),
    ),
    "veo3_fast": Model(
        id="veo3_fast",
        family="Veo 3.1",
        label="Veo 3.1 Fast",
        modes=("text_to_video", "image_to_video"),
        modes_known="page",
        durations=(8,),
        durations_known="page",
        resolutions=(),
        resolutions_known="unknown",
        prices=(Price(8, None, 9),),
        prices_known="docs",
        note=Note(
            text="its maker ended it on one of two public APIs",
            date="2026-10-22",
            known="likely",
        ),
    ),
    "veo3": Model(
        id="veo3",
        family="Veo 3.1",
        label="Veo 3.1",
        modes=("text_to_video", "image_to_video"),
        modes_known="page",
        durations=(8,),
        durations_known="page",
        resolutions=(),
        resolutions_known="unknown",
        prices=(Price(8, None, 63),),
        prices_known="docs",
        note=Note(
            text="its maker ended it on one of two public APIs",
            date="2026-10-22",
            known="likely",
        ),
    ),
    "veo3_lite": Model(
        id="veo3_lite",
        family="Veo 3.1",
        label="Veo 3.1 Lite",
        modes=("text_to_video", "image_to_video"),
        modes_known="page",
        durations=(8,),
        durations_known="page",
        resolutions=(),
        resolutions_known="unknown",
        prices=(Price(8, None, 5),),
        prices_known="docs",
        note=Note(
            text="its maker ended it on one of two public APIs",
            date="2026-10-22",
            known="likely",
        ),
    ),
    "wan/2-6-text-to-video": Model(
        id="wan/2-6-text-to-video",
        family="Wan 2.6",
        label="Wan 2.6, text to video",
        modes=("text_to_video",),
        modes_known="page",
        durations=(5, 10, 15),
        durations_known="inferred",
        resolutions=(),
        resolutions_known="unknown",
        prices=(),
        prices_known="unknown",
    ),
    "wan/2-6-image-to-video": Model(
        id="wan/2-6-image-to-video",
        family="Wan 2.6",
        label="Wan 2.6, image to video",
        modes=("image_to_video",),
        modes_known="page",
        durations=(5, 10, 15),
        durations_known="inferred",
        resolutions=(),
        resolutions_known="unknown",
        prices=(),
        prices_known="unknown",
    ),
    "bytedance/seedance-1.5-pro": Model(
        id="bytedance/seedance-1.5-pro",
        family="Seedance",
        label="Seedance 1.5 Pro",
        modes=("text_to_video", "image_to_video"),
        modes_known="page",
        durations=(),
        durations_known="unknown",
        resolutions=(),
        resolutions_known="unknown",
        prices=(),
        prices_known="unknown",
        note=Note(text="its maker ended it", date="2026-11-11", known="likely"),
    ),
}

COMMON_DURATIONS: Final = (5, 10, 15, 20)
PRICED_FIELDS: Final = (
    "prompt",
    "model",
    "inputMode",
    "inputImageUrls",
    "aspectRatio",
    "duration",
    "resolution",
)
IMAGE_URL_PATTERN: Final = (
    "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\x00-\\x20\\x7f][^\\x00-\\x20\\x7f]*$"
)
