"""Broken servers: each is the mock with one small deviation, as a row of a table.

A row names what is replaced, an attribute of a class or module of the mock, and by what (`breaking_api`,
`breaking_service`).
How the checks are run against them is in `selftest`; nothing here knows which check should catch what.
"""

from contextlib import AbstractContextManager
from typing import Any, NamedTuple
from unittest import mock

import breaking_api as api
import breaking_service as service_of
from gptimage2_video_mock import app
from gptimage2_video_mock.api import handlers
from gptimage2_video_mock.api.validation import RequestValidator
from gptimage2_video_mock.service import service
from gptimage2_video_mock.service.prices import PriceList
from gptimage2_video_mock.service.service import Service
from gptimage2_video_mock.service.tasks import Task, TaskStatus
from strategies import SPEC
from target import RICH


class Broken(NamedTuple):
    """A broken server. `escapes` says why no general check can catch it, where that is so."""

    name: str
    about: str
    owner: Any
    attribute: str
    breaking: api.Breaking
    escapes: str = ""

    def applied(self) -> AbstractContextManager[object]:
        """The mock is broken for as long as the context lasts; start the server inside."""
        return mock.patch.object(self.owner, self.attribute, self.breaking(getattr(self.owner, self.attribute)))


def _models(mode: str, more: str = "", less: str = "") -> api.Breaking:
    models = {*SPEC["components"]["schemas"][mode]["enum"], more} - {less, ""}
    return api.spec(mode, enum=sorted(models))


def _durations(rule: int, *values: int) -> api.Breaking:
    return api.spec("GenerateVideoRequest", *["else"] * rule, "then", "properties", "duration", enum=[*values])


_IMAGE_MODE = ("ImageToVideoRequest", "allOf", 1)
_FIELDS = {"prompt", "model", "inputMode", "inputImageUrls", "aspectRatio", "duration", "resolution"}
_WHO = (handlers, "account_of")
_ERROR = (handlers, "error")
_REPLY = (handlers, "json_response")
_ANSWER = (app, "_SUBMIT")
_SPEC = (RequestValidator, "__init__")
_READ = (RequestValidator, "read")
_FIND = (Service, "task")
_STATUS = (Task, "status")
_SUBMIT = (Service, "submit")
_PRICE = (PriceList, "price")
_SETTLE = (Service, "_settle")

# fmt: off
_KEYS = (
    Broken("auth-ignored", "No key is needed.",
           *_WHO, api.account(lambda _, s, mine: mine or s.account(RICH))),
    Broken("any-token-accepted", "Any bearer token opens the first account.",
           *_WHO, api.account(lambda r, s, mine: mine or ("Authorization" in r.headers and s.account(RICH)) or None)),
    Broken("key-prefix-accepted", "The beginning of a key is enough.",
           *_WHO, api.account(api.prefix)),
    Broken("others-task-readable", "Whoever has a key and knows the id may read the task.",
           *_WHO, api.account(api.owner)),
    Broken("403-for-401", "A missing key is answered by 403.",
           *_ERROR, lambda right: lambda status, *a, **k: right({401: 403}.get(status, status), *a, **k)),
)
_REQUESTS = (
    Broken("wrong-pair-accepted", "Kling Pro makes videos from text.",
           *_SPEC, _models("TextToVideoModel", more="kling/v2-1-pro")),
    Broken("valid-pair-refused", "Veo Lite makes no video from images.",
           *_SPEC, _models("ImageToVideoModel", less="veo3_lite")),
    Broken("unknown-model-accepted", "sora-3 is a model.",
           *_SPEC, _models("TextToVideoModel", more="sora-3")),
    Broken("veo-at-5-seconds", "Veo takes 5 seconds.",
           *_SPEC, _durations(0, 5, 8)),
    Broken("kling-at-20-seconds", "Kling and Hailuo take 20 seconds.",
           *_SPEC, _durations(1, 5, 10, 20)),
    Broken("valid-duration-refused", "Sora, Wan and Seedance refuse 15 seconds.",
           *_SPEC, _durations(2, 5, 10, 20)),
    Broken("no-image-accepted", "The list of images may be empty.",
           *_SPEC, api.spec(*_IMAGE_MODE, "properties", "inputImageUrls", minItems=0)),
    Broken("images-not-required", "Image-to-video needs no list of images.",
           *_SPEC, api.spec(*_IMAGE_MODE, required=["model", "inputMode"])),
    Broken("any-image-accepted", "An image may be any text.",
           *_SPEC, api.spec("ImageUrl", pattern="")),
    Broken("empty-prompt-accepted", "A prompt may be empty.",
           *_SPEC, api.spec("VideoRequest", "properties", "prompt", minLength=0)),
    Broken("long-prompt-refused", "A prompt has at most 1000 characters.",
           *_READ, api.refuse_when(lambda asked: len(asked["prompt"]) > 1000)),
    Broken("extra-property-refused", "Provider-specific controls are refused.",
           *_READ, api.refuse_when(lambda asked: asked.keys() - _FIELDS)),
    Broken("float-duration-refused", "5.0 is no duration.",
           *_READ, api.refuse_when(lambda asked: isinstance(asked.get("duration"), float))),
    Broken("one-word-refused", "A prompt with the word periwinkle is refused.",
           *_READ, api.refuse_when(lambda asked: "periwinkle" in asked["prompt"]),
           escapes="no finite number of prompts has every word"),
)
_ERRORS = (
    Broken("500-on-control-character", "A control character in a valid request is an internal error.",
           *_ANSWER, api.answer(api.choke)),
    Broken("html-on-error", "Errors are pages.",
           *_ERROR, api.html),
    Broken("error-without-error", "An error says `message`.",
           *_REPLY, api.payload(lambda s, value: {"message": value["error"]} if s >= 400 else value)),
    Broken("details-of-another-shape", "What is wrong with a field is no list.",
           *_REPLY, api.payload(lambda s, v: {**v, "details": {"fieldErrors": {"prompt": ""}}} if s == 400 else v)),
    Broken("allow-missing", "405 does not say what is allowed.",
           app, "_error_response", api.without_allow),
    Broken("402-without-required", "A 402 does not say what is required.",
           *_REPLY, api.without("required", 402)),
    Broken("402-requires-too-little", "A 402 names a credit less than the price.",
           *_REPLY, api.payload(lambda s, value: {**value, "required": value["required"] - 1} if s == 402 else value)),
)
_TASKS = (
    Broken("receipt-without-credits", "A receipt lacks creditsUsed.",
           *_REPLY, api.receipt(lambda right: {"taskId": right["taskId"], "status": 0})),
    Broken("credits-as-text", "creditsUsed is text in a receipt.",
           *_REPLY, api.receipt(lambda right: {**right, "creditsUsed": str(right["creditsUsed"])})),
    Broken("task-id-empty", "A receipt's id is empty.",
           *_REPLY, api.receipt(lambda right: {**right, "taskId": ""})),
    Broken("task-id-twice", "All tasks have one id.",
           service, "new_task_id", lambda _: lambda now: "tsk_1"),
    Broken("task-lost", "No task is ever found.",
           *_FIND, service_of.found(lambda s, task: None)),
    Broken("fifth-task-lost", "Every fifth task is lost.",
           *_FIND, service_of.found(lambda s, task: None if [*s._tasks].index(task.id) % 5 == 4 else task)),
    Broken("task-not-there-yet", "A task can be read a second after it was accepted.",
           *_FIND, service_of.found(service_of.later)),
    Broken("status-7", "A completed task has the status 7.",
           *_REPLY, api.told(lambda task: {"status": 7} if task["status"] == 1 else {})),
    Broken("status-as-word", "A pending task has the status `pending`.",
           *_REPLY, api.told(lambda task: {"status": "pending"} if task["status"] == 0 else {})),
    Broken("pending-again", "Five minutes after its end a task is pending.",
           *_STATUS, service_of.status(lambda task, now, was: was if now < task.ends_at + 300 else TaskStatus.PENDING)),
    Broken("fails-after-completion", "Five minutes after its end every task has failed.",
           *_STATUS, service_of.status(lambda task, now, was: was if now < task.ends_at + 300 else TaskStatus.FAILED)),
    Broken("never-ends", "A task is pending for ever.",
           *_STATUS, service_of.status(lambda task, now, was: TaskStatus.PENDING)),
    Broken("video-url-missing", "A completed task has no URL.",
           *_REPLY, api.told(lambda task: {"videoUrl": None})),
    Broken("video-url-nowhere", "The URL of a video leads nowhere.",
           *_REPLY, api.told(lambda task: {"videoUrl": task["videoUrl"] and task["videoUrl"] + "x"})),
    Broken("prompt-changed", "A snapshot's prompt is cut.",
           *_REPLY, api.told(lambda task: {"prompt": task["prompt"][:100]})),
)
_CREDITS = (
    Broken("charged-on-400", "A 400 costs a credit.",
           *_ANSWER, api.charge_when(400)),
    Broken("charged-on-402", "A 402 costs a credit.",
           *_ANSWER, api.charge_when(402)),
    Broken("402-although-affordable", "Only half of the balance can be spent at once.",
           *_SUBMIT, service_of.decline_when(lambda balance, price: price > balance / 2)),
    Broken("last-credit-refused", "What takes the whole balance is refused.",
           *_SUBMIT, service_of.decline_when(lambda balance, price: price == balance)),
    Broken("overdrawn", "Nobody is refused for lack of credits.",
           *_SUBMIT, service_of.overdraw),
    Broken("free", "An accepted task is not debited.",
           *_SUBMIT, service_of.booked(service_of.pay_back)),
    Broken("charged-twice", "An accepted task is debited twice.",
           *_SUBMIT, service_of.booked(service_of.bill_again)),
    Broken("another-is-charged", "A task costs another account a credit too.",
           *_SUBMIT, service_of.booked(service_of.bill_another)),
    Broken("told-less-than-charged", "A receipt tells a credit less than was debited.",
           *_REPLY, api.receipt(lambda right: {**right, "creditsUsed": right["creditsUsed"] - 1})),
    Broken("every-price-wrong", "Everything costs a credit more.",
           *_PRICE, service_of.price(lambda asked, right: right + 1)),
    Broken("one-price-wrong", "Hailuo Pro costs a credit more at 10 seconds.",
           *_PRICE, service_of.price(lambda asked, right: right + (right == 48 and "hailuo" in asked["model"]))),
    Broken("unpublished-price-raised", "Wan costs a hundred times as much.",
           *_PRICE, service_of.price(lambda asked, right: right * (100 if "wan/" in asked["model"] else 1))),
    Broken("not-refunded", "A failure is not refunded.",
           *_SETTLE, service_of.refunds(lambda entry: 0)),
    Broken("half-refunded", "Half of the price is refunded.",
           *_SETTLE, service_of.refunds(lambda entry: entry.credits // 2)),
    Broken("refunded-twice", "A refund comes twice.",
           *_SETTLE, service_of.refund_again),
    Broken("refund-told-too-early", "creditsRefunded is true before the credits are back.",
           Task, "refunded", lambda _: lambda task, now: task.status(now) is TaskStatus.FAILED),
)
# fmt: on
BROKEN = (*_KEYS, *_REQUESTS, *_ERRORS, *_TASKS, *_CREDITS)
