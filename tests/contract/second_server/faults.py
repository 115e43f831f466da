"""Faults that strangers' services had, each as the one thing in which the second server is then wrong.

A fault is a subclass of `Service`: its name in kebab case is the fault's name, its docstring the sentence.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .service import (
    COMPLETED,
    FAILED,
    IMAGE,
    MODELS,
    PENDING,
    TEXT,
    VIDEO,
    Request,
    Response,
    Service,
    Task,
)

Document = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """A fault, and where it comes from: a public report, "issue 18", or "documentation" where it is an invention."""

    name: str
    sentence: str
    source: str
    service: type[Service]


FAULTS: dict[str, Fault] = {}
ISSUE = "issue 18"
DOCUMENTATION = "documentation"


def fault(source: str) -> Callable[[type[Service]], type[Service]]:
    """Put the class into `FAULTS`; a source without a scheme is a thread on GitHub."""

    def put(service: type[Service]) -> type[Service]:
        name = re.sub(r"(?<!^)(?=[A-Z]|(?<=\D)\d)", "-", service.__name__).lower()
        where = f"https://github.com/{source}" if "/" in source else source
        FAULTS[name] = Fault(name, service.__doc__ or "", where, service)
        return service

    return put


class Counting(Service):
    """What some faults need: how often something happened to a task."""

    def __init__(self, seconds_per_task: float = 0.05) -> None:
        super().__init__(seconds_per_task)
        self.counts: Counter[str] = Counter()

    def count(self, what: str) -> int:
        """How often this was asked, this time included."""
        self.counts[what] += 1
        return self.counts[what]


# The rules of a submission


@fault(ISSUE)
class UnknownModelAccepted(Service):
    """A model that there is not is accepted and charged."""

    def model_problem(self, body: Document) -> str | None:
        return None if isinstance(body.get("model"), str) else super().model_problem(body)


@fault(ISSUE)
class TextModelInImageMode(Service):
    """A model that makes videos from text alone is accepted in image mode."""

    def mode_problem(self, body: Document) -> str | None:
        return None if body.get("inputMode") == IMAGE else super().mode_problem(body)


@fault(ISSUE)
class ImageModelInTextMode(Service):
    """A model that makes videos from images alone is accepted in text mode."""

    def mode_problem(self, body: Document) -> str | None:
        return None if body.get("inputMode") == TEXT else super().mode_problem(body)


@fault(ISSUE)
class NoImageInImageMode(Service):
    """Image mode is accepted without an image."""

    def images_problem(self, body: Document) -> str | None:
        return super().images_problem({**body, "inputMode": TEXT})


def accepts_duration(prefix: str, seconds: int) -> type[Service]:
    """A service that lets the models of a family have one duration more."""

    class Accepting(Service):
        def duration_problem(self, body: Document) -> str | None:
            one_more = str(body.get("model")).startswith(prefix) and body.get("duration") == seconds
            return None if one_more else super().duration_problem(body)

    return Accepting


@fault(ISSUE)
class VeoAtFiveSeconds(accepts_duration("veo3", 5)):
    """Veo is accepted at 5 s; its clips are 8 s long."""


@fault(ISSUE)
class KlingAtFifteenSeconds(accepts_duration("kling/", 15)):
    """Kling is accepted at 15 s; it knows 5 and 10."""


@fault(ISSUE)
class HailuoAtFifteenSeconds(accepts_duration("hailuo/", 15)):
    """Hailuo is accepted at 15 s; it knows 5 and 10."""


@fault(ISSUE)
class EmptyPromptAccepted(Service):
    """An empty prompt is accepted and charged."""

    def prompt_problem(self, body: Document) -> str | None:
        return None if body.get("prompt") == "" else super().prompt_problem(body)


@fault(ISSUE)
class ImageNotAnUrl(Service):
    """Any text is accepted as the URL of an image."""

    def images_problem(self, body: Document) -> str | None:
        problem = super().images_problem(body)
        return (
            None
            if problem == "Invalid URL" and all(isinstance(url, str) for url in body["inputImageUrls"])
            else problem
        )


@fault(ISSUE)
class WrongTypesAccepted(Service):
    """A prompt that is a number, a duration that is text and a resolution that is a number are accepted."""

    def prompt_problem(self, body: Document) -> str | None:
        problem = super().prompt_problem(body)
        return None if problem == "Expected string" else problem

    def duration_problem(self, body: Document) -> str | None:
        problem = super().duration_problem(body)
        return None if problem == "Expected number" else problem

    def text_problem(self, name: str, body: Document) -> str | None:
        return None


@fault(DOCUMENTATION)
class UnknownPropertyRefused(Service):
    """A provider-specific control is refused as an unknown field."""

    def problems(self, body: Document) -> dict[str, list[str]]:
        known = {"prompt", "model", "inputMode", "inputImageUrls", "duration", "aspectRatio", "resolution"}
        return super().problems(body) | {name: ["Unrecognized key"] for name in body.keys() - known}


@fault(DOCUMENTATION)
class ModelWithdrawn(Service):
    """One of the documented models, veo3_fast, is refused as unknown."""

    def model_problem(self, body: Document) -> str | None:
        return "Unknown model" if body.get("model") == "veo3_fast" else super().model_problem(body)


@fault(DOCUMENTATION)
class SeedanceRefusesImages(Service):
    """Seedance, which takes both modes, is refused in image mode."""

    def mode_problem(self, body: Document) -> str | None:
        refused = str(body.get("model")).startswith("bytedance/") and body.get("inputMode") == IMAGE
        return "Not supported" if refused else super().mode_problem(body)


@fault(DOCUMENTATION)
class DurationRequired(Service):
    """A submission without a duration is refused, though nothing requires one."""

    def duration_problem(self, body: Document) -> str | None:
        return super().duration_problem(body) if "duration" in body else "Required"


# Refusals


@fault(ISSUE)
class RequiredMissing(Service):
    """A 402 does not say how many credits are required."""

    def insufficient(self, price: int) -> Response:
        return self.error(402, "Insufficient credits")


@fault(DOCUMENTATION)
class RequiredZero(Service):
    """A 402 says that 0 credits are required."""

    def insufficient(self, price: int) -> Response:
        return super().insufficient(0)


@fault("anthropics/anthropic-sdk-typescript/issues/618")
class InsufficientIs400(Service):
    """Too few credits are answered as an invalid request, with 400."""

    def insufficient(self, price: int) -> Response:
        return self.error(400, "Your credit balance is too low")


@fault("pollinations/pollinations/pull/6196")
class InvalidIs500(Service):
    """An invalid request is answered with 500, as if it could be sent again."""

    def invalid(self, problems: dict[str, list[str]], form: list[str]) -> Response:
        return self.error(500, "Internal server error")


@fault("FMXExpress/Text2Video-Desktop-Client/issues/1")
class InvalidIs422(Service):
    """An invalid request is answered with 422 and a list under `detail`."""

    def invalid(self, problems: dict[str, list[str]], form: list[str]) -> Response:
        return self.json(422, {"detail": [{"loc": ["body", name], "msg": text[0]} for name, text in problems.items()]})


@fault(DOCUMENTATION)
class FieldErrorsAsText(Service):
    """A field's errors are one text instead of a list."""

    def invalid(self, problems: dict[str, list[str]], form: list[str]) -> Response:
        details = {"formErrors": form, "fieldErrors": {name: text[0] for name, text in problems.items()}}
        return self.error(400, "Invalid request", details=details)


@fault("meetecho/janus-gateway/issues/40")
class ErrorsWith200(Service):
    """Every error is sent with status 200."""

    def error(self, status: int, message: str, **rest: object) -> Response:
        return self.json(200, {"error": message, **rest, "code": status})


@fault("hashicorp/consul-terraform-sync/pull/201")
class ErrorAsObject(Service):
    """`error` is an object with a message instead of a text."""

    def error(self, status: int, message: str, **rest: object) -> Response:
        return self.json(status, {"error": {"message": message}, **rest})


@fault("BerriAI/litellm/pull/31489")
class TracebackInError(Service):
    """The error of an unknown task is a traceback with paths of the server."""

    def poll(self, task_id: str, key: str, request: Request) -> Response | None:
        if self.find(task_id, key) is not None:
            return super().poll(task_id, key, request)
        return self.error(404, 'Traceback (most recent call last):\n  File "/srv/app/tasks.py", line 31, in get_task')


@fault(DOCUMENTATION)
class LargeBodyIs500(Service):
    """A body that is too large is answered with 500."""

    def too_large(self) -> Response:
        return self.error(500, "Internal server error")


# Keys


@fault(ISSUE)
class KeyInAnotherCase(Service):
    """A key is accepted in another case."""

    def key_of(self, authorization: str, request: Request) -> str | None:
        lower = {key.lower(): key for key in self.keys}
        scheme, _, key = authorization.partition(" ")
        return super().key_of(f"{scheme} {lower.get(key.lower(), key)}", request)


@fault(DOCUMENTATION)
class KeyPrefixAccepted(Service):
    """The first 16 characters of a key are enough."""

    def key_of(self, authorization: str, request: Request) -> str | None:
        scheme, _, key = authorization.partition(" ")
        whole = next((known for known in self.keys if len(key) >= 16 and known.startswith(key)), key)
        return super().key_of(f"{scheme} {whole}", request)


@fault(DOCUMENTATION)
class KeySuffixAccepted(Service):
    """Whatever stands behind a key is ignored."""

    def key_of(self, authorization: str, request: Request) -> str | None:
        scheme, _, key = authorization.partition(" ")
        return super().key_of(f"{scheme} {next((known for known in self.keys if key.startswith(known)), key)}", request)


@fault(DOCUMENTATION)
class AnySchemeAccepted(Service):
    """A key is accepted with any scheme, `Basic` too."""

    def key_of(self, authorization: str, request: Request) -> str | None:
        return super().key_of(f"Bearer {authorization.partition(' ')[2]}", request)


@fault("Scottcjn/bottube/issues/1091")
class TaskReadableWithoutKey(Service):
    """Who has no key can read any task."""

    def respond(self, request: Request) -> Response | None:
        owners = {f"/api/ai/tasks/{task.id}": task for task in self.tasks}
        if request.method == "GET" and not request.headers.get("Authorization") and request.path in owners:
            return self.json(200, self.snapshot(owners[request.path]))
        return super().respond(request)


@fault("quinque-tech-support/sns-testing/issues/98")
class TaskOfAnotherReadable(Service):
    """A key can read the tasks of another account."""

    def find(self, task_id: str, key: str) -> Task | None:
        return next((task for task in reversed(self.tasks) if task.id == task_id), None)


@fault(DOCUMENTATION)
class SubmissionWithoutKey(Service):
    """A submission without a key is accepted, at the first account's cost."""

    def key_of(self, authorization: str, request: Request) -> str | None:
        if request.method == "POST" and not authorization:
            return self.keys.rich
        return super().key_of(authorization, request)


@fault("ogx-ai/ogx/issues/2990")
class WrongKeyIs500(Service):
    """A wrong key is answered with 500."""

    def unauthorized(self, request: Request) -> Response:
        if request.headers.get("Authorization"):
            return self.error(500, "Internal server error: An unexpected error occurred.")
        return super().unauthorized(request)


@fault("Unstructured-IO/unstructured-api/pull/578")
class KeyInError(Service):
    """The error of a wrong key repeats the key."""

    def unauthorized(self, request: Request) -> Response:
        response = super().unauthorized(request)
        key = (request.headers.get("Authorization") or "").partition(" ")[2]
        response.content = self.error(401, f"API key {key} is invalid").content
        return response


# Receipts


def receipt_with(**changes: object) -> type[Service]:
    """A service whose receipts differ in these fields."""

    class Changed(Service):
        def receipt(self, task: Task) -> Document:
            return super().receipt(task) | changes

    return Changed


@fault(ISSUE)
class ReceiptCompleted(receipt_with(status=COMPLETED)):
    """A receipt has status 1, though the task has only begun."""


@fault("pollinations/pollinations/pull/14617")
class ReceiptWithoutPrice(receipt_with(creditsUsed=None)):
    """A receipt does not say what was charged: `creditsUsed` is null."""


@fault("TheSmallHanCat/flow2api/issues/142")
class ReceiptWithoutId(Service):
    """A receipt has no task id; what was paid cannot be found again."""

    def receipt(self, task: Task) -> Document:
        return {name: value for name, value in super().receipt(task).items() if name != "taskId"}


@fault("lcy362/agnes-video-generator/issues/26")
class ReceiptOfAnotherId(Service):
    """A receipt's id is not the task's: polling it is 404."""

    def receipt(self, task: Task) -> Document:
        return super().receipt(task) | {"taskId": self.new_id()}


@fault("bagidea/bagidea-office/issues/50")
class DuplicateTaskId(Counting):
    """Two submissions in a row get one id."""

    def new_id(self) -> str:
        return super().new_id() if self.count("ids") % 2 else self.tasks[-1].id


@fault("Augustas11/macprovider/issues/762")
class SameSubmissionIsOneTask(Service):
    """The same submission twice is one task; documented are two."""

    def accept(self, key: str, body: Document, price: int) -> Response | None:
        same = next((task for task in self.tasks if (task.key, task.body) == (key, body)), None)
        return super().accept(key, body, price) if same is None else self.json(200, self.receipt(same))


@fault("razzant/claudexor/issues/308")
class ReceiptWith503(Service):
    """A submission is accepted and charged, and its receipt has status 503."""

    def accept(self, key: str, body: Document, price: int) -> Response | None:
        response = super().accept(key, body, price)
        return response and Response(503, response.content, response.headers)


@fault("Comfy-Org/ComfyUI/pull/16204")
class ReceiptLost(Service):
    """A submission is accepted and charged, and the connection ends without a response."""

    def accept(self, key: str, body: Document, price: int) -> Response | None:
        super().accept(key, body, price)
        return None


@fault("Kaoruha/GinkGO/issues/5389")
class SubmissionRedirected(Service):
    """A submission is sent on to another host with 307, where it is accepted."""

    def generate(self, key: str, request: Request) -> Response | None:
        if (request.headers.get("Host") or "").startswith("localhost"):
            return super().generate(key, request)
        return Response(307, headers={"Location": self.api.replace("127.0.0.1", "localhost") + request.path})


# Prices


@fault(DOCUMENTATION)
class PriceTenfold(Service):
    """A task costs ten times what the price table says."""

    def price(self, body: Document) -> int:
        return super().price(body) * 10


@fault(DOCUMENTATION)
class PriceOfLongest(Service):
    """Every duration is charged as the model's longest."""

    def price(self, body: Document) -> int:
        model = self.model(body)
        return super().price({**body, "duration": max(model.credits)} if model else body)


@fault(DOCUMENTATION)
class FractionalPrice(Service):
    """A price has a fraction."""

    def receipt(self, task: Task) -> Document:
        return super().receipt(task) | {"creditsUsed": task.credits + 0.5}

    def snapshot(self, task: Task) -> Document:
        return super().snapshot(task) | {"creditsUsed": task.credits + 0.5}


@fault("QuantumNous/new-api/issues/6172")
class PriceChanges(Service):
    """The price of a task is another one when it has ended."""

    def snapshot(self, task: Task) -> Document:
        factor = 1 if self.status(task) == PENDING else 2
        return super().snapshot(task) | {"creditsUsed": task.credits * factor}


# The life of a task


@fault(ISSUE)
class TaskLost(Service):
    """A task is 404 for ever after its receipt."""

    def find(self, task_id: str, key: str) -> Task | None:
        return None


@fault("razzant/claudexor/issues/308")
class TaskVanishes(Service):
    """A task is there while it is pending, and is 404 when it has ended."""

    def find(self, task_id: str, key: str) -> Task | None:
        task = super().find(task_id, key)
        return task if task is not None and self.status(task) == PENDING else None


@fault("gitroomhq/agent-media-app/pull/6")
class NotFoundNowAndThen(Counting):
    """Every other poll of a task is 404, as if it were not there."""

    def find(self, task_id: str, key: str) -> Task | None:
        return None if self.count(task_id) % 2 == 0 else super().find(task_id, key)


@fault(DOCUMENTATION)
class UnknownTaskPending(Service):
    """A task that there is not is pending for ever instead of 404."""

    def find(self, task_id: str, key: str) -> Task | None:
        return super().find(task_id, key) or Task(task_id, key, {"model": "veo3_lite", "prompt": "A cup"}, 5)

    def status(self, task: Task) -> int:
        return super().status(task) if task in self.tasks else PENDING


@fault(ISSUE)
class TaskNeverEnds(Service):
    """A task is pending for ever."""

    def status(self, task: Task) -> int:
        return PENDING


@fault(ISSUE)
class TaskPendingAgain(Counting):
    """A task that has ended is pending again at the next poll."""

    def snapshot(self, task: Task) -> Document:
        ended = super().snapshot(task)
        if ended["status"] == PENDING or self.count(task.id) == 1:
            return ended
        return ended | {"status": PENDING, "videoUrl": None, "updatedAt": ended["createdAt"]}


@fault("ArcReel/ArcReel/pull/410")
class StatusAsWord(Service):
    """A status is a word instead of a number."""

    def snapshot(self, task: Task) -> Document:
        words = {PENDING: "NOT_START", COMPLETED: "succeeded", FAILED: "failed"}
        return super().snapshot(task) | {"status": words[self.status(task)]}


@fault("replicate/replicate-python/pull/460")
class StatusAborted(Service):
    """A task ends with a status that is not documented, and stays there."""

    def status(self, task: Task) -> int:
        return 3 if super().status(task) == COMPLETED else PENDING


def snapshot_with(status: int | None = None, /, **changes: object) -> type[Service]:
    """A service whose snapshots, or those of one status, differ in these fields."""

    class Changed(Service):
        def snapshot(self, task: Task) -> Document:
            right = super().snapshot(task)
            return right | changes if status in (None, right["status"]) else right

    return Changed


@fault(ISSUE)
class PromptOfAnother(snapshot_with(prompt="Another prompt")):
    """The prompt of a snapshot is not the request's."""


@fault(ISSUE)
class ModelOfAnother(Service):
    """The model of a snapshot is not the request's."""

    def snapshot(self, task: Task) -> Document:
        return super().snapshot(task) | {"model": next(name for name in MODELS if name != task.body["model"])}


@fault(DOCUMENTATION)
class IdOfAnother(snapshot_with(taskId="tsk_00000000000000000000000000")):
    """The id of a snapshot is not the one that was asked for."""


@fault(DOCUMENTATION)
class TypeImage(snapshot_with(type="image")):
    """A video task says that it is an image task."""


@fault("TheSmallHanCat/flow2api/pull/160")
class CompletedWithoutVideo(snapshot_with(COMPLETED, videoUrl=None)):
    """A completed task has no video URL."""


@fault("QuantumNous/new-api/issues/6993")
class VideoUnderAnotherName(Service):
    """A completed task has its URL in `result_url`, a field that is documented nowhere."""

    def snapshot(self, task: Task) -> Document:
        right = super().snapshot(task)
        return right | {"result_url": right.pop("videoUrl")}


@fault("singhharsh1708/scrollcraft/issues/266")
class CompletedIsEmpty(Service):
    """The snapshot of a completed task is an empty object."""

    def snapshot(self, task: Task) -> Document:
        return super().snapshot(task) if self.status(task) == PENDING else {}


@fault("googleapis/python-genai/issues/1560")
class CompletedIsNull(Service):
    """The response for a completed task is null."""

    def snapshot(self, task: Task) -> Document:
        return super().snapshot(task) if self.status(task) == PENDING else None


class Failing(Service):
    """Each task fails, which is no fault; what follows is one."""

    outcome = FAILED


@fault("Wei-Shaw/sub2api/issues/4837")
class FailedNotRefunded(Failing):
    """The credits of a failed task do not come back."""

    def is_refunded(self, task: Task) -> bool:
        return False


@fault("QuantumNous/new-api/pull/6795")
class RefundTakenBack(Failing, Counting):
    """A failed task is refunded at the first poll, and at the later ones it is not."""

    def snapshot(self, task: Task) -> Document:
        right = super().snapshot(task)
        return right | {"creditsRefunded": right["status"] == FAILED and self.count(task.id) == 1}


@fault("elizaOS/eliza/issues/11862")
class CompletedAndRefunded(snapshot_with(COMPLETED, creditsRefunded=True)):
    """A completed task says that its credits came back."""


# Dates


def dates_as(change: Callable[[datetime], Any]) -> type[Service]:
    """A service that writes a moment in its own way."""

    class Changed(Service):
        def date(self, moment: datetime) -> Any:
            return change(moment)

    return Changed


@fault(ISSUE)
class DateThatIsNone(dates_as(lambda moment: "yesterday")):
    """A date is no date."""


@fault("xuanyustudio/LocalMiniDrama/issues/32")
class DatesAsNumbers(dates_as(lambda moment: int(moment.timestamp()))):
    """A date is a number of seconds since 1970."""


@fault("repowise-dev/repowise/issues/2174")
class DatesWithoutTimezone(dates_as(lambda moment: moment.replace(tzinfo=None).isoformat())):
    """A date does not say its time zone."""


@fault("sourceant/sourceant/pull/171")
class ClockAnHourBehind(Service):
    """A task is created an hour before it is submitted."""

    def date(self, moment: datetime) -> str:
        return super().date(moment - timedelta(hours=1))


@fault(DOCUMENTATION)
class UpdatedBeforeCreated(Service):
    """A task is updated before it is created."""

    def snapshot(self, task: Task) -> Document:
        return super().snapshot(task) | {"updatedAt": self.date(task.created - timedelta(minutes=1))}


@fault(DOCUMENTATION)
class CreatedMoves(Counting):
    """The date of creation is another one at each poll."""

    def snapshot(self, task: Task) -> Document:
        moved = task.created + timedelta(milliseconds=self.count(task.id))
        return super().snapshot(task) | {"createdAt": self.date(moved), "updatedAt": self.date(moved)}


# The transport


def polls_as(change: Callable[[Response], Response]) -> type[Service]:
    """A service that sends the snapshots of its tasks in its own way."""

    class Changed(Service):
        def poll(self, task_id: str, key: str, request: Request) -> Response | None:
            response = super().poll(task_id, key, request)
            return change(response) if response is not None and response.status == 200 else response

    return Changed


def json_as(change: Callable[[Response], Response]) -> type[Service]:
    """A service that sends all JSON in its own way."""

    class Changed(Service):
        def json(self, status: int, document: object) -> Response:
            return change(super().json(status, document))

    return Changed


@fault("vercel/ai/issues/17308")
class PendingIsEmpty202(Service):
    """The poll of a pending task is an empty 202."""

    def poll(self, task_id: str, key: str, request: Request) -> Response | None:
        task = self.find(task_id, key)
        return Response(202) if task and self.status(task) == PENDING else super().poll(task_id, key, request)


@fault("valyuAI/valyu-py/pull/126")
class GatewayPage(Counting):
    """Every other poll of a task is the page of a gateway, 502 in HTML."""

    def poll(self, task_id: str, key: str, request: Request) -> Response | None:
        if self.count(task_id) % 2:
            return super().poll(task_id, key, request)
        return Response(502, b"<html><h1>502 Bad Gateway</h1></html>", {"Content-Type": "text/html"})


@fault("wso2/api-manager/issues/5231")
class JsonCut(polls_as(lambda right: Response(200, right.content[:-40], right.headers))):
    """A snapshot ends in the middle, with a Content-Length that fits."""


@fault("lovartai/lovart-skill/issues/8")
class TransferCut(polls_as(lambda right: Response(200, right.content, right.headers, sent=40))):
    """The connection ends in the middle of a snapshot, before its Content-Length."""


@fault("shenminglinyi/PlotPilot/issues/17")
class PollRedirected(Service):
    """A poll is sent on to another host with 307, where the task is."""

    def poll(self, task_id: str, key: str, request: Request) -> Response | None:
        if (request.headers.get("Host") or "").startswith("localhost"):
            return super().poll(task_id, key, request)
        return Response(307, headers={"Location": self.api.replace("127.0.0.1", "localhost") + request.path})


@fault("cosin2077/easyVoice/issues/27")
class DataWrapper(Service):
    """What succeeds is wrapped into `data`."""

    def json(self, status: int, document: object) -> Response:
        return super().json(status, {"success": True, "code": 200, "data": document} if status == 200 else document)


@fault("apache/trafficcontrol/issues/2483")
class NumbersAsText(Service):
    """Numbers are written as text."""

    def json(self, status: int, document: object) -> Response:
        def text(value: object) -> object:
            return str(value) if type(value) is int else value

        return super().json(
            status, {k: text(v) for k, v in document.items()} if isinstance(document, dict) else document
        )


@fault("pytorch/serve/issues/1304")
class PriceNotANumber(snapshot_with(creditsUsed=float("nan"))):
    """The price in a snapshot is NaN, which is no JSON."""


@fault("woocommerce/wc-api-python/issues/40")
class JsonAfterMark(json_as(lambda right: Response(right.status, b"\xef\xbb\xbf" + right.content, right.headers))):
    """JSON begins with a byte order mark."""


@fault(DOCUMENTATION)
class BytesAfterJson(json_as(lambda right: Response(right.status, right.content + b"\n0", right.headers))):
    """Something stands behind the JSON."""


@fault("actions/ai-inference/pull/97")
class JsonAsText(json_as(lambda right: Response(right.status, right.content, {"Content-Type": "text/plain"}))):
    """JSON is sent as text/plain."""


@fault(ISSUE)
class CharsetLatin(Service):
    """JSON is sent in ISO 8859-1."""

    def json(self, status: int, document: object) -> Response:
        content = json.dumps(document, ensure_ascii=False).encode("latin-1", "replace")
        return Response(status, content, {"Content-Type": "application/json; charset=iso-8859-1"})


@fault(DOCUMENTATION)
class AnyMethodReads(Service):
    """DELETE and others read a task instead of being refused with 405."""

    def wrong_method(self, request: Request, allow: str) -> Response | None:
        if request.method == "OPTIONS" or not allow.startswith("GET"):
            return super().wrong_method(request, allow)
        return self.respond(Request("GET", request.path, request.headers))


@fault(DOCUMENTATION)
class AllowMissing(Service):
    """A 405 does not say which methods there are."""

    def wrong_method(self, request: Request, allow: str) -> Response | None:
        right = super().wrong_method(request, allow)
        return right if request.method == "OPTIONS" else self.error(405, "Method not allowed")


# Videos


def video_as(change: Callable[[Response], Response]) -> type[Service]:
    """A service that sends videos in its own way."""

    class Changed(Service):
        def video(self, request: Request) -> Response:
            return change(super().video(request))

    return Changed


@fault(ISSUE)
class VideoMissing(video_as(lambda right: Response(404))):
    """The URL of a video is 404."""


@fault(ISSUE)
class VideoWantsKey(Service):
    """A video is sent to those alone who send a key."""

    def video(self, request: Request) -> Response:
        key = self.key_of(request.headers.get("Authorization") or "", request)
        return super().video(request) if key else Response(401)


@fault(ISSUE)
class VideoIsPage(video_as(lambda right: Response(200, b"<html>Sign in</html>", {"Content-Type": "text/html"}))):
    """The URL of a video is an HTML page."""


@fault("garlic-signage/garlic-player/issues/27")
class VideoOfUnknownType(Service):
    """A video is sent as application/octet-stream."""

    def video(self, request: Request) -> Response:
        right = super().video(request)
        return Response(right.status, right.content, right.headers | {"Content-Type": "application/octet-stream"})


@fault("1024XEngineer/Windup/issues/129")
class VideoCut(video_as(lambda right: Response(right.status, right.content, right.headers, len(right.content) // 2))):
    """The connection ends in the middle of a video."""


@fault(DOCUMENTATION)
class VideoEmpty(video_as(lambda right: Response(right.status, b"", {"Content-Type": "video/mp4"}))):
    """A video has no bytes."""


@fault("ikatson/rqbit/issues/501")
class RangeIgnored(Service):
    """A range of a video is answered with the whole."""

    def video(self, request: Request) -> Response:
        return super().video(Request(request.method, request.path, {}))


@fault(DOCUMENTATION)
class RangeOffByOne(Service):
    """The bytes of a range are those one further on."""

    def video(self, request: Request) -> Response:
        right = super().video(request)
        if right.status == 206:
            start = int(right.headers["Content-Range"].removeprefix("bytes ").partition("-")[0]) + 1
            right.content = (VIDEO + VIDEO)[start : start + len(right.content)]
        return right


@fault("imagekit-developer/imagekit-ruby/issues/47")
class VideoGoneAtOnce(Counting):
    """The URL of a video works once, and is 403 from then on."""

    def video(self, request: Request) -> Response:
        return super().video(request) if self.count(request.path) == 1 else Response(403)


@fault(DOCUMENTATION)
class VideoUrlRelative(Service):
    """The URL of a video is a path alone."""

    def snapshot(self, task: Task) -> Document:
        right = super().snapshot(task)
        return right | {"videoUrl": right["videoUrl"] and right["videoUrl"].removeprefix(self.cdn)}
