"""What a program in any language must have seen of the mock, and what the mock must have seen of the program.

Lives here: the truth, taken from the spec and from the mock itself, and the comparison. Not here: running the program
(`polyglot`). README.md tells the cases to those who write a program.
"""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import httpx
import yaml
from matrix import ROOT

from gptimage2_video_mock import MockServer

KEY: Final = "test-key"
SPEC: Final[dict[str, Any]] = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
_MEDIA: Final = SPEC["paths"]["/api/ai/video/generate"]["post"]["requestBody"]["content"]["application/json"]
EXAMPLES: Final[dict[str, dict[str, Any]]] = {name: told["value"] for name, told in _MEDIA["examples"].items()}
FIRST: Final = "sora2TextToVideo"  # what every program plays the scenarios with: the documentation's own example

_FAILED: Final = {"status": 2, "creditsRefunded": True}
# What ends in an error or a failure is the same for every request; `sha256` is that of the first example's video.
_FIXED: Final[dict[str, dict[str, Any]]] = {
    "failed": {
        **_FAILED,
        "errorCode": "EMPTY_RESULT",
        "errorMessage": "The provider reported success but returned no video.",
    },
    "unknown-error-code": {**_FAILED, "errorCode": "NSFW_2", "errorMessage": None},
    "integer-error-code": {**_FAILED, "errorCode": 1304, "errorMessage": "The provider refused the prompt."},
    "bad-request": {
        "httpStatus": 400,
        "error": "Invalid request",
        "fieldErrors": {"prompt": ["Prompt is required"]},
        "formErrors": [],
    },
    "unauthorized": {"httpStatus": 401, "error": "Unauthorized"},
    "unauthorized-task": {"httpStatus": 401, "error": "Unauthorized"},
    "not-found": {"httpStatus": 404, "error": "Task not found"},
    "server-error": {"httpStatus": 500, "error": "Internal server error"},
    "lost-reply": {"answered": False},
}
# Submissions that the program makes under a scenario, of the first example.
_SCENARIOS: Final = {
    "failed": "failed",
    "unknown-error-code": "unknown-error-code",
    "integer-error-code": "integer-error-code",
    "unknown-status": "unknown-status",
    "quickstart": "quickstart",
    "extra-fields": "extra-fields",
    "null-fields": "null-fields",
    "missing-fields": "missing-fields",
    "insufficient-credits": "insufficient-credits",
    "server-error": "submit-500",
    "lost-reply": "lost-reply",
}
_NOT_ACCEPTED: Final = ("insufficient-credits", "server-error")


@contextmanager
def moving(server: MockServer) -> Iterator[None]:
    """Each task ends once it was looked at: whoever polls sees it pending first, and waits for no clock."""
    stop = threading.Event()

    def follow() -> None:
        seen: set[str] = set()
        while not stop.wait(0.002):
            looks = {look.path for look in server.requests if "/api/ai/tasks/" in look.path and look.status}
            if looks - seen:
                server.clock.advance(60)
            seen |= looks

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def truth(server: MockServer) -> dict[str, dict[str, Any]]:
    """What a program must see, by case: the answers of a mock that behaves, taken with a bare HTTP client."""
    seen = {name: _played(server, request) for name, request in EXAMPLES.items()}
    server.reset()
    first = {"sha256": seen[FIRST]["sha256"]}
    done = {"status": 1, **first}
    return {
        **seen,
        **_FIXED,
        "unknown-status": {"statuses": [7, 1], **first},
        "quickstart": {"id": True, "creditRefunded": False, **done},
        "extra-fields": done,
        "null-fields": done,
        "missing-fields": done,
        "insufficient-credits": {
            "httpStatus": 402,
            "error": "Insufficient credits",
            "required": seen[FIRST]["creditsUsed"],
        },
    }


def _played(server: MockServer, request: Mapping[str, Any]) -> dict[str, Any]:
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {KEY}"}) as http:
        receipt = http.post("/api/ai/video/generate", json=request).raise_for_status().json()
        server.clock.advance(60)
        task = http.get(f"/api/ai/tasks/{receipt['taskId']}").raise_for_status().json()
    return {
        "receiptStatus": receipt["status"],
        "creditsUsed": receipt["creditsUsed"],
        "status": task["status"],
        "model": task["model"],
        "sha256": hashlib.sha256(video(server, receipt["taskId"])).hexdigest(),
    }


def video(server: MockServer, task_id: str) -> bytes:
    """The video of a task that has ended."""
    return httpx.get(f"{server.cdn_url}/videos/{task_id}.mp4").raise_for_status().content


def objects(out: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that a program printed, one a line.

    Raises:
        ValueError: A line is no object.
    """
    for line in filter(str.strip, out.splitlines()):
        told = json.loads(line)
        if not isinstance(told, dict):
            raise ValueError(f"{line[:80]!r} is no object")  # noqa: TRY004  (as what cannot be parsed)
        yield told


def misseen(told: Iterable[Mapping[str, Any]], expected: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Where what a program saw is not what it should have, in words. The name of an error's type is its own affair."""
    cases = list(told)
    count = Counter(case.get("case") for case in cases)
    for name, times in count.items():
        if name not in expected or times > 1:
            yield f"it tells the case {name} {times} times"
    seen = {case.get("case"): case.get("saw") for case in cases}
    for name, wanted in expected.items():
        saw = seen.get(name)
        saw = {key: value for key, value in saw.items() if key != "type"} if isinstance(saw, dict) else saw
        if dict(wanted) != saw:
            yield f"{name}: saw {saw}, expected {dict(wanted)}"


def _submissions() -> list[tuple[str, dict[str, Any]]]:
    """Scenario and body of every submission that the program makes, each once and nothing repeated."""
    first = EXAMPLES[FIRST]
    plain = [*EXAMPLES.values(), {**first, "prompt": ""}, first]
    return [("reference", body) for body in plain] + [(scenario, first) for scenario in _SCENARIOS.values()]


def misbehaved(server: MockServer) -> Iterator[str]:
    """Where the mock's own log and books say that the program did wrong, in words."""
    posts = [(seen.scenario, seen.body.decode()) for seen in server.requests if seen.method == "POST"]
    sent = Counter((scenario, _canonical(body)) for scenario, body in posts)
    wanted = Counter((scenario, _canonical(json.dumps(body))) for scenario, body in _submissions())
    for what, count in sorted(((sent - wanted) + (wanted - sent)).items()):
        more = "too often" if sent[what] > wanted[what] else "too rarely"
        yield f"a submission was sent {count} times {more}, under {what[0]}: {what[1]}"
    for seen in server.requests:
        if seen.side == "cdn" and KEY in str((seen.path, seen.headers)):
            yield f"the key went to the host of the videos: {seen.path}"
    debits = sum(entry.kind == "debit" for entry in server.ledger(KEY))
    accepted = len(EXAMPLES) + len(_SCENARIOS) - len(_NOT_ACCEPTED)
    if accepted != debits:
        yield f"the mock debited {debits} tasks, expected {accepted}"


def _canonical(body: str) -> str:
    """A body whose fields have no order; a name that stands twice in it stays visible."""
    return json.dumps(json.loads(body, object_pairs_hook=lambda pairs: sorted(pairs, key=lambda pair: pair[0])))
