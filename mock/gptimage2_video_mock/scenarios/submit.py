"""The scenarios of submitting: faults of POST /api/ai/video/generate."""

from __future__ import annotations

from gptimage2_video_mock.scenarios.fault_bodies import (
    BAD_RETRY_AFTER,
    BUSY,
    CONFLICT,
    FORBIDDEN,
    HTML,
    INTERNAL_ERROR,
    OVERLOADED,
    TOO_LARGE,
    TOO_MANY,
    UNAVAILABLE,
    UNPROCESSABLE,
)
from gptimage2_video_mock.scenarios.faults import (
    compress,
    cut_after_id,
    cut_halfway,
    cut_headers,
    flood,
    redirect,
    replace_with,
    reset,
    rewrite_body,
    stall_in_body,
    stall_in_headers,
    too_many_until_a_date,
    with_headers,
    with_status,
    wrong_length,
)
from gptimage2_video_mock.scenarios.scenario import Scenario
from gptimage2_video_mock.scenarios.triggers import every_other

_ROWS = (
    # Not accepted: the service never sees every other submission of the same request.
    ("submit-500", "Answers 500 to {other}", every_other(INTERNAL_ERROR)),
    ("submit-503-html", "Answers 503 in HTML to {other}", every_other(UNAVAILABLE)),
    ("submit-503-retry-after", "Answers 503 with Retry-After to {other}", every_other(BUSY)),
    ("submit-529", "Answers 529 to {other}", every_other(OVERLOADED)),
    ("submit-429", "Answers 429 with Retry-After to {other}", every_other(TOO_MANY)),
    ("submit-429-date", "Answers 429 with a date in Retry-After to {other}", every_other(too_many_until_a_date)),
    ("submit-429-nonsense", "Answers 429 with an odd Retry-After to {other}", every_other(BAD_RETRY_AFTER)),
    ("submit-reset", "Drops the connection at {other}", every_other(reset)),
    ("submit-301", "Redirects {other}, to the host of the videos", every_other(redirect("{cdn}{path}"))),
    ("submit-403", "Answers 403 to {other}", every_other(FORBIDDEN)),
    ("submit-409", "Answers 409 to {other}", every_other(CONFLICT)),
    ("submit-413", "Answers 413 in HTML to {other}", every_other(TOO_LARGE)),
    ("submit-422", "Answers 422 to {other}", every_other(UNPROCESSABLE)),
    # Accepted and debited, and then a bad reply.
    ("submit-500-with-id", "{accepts}, then answers 500 with the receipt in its body", with_status(500)),
    ("submit-502-accepted", "{accepts}, then answers 502", replace_with(502, "<h1>Bad Gateway</h1>", "text/html")),
    ("submit-504-accepted", "{accepts}, then answers 504", replace_with(504, "<h1>Gateway Time-out</h1>", "text/html")),
    ("submit-520-accepted", "{accepts}, then answers 520", replace_with(520, "error code: 520", "text/plain")),
    ("submit-cut-headers", "{accepts}, then cuts the reply in the middle of its headers", cut_headers),
    ("submit-cut-body", "{accepts}, then cuts the reply in the middle of its body", cut_halfway),
    ("submit-cut-after-id", "{accepts}, then cuts the reply behind the task id", cut_after_id),
    ("submit-slow-headers", "{accepts}, then sends a status line and nothing more", stall_in_headers),
    ("submit-slow-body", "{accepts}, then sends half of the body and nothing more", stall_in_body),
    ("submit-empty-body", "{accepts}, then answers 200 without a body", replace_with(200)),
    ("submit-204", "{accepts}, then answers 204", replace_with(204)),
    ("submit-html", "{accepts}, then answers 200 in HTML", replace_with(200, HTML, "text/html")),
    ("submit-no-id", "{accepts}, with a task id that is null", rewrite_body(lambda body: {**body, "taskId": None})),
    ("submit-long-length", "{accepts}, with a Content-Length too large", wrong_length(100)),
    ("submit-short-length", "{accepts}, with a Content-Length too small", wrong_length(-20)),
    ("submit-endless", "{accepts}, with a reply that does not end", flood),
    # Accepted and debited, and answered in an unusual way.
    ("submit-201", "{accepts}, with 201", with_status(201)),
    ("submit-202", "{accepts}, with 202", with_status(202)),
    ("submit-text", "{accepts}, with a receipt sent as text/plain", with_headers(Content_Type="text/plain")),
    ("submit-no-length", "{accepts}, with a reply that ends with the connection", with_headers(Content_Length=None)),
    ("submit-gzip", "{accepts}, with a reply compressed with gzip", compress),
    ("submit-bare", "{accepts}, and sends only the task id", rewrite_body(lambda body: {"taskId": body["taskId"]})),
    ("submit-quickstart", "{accepts}, and names the task id `id`", rewrite_body(lambda body: {"id": body["taskId"]})),
)  # fmt: skip
_PHRASES = {
    "other": "every other submission of the same request; that one is not accepted",
    "accepts": "Accepts and debits every submission",
}
SUBMIT = tuple(Scenario(name=name, about=f"{about.format(**_PHRASES)}.", submit=fault) for name, about, fault in _ROWS)
