"""What this project believes about the service and a run can observe: a table, and a row for each price.

Lives here: the facts, how well each is known, and what to edit in `openapi.yaml` where one turns out otherwise. Not
here: the observing (`probes`, `replies`, `submissions`). A fact that is not observed says nothing about the service.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from gptimage2_video import MODELS, Price

Known = Literal["inferred", "docs", "page"]
# How much a finding weighs: credits were spent against the rules; the spec says otherwise; the spec allows it, but
# somebody should know. The last kind fails no run.
Rank = Literal["charged", "violation", "notice"]
RANKS: Final[tuple[Rank, ...]] = ("charged", "violation", "notice")
KNOWN: Final[tuple[Known, ...]] = ("inferred", "docs", "page")  # in the order of the report

GENERATE: Final = "#/paths/~1api~1ai~1video~1generate/post"
TASK: Final = "#/paths/~1api~1ai~1tasks~1{id}/get"
SCHEMAS: Final = "#/components/schemas"
_REQUEST: Final = f"{SCHEMAS}/VideoRequest/properties"
_SNAPSHOT: Final = f"{SCHEMAS}/TaskSnapshot/properties"
_NAMED: Final = "a wrong value, beside an empty prompt, is named in fieldErrors"
_UNNAMED: Final = "a valid value, beside an empty prompt, is not named in fieldErrors; a task is accepted with it"
_SUBMITTED: Final = "a submitted task"


class Fact(NamedTuple):
    """One thing that is believed.

    Attributes:
        id: Stable, for programs.
        known: How well it is known; see `info.description` of the spec.
        sentence: The belief.
        how: What confirms or refutes it.
        pointer: Where the spec says it.
        edit: What to edit there where it is refuted.
        rank: What its refutation weighs; None where validation by the schema finds that by itself.
    """

    id: str
    known: Known
    sentence: str
    how: str
    pointer: str
    edit: str = ""
    rank: Rank | None = "violation"


def price_id(model: str, price: Price) -> str:
    """The id of the fact about one row of the price table."""
    return "/".join(("price", model, f"{price.duration}s", *filter(None, (price.resolution,))))


def _prices() -> Iterator[Fact]:
    for place, model in enumerate(MODELS.values()):
        for price in model.prices:
            clip = " ".join(filter(None, (f"{price.duration} s", price.resolution)))
            yield Fact(
                price_id(model.id, price),
                "inferred" if model.prices_known == "inferred" else "docs",
                f"{clip} of {model.id} cost {price.credits} credits.",
                "creditsUsed of a submitted task",
                f"#/x-model-table/models/{place}/credits",
                "Correct the row",
            )


_REFUSALS: Final = (
    Fact(
        "no-key", "page", "A request without a key is answered 401.", "a read and a submission without one",
        f"{GENERATE}/responses/401", "Describe what is answered without a key.",
    ),
    Fact(
        "wrong-key", "page", "A request with a wrong key is answered 401.", "a read and a submission with one",
        f"{GENERATE}/responses/401", "Describe what is answered to a wrong key.",
    ),
    Fact(
        "unauthorized-words", "page", 'The body of a 401 is {"error": "Unauthorized"}.', "every 401",
        "#/components/responses/Unauthorized", "Correct the example.", "notice",
    ),
    Fact(
        "unknown-task", "docs", "A task that does not exist is answered 404.", "a read of an id that nobody has",
        f"{TASK}/responses/404", "Describe what is answered for an unknown task.",
    ),
    Fact(
        "unknown-task-words", "docs", 'The body of a 404 is {"error": "Task not found"}.', "the same",
        f"{TASK}/responses/404", "Correct the example.", "notice",
    ),
    Fact(
        "empty-prompt", "docs", "An empty prompt is refused with 400.", "a submission with one",
        f"{_REQUEST}/prompt", "Describe what becomes of an empty prompt.",
    ),
    Fact(
        "empty-prompt-words", "docs", 'It is refused as fieldErrors.prompt: ["Prompt is required"].', "the same",
        f"{GENERATE}/responses/400", "Correct the example `fieldErrors`.", "notice",
    ),
    Fact(
        "bad-request-words", "page", 'The `error` of a 400 is "Invalid request".', "every 400",
        f"{GENERATE}/responses/400", "Correct the examples.", "notice",
    ),
    Fact(
        "bad-request-details", "docs", "The `details` of a 400 have formErrors and fieldErrors.", "every 400",
        f"{SCHEMAS}/InvalidRequestDetails", rank=None,
    ),
    Fact(
        "malformed-body", "inferred", "A body that is no JSON is refused with 400.", "half an object",
        f"{GENERATE}/responses/400", "Describe what is answered to a body that cannot be read.",
    ),
)  # fmt: skip

_FIELDS: Final = (
    Fact("model-ids", "page", "A model that is not in the table is refused.", _NAMED, f"{SCHEMAS}/TextToVideoModel"),
    Fact("mode-by-suffix", "page", "A text-to-video model does text alone.", _NAMED, f"{SCHEMAS}/ImageToVideoModel"),
    Fact("kling-image-only", "page", "Kling Standard does images alone.", _NAMED, f"{SCHEMAS}/TextToVideoModel"),
    Fact("image-required", "page", "image_to_video needs an image.", _NAMED, f"{SCHEMAS}/ImageToVideoRequest"),
    Fact("veo-8s", "page", "Veo clips are 8 s long and no other length.", _NAMED, f"{SCHEMAS}/Duration"),
    Fact("labelled-durations", "docs", "Kling and Hailuo clips are 5 or 10 s long.", _NAMED, f"{SCHEMAS}/Duration"),
    Fact("aspect-ratio-name", "page", "aspectRatio is a field, of text.", _NAMED, f"{_REQUEST}/aspectRatio"),
    Fact("resolution-name", "inferred", "resolution is a field, of text.", _NAMED, f"{_REQUEST}/resolution"),
    Fact("image-url-http", "inferred", "data: URLs of images are refused.", _NAMED, f"{SCHEMAS}/ImageUrl"),
    *(
        Fact(
            f"resolution-{resolution}", "inferred", f"A Sora clip can be had at {resolution}.", _UNNAMED,
            f"{_REQUEST}/resolution", "Correct the resolutions of Sora in x-model-table.",
        )
        for resolution in ("720p", "1080p")
    ),
    *(
        Fact(
            f"sora-{seconds}s", "inferred", f"A Sora clip can be {seconds} s long.", _UNNAMED,
            f"{SCHEMAS}/Duration", "Correct the durations of Sora in x-model-table and in VideoRequest.",
        )
        for seconds in (5, 10, 20)
    ),
    Fact(
        "common-durations", "page", "Wan and Seedance take the common durations 5, 10, 15 and 20 s.", _UNNAMED,
        f"{SCHEMAS}/Duration", "Give Wan and Seedance their durations in x-model-table and in VideoRequest.",
    ),
    Fact(
        "veo-images", "page", "Veo takes images as well as text.", _UNNAMED,
        f"{SCHEMAS}/ImageToVideoModel", "Correct the modes of Veo.",
    ),
    Fact(
        "seedance-images", "page", "Seedance takes images as well as text.", _UNNAMED,
        f"{SCHEMAS}/ImageToVideoModel", "Correct the modes of Seedance.",
    ),
    Fact(
        "other-fields", "page", "Fields that the spec does not name are let through.", _UNNAMED,
        f"{SCHEMAS}/VideoRequest", "Set `additionalProperties: false`, and name what is let through.",
    ),
)  # fmt: skip

_TASKS: Final = (
    Fact("receipt-fields", "page", "A receipt has taskId, status and creditsUsed.", _SUBMITTED,
         f"{SCHEMAS}/TaskReceipt", rank=None),
    Fact("receipt-pending", "page", "A task is pending (status 0) when it is accepted.", _SUBMITTED,
         f"{SCHEMAS}/TaskStatus", "Correct the example `accepted`.", "notice"),
    Fact("valid-accepted", "page", "A request that the spec calls valid is accepted.", _SUBMITTED,
         f"{SCHEMAS}/GenerateVideoRequest", "Forbid what was refused, for this model."),
    Fact("receipt-readable", "docs", "A task can be read by the id of its receipt.", _SUBMITTED,
         f"{GENERATE}/responses/200/links/getTask", "Describe the id that leads to the task."),
    Fact("snapshot-credits", "docs", "The snapshot tells the same creditsUsed as the receipt.", _SUBMITTED,
         f"{_SNAPSHOT}/creditsUsed", "Say which of the two was charged."),
    Fact("required-is-quote", "docs", "A 402 says as `required` what the price table says.", "a 402",
         f"{SCHEMAS}/InsufficientCreditsError/properties/required", "Correct the row.", "notice"),
    Fact("task-statuses", "docs", "A task's status is 0, 1 or 2.", "every snapshot",
         f"{SCHEMAS}/TaskStatus", "Describe the status in TaskStatus."),
    Fact("spelling-reference", "docs", "Snapshots are spelled as on the reference page.", "every snapshot",
         f"{_SNAPSHOT}/taskId"),
    Fact("spelling-quickstart", "docs", "Snapshots are spelled as on the quickstart page.", "every snapshot",
         f"{_SNAPSHOT}/id"),
    Fact("refunded-boolean", "inferred", "creditsRefunded is a boolean.", "every snapshot",
         f"{_SNAPSHOT}/creditsRefunded", rank=None),
    Fact("video-type", "docs", "The type of a video task is `video`.", "every snapshot",
         f"{_SNAPSHOT}/type", "Correct the description.", "notice"),
    Fact("video-url", "page", "A completed task names its video.", "completed tasks",
         f"{_SNAPSHOT}/videoUrl", "Name the field that leads to the video."),
    Fact("output-video-url", "inferred", "In the quickstart's spelling the video is outputVideoUrl(s).",
         "completed tasks", f"{_SNAPSHOT}/outputVideoUrl", "Correct the name of the field."),
    Fact("video-elsewhere", "docs", "Videos are on another host than the API.", "completed tasks",
         f"{_SNAPSHOT}/videoUrl", "Correct the description.", "notice"),
    Fact("failed-says-why", "docs", "A failed task has an errorCode.", "failed tasks",
         f"{_SNAPSHOT}/errorCode", "Correct the description.", "notice"),
    Fact("failed-refunded", "docs", "A failed task is refunded.", "failed tasks",
         f"{_SNAPSHOT}/creditsRefunded", "Describe when a failed task is refunded."),
)  # fmt: skip

FACTS: Final[Mapping[str, Fact]] = {fact.id: fact for fact in (*_REFUSALS, *_FIELDS, *_TASKS, *_prices())}
