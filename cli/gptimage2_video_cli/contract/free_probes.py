"""The requests that cost nothing: reads, and submissions that the service must refuse.

Lives here: a table of probes, and what each teaches. Every submission carries a pill, an empty prompt, which the
documentation says is refused: so even a server that is laxer than the spec about the field that is probed does not
accept it. Whether `fieldErrors` names that field too is the lesson; where it does not, nothing is learnt, since a
validator may stop at the first problem. The first answer that is no refusal ends the run.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from .assumptions import GENERATE
from .recording_client import Exchange
from .responses import accepted, uncertain
from .session import Ended, Session

SUBMIT: Final = "/api/ai/video/generate"
UNKNOWN_TASK: Final = "/api/ai/tasks/tsk_00000000000000000000000000"
_WRONG_KEY: Final = "this-is-no-key"
_IMAGES: Final = ["https://example.com/cup.jpg"]
# The cheapest model, should it come to the worst.
PILL: Final = {"prompt": "", "model": "veo3_lite", "inputMode": "text_to_video"}


class Probe(NamedTuple):
    """The pill with other fields. A wrong value confirms its fact where it is named; a valid one refutes it.

    Attributes:
        fact: What is learnt.
        fields: What is put into the pill.
        named: The fields of which one must be named, or none.
        wrong: Whether the value is.
    """

    fact: str
    fields: Mapping[str, Any]
    named: tuple[str, ...]
    wrong: bool = True


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
    Probe("resolution-720p", {**_SORA, "resolution": "720p"}, ("resolution",), wrong=False),
    Probe("resolution-1080p", {**_SORA, "resolution": "1080p"}, ("resolution",), wrong=False),
    Probe("sora-5s", {**_SORA, "duration": 5}, ("duration",), wrong=False),
    Probe("sora-10s", {**_SORA, "duration": 10}, ("duration",), wrong=False),
    Probe("sora-20s", {**_SORA, "duration": 20}, ("duration",), wrong=False),
    Probe("common-durations", {"model": "wan/2-6-text-to-video", "duration": 15}, ("duration",), wrong=False),
    Probe("common-durations", {"model": "bytedance/seedance-1.5-pro", "duration": 20}, ("duration",), wrong=False),
    Probe("veo-images", _IMAGE_MODE, _MODE, wrong=False),
    Probe("seedance-images", {"model": "bytedance/seedance-1.5-pro", **_IMAGE_MODE}, _MODE, wrong=False),
    Probe("other-fields", {"seed": 1}, ("seed",), wrong=False),
)


def probe(session: Session) -> None:
    """Everything that can be learnt for nothing.

    Raises:
        Ended: Nobody answers, the key is refused, or something was not refused.
    """
    session.book.tell(f"probing {session.recorder.base_url}: reads and refusals, which cost nothing")
    _read(session)
    for key, fact in ((None, "no-key"), (_WRONG_KEY, "wrong-key")):
        read = session.ask("GET", UNKNOWN_TASK, key=key)
        sent = _refused(session, key, PILL)
        for exchange in (read, sent):
            session.book.observe(fact, exchange.status == 401, exchange, detail=f"answered {exchange.status}")
    pill = _refused(session, session.key, PILL)
    told = _field_errors(pill).get("prompt")
    session.book.observe("empty-prompt", pill.status == 400, pill, detail=f"answered {pill.status}")
    session.book.observe("empty-prompt-words", told == ["Prompt is required"], pill, detail=str(told))
    for row in PROBES:
        _learn(session, row)
    cut = _refused(session, session.key, b'{"prompt": ')  # last, as some servers fail on it
    session.book.observe("malformed-body", cut.status == 400, cut, detail=f"answered {cut.status}")


def _read(session: Session) -> None:
    exchange = session.ask("GET", UNKNOWN_TASK, key=session.key)
    if exchange.status == 401:
        raise Ended("the key in GPTIMAGE2_API_KEY is refused here, so nothing else can be learnt", 3)
    session.book.observe("unknown-task", exchange.status == 404, exchange, detail=f"answered {exchange.status}")


def _learn(session: Session, row: Probe) -> None:
    exchange = _refused(session, session.key, {**PILL, **row.fields})
    named = [name for name in row.named if name in _field_errors(exchange)]
    if exchange.status == 400 and named:
        session.book.observe(row.fact, row.wrong, exchange, detail=_told(row, exchange, named))


def _told(row: Probe, exchange: Exchange, named: list[str]) -> str:
    value = ", ".join(f"{name} {value!r}" for name, value in row.fields.items())
    return f"{value}: {named[0]} is named, {_field_errors(exchange)[named[0]]}"


def _refused(session: Session, key: str | None, body: Any) -> Exchange:
    """Submit what must be refused. Raises Ended where it is not, or where nobody can say whether it was."""
    entry = session.book.open("a request with an empty prompt", None)
    exchange = session.ask("POST", SUBMIT, key=key, body=body)
    if accepted(exchange):
        task_id, charged = exchange.fields.get("taskId"), exchange.fields.get("creditsUsed")
        entry.accept(str(task_id) if task_id else None, charged)
        session.book.find(
            "charged",
            f"A request that must be refused was accepted: task {task_id}, {charged} credits",
            f"{GENERATE}/responses/400",
            "None; the server accepts what the documentation says it refuses.",
            exchange,
        )
        raise Ended("a request that must be refused was accepted; nothing more is sent")
    if uncertain(exchange):
        said = exchange.status or exchange.fault
        title = f"Nobody knows whether a request that must be refused was accepted: {said}"
        session.book.find("charged", title, f"{GENERATE}/responses", "Look in the dashboard for a charge.", exchange)
        raise Ended("a request that must be refused may have been accepted; nothing more is sent")
    session.book.entries.remove(entry)
    return exchange


def _field_errors(exchange: Exchange) -> dict[str, Any]:
    details = exchange.fields.get("details")
    found: Any = details.get("fieldErrors") if isinstance(details, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType]
