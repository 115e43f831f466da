"""What this project assumes about the service and a run can observe: a table, and a row for each price.

An assumption that is not observed says nothing about the service.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from gptimage2_video import MODELS, Price

Source = Literal["inferred", "docs", "page"]
# Credits were spent against the rules; the spec says otherwise; the spec allows it, but it is worth knowing. The last
# fails no run.
Severity = Literal["charged", "violation", "notice"]
SEVERITIES: Final[tuple[Severity, ...]] = ("charged", "violation", "notice")
SOURCES: Final[tuple[Source, ...]] = ("inferred", "docs", "page")  # in the order of the report

GENERATE: Final = "#/paths/~1api~1ai~1video~1generate/post"
TASK: Final = "#/paths/~1api~1ai~1tasks~1{id}/get"
SCHEMAS: Final = "#/components/schemas"
_REQUEST: Final = f"{SCHEMAS}/VideoRequest/properties"
_SNAPSHOT: Final = f"{SCHEMAS}/TaskSnapshot/properties"
_NAMED: Final = "a wrong value, beside an empty prompt, is named in fieldErrors"
_UNNAMED: Final = "a valid value, beside an empty prompt, is not named in fieldErrors; a task is accepted with it"
_SUBMITTED: Final = "a submitted task"


class Assumption(NamedTuple):
    """One assumption.

    Attributes:
        id: Stable, for programs.
        known: How it is known; see `info.description` of the spec.
        statement: The assumption, as a sentence.
        how: What confirms or refutes it.
        pointer: Where the spec says it.
        edit: What to edit there where it is refuted.
        severity: Of its refutation; None where validation by the schema finds that automatically.
    """

    id: str
    known: Source
    statement: str
    how: str
    pointer: str
    edit: str = ""
    severity: Severity | None = "violation"


def price_id(model: str, price: Price) -> str:
    """The id of the assumption about one row of the price table."""
    return "/".join(("price", model, f"{price.duration}s", *filter(None, (price.resolution,))))


def _prices() -> Iterator[Assumption]:
    for index, model in enumerate(MODELS.values()):
        for price in model.prices:
            clip = " ".join(filter(None, (f"{price.duration} s", price.resolution)))
            yield Assumption(
                price_id(model.id, price),
                "inferred" if model.prices_known == "inferred" else "docs",
                f"{clip} of {model.id} cost {price.credits} credits.",
                "creditsUsed of a submitted task",
                f"#/x-model-table/models/{index}/credits",
                "Correct the row",
            )


_REFUSALS: Final = (
    Assumption(
        "no-key", "page", "A request without a key gets a 401.", "a read and a submission without one",
        f"{GENERATE}/responses/401", "Describe the response without a key.",
    ),
    Assumption(
        "wrong-key", "page", "A request with a wrong key gets a 401.", "a read and a submission with one",
        f"{GENERATE}/responses/401", "Describe the response to a wrong key.",
    ),
    Assumption(
        "unauthorized-body", "page", 'The body of a 401 is {"error": "Unauthorized"}.', "every 401",
        "#/components/responses/Unauthorized", "Correct the example.", "notice",
    ),
    Assumption(
        "unknown-task", "docs", "A task that does not exist gets a 404.", "a read of an unknown id",
        f"{TASK}/responses/404", "Describe the response for an unknown task.",
    ),
    Assumption(
        "unknown-task-body", "docs", 'The body of a 404 is {"error": "Task not found"}.', "the same",
        f"{TASK}/responses/404", "Correct the example.", "notice",
    ),
    Assumption(
        "empty-prompt", "docs", "An empty prompt is refused with 400.", "a submission with one",
        f"{_REQUEST}/prompt", "Describe the response to an empty prompt.",
    ),
    Assumption(
        "empty-prompt-message", "docs", 'It is refused as fieldErrors.prompt: ["Prompt is required"].', "the same",
        f"{GENERATE}/responses/400", "Correct the example `fieldErrors`.", "notice",
    ),
    Assumption(
        "bad-request-message", "page", 'The `error` of a 400 is "Invalid request".', "every 400",
        f"{GENERATE}/responses/400", "Correct the examples.", "notice",
    ),
    Assumption(
        "bad-request-details", "docs", "The `details` of a 400 have formErrors and fieldErrors.", "every 400",
        f"{SCHEMAS}/InvalidRequestDetails", severity=None,
    ),
    Assumption(
        "malformed-body", "inferred", "A body that is not JSON is refused with 400.", "half an object",
        f"{GENERATE}/responses/400", "Describe the response to a malformed body.",
    ),
)  # fmt: skip

_FIELDS: Final = (
    Assumption("model-ids", "page", "An unknown model is refused.", _NAMED, f"{SCHEMAS}/TextToVideoModel"),
    Assumption("mode-by-suffix", "page", "A text model takes text only.", _NAMED, f"{SCHEMAS}/ImageToVideoModel"),
    Assumption("kling-image-only", "page", "Kling Standard takes images only.", _NAMED, f"{SCHEMAS}/TextToVideoModel"),
    Assumption("image-required", "page", "image_to_video needs an image.", _NAMED, f"{SCHEMAS}/ImageToVideoRequest"),
    Assumption("veo-8s", "page", "Veo clips are 8 s long and no other length.", _NAMED, f"{SCHEMAS}/Duration"),
    Assumption("labelled-durations", "docs", "Kling and Hailuo clips last 5 or 10 s.", _NAMED, f"{SCHEMAS}/Duration"),
    Assumption("aspect-ratio-name", "page", "aspectRatio is a field, of text.", _NAMED, f"{_REQUEST}/aspectRatio"),
    Assumption("resolution-name", "inferred", "resolution is a field, of text.", _NAMED, f"{_REQUEST}/resolution"),
    Assumption("image-url-http", "inferred", "data: URLs of images are refused.", _NAMED, f"{SCHEMAS}/ImageUrl"),
    *(
        Assumption(
            f"resolution-{resolution}", "inferred", f"A Sora clip can be had at {resolution}.", _UNNAMED,
            f"{_REQUEST}/resolution", "Correct the resolutions of Sora in x-model-table.",
        )
        for resolution in ("720p", "1080p")
    ),
    *(
        Assumption(
            f"sora-{seconds}s", "inferred", f"A Sora clip can be {seconds} s long.", _UNNAMED,
            f"{SCHEMAS}/Duration", "Correct the durations of Sora in x-model-table and in VideoRequest.",
        )
        for seconds in (5, 10, 20)
    ),
    Assumption(
        "common-durations", "page", "Wan and Seedance take the common durations 5, 10, 15 and 20 s.", _UNNAMED,
        f"{SCHEMAS}/Duration", "Give Wan and Seedance their durations in x-model-table and in VideoRequest.",
    ),
    Assumption(
        "veo-images", "page", "Veo takes images as well as text.", _UNNAMED,
        f"{SCHEMAS}/ImageToVideoModel", "Correct the modes of Veo.",
    ),
    Assumption(
        "seedance-images", "page", "Seedance takes images as well as text.", _UNNAMED,
        f"{SCHEMAS}/ImageToVideoModel", "Correct the modes of Seedance.",
    ),
    Assumption(
        "other-fields", "page", "Fields that the spec does not name are accepted.", _UNNAMED,
        f"{SCHEMAS}/VideoRequest", "Set `additionalProperties: false`, and name what is accepted.",
    ),
)  # fmt: skip

_TASKS: Final = (
    Assumption("receipt-fields", "page", "A receipt has taskId, status and creditsUsed.", _SUBMITTED,
         f"{SCHEMAS}/TaskReceipt", severity=None),
    Assumption("receipt-pending", "page", "A task is pending (status 0) when it is accepted.", _SUBMITTED,
         f"{SCHEMAS}/TaskStatus", "Correct the example `accepted`.", "notice"),
    Assumption("valid-accepted", "page", "A request that the spec calls valid is accepted.", _SUBMITTED,
         f"{SCHEMAS}/GenerateVideoRequest", "Forbid what was refused, for this model."),
    Assumption("receipt-readable", "docs", "A task can be read by the id of its receipt.", _SUBMITTED,
         f"{GENERATE}/responses/200/links/getTask", "Describe the id that leads to the task."),
    Assumption("snapshot-credits", "docs", "The snapshot has the same creditsUsed as the receipt.", _SUBMITTED,
         f"{_SNAPSHOT}/creditsUsed", "Say which of the two was charged."),
    Assumption("required-is-quote", "docs", "The `required` of a 402 is the price in the price table.", "a 402",
         f"{SCHEMAS}/InsufficientCreditsError/properties/required", "Correct the row.", "notice"),
    Assumption("task-statuses", "docs", "A task's status is 0, 1 or 2.", "every snapshot",
         f"{SCHEMAS}/TaskStatus", "Describe the status in TaskStatus."),
    Assumption("spelling-reference", "docs", "Snapshots are spelled as on the reference page.", "every snapshot",
         f"{_SNAPSHOT}/taskId"),
    Assumption("spelling-quickstart", "docs", "Snapshots are spelled as on the quickstart page.", "every snapshot",
         f"{_SNAPSHOT}/id"),
    Assumption("refunded-boolean", "inferred", "creditsRefunded is a boolean.", "every snapshot",
         f"{_SNAPSHOT}/creditsRefunded", severity=None),
    Assumption("video-type", "docs", "The type of a video task is `video`.", "every snapshot",
         f"{_SNAPSHOT}/type", "Correct the description.", "notice"),
    Assumption("video-url", "page", "A completed task names its video.", "completed tasks",
         f"{_SNAPSHOT}/videoUrl", "Name the field that leads to the video."),
    Assumption("output-video-url", "inferred", "In the quickstart's spelling the video is outputVideoUrl(s).",
         "completed tasks", f"{_SNAPSHOT}/outputVideoUrl", "Correct the name of the field."),
    Assumption("video-elsewhere", "docs", "Videos are on another host than the API.", "completed tasks",
         f"{_SNAPSHOT}/videoUrl", "Correct the description.", "notice"),
    Assumption("failed-says-why", "docs", "A failed task has an errorCode.", "failed tasks",
         f"{_SNAPSHOT}/errorCode", "Correct the description.", "notice"),
    Assumption("failed-refunded", "docs", "A failed task is refunded.", "failed tasks",
         f"{_SNAPSHOT}/creditsRefunded", "Describe when a failed task is refunded."),
)  # fmt: skip

ASSUMPTIONS: Final[Mapping[str, Assumption]] = {it.id: it for it in (*_REFUSALS, *_FIELDS, *_TASKS, *_prices())}
