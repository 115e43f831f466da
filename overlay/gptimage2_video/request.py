"""From what callers write to a request that is checked and priced, once: `prepare`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, Unpack, cast

from gptimage2_video_api.model_table import MODELS, REQUEST_FIELDS

from .errors import InvalidRequest, Violation
from .fields import IMAGE, TEXT, Request, to_wire
from .pricing import Quote, quote_checked
from .rules import check

if TYPE_CHECKING:
    from gptimage2_video_api.models.image_to_video_model import ImageToVideoModel
    from gptimage2_video_api.models.text_to_video_model import TextToVideoModel


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


class PreparedRequest(NamedTuple):
    """A request that was checked and priced; nothing later does so again.

    `body` is the request in wire names, `quote` what it will probably cost, `warnings` what is hardly meant so.
    """

    body: Mapping[str, Any]
    quote: Quote
    warnings: tuple[Violation, ...] = ()


def prepare(request: Request | PreparedRequest | str, **options: Unpack[RequestOptions]) -> PreparedRequest:
    """Build, check and price a request. Sends nothing and needs no key.

    The request is the prompt, with the fields of `RequestOptions`; or a whole one, generated or a mapping in wire
    names. One that is prepared already is returned as it is.

    Raises:
        InvalidRequest: A rule is broken.
        TypeError: An unknown keyword, or one beside a whole request.
    """
    if not isinstance(request, str) and options:
        raise TypeError(f"a whole request takes no further keywords: {', '.join(options)}")
    if isinstance(request, PreparedRequest):
        return request
    body = build_request(request, **options) if isinstance(request, str) else to_wire(request)
    violations = check(cast("Request", body))
    errors = [violation for violation in violations if violation.severity == "error"]
    if errors:
        raise InvalidRequest(errors)
    checked = cast("Mapping[str, Any]", body)
    return PreparedRequest(checked, quote_checked(checked), violations)


def build_request(prompt: str, **options: Unpack[RequestOptions]) -> dict[str, Any]:
    """The request that the keywords mean, in wire names; whether it makes sense is for `check` to say.

    Raises:
        TypeError: An unknown keyword, or an `extra` that names a field with a keyword of its own.
    """
    unknown = options.keys() - RequestOptions.__annotations__.keys()
    extra = dict(options.get("extra") or {})
    twice = extra.keys() & set(REQUEST_FIELDS)
    if unknown:
        raise TypeError(f"unknown keyword {', '.join(sorted(unknown))}")
    if twice:
        raise TypeError(f"extra names {', '.join(sorted(twice))}; use the keyword of that field")
    image = options.get("image")
    images = None if image is None else [image] if isinstance(image, str) else list(image)
    model = options.get("model")
    fields = {
        "prompt": prompt,
        "model": model,
        "inputMode": options.get("input_mode") or _infer_mode(model, bool(images)),
        "inputImageUrls": images,
        "aspectRatio": options.get("aspect_ratio"),
        "duration": options.get("duration"),
        "resolution": options.get("resolution"),
    }
    return {name: value for name, value in fields.items() if value is not None} | extra


def _infer_mode(model: object, has_image: bool) -> str:
    # An image always means image-to-video, so that one given to a text-only model is refused and not silently unused.
    row = MODELS.get(model) if isinstance(model, str) else None
    return IMAGE if has_image or (row and row.modes == (IMAGE,)) else TEXT
