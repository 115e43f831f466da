"""The rules of a submission, each by itself: free of charge beside an empty prompt, and with credits alone.

Beside an empty prompt a rule shows where the refusal names more than the prompt. A validator may stop at the first
error, so silence about a broken rule counts only where the server speaks of others of the same kind.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from gptimage2_video import MODELS, quote

from .guard import NotAdmitted, as_list, as_object
from .lifecycle import Tasks
from .recording_client import Exchange
from .session import Session

_IMAGES: Final = ["https://example.com/cup.jpg"]
_PROMPT: Final = "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film"
# Its duration is left out, so the model's dearest price counts.
_CHEAPEST: Final = min(
    (model for model in MODELS.values() if "text_to_video" in model.modes and model.prices),
    key=lambda model: max(price.credits for price in model.prices),
)
_SECONDS: Final = float(_CHEAPEST.prices[0].duration)
VALID: Final = {"prompt": _PROMPT, "model": _CHEAPEST.id, "inputMode": "text_to_video"}
INVALID_PROMPT: Final = {**VALID, "prompt": ""}
_SILENCE_COUNTS: Final = 2  # other rules of the kind that the server names

Kind = Literal["value", "type", "pair", "valid"]


class Rule(NamedTuple):
    """`VALID` with other fields.

    Attributes:
        check: The id of the check.
        fields: The fields that are added.
        kind: Which rule the fields break: of one value, its type, several fields together, or none.
    """

    check: str
    fields: Mapping[str, Any]
    kind: Kind


_VEO: Final = {"model": "veo3_lite"}
_SORA: Final = {"model": "sora-2-text-to-video"}
_IMAGE_MODE: Final = {"inputMode": "image_to_video", "inputImageUrls": _IMAGES}
_KLING: Final = {"model": "kling/v2-1-standard", **_IMAGE_MODE}
_HAILUO: Final = {"model": "hailuo/02-text-to-video-standard"}
_RULES: Final = (
    *(Rule("model-ids", {"model": model}, "value") for model in ("no-such-model", "sora-3", "VEO3_LITE", "")),
    Rule("modes", {"inputMode": "video_to_video"}, "value"),
    *(
        Rule("image-url-http", {**_IMAGE_MODE, "inputImageUrls": [url]}, "value")
        for url in ("data:image/png;base64,AAAA", "cup.jpg", "ftp://example.com/cup.jpg")
    ),
    *(Rule("durations", {"duration": seconds}, "value") for seconds in (0, -8, 25)),
    *(Rule("field-types", fields, "type") for fields in ({"model": 5}, {"inputMode": 1}, {"duration": "8"})),
    Rule("field-types", {**_IMAGE_MODE, "inputImageUrls": _IMAGES[0]}, "type"),
    Rule("field-types", {**_IMAGE_MODE, "inputImageUrls": [5]}, "type"),
    Rule("resolution-name", {"resolution": 720}, "type"),
    Rule("aspect-ratio-name", {"aspectRatio": 16}, "type"),
    Rule("mode-by-suffix", {**_SORA, **_IMAGE_MODE}, "pair"),
    Rule("mode-by-suffix", {"model": "sora-2-image-to-video"}, "pair"),
    Rule("kling-image-only", {"model": "kling/v2-1-standard"}, "pair"),
    Rule("kling-image-only", {"model": "kling/v2-1-pro"}, "pair"),
    Rule("image-required", {"inputMode": "image_to_video"}, "pair"),
    Rule("image-required", {"inputMode": "image_to_video", "inputImageUrls": []}, "pair"),
    Rule("veo-8s", {**_VEO, "duration": 5}, "pair"),
    *(
        Rule("labelled-durations", {**model, "duration": seconds}, "pair")
        for model in (_HAILUO, _KLING) for seconds in (8, 15, 20)
    ),
    Rule("resolution-720p", {**_SORA, "resolution": "720p"}, "valid"),
    Rule("resolution-1080p", {**_SORA, "resolution": "1080p"}, "valid"),
    *(Rule(f"sora-{seconds}s", {**_SORA, "duration": seconds}, "valid") for seconds in (5, 10, 20)),
    Rule("common-durations", {"model": "wan/2-6-text-to-video", "duration": 15}, "valid"),
    Rule("common-durations", {"model": "bytedance/seedance-1.5-pro", "duration": 20}, "valid"),
    Rule("veo-images", {**_VEO, **_IMAGE_MODE}, "valid"),
    Rule("seedance-images", {"model": "bytedance/seedance-1.5-pro", **_IMAGE_MODE}, "valid"),
    Rule("other-fields", {"x-other": 1}, "valid"),
    Rule("whole-numbers", {"duration": _SECONDS}, "valid"),
    *(
        Rule("models-and-modes", {"model": model.id, "inputMode": mode, "inputImageUrls": _IMAGES}, "valid")
        for model in MODELS.values() for mode in model.modes
    ),
)  # fmt: skip
# What is known of a model that is gone from the table is no rule any more.
RULES: Final = tuple(
    rule for rule in _RULES if rule.kind in ("value", "type") or rule.fields.get("model", VALID["model"]) in MODELS
)

# Valid, and easily refused: what a model makes of such a prompt is its own business.
UNUSUAL: Final[Mapping[str, Mapping[str, Any]]] = {
    "another field": {"x-other": 1},
    "a whole number with a decimal point": {"duration": _SECONDS},
    "a prompt of control characters": {"prompt": "\x00\x07\x1b[31m\u202e\ufeff"},
    "a prompt of markup": {"prompt": "<script>'; DROP TABLE tasks; --"},
    "a prompt of emoji": {"prompt": "\U0001f375" * 1000},
    "a prompt of 20,000 letters": {"prompt": "x" * 20_000},
}


def check_free_of_charge(session: Session, tasks: Tasks) -> None:
    """Break each rule beside an empty prompt.

    Raises:
        RunAborted: There is no response, the key is refused, or a submission is not.
    """
    result = session.result
    plain = tasks.submit(INVALID_PROMPT, "an empty prompt", is_valid=False)
    session.empty_prompt_refusal = plain
    messages = _field_errors(plain).get("prompt")
    result.check("empty-prompt", plain.status == 400, plain, detail=f"status {plain.status}")
    result.check("empty-prompt-message", messages == ["Prompt is required"], plain, detail=str(messages))
    silent: dict[Kind, list[tuple[Rule, Exchange]]] = defaultdict(list)
    named: dict[Kind, set[str]] = defaultdict(set)
    for rule in RULES:
        exchange = tasks.submit({**INVALID_PROMPT, **rule.fields}, _shown(rule), is_valid=False)
        names = named_beside(exchange, plain)
        if names:
            named[rule.kind].add(rule.check)
            detail = f"{_shown(rule)}: the refusal names {names}"
            result.check(rule.check, rule.kind != "valid", exchange, detail=detail)
        else:
            silent[rule.kind].append((rule, exchange))
    for kind, rules in silent.items():
        for rule, exchange in rules:
            if kind == "valid" and named["value"]:
                result.check(rule.check, True, exchange)
            elif kind != "valid" and len(named[kind] - {rule.check}) >= _SILENCE_COUNTS:
                detail = f"{_shown(rule)}: the refusal names the prompt alone, and of others more"
                result.check(rule.check, False, plain, exchange, detail=detail)


def check_with_credits(session: Session, tasks: Tasks) -> None:
    """Break each rule alone; the first that is accepted ends the trial of its rule.

    Raises:
        RunAborted: As of `Tasks.submit`.
    """
    missing = {name: value for name, value in VALID.items() if name != "prompt"}
    bodies = [("prompt-required", missing, "no prompt"), ("prompt-required", {**VALID, "prompt": None}, "prompt None")]
    bodies += [("field-types", {**VALID, "prompt": 5}, "prompt 5")]
    bodies += [(rule.check, {**VALID, **rule.fields}, _shown(rule)) for rule in RULES if rule.kind != "valid"]
    bodies.sort(key=lambda it: session.client.guard.cost(json.dumps(it[1]).encode()))
    accepted = set[str]()
    for check_id, body, description in bodies:
        if check_id in accepted:
            continue
        try:
            exchange = tasks.submit(body, description, is_valid=False)
        except NotAdmitted as error:
            session.result.not_reached.append(f"{description}: {error}")
            continue
        was_accepted = exchange.submission is not None and exchange.submission.state == "accepted"
        detail = f"{description} was accepted" if was_accepted else ""
        session.result.check(check_id, not was_accepted, exchange, detail=detail)
        accepted |= {check_id} if was_accepted else set()


def dearest_request() -> dict[str, Any]:
    """The valid text-to-video request with the highest price."""
    return max((body for body, _ in valid_requests(None)), key=lambda body: quote(body).credits or 0)


def valid_requests(image: str | None) -> Iterator[tuple[dict[str, Any], str]]:
    """Every model in each mode with each of its prices, and what to call it; images only where there is one."""
    for model in MODELS.values():
        for mode in model.modes:
            images = {"inputImageUrls": [image]} if mode == "image_to_video" else {}
            for price in model.prices or (None,):
                clip = {} if price is None else {"duration": price.duration, "resolution": price.resolution}
                clip = {name: value for name, value in clip.items() if value is not None}
                seconds = [f"{price.duration} s", price.resolution or ""] if price else []
                description = " ".join(filter(None, (model.id, mode, *seconds)))
                if image or not images:
                    yield {**VALID, "model": model.id, "inputMode": mode, **images, **clip}, description


def _shown(rule: Rule) -> str:
    return ", ".join(f"{field} {value!r}" for field, value in rule.fields.items())


def named_beside(exchange: Exchange, plain: Exchange | None) -> str:
    """What a refusal names beside the prompt, as text; empty where it says no more than that of an empty prompt."""
    if exchange.status != 400 or plain is None:
        return ""
    fields = {name: error for name, error in _field_errors(exchange).items() if name not in _field_errors(plain)}
    form = [error for error in _form_errors(exchange) if error not in _form_errors(plain)]
    return ", ".join([*(f"{name}, {error}" for name, error in fields.items()), *map(str, form)])


def _field_errors(exchange: Exchange) -> dict[str, Any]:
    return as_object(as_object(exchange.fields.get("details")).get("fieldErrors"))


def _form_errors(exchange: Exchange) -> list[Any]:
    return as_list(as_object(exchange.fields.get("details")).get("formErrors"))
