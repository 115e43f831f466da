"""Replies of gateways and of a failing service, as faults that answer in its place."""

from __future__ import annotations

from gptimage2_video_mock.scenarios.faults import reply

HTML = "<!DOCTYPE html>\n<title>Hello</title>\n<h1>Please sign in to the network</h1>\n"
INTERNAL_ERROR = reply(500, '{"error": "Internal server error"}')
UNAVAILABLE = reply(503, "<!DOCTYPE html>\n<title>503</title>\n<h1>Service Temporarily Unavailable</h1>\n", "text/html")
BAD_GATEWAY = reply(502, "<html><h1>502 Bad Gateway</h1></html>", "text/html")
GATEWAY_TIMEOUT = reply(504, "<html><h1>504 Gateway Time-out</h1></html>", "text/html")
UNKNOWN_ERROR = reply(520, "error code: 520", "text/plain")
OVERLOADED = reply(529, '{"error": "Overloaded"}')
BUSY = reply(503, '{"error": "Busy"}', Retry_After="3")
TOO_MANY = reply(429, '{"error": "Too many requests"}', Retry_After="1")
BAD_RETRY_AFTER = reply(429, '{"error": "Too many requests"}', Retry_After="after lunch")
FORBIDDEN = reply(403, '{"error": "Forbidden"}')
CONFLICT = reply(409, '{"error": "Conflict"}')
TOO_LARGE = reply(413, "<html><h1>413 Request Entity Too Large</h1></html>", "text/html")
UNPROCESSABLE = reply(422, '{"error": "Unprocessable"}')
NOT_FOUND = reply(404, '{"error": "Task not found"}')
