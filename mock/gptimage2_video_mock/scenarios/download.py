"""The scenarios of downloading: faults of the CDN."""

from __future__ import annotations

from gptimage2_video_mock.api.snapshots import expiring_url
from gptimage2_video_mock.scenarios.fault_bodies import (
    FORBIDDEN,
    HTML,
    NOT_FOUND,
    TOO_MANY,
    UNAVAILABLE,
)
from gptimage2_video_mock.scenarios.faults import (
    compress,
    cut_halfway,
    cut_headers,
    cut_to_pieces,
    drop_response,
    expire_first_url,
    flood,
    redirect,
    redirect_to_another_host,
    replace_with,
    reply,
    short_ranges,
    stall_in_body,
    stall_in_headers,
    with_headers,
    wrong_length,
)
from gptimage2_video_mock.scenarios.scenario import Scenario
from gptimage2_video_mock.scenarios.triggers import first

_ESCAPING = 'attachment; filename="../../escaped.mp4"'
_ROWS = (
    ("cut-download", "Cuts {first} half way", first(cut_halfway)),
    ("download-cut-repeatedly", "Cuts every download half way, but never before 4 KiB have come", cut_to_pieces),
    ("download-rationed", "Cuts a whole video half way, and sends at most 4 KiB of a range", short_ranges),
    ("download-cut-headers", "Cuts the reply to {first} in the middle of its headers", first(cut_headers)),
    ("download-reset", "Drops the connection at {first}", first(drop_response)),
    ("download-reset-always", "Drops the connection at every download", drop_response),
    ("download-slow-headers", "Sends a status line and nothing more to {first}", first(stall_in_headers)),
    ("download-slow-body", "Sends half of the video and nothing more to {first}", first(stall_in_body)),
    ("download-404-at-first", "Answers 404 to {first}", first(NOT_FOUND)),
    ("download-404-always", "Answers 404 to every download", NOT_FOUND),
    ("download-403-always", "Answers 403 to every download, as where a URL has expired", FORBIDDEN),
    ("download-429", "Answers 429 with Retry-After to {first}", first(TOO_MANY)),
    ("download-503-html", "Answers 503 in HTML to {first}", first(UNAVAILABLE)),
    ("download-redirect", "Redirects every download to another host, which has the video", redirect_to_another_host),
    ("download-redirect-loop", "Redirects every download to itself", redirect("{cdn}{path}")),
    ("download-redirect-file", "Redirects every download to a file", redirect("file:///etc/hostname")),
    ("download-empty", "Answers 200 without a body to {first}", first(replace_with(200, "", "video/mp4"))),
    ("download-204", "Answers 204 to every download", replace_with(204)),
    ("download-html", "Answers 200 in HTML to every download", replace_with(200, HTML, "text/html")),
    ("download-json", "Answers 200 in JSON to every download", reply(200, '{"error": "Not found"}')),
    ("download-text", "Sends every video as text/plain", with_headers(Content_Type="text/plain")),
    (
        "download-octets",
        "Sends every video as application/octet-stream",
        with_headers(Content_Type="application/octet-stream"),
    ),
    ("download-long-length", "Declares a Content-Length too large in the reply to {first}", first(wrong_length(100))),
    ("download-no-length", "Sends every video without Content-Length", with_headers(Content_Length=None)),
    ("download-gzip", "Compresses every video with gzip", compress),
    ("download-endless", "Sends a video that does not end to {first}", first(flood)),
    ("download-escaping-name", "Names every video ../../escaped.mp4", with_headers(Content_Disposition=_ESCAPING)),
)
_FIRST = "the first download of each task's video"
DOWNLOAD = (
    *(Scenario(name=name, about=f"{about.format(first=_FIRST)}.", download=fault) for name, about, fault in _ROWS),
    Scenario(
        name="download-expired",
        about="Answers 403 to the first URL of each task's video; every poll names a new one.",
        download=expire_first_url,
        serialize=expiring_url,
    ),
)
