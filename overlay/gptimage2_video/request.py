"""From what callers write to one mapping in wire names.

Lives here: the keywords of `generate` and `submit`, and the inference of the mode. Not here: whether the result makes
sense (`rules`), and the generated request classes' way onto the wire (`wire`).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, Union, Unpack, cast

from gptimage2_video_api.model_table import MODELS, REQUEST_FIELDS

if TYPE_CHECKING:
    from gptimage2_video_api.models.image_to_video_model import ImageToVideoModel
    from gptimage2_video_api.models.image_to_video_request import ImageToVideoRequest
    from gptimage2_video_api.models.text_to_video_model import TextToVideoModel
    from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest

# A real union, not a quoted one: `Request | str` is evaluated where it annotates.
Request: TypeAlias = Union["TextToVideoRequest", "ImageToVideoRequest", Mapping[str, Any]]


class RequestOptions(TypedDict, total=False):
    """The keywords that `generate` and `submit` take beside the prompt. None is the same as leaving one out.

    Attributes:
        model: One of the model ids, such as `veo3`.
        duration: Seconds.
        aspect_ratio: Such as `16:9`; the values vary by model family.
        resolution: Such as `720p`; it affects the price.
        image: The URL of an image, or a list of them; makes it image-to-video.
        input_mode: `text_to_video` or `image_to_video`; inferred where it is left out.
        extra: Provider-specific controls in wire names, passed through as they are.
    """

    model: "TextToVideoModel | ImageToVideoModel | str"
    duration: int | None
    aspect_ratio: str | None
    resolution: str | None
    image: str | Sequence[str] | None
    input_mode: str | None
    extra: Mapping[str, Any] | None


def to_wire(request: object) -> Mapping[str, Any] | None:
    """The request in wire names; None where it is neither a mapping nor a generated request."""
    if isinstance(request, (dict, Mapping)):  # a dict first, which is told five times as fast
        return request  # pyright: ignore[reportUnknownVariableType]
    to_dict = getattr(request, "to_dict", None)
    return cast("Mapping[str, Any]", to_dict()) if callable(to_dict) else None


def build_request(prompt: str, **options: Unpack[RequestOptions]) -> dict[str, Any]:
    """The request that the keywords mean, in wire names; whether it makes sense is for `check` to say.

    Raises:
        TypeError: An unknown keyword, or an `extra` that names a field with a keyword of its own.
    """
    unknown = options.keys() - RequestOptions.__annotations__.keys()
    extra = dict(options.get("extra") or {})
    twice = extra.keys() & set(REQUEST_FIELDS)
    if unknown or twice:
        raise TypeError(
            f"unknown keyword {', '.join(sorted(unknown))}"
            if unknown
            else f"extra names {', '.join(sorted(twice))}; use the keyword of that field"
        )
    image = options.get("image")
    images = None if image is None else [image] if isinstance(image, str) else list(image)
    model = options.get("model")
    fields = {
        "prompt": prompt,
        "model": model,
        "inputMode": options.get("input_mode") or _inferred_mode(model, bool(images)),
        "inputImageUrls": images,
        "aspectRatio": options.get("aspect_ratio"),
        "duration": options.get("duration"),
        "resolution": options.get("resolution"),
    }
    return {name: value for name, value in fields.items() if value is not None} | extra


def _inferred_mode(model: object, has_image: bool) -> str:
    # An image always means image-to-video, so that one given to a text-only model is refused and not silently unused.
    row = MODELS.get(model) if isinstance(model, str) else None
    if has_image or (row and row.modes == ("image_to_video",)):
        return "image_to_video"
    return "text_to_video"
