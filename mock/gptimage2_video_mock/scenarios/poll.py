"""The scenarios of polling: what becomes of GET /api/ai/tasks/{id}. A table; the faults are in `faults`."""

from __future__ import annotations

from gptimage2_video_mock.scenarios import fault_bodies
from gptimage2_video_mock.scenarios.faults import (
    changed,
    compress,
    cut_halfway,
    cut_headers,
    flood,
    instead,
    lose_reply,
    misannounced,
    redirect,
    restated,
    stall_in_body,
    stall_in_headers,
    too_many_until_a_date,
)
from gptimage2_video_mock.scenarios.scenario import Scenario
from gptimage2_video_mock.scenarios.triggers import first

_ROWS = (
    ("poll-500", "Answers 500 to {first}", first(fault_bodies.INTERNAL_ERROR)),
    ("poll-500-always", "Answers 500 to every poll", fault_bodies.INTERNAL_ERROR),
    ("poll-502", "Answers 502 in HTML to {first}", first(fault_bodies.BAD_GATEWAY)),
    ("poll-503-html", "Answers 503 in HTML to {first}", first(fault_bodies.UNAVAILABLE)),
    ("poll-503-retry-after", "Answers 503 with Retry-After to {first}", first(fault_bodies.BUSY)),
    ("poll-504", "Answers 504 in HTML to {first}", first(fault_bodies.GATEWAY_TIMEOUT)),
    ("poll-520", "Answers 520 to {first}", first(fault_bodies.UNKNOWN_ERROR)),
    ("poll-529", "Answers 529 to {first}", first(fault_bodies.OVERLOADED)),
    ("poll-429", "Answers 429 with Retry-After to {first}", first(fault_bodies.TOO_MANY)),
    ("poll-429-date", "Answers 429 with a date in Retry-After to {first}", first(too_many_until_a_date)),
    ("poll-429-nonsense", "Answers 429 with nonsense in Retry-After to {first}", first(fault_bodies.BAD_RETRY_AFTER)),
    ("poll-404-at-first", "Does not know a task at {first}", first(fault_bodies.NOT_FOUND)),
    ("poll-403", "Answers 403 to every poll", fault_bodies.FORBIDDEN),
    ("poll-301", "Redirects every poll, to the host of the videos", redirect("{cdn}{path}")),
    ("cut-poll", "Cuts the reply to {first} half way", first(cut_halfway)),
    ("poll-reset", "Drops the connection at {first}", first(lose_reply)),
    ("poll-cut-headers", "Cuts the reply to {first} in the middle of its headers", first(cut_headers)),
    ("poll-slow-headers", "Sends a status line and nothing more to {first}", first(stall_in_headers)),
    ("poll-slow-body", "Sends half of the body and nothing more to {first}", first(stall_in_body)),
    ("poll-empty-body", "Answers 200 without a body to {first}", first(instead(200))),
    ("poll-204", "Answers 204 to {first}", first(instead(204))),
    ("poll-202", "Answers every poll with 202", restated(202)),
    ("poll-html", "Answers 200 in HTML to {first}", first(instead(200, fault_bodies.HTML, "text/html"))),
    ("poll-text", "Calls every snapshot plain text", changed(Content_Type="text/plain")),
    ("poll-long-length", "Announces more bytes than come in the reply to {first}", first(misannounced(100))),
    ("poll-short-length", "Announces fewer bytes than come in the reply to {first}", first(misannounced(-20))),
    ("poll-no-length", "Ends the reply to every poll with the connection", changed(Content_Length=None)),
    ("poll-gzip", "Packs every snapshot with gzip", compress),
    ("poll-false-gzip", "Says gzip of what is none in the reply to {first}", first(changed(Content_Encoding="gzip"))),
    ("poll-endless", "Sends a reply that does not end to {first}", first(flood)),
)
_FIRST = "the first poll of each task"
POLL = tuple(Scenario(name=name, about=f"{about.format(first=_FIRST)}.", poll=fault) for name, about, fault in _ROWS)
