"""The scenarios of downloading: what becomes of a video on its own host. A table; the faults are in `faults`."""

from __future__ import annotations

from gptimage2_video_mock.api.snapshots import numbered_address
from gptimage2_video_mock.scenarios import fault_bodies
from gptimage2_video_mock.scenarios.faults import (
    changed,
    compress,
    cut_halfway,
    cut_headers,
    cut_to_pieces,
    expire_first_address,
    flood,
    instead,
    lose_reply,
    misannounced,
    ration,
    redirect,
    redirect_to_another_host,
    reply,
    stall_in_body,
    stall_in_headers,
)
from gptimage2_video_mock.scenarios.scenario import Scenario
from gptimage2_video_mock.scenarios.triggers import first

_ESCAPING = 'attachment; filename="../../escaped.mp4"'
_ROWS = (
    ("cut-download", "Cuts {first} half way", first(cut_halfway)),
    ("download-cut-repeatedly", "Cuts every download half way, but never before 4 KiB have come", cut_to_pieces),
    ("download-rationed", "Cuts a whole video half way, and sends at most 4 KiB of a range", ration),
    ("download-cut-headers", "Cuts the reply to {first} in the middle of its headers", first(cut_headers)),
    ("download-reset", "Drops the connection at {first}", first(lose_reply)),
    ("download-reset-always", "Drops the connection at every download", lose_reply),
    ("download-slow-headers", "Sends a status line and nothing more to {first}", first(stall_in_headers)),
    ("download-slow-body", "Sends half of the video and nothing more to {first}", first(stall_in_body)),
    ("download-404-at-first", "Does not know the video at {first}", first(fault_bodies.NOT_FOUND)),
    ("download-404-always", "Never knows a video", fault_bodies.NOT_FOUND),
    ("download-403-always", "Answers 403 to every download, as where an address has expired", fault_bodies.FORBIDDEN),
    ("download-429", "Answers 429 with Retry-After to {first}", first(fault_bodies.TOO_MANY)),
    ("download-503-html", "Answers 503 in HTML to {first}", first(fault_bodies.UNAVAILABLE)),
    ("download-redirect", "Redirects every download to another host, which has the video", redirect_to_another_host),
    ("download-redirect-loop", "Redirects every download to itself", redirect("{cdn}{path}")),
    ("download-redirect-file", "Redirects every download to a file", redirect("file:///etc/hostname")),
    ("download-empty", "Answers 200 without a body to {first}", first(instead(200, "", "video/mp4"))),
    ("download-204", "Answers 204 to every download", instead(204)),
    ("download-html", "Answers 200 in HTML to every download", instead(200, fault_bodies.HTML, "text/html")),
    ("download-json", "Answers 200 in JSON to every download", reply(200, '{"error": "Not found"}')),
    ("download-text", "Calls every video plain text", changed(Content_Type="text/plain")),
    ("download-octets", "Calls every video a stream of octets", changed(Content_Type="application/octet-stream")),
    ("download-long-length", "Announces more bytes than come in the reply to {first}", first(misannounced(100))),
    ("download-no-length", "Ends every video with the connection", changed(Content_Length=None)),
    ("download-gzip", "Packs every video with gzip", compress),
    ("download-endless", "Sends a video that does not end to {first}", first(flood)),
    ("download-escaping-name", "Names every video ../../escaped.mp4", changed(Content_Disposition=_ESCAPING)),
)
_FIRST = "the first download of each task's video"
DOWNLOAD = (
    *(Scenario(name=name, about=f"{about.format(first=_FIRST)}.", download=fault) for name, about, fault in _ROWS),
    Scenario(
        name="download-expired",
        about="Answers 403 to the first address of each task's video; every poll names a new one.",
        download=expire_first_address,
        spelling=numbered_address,
    ),
)
