"""What a run checks: a table, with a row for each fact of the documentation that requests can show, and for each price.

A check that did not run says nothing about the service; `needs` says what it would have needed.
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
_RECEIPT: Final = f"{SCHEMAS}/TaskReceipt/properties"
_SNAPSHOT: Final = f"{SCHEMAS}/TaskSnapshot/properties"
_REFUSED: Final = f"{GENERATE}/responses/400"
_AUTH: Final = "#/components/securitySchemes/apiKey"
_VIDEO: Final = f"{_SNAPSHOT}/videoUrl"
_SERVER: Final = "None; check the server or what stands in front of it."
_TABLE: Final = "Correct the row of the model in x-model-table."
_ACCEPTED: Final = "an accepted submission (--max-credits)"
_COMPLETED: Final = "a completed task (--max-credits)"
_FAILED: Final = "a failed task"
_DETAILS: Final = "a refusal that names more than the prompt, or --max-credits"


class Check(NamedTuple):
    """One check.

    Attributes:
        id: Stable, for programs and baselines.
        known: How the fact is known; see `info.description` of the spec.
        statement: The fact, as a sentence.
        pointer: Where the spec says it.
        edit: What to edit there where it is wrong.
        severity: Of a failure; None where the response's schema finds it, or where there is none.
        needs: What shows it; empty for what every run can show.
    """

    id: str
    known: Source
    statement: str
    pointer: str
    edit: str = ""
    severity: Severity | None = "violation"
    needs: str = ""


def price_id(model: str, price: Price) -> str:
    """The id of the check of one row of the price table."""
    return "/".join(("price", model, f"{price.duration}s", *filter(None, (price.resolution,))))


def _prices() -> Iterator[Check]:
    for index, model in enumerate(MODELS.values()):
        known: Source = "inferred" if model.prices_known == "inferred" else "docs"
        for price in model.prices:
            clip = " ".join(filter(None, (f"{price.duration} s", price.resolution)))
            statement = f"{clip} of {model.id} cost {price.credits} credits."
            pointer = f"#/x-model-table/models/{index}/credits"
            yield Check(price_id(model.id, price), known, statement, pointer, "Correct the row", needs=_ACCEPTED)


# fmt: off
_RESPONSES: Final = (
    Check("complete", "docs", "Every response is whole.", f"{GENERATE}/responses", _SERVER),
    Check("documented-status", "page", "Every status is documented.", f"{GENERATE}/responses", "Describe the response."),
    Check("no-redirect", "page", "No request is redirected.", "#/servers", "Correct the server's URL."),
    Check("no-server-error", "page", "No request is an internal error.", f"{GENERATE}/responses/500", _SERVER),
    Check("content-type", "page", "Every response is application/json.", f"{GENERATE}/responses", "Add the type."),
    Check("charset", "inferred", "Every response is in UTF-8.", f"{GENERATE}/responses", _SERVER),
    Check("json", "page", "Every response is JSON, and nothing else.", f"{GENERATE}/responses", "Describe what is sent."),
    Check("schema", "page", "Every response matches its schema.", SCHEMAS, "Describe what was observed."),
    Check("documented-fields", "docs", "Every field is documented.", SCHEMAS, "Describe the field.", "notice"),
    Check("schemathesis", "page", "The checks of schemathesis pass.", "#/paths", "Describe what was observed."),
    Check("unauthorized-body", "page", 'The body of a 401 is {"error": "Unauthorized"}.',
          "#/components/responses/Unauthorized", "Correct the example.", "notice"),
    Check("unknown-task-body", "docs", 'The body of a 404 is {"error": "Task not found"}.',
          f"{TASK}/responses/404", "Correct the example.", "notice"),
    Check("bad-request-message", "page", 'The `error` of a 400 is "Invalid request".', _REFUSED,
          "Correct the examples.", "notice"),
    Check("bad-request-details", "docs", "The `details` of a 400 have formErrors and fieldErrors.",
          f"{SCHEMAS}/InvalidRequestDetails", severity=None),
)
_KEYS: Final = (
    Check("no-key", "page", "A request without a key gets a 401.", f"{GENERATE}/responses/401", _SERVER),
    Check("wrong-key", "page", "A request with a wrong key gets a 401.", f"{GENERATE}/responses/401", _SERVER),
    Check("part-of-key", "page", "A part of a key, and more than a key, get a 401.", _AUTH, _SERVER),
    Check("key-case", "page", "A key in another case gets a 401.", _AUTH, _SERVER),
    Check("other-scheme", "page", "A key in another scheme than Bearer gets a 401.", _AUTH, _SERVER),
    Check("lower-case-scheme", "inferred", "The scheme may be written in lower case.", _AUTH, _SERVER, "notice"),
    Check("task-of-another", "docs", "The task of another account gets a 404.", f"{TASK}/responses/404", _SERVER,
          needs=f"GPTIMAGE2_OTHER_KEY, and {_ACCEPTED}"),
    Check("insufficient-credits", "page", "Who has too few credits gets a 402.", f"{GENERATE}/responses/402",
          "Describe the response.", needs="GPTIMAGE2_POOR_KEY and --max-credits"),
    Check("required-is-quote", "docs", "The `required` of a 402 is the price in the price table.",
          f"{SCHEMAS}/InsufficientCreditsError/properties/required", "Correct the row.", needs="a 402"),
)
_TRANSPORT: Final = (
    Check("allow", "inferred", "Another method gets a 405, and Allow names the right one.", "#/paths", _SERVER),
    Check("head", "inferred", "HEAD gets what GET gets, without a body, or is refused.", TASK, _SERVER),
    Check("options", "inferred", "OPTIONS is answered, or is refused.", GENERATE, _SERVER),
    Check("large-body", "inferred", "A body of 2 MiB is refused.", GENERATE, "Describe the response to a large body."),
    Check("malformed-body", "inferred", "A body that is not JSON is refused with 400.", _REFUSED,
          "Describe the response to a malformed body."),
    Check("unknown-task", "docs", "A task that does not exist gets a 404.", f"{TASK}/responses/404",
          "Describe the response for an unknown task."),
)
_RULES: Final = (
    Check("empty-prompt", "docs", "An empty prompt is refused with 400.", f"{_REQUEST}/prompt",
          "Describe the response to an empty prompt."),
    Check("empty-prompt-message", "docs", 'It is refused as fieldErrors.prompt: ["Prompt is required"].', _REFUSED,
          "Correct the example `fieldErrors`.", "notice"),
    Check("prompt-required", "docs", "A request without a prompt is refused.", f"{SCHEMAS}/VideoRequest/required",
          _SERVER, needs="--max-credits"),
    *(
        Check(check_id, known, statement, pointer, _SERVER, needs=_DETAILS)
        for check_id, known, statement, pointer in (
            ("model-ids", "page", "An unknown model is refused.", f"{SCHEMAS}/TextToVideoModel"),
            ("modes", "page", "An unknown mode is refused.", f"{SCHEMAS}/TextToVideoRequest"),
            ("mode-by-suffix", "page", "A model takes its own mode only.", f"{SCHEMAS}/ImageToVideoModel"),
            ("kling-image-only", "page", "Kling Standard and Pro take images only.", f"{SCHEMAS}/TextToVideoModel"),
            ("image-required", "page", "image_to_video needs an image.", f"{SCHEMAS}/ImageToVideoRequest"),
            ("image-url-http", "inferred", "An image is an http or https URL.", f"{SCHEMAS}/ImageUrl"),
            ("veo-8s", "page", "Veo clips are 8 s long and no other length.", f"{SCHEMAS}/Duration"),
            ("labelled-durations", "docs", "Kling and Hailuo clips last 5 or 10 s.", f"{SCHEMAS}/Duration"),
            ("durations", "page", "A duration that no model has is refused.", f"{SCHEMAS}/Duration"),
            ("field-types", "page", "A field of another JSON type is refused.", _REQUEST),
            ("aspect-ratio-name", "page", "aspectRatio is a field, of text.", f"{_REQUEST}/aspectRatio"),
            ("resolution-name", "inferred", "resolution is a field, of text.", f"{_REQUEST}/resolution"),
        )
    ),
    *(
        Check(check_id, known, statement, pointer, edit, needs=_DETAILS)
        for check_id, known, statement, pointer, edit in (
            ("models-and-modes", "page", "Each of the 16 models is taken in its modes.", "#/x-model-table", _TABLE),
            ("resolution-720p", "inferred", "A Sora clip can be had at 720p.", f"{_REQUEST}/resolution", _TABLE),
            ("resolution-1080p", "inferred", "A Sora clip can be had at 1080p.", f"{_REQUEST}/resolution", _TABLE),
            ("sora-5s", "inferred", "A Sora clip can be 5 s long.", f"{SCHEMAS}/Duration", _TABLE),
            ("sora-10s", "inferred", "A Sora clip can be 10 s long.", f"{SCHEMAS}/Duration", _TABLE),
            ("sora-20s", "inferred", "A Sora clip can be 20 s long.", f"{SCHEMAS}/Duration", _TABLE),
            ("common-durations", "page", "Wan and Seedance take 5, 10, 15 and 20 s.", f"{SCHEMAS}/Duration", _TABLE),
            ("veo-images", "page", "Veo takes images as well as text.", f"{SCHEMAS}/ImageToVideoModel", _TABLE),
            ("seedance-images", "page", "Seedance takes images as well as text.", f"{SCHEMAS}/ImageToVideoModel", _TABLE),
            ("whole-numbers", "inferred", "8.0 is the number 8.", f"{SCHEMAS}/Duration", "Say how a number is written."),
            ("other-fields", "page", "Fields that the spec does not name are accepted.", f"{SCHEMAS}/VideoRequest",
             "Set `additionalProperties: false`, and name what is accepted."),
        )
    ),
    Check("valid-accepted", "page", "A request that the spec calls valid is accepted.",
          f"{SCHEMAS}/GenerateVideoRequest", "Forbid what was refused, for this model."),
    Check("invalid-refused", "page", "A request that the spec calls invalid is refused.",
          f"{SCHEMAS}/GenerateVideoRequest", _SERVER, "charged"),
    Check("certain", "page", "It is certain whether a submission was accepted.", f"{GENERATE}/responses",
          "Look into the dashboard for a charge.", "charged"),
    Check("within-limit", "docs", "A charge is at most 2.4 times its price.", "#/x-model-table",
          "Correct the rows of x-model-table, and ask the service about the charge.", "charged", needs=_ACCEPTED),
)
_TASKS: Final = tuple(
    Check(*row[:4], *row[4:6], needs=row[6] if len(row) > 6 else _ACCEPTED)  # type: ignore[arg-type]
    for row in (
        ("receipt-fields", "page", "A receipt has taskId, status and creditsUsed.", _RECEIPT, "", None),
        ("receipt-pending", "page", "A task is pending (status 0) when it is accepted.", f"{_RECEIPT}/status", _SERVER),
        ("task-id-unique", "page", "Each submission is a task of its own, the same one again too.", f"{_RECEIPT}/taskId", _SERVER),
        ("receipt-readable", "docs", "A task can be read within 30 s of its receipt.", f"{GENERATE}/responses/200/links/getTask", _SERVER),
        ("readable-at-once", "docs", "A task can be read as soon as its receipt is there.", f"{GENERATE}/responses/200/links/getTask",
         "Say how long it takes.", "notice"),
        ("task-id", "docs", "The snapshot is of the task that was asked for.", f"{_SNAPSHOT}/taskId", _SERVER),
        ("snapshot-credits", "docs", "Receipt and snapshots have one creditsUsed.", f"{_SNAPSHOT}/creditsUsed", "Say which of them was charged."),
        ("snapshot-model", "docs", "The model of a snapshot is that of the request.", f"{_SNAPSHOT}/model", _SERVER),
        ("snapshot-prompt", "docs", "The prompt of a snapshot is that of the request.", f"{_SNAPSHOT}/prompt", _SERVER),
        ("dates", "docs", "Dates are ISO 8601, in order, and createdAt never changes.", f"{_SNAPSHOT}/createdAt", "Describe the format."),
        ("task-statuses", "docs", "A task's status is 0, 1 or 2.", f"{SCHEMAS}/TaskStatus", "Describe the status in TaskStatus."),
        ("task-ends", "page", "A task ends within --timeout.", f"{SCHEMAS}/TaskStatus", "Say how long a task may take."),
        ("ended-stays", "docs", "A task that has ended stays as it is.", f"{SCHEMAS}/TaskStatus", _SERVER, "violation", "an ended task (--max-credits)"),
        ("spelling-reference", "docs", "Snapshots are spelled as on the reference page.", f"{_SNAPSHOT}/taskId", "", None),
        ("spelling-quickstart", "docs", "Snapshots are spelled as on the quickstart page.", f"{_SNAPSHOT}/id", "", None),
        ("refunded-boolean", "inferred", "creditsRefunded is a boolean.", f"{_SNAPSHOT}/creditsRefunded", "", None),
        ("video-type", "docs", "The type of a video task is `video`.", f"{_SNAPSHOT}/type", "Correct the description.", "notice"),
        ("video-url", "page", "A completed task names its video.", _VIDEO, "Name the field that leads to the video.", "violation", _COMPLETED),
        ("output-video-url", "inferred", "In the quickstart's spelling the video is outputVideoUrl(s).", f"{_SNAPSHOT}/outputVideoUrl",
         "Correct the name of the field.", "violation", _COMPLETED),
        ("video-elsewhere", "docs", "Videos are on another host than the API.", _VIDEO, "Correct the description.", "notice", _COMPLETED),
        ("video-served", "docs", "The video is served without the key.", _VIDEO, _SERVER, "violation", _COMPLETED),
        ("video-is-video", "docs", "What is served is a video.", _VIDEO, _SERVER, "violation", _COMPLETED),
        ("video-whole", "docs", "The video is served whole.", _VIDEO, _SERVER, "violation", _COMPLETED),
        ("video-range", "inferred", "A part of the video is served as a part.", _VIDEO, _SERVER, "violation", _COMPLETED),
        ("video-expires", "inferred", "The address of a video does not change.", _VIDEO, "Say that it expires.", "notice", _COMPLETED),
        ("failed-says-why", "docs", "A failed task has an errorCode.", f"{_SNAPSHOT}/errorCode", "Correct the description.", "violation", _FAILED),
        ("failed-refunded", "docs", "A failed task is refunded.", f"{_SNAPSHOT}/creditsRefunded", "Describe when a failed task is refunded.",
         "violation", _FAILED),
    )
)
# fmt: on
CHECKS: Final[Mapping[str, Check]] = {
    it.id: it for it in (*_RESPONSES, *_KEYS, *_TRANSPORT, *_RULES, *_TASKS, *_prices())
}
