"""The service as its documentation describes it, without a network: accounts, rules, tasks, prices and videos.

Written from the documentation alone. Each method decides one thing, so that a fault overrides one method.
"""

import json
import math
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

TEXT, IMAGE = "text_to_video", "image_to_video"
PENDING, COMPLETED, FAILED = 0, 1, 2
URL = re.compile(r"https?://[^/?#\x00-\x20\x7f][^\x00-\x20\x7f]*", re.IGNORECASE)
MAX_BODY = 1024 * 1024  # bytes
# Twenty seconds, as a delivered clip may be longer than asked.
VIDEO = Path(__file__).with_name("video.mp4").read_bytes()


class Model(NamedTuple):
    """What the documentation says of a model; where it says nothing, the plain thing."""

    modes: tuple[str, ...]
    credits: dict[int, int]  # by seconds; the first is the default duration
    dearer_in_1080p: bool = False


SORA, SORA_PRO = {5: 5, 10: 10, 15: 15, 20: 20}, {5: 16, 10: 32, 15: 48, 20: 64}
UNKNOWN_PRICE = {5: 10, 10: 20, 15: 30, 20: 40}
MODELS = {
    "kling/v2-1-standard": Model((IMAGE,), {5: 11, 10: 22}),
    "kling/v2-1-pro": Model((IMAGE,), {5: 21, 10: 42}),
    "kling/v2-1-master-text-to-video": Model((TEXT,), {5: 67, 10: 134}),
    "sora-2-text-to-video": Model((TEXT,), SORA, True),
    "sora-2-pro-text-to-video": Model((TEXT,), SORA_PRO, True),
    "sora-2-image-to-video": Model((IMAGE,), SORA, True),
    "hailuo/02-text-to-video-standard": Model((TEXT,), {5: 13, 10: 21}),
    "hailuo/02-text-to-video-pro": Model((TEXT,), {5: 24, 10: 48}),
    "hailuo/02-image-to-video-standard": Model((IMAGE,), {5: 13, 10: 21}),
    "hailuo/02-image-to-video-pro": Model((IMAGE,), {5: 24, 10: 48}),
    "veo3_fast": Model((TEXT, IMAGE), {8: 9}),
    "veo3": Model((TEXT, IMAGE), {8: 63}),
    "veo3_lite": Model((TEXT, IMAGE), {8: 5}),
    "wan/2-6-text-to-video": Model((TEXT,), UNKNOWN_PRICE, True),
    "wan/2-6-image-to-video": Model((IMAGE,), UNKNOWN_PRICE, True),
    "bytedance/seedance-1.5-pro": Model((TEXT, IMAGE), UNKNOWN_PRICE, True),
}
DURATIONS = {5, 8, 10, 15, 20}


def now() -> float:
    """Seconds on a monotonic clock, which a test may replace."""
    return time.monotonic()


class Keys(NamedTuple):
    """One account each."""

    rich: str
    other: str  # rich, too
    poor: str  # has less than any task costs
    spare: str


@dataclass(frozen=True)
class Request:
    """What came; `headers` finds a name in any case."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes = b""


@dataclass
class Response:
    """What is sent; where `sent` is given only so many bytes of `content` are, and the connection ends."""

    status: int
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    sent: int | None = None


@dataclass
class Task:
    """An accepted submission."""

    id: str
    key: str
    body: dict[str, Any]
    credits: int
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=lambda: now())  # noqa: PLW0108 (so that it can be replaced)


class Service:
    """The right service; `api` and `cdn` are its two base URLs."""

    outcome = COMPLETED

    def __init__(self, seconds_per_task: float = 0.05) -> None:
        self.seconds_per_task = seconds_per_task
        self.keys = Keys(*(f"sk_test_{secrets.token_hex(16)}" for _ in Keys._fields))
        self.credits = dict(zip(self.keys, (100_000, 100_000, 1, 1_000), strict=True))
        self.tasks: list[Task] = []
        self.lock = threading.RLock()
        self.api = self.cdn = ""

    def charged(self, key: str) -> int:
        """Credits that the account has paid and not got back."""
        return sum(task.credits for task in self.tasks if task.key == key and not self.is_refunded(task))

    # Requests to the API

    def respond(self, request: Request) -> Response | None:
        """None closes the connection without a response."""
        match request.path.split("/"):
            case ["", "api", "ai", "video", "generate"]:
                handlers: dict[str, Callable[[str, Request], Response | None]] = {"POST": self.generate}
            case ["", "api", "ai", "tasks", task_id] if task_id:
                poll = partial(self.poll, unquote(task_id))
                handlers = {"GET": poll, "HEAD": poll}
            case _:
                return self.error(404, "Not found")
        if request.method not in handlers:
            return self.wrong_method(request, ", ".join([*handlers, "OPTIONS"]))
        key = self.key_of(request.headers.get("Authorization") or "", request)
        return self.unauthorized(request) if key is None else handlers[request.method](key, request)

    def wrong_method(self, request: Request, allow: str) -> Response | None:
        if request.method == "OPTIONS":
            return Response(204, headers={"Allow": allow})
        response = self.error(405, "Method not allowed")
        response.headers["Allow"] = allow
        return response

    def key_of(self, authorization: str, request: Request) -> str | None:
        scheme, _, key = authorization.partition(" ")
        return key if scheme.lower() == "bearer" and key in self.keys else None

    def unauthorized(self, request: Request) -> Response:
        response = self.error(401, "Unauthorized")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def json(self, status: int, document: object) -> Response:
        return Response(status, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def error(self, status: int, message: str, **rest: object) -> Response:
        return self.json(status, {"error": message, **rest})

    # Submissions

    def generate(self, key: str, request: Request) -> Response | None:
        if len(request.content) > MAX_BODY:
            return self.too_large()
        try:
            body = self.parse(request)
        except (ValueError, RecursionError) as error:
            return self.invalid({}, [str(error) if type(error) is ValueError else "Body is not valid JSON"])
        if problems := self.problems(body):
            return self.invalid(problems, [])
        price = self.price(body)
        with self.lock:
            if self.charged(key) + price > self.credits[key]:
                return self.insufficient(price)
            return self.accept(key, body, price)

    def parse(self, request: Request) -> dict[str, Any]:
        if (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower() != "application/json":
            raise ValueError("Content-Type must be application/json")

        def refuse(constant: str) -> None:
            raise ValueError(f"{constant} is not JSON")

        body = json.loads(request.content.decode("utf-8"), parse_constant=refuse)
        if not isinstance(body, dict):
            raise ValueError("Expected object")  # noqa: TRY004  # refused as a value
        return body

    def too_large(self) -> Response:
        return self.error(413, "Body is too large")

    def invalid(self, problems: dict[str, list[str]], form: list[str]) -> Response:
        return self.error(400, "Invalid request", details={"formErrors": form, "fieldErrors": problems})

    def insufficient(self, price: int) -> Response:
        return self.error(402, "Insufficient credits", required=price)

    def accept(self, key: str, body: dict[str, Any], price: int) -> Response | None:
        task = Task(self.new_id(), key, body, price)
        self.tasks.append(task)
        return self.json(200, self.receipt(task))

    def new_id(self) -> str:
        return "tsk_" + "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(26))

    def receipt(self, task: Task) -> dict[str, Any]:
        return {"taskId": task.id, "status": PENDING, "creditsUsed": task.credits}

    # Rules: each says what is wrong with one field, or nothing

    def problems(self, body: dict[str, Any]) -> dict[str, list[str]]:
        rules: dict[str, Callable[[dict[str, Any]], str | None]] = {
            "prompt": self.prompt_problem,
            "model": self.model_problem,
            "inputMode": self.mode_problem,
            "inputImageUrls": self.images_problem,
            "duration": self.duration_problem,
            "aspectRatio": partial(self.text_problem, "aspectRatio"),
            "resolution": partial(self.text_problem, "resolution"),
        }
        return {name: [problem] for name, rule in rules.items() if (problem := rule(body)) is not None}

    def model(self, body: dict[str, Any]) -> Model | None:
        name = body.get("model")
        return MODELS.get(name) if isinstance(name, str) else None

    def prompt_problem(self, body: dict[str, Any]) -> str | None:
        prompt = body.get("prompt")
        if prompt is None or prompt == "":
            return "Prompt is required"
        return None if isinstance(prompt, str) else "Expected string"

    def model_problem(self, body: dict[str, Any]) -> str | None:
        return "Unknown model" if self.model(body) is None else None

    def mode_problem(self, body: dict[str, Any]) -> str | None:
        mode, model = body.get("inputMode"), self.model(body)
        if mode not in (TEXT, IMAGE):
            return f"Must be {TEXT} or {IMAGE}"
        return f"{body['model']} does not support {mode}" if model and mode not in model.modes else None

    def images_problem(self, body: dict[str, Any]) -> str | None:
        images = body.get("inputImageUrls", [])
        if not isinstance(images, list):
            return "Expected array"
        if not images and body.get("inputMode") == IMAGE:
            return "At least one image is required"
        return None if all(isinstance(url, str) and URL.fullmatch(url) for url in images) else "Invalid URL"

    def duration_problem(self, body: dict[str, Any]) -> str | None:
        duration, model = body.get("duration"), self.model(body)
        if "duration" in body and (isinstance(duration, bool) or not isinstance(duration, int | float)):
            return "Expected number"
        allowed = set(model.credits) if model else DURATIONS
        return f"Must be one of {sorted(allowed)}" if "duration" in body and duration not in allowed else None

    def text_problem(self, name: str, body: dict[str, Any]) -> str | None:
        return None if isinstance(body.get(name, ""), str) else "Expected string"

    def price(self, body: dict[str, Any]) -> int:
        model = self.model(body) or MODELS["veo3_lite"]  # a fault accepts others
        default, *_ = model.credits
        duration = body.get("duration")
        price = model.credits.get(duration if isinstance(duration, int | float) else default, model.credits[default])
        return math.ceil(price * 1.5) if model.dearer_in_1080p and body.get("resolution") == "1080p" else price

    # Tasks

    def poll(self, task_id: str, key: str, request: Request) -> Response | None:
        task = self.find(task_id, key)
        return self.error(404, "Task not found") if task is None else self.json(200, self.snapshot(task))

    def find(self, task_id: str, key: str) -> Task | None:
        return next((task for task in reversed(self.tasks) if (task.id, task.key) == (task_id, key)), None)

    def status(self, task: Task) -> int:
        return self.outcome if now() >= task.started + self.seconds_per_task else PENDING

    def is_refunded(self, task: Task) -> bool:
        return self.status(task) == FAILED

    def snapshot(self, task: Task) -> dict[str, Any]:
        status = self.status(task)
        failed, ended = status == FAILED, timedelta(seconds=self.seconds_per_task if status != PENDING else 0)
        return {
            "taskId": task.id,
            "type": "video",
            "status": status,
            "model": task.body["model"],
            "prompt": task.body["prompt"],
            "imageUrls": [],
            "videoUrl": f"{self.cdn}/videos/{task.id}.mp4" if status == COMPLETED else None,
            "errorCode": "EMPTY_RESULT" if failed else None,
            "errorMessage": "The provider reported success but returned no video." if failed else None,
            "creditsUsed": task.credits,
            "creditsRefunded": self.is_refunded(task),
            "createdAt": self.date(task.created),
            "updatedAt": self.date(task.created + ended),
        }

    def date(self, moment: datetime) -> str:
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    # Requests to the host of the videos, which knows no keys

    def fetch(self, request: Request) -> Response | None:
        if request.method not in ("GET", "HEAD"):
            return Response(405, headers={"Allow": "GET, HEAD"})
        paths = (f"/videos/{task.id}.mp4" for task in self.tasks if self.status(task) == COMPLETED)
        return self.video(request) if request.path in paths else Response(404)

    def video(self, request: Request) -> Response:
        headers = {"Content-Type": "video/mp4", "Accept-Ranges": "bytes", "ETag": '"video-1"'}
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range") or "")
        validator = request.headers.get("If-Range") or headers["ETag"]
        if not wanted or wanted[0] == "bytes=-" or validator != headers["ETag"]:
            return Response(200, VIDEO, headers)
        first, last = wanted[1], wanted[2]
        start = int(first) if first else max(0, len(VIDEO) - int(last))
        end = min(int(last), len(VIDEO) - 1) if first and last else len(VIDEO) - 1
        if start > end:
            return Response(416, headers={"Content-Range": f"bytes */{len(VIDEO)}"})
        headers["Content-Range"] = f"bytes {start}-{end}/{len(VIDEO)}"
        return Response(206, VIDEO[start : end + 1], headers)
