"""The requests that are free: reads, and submissions that the service must refuse.

Every submission has an empty prompt, which the documentation says is refused: so even a server that is laxer than the
spec about the probed field does not accept it. The probe shows whether `fieldErrors` names that field too; where it
does not, nothing is observed, since a validator may stop at the first error. The first response that is no refusal
aborts the run.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from .assumptions import GENERATE
from .recording_client import Exchange
from .responses import is_accepted, is_uncertain
from .session import RunAborted, Session

SUBMIT: Final = "/api/ai/video/generate"
UNKNOWN_TASK: Final = "/api/ai/tasks/tsk_00000000000000000000000000"
_WRONG_KEY: Final = "this-is-no-key"
_IMAGES: Final = ["https://example.com/cup.jpg"]
# With the cheapest model, in case a server accepts it.
INVALID_PROMPT: Final = {"prompt": "", "model": "veo3_lite", "inputMode": "text_to_video"}


class Probe(NamedTuple):
    """`INVALID_PROMPT` with other fields. A named field confirms the assumption about a wrong value, or refutes it.

    Attributes:
        assumption: The id of the assumption that is tested.
        fields: The fields that are added.
        named: The fields of which `fieldErrors` names one, or none.
        is_wrong: Whether the value is wrong.
    """

    assumption: str
    fields: Mapping[str, Any]
    named: tuple[str, ...]
    is_wrong: bool = True


_SORA: Final = {"model": "sora-2-text-to-video"}
_MODE: Final = ("inputMode", "model")
_IMAGE_MODE: Final = {"inputMode": "image_to_video", "inputImageUrls": _IMAGES}
PROBES: Final = (
    Probe("model-ids", {"model": "no-such-model"}, ("model",)),
    Probe("mode-by-suffix", {**_SORA, **_IMAGE_MODE}, _MODE),
    Probe("kling-image-only", {"model": "kling/v2-1-standard"}, _MODE),
    Probe("image-required", {"inputMode": "image_to_video"}, ("inputImageUrls",)),
    Probe("image-url-http", {**_IMAGE_MODE, "inputImageUrls": ["data:image/png;base64,AAAA"]}, ("inputImageUrls",)),
    Probe("veo-8s", {"duration": 5}, ("duration",)),
    Probe("labelled-durations", {"model": "kling/v2-1-master-text-to-video", "duration": 20}, ("duration",)),
    Probe("resolution-name", {"resolution": 720}, ("resolution",)),
    Probe("aspect-ratio-name", {"aspectRatio": 16}, ("aspectRatio",)),
    Probe("resolution-720p", {**_SORA, "resolution": "720p"}, ("resolution",), is_wrong=False),
    Probe("resolution-1080p", {**_SORA, "resolution": "1080p"}, ("resolution",), is_wrong=False),
    Probe("sora-5s", {**_SORA, "duration": 5}, ("duration",), is_wrong=False),
    Probe("sora-10s", {**_SORA, "duration": 10}, ("duration",), is_wrong=False),
    Probe("sora-20s", {**_SORA, "duration": 20}, ("duration",), is_wrong=False),
    Probe("common-durations", {"model": "wan/2-6-text-to-video", "duration": 15}, ("duration",), is_wrong=False),
    Probe("common-durations", {"model": "bytedance/seedance-1.5-pro", "duration": 20}, ("duration",), is_wrong=False),
    Probe("veo-images", _IMAGE_MODE, _MODE, is_wrong=False),
    Probe("seedance-images", {"model": "bytedance/seedance-1.5-pro", **_IMAGE_MODE}, _MODE, is_wrong=False),
    Probe("other-fields", {"seed": 1}, ("seed",), is_wrong=False),
)


def run_free_probes(session: Session) -> None:
    """Test everything that can be tested for free.

    Raises:
        RunAborted: There is no response, the key is refused, or a submission is not.
    """
    result = session.result
    result.log(f"probing {session.client.base_url}: reads and refused submissions, free of charge")
    _read_unknown_task(session)
    for key, assumption in ((None, "no-key"), (_WRONG_KEY, "wrong-key")):
        read = session.request("GET", UNKNOWN_TASK, key=key)
        submitted = _submit_invalid(session, key, INVALID_PROMPT)
        for exchange in (read, submitted):
            result.observe(assumption, exchange.status == 401, exchange, detail=f"status {exchange.status}")
    refusal = _submit_invalid(session, session.key, INVALID_PROMPT)
    messages = _field_errors(refusal).get("prompt")
    result.observe("empty-prompt", refusal.status == 400, refusal, detail=f"status {refusal.status}")
    result.observe("empty-prompt-message", messages == ["Prompt is required"], refusal, detail=str(messages))
    for probe in PROBES:
        _run_probe(session, probe)
    malformed = _submit_invalid(session, session.key, b'{"prompt": ')  # last, as some servers fail on it
    result.observe("malformed-body", malformed.status == 400, malformed, detail=f"status {malformed.status}")


def _read_unknown_task(session: Session) -> None:
    exchange = session.request("GET", UNKNOWN_TASK, key=session.key)
    if exchange.status == 401:
        raise RunAborted("the server refuses the key in GPTIMAGE2_API_KEY; nothing else can be tested", 3)
    session.result.observe("unknown-task", exchange.status == 404, exchange, detail=f"status {exchange.status}")


def _run_probe(session: Session, probe: Probe) -> None:
    exchange = _submit_invalid(session, session.key, {**INVALID_PROMPT, **probe.fields})
    errors = _field_errors(exchange)
    name = next((name for name in probe.named if name in errors), None)
    if exchange.status == 400 and name:
        fields = ", ".join(f"{field} {value!r}" for field, value in probe.fields.items())
        detail = f"{fields}: fieldErrors names {name}, {errors[name]}"
        session.result.observe(probe.assumption, probe.is_wrong, exchange, detail=detail)


def _submit_invalid(session: Session, key: str | None, body: Any) -> Exchange:
    """Submit what must be refused. Raises RunAborted where it is not, or where that is uncertain."""
    result = session.result
    submission = result.add_submission("a request with an empty prompt", None)
    exchange = session.request("POST", SUBMIT, key=key, body=body)
    if is_accepted(exchange):
        task_id, charged = exchange.fields.get("taskId"), exchange.fields.get("creditsUsed")
        submission.accept(str(task_id) if task_id else None, charged)
        title = f"A request that must be refused was accepted: task {task_id}, {charged} credits"
        edit = "None; the server accepts what the documentation says it refuses."
        result.add_finding("charged", title, f"{GENERATE}/responses/400", edit, exchange)
        raise RunAborted("a request that must be refused was accepted; nothing more is sent")
    if is_uncertain(exchange):
        reason = exchange.status or exchange.failure
        title = f"Uncertain whether a request that must be refused was accepted: {reason}"
        result.add_finding("charged", title, f"{GENERATE}/responses", "Check the dashboard for a charge.", exchange)
        raise RunAborted("a request that must be refused may have been accepted; nothing more is sent")
    result.submissions.remove(submission)
    return exchange


def _field_errors(exchange: Exchange) -> dict[str, Any]:
    details = exchange.fields.get("details")
    errors: Any = details.get("fieldErrors") if isinstance(details, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return errors if isinstance(errors, dict) else {}  # pyright: ignore[reportUnknownVariableType]
