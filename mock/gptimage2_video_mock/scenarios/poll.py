"""The scenarios of polling: faults of GET /api/ai/tasks/{id}."""

from __future__ import annotations

from gptimage2_video_mock.scenarios.fault_bodies import (
    BAD_GATEWAY,
    BAD_RETRY_AFTER,
    BUSY,
    FORBIDDEN,
    GATEWAY_TIMEOUT,
    HTML,
    INTERNAL_ERROR,
    NOT_FOUND,
    OVERLOADED,
    TOO_MANY,
    UNAVAILABLE,
    UNKNOWN_ERROR,
)
from gptimage2_video_mock.scenarios.faults import (
    compress,
    cut_halfway,
    cut_headers,
    drop_response,
    flood,
    redirect,
    replace_with,
    stall_in_body,
    stall_in_headers,
    too_many_until_a_date,
    with_headers,
    with_status,
    wrong_length,
)
from gptimage2_video_mock.scenarios.scenario import Scenario
from gptimage2_video_mock.scenarios.triggers import first

_ROWS = (
    ("poll-500", "Answers 500 to {first}", first(INTERNAL_ERROR)),
    ("poll-500-always", "Answers 500 to every poll", INTERNAL_ERROR),
    ("poll-502", "Answers 502 in HTML to {first}", first(BAD_GATEWAY)),
    ("poll-503-html", "Answers 503 in HTML to {first}", first(UNAVAILABLE)),
    ("poll-503-retry-after", "Answers 503 with Retry-After to {first}", first(BUSY)),
    ("poll-504", "Answers 504 in HTML to {first}", first(GATEWAY_TIMEOUT)),
    ("poll-520", "Answers 520 to {first}", first(UNKNOWN_ERROR)),
    ("poll-529", "Answers 529 to {first}", first(OVERLOADED)),
    ("poll-429", "Answers 429 with Retry-After to {first}", first(TOO_MANY)),
    ("poll-429-date", "Answers 429 with a date in Retry-After to {first}", first(too_many_until_a_date)),
    ("poll-429-nonsense", "Answers 429 with nonsense in Retry-After to {first}", first(BAD_RETRY_AFTER)),
    ("poll-404-at-first", "Answers 404 to {first}", first(NOT_FOUND)),
    ("poll-403", "Answers 403 to every poll", FORBIDDEN),
    ("poll-301", "Redirects every poll, to the host of the videos", redirect("{cdn}{path}")),
    ("cut-poll", "Cuts the reply to {first} half way", first(cut_halfway)),
    ("poll-reset", "Drops the connection at {first}", first(drop_response)),
    ("poll-cut-headers", "Cuts the reply to {first} in the middle of its headers", first(cut_headers)),
    ("poll-slow-headers", "Sends a status line and nothing more to {first}", first(stall_in_headers)),
    ("poll-slow-body", "Sends half of the body and nothing more to {first}", first(stall_in_body)),
    ("poll-empty-body", "Answers 200 without a body to {first}", first(replace_with(200))),
    ("poll-204", "Answers 204 to {first}", first(replace_with(204))),
    ("poll-202", "Answers every poll with 202", with_status(202)),
    ("poll-html", "Answers 200 in HTML to {first}", first(replace_with(200, HTML, "text/html"))),
    ("poll-text", "Sends every snapshot as text/plain", with_headers(Content_Type="text/plain")),
    ("poll-long-length", "Declares a Content-Length too large in the reply to {first}", first(wrong_length(100))),
    ("poll-short-length", "Declares a Content-Length too small in the reply to {first}", first(wrong_length(-20))),
    ("poll-no-length", "Sends every reply without Content-Length", with_headers(Content_Length=None)),
    ("poll-gzip", "Compresses every snapshot with gzip", compress),
    (
        "poll-false-gzip",
        "Labels as gzip the uncompressed reply to {first}",
        first(with_headers(Content_Encoding="gzip")),
    ),
    ("poll-endless", "Sends a reply that does not end to {first}", first(flood)),
)
_FIRST = "the first poll of each task"
POLL = tuple(Scenario(name=name, about=f"{about.format(first=_FIRST)}.", poll=fault) for name, about, fault in _ROWS)
