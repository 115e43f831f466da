"""From what callers write to a request that is checked and priced, once: `prepare`."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Unpack, cast

from gptimage2_video_api.request_fields import FIELDS, FieldKeywords

from .arguments import check_arguments, unknown_name, wrong_type
from .errors import InvalidRequest, Violation
from .fields import IMAGE, TEXT, Request, to_wire
from .models import MODELS, Model
from .pricing import Quote, quote_checked
from .rules import check


class RequestOptions(FieldKeywords, total=False):
    """What `generate` and `submit` take beside the prompt: the fields of the spec by their keywords, and these.

    Attributes:
        image: The URL of an image, or a list of them; makes it image-to-video. Default: None, no image.
        input_mode: `text_to_video` or `image_to_video`; default: None, by the image and the model.
        extra: Provider-specific controls in wire names, passed through as they are.
    """

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


def prepare(
    request: Request | PreparedRequest | str,
    *,
    models: Mapping[str, Model] = MODELS,
    allow_unknown_model: bool = False,
    **options: Unpack[RequestOptions],
) -> PreparedRequest:
    """Build, check and price a request. Sends nothing and needs no key.

    The request is the prompt, with the fields of `RequestOptions`; or a whole one, generated or a mapping in wire
    names. One that is prepared already is returned as it is. `models` and `allow_unknown_model` are as in `check`.

    Raises:
        InvalidRequest: A rule is broken.
        TypeError: An unknown keyword, or one beside a whole request.
    """
    if not isinstance(request, str | PreparedRequest) and to_wire(request) is None:
        whole = "text, or a whole request (prepared, generated or a mapping in wire names)"
        raise wrong_type("the prompt", whole, request)
    if not isinstance(request, str) and options:
        raise TypeError(f"a whole request takes no further keywords: {', '.join(options)}")
    if isinstance(request, PreparedRequest):
        return request
    body = build_request(request, models=models, **options) if isinstance(request, str) else to_wire(request)
    violations = check(cast("Request", body), models=models, allow_unknown_model=allow_unknown_model)
    errors = [violation for violation in violations if violation.severity == "error"]
    if errors:
        raise InvalidRequest(errors)
    checked = cast("Mapping[str, Any]", body)
    return PreparedRequest(checked, quote_checked(checked, models), violations)


def build_request(
    prompt: str, *, models: Mapping[str, Model] = MODELS, **options: Unpack[RequestOptions]
) -> dict[str, Any]:
    """The request that the keywords mean, in wire names; whether it makes sense is for `check` to say.

    Where no mode is given, the row of the model in `models` may say it.

    Raises:
        TypeError: An unknown keyword, or an `extra` that names a field with a keyword of its own.
    """
    unknown = options.keys() - RequestOptions.__annotations__.keys()
    extra = dict(options.get("extra") or {})
    twice = extra.keys() & FIELDS.keys()
    if unknown:
        raise unknown_name("keyword", unknown, RequestOptions.__annotations__)
    check_arguments(options)
    if twice:
        raise TypeError(f"extra names {', '.join(sorted(twice))}; use the keyword of that field")
    image = options.get("image")
    images = None if image is None else [image] if isinstance(image, str) else list(image)
    fields = {field.name: options.get(field.keyword) for field in FIELDS.values()} | {
        "prompt": prompt,
        "inputMode": options.get("input_mode") or _infer_mode(models.get(options.get("model") or ""), bool(images)),
        "inputImageUrls": images,
    }
    return {name: value for name, value in fields.items() if value is not None} | extra


def _infer_mode(model: Model | None, has_image: bool) -> str:
    # An image always means image-to-video, so that one given to a text-only model is refused and not silently unused.
    return IMAGE if has_image or (model and model.modes == (IMAGE,)) else TEXT
