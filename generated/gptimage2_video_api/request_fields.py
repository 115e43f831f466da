"""The fields of a request in openapi.yaml, as Python. Generated; never edited."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypedDict

if TYPE_CHECKING:
    from .models.image_to_video_model import ImageToVideoModel
    from .models.text_to_video_model import TextToVideoModel


class Field(NamedTuple):
    """What a value of one field must be: its JSON type, and limits where the schema has some.

    `keyword` is the name in Python, `description` says what it is for. The items of an array are strings.
    """

    name: str
    keyword: str
    type: Literal["string", "integer", "number", "boolean", "array"]
    description: str
    example: Any = None
    required: bool = False
    nullable: bool = False
    enum: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None


FIELDS: Final[dict[str, Field]] = {
    "prompt": Field(
        name="prompt",
        keyword="prompt",
        type="string",
        description="What the video shows.",
        required=True,
    ),
    "model": Field(
        name="model",
        keyword="model",
        type="string",
        description="The id of a model, such as `veo3`.",
        required=True,
    ),
    "inputMode": Field(
        name="inputMode",
        keyword="input_mode",
        type="string",
        description="`text_to_video` or `image_to_video`; must be a mode of the model.",
        required=True,
    ),
    "inputImageUrls": Field(
        name="inputImageUrls",
        keyword="input_image_urls",
        type="array",
        description="URLs of images that the service can fetch.",
    ),
    "aspectRatio": Field(
        name="aspectRatio",
        keyword="aspect_ratio",
        type="string",
        description="Aspect ratio, such as `16:9`; the values depend on the model.",
        example="16:9",
    ),
    "duration": Field(
        name="duration",
        keyword="duration",
        type="integer",
        description="Duration of the video in seconds; the values depend on the model.",
    ),
    "resolution": Field(
        name="resolution",
        keyword="resolution",
        type="string",
        description="Resolution, such as `720p`; it affects the price.",
        example="720p",
    ),
}


class FieldKeywords(TypedDict, total=False):
    """The keywords of a request that are fields and nothing more; None leaves one out.

    Attributes:
        model: The id of a model, such as `veo3`.
        aspect_ratio: Aspect ratio, such as `16:9`; the values depend on the model.
        duration: Duration of the video in seconds; the values depend on the model.
        resolution: Resolution, such as `720p`; it affects the price.
    """

    model: "TextToVideoModel | ImageToVideoModel | str"
    aspect_ratio: str | None
    duration: int | None
    resolution: str | None
