"""The life of a task: from its submission to its end and its refund.

Every accepted submission is followed, whether or not it should have been refused.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Any, Final
from urllib.parse import quote

from gptimage2_video import MODELS, Task
from gptimage2_video.journal import SubmissionRecord, SubmissionState

from . import clock
from .checks import price_id
from .guard import PaidRequest, as_object
from .recording_client import NO_KEY, Authorization, Exchange
from .session import SUBMIT, RunAborted, Session
from .video_checks import check_part, check_video

_READABLE_WITHIN: Final = 30.0  # seconds after the receipt
_POLLS_AFTER_THE_END: Final = 5
_REFUND_TIMEOUT: Final = 60.0  # seconds after the end of a failed task
_DATES: Final = ("createdAt", "updatedAt", "completedAt")


@dataclass
class FollowedTask:
    """One accepted submission, and what its snapshots have shown so far."""

    receipt: Exchange
    request: Mapping[str, Any]
    submission: PaidRequest
    accepted_at: float
    polls: int = 0
    ended: Exchange | None = None
    ended_at: float = 0.0
    polls_after: int = 0
    video_start: bytes = b""
    dates: dict[str, datetime] = field(default_factory=dict[str, datetime])
    is_done: bool = False

    @property
    def id(self) -> str:
        """The task's id."""
        return self.submission.task_id or ""


class Tasks:
    """Submits, and follows every task to its end.

    Args:
        timeout: Seconds that a task may take.
        poll_interval: Seconds between two polls of one task.
    """

    def __init__(self, session: Session, timeout: float, poll_interval: float) -> None:
        self._session, self._result, self._guard = session, session.result, session.client.guard
        self._timeout, self._poll_interval = timeout, poll_interval
        self._tasks: list[FollowedTask] = []
        self._ids: set[str] = set()

    def submit(
        self, body: Any, description: str, *, is_valid: bool, authorization: Authorization | None = None
    ) -> Exchange:
        """Submit a request, and follow what was accepted.

        Args:
            body: Of the request; bytes are sent as they are.
            description: For people.
            is_valid: Whether the spec calls it valid; an accepted one that it does not is a finding.
            authorization: Another than that of the account that is tested.

        Raises:
            NotAdmitted: The guard does not let it through.
            RunAborted: To continue would cost credits and show nothing, or there was no response.
        """
        fields = _object(body)
        record = self._record(fields) if is_valid and fields.get("prompt") else None
        key = self._session.authorization if authorization is None else authorization
        exchange = self._session.request("POST", SUBMIT, authorization=key, body=body, description=description)
        submission = exchange.submission
        assert submission is not None  # noqa: S101  as of every POST
        state = submission.state
        is_certain = state != "uncertain"
        detail = f"{description}, {exchange.status or exchange.failure}"
        self._result.check("certain", is_certain, exchange, detail=detail)
        if state == "accepted" and (self._session.journal is not None and record is None):
            record = self._record(fields)
        self._write_outcome(record, exchange, submission)
        if not is_certain:
            raise RunAborted(self._guard.closed)
        if state == "accepted":
            self._accepted(exchange, fields, submission, is_valid=is_valid)
        elif authorization is None:
            self._refused(exchange, description, submission, is_valid=is_valid)
        return exchange

    def _accepted(self, exchange: Exchange, fields: dict[str, Any], submission: PaidRequest, *, is_valid: bool) -> None:
        self._result.log(f"submitted: {submission.task_id} ({submission.description}), charged {submission.charged}")
        if is_valid:
            self._result.check("valid-accepted", True, exchange)
        else:
            task = f"task {submission.task_id}, {submission.charged} credits"
            detail = f"{submission.description} was accepted: {task}"
            self._result.check("invalid-refused", False, exchange, detail=detail)
        self._follow(FollowedTask(exchange, fields, submission, clock.now()))
        if submission.is_free:
            raise RunAborted(self._guard.closed)

    def _refused(self, exchange: Exchange, description: str, submission: PaidRequest, *, is_valid: bool) -> None:
        """Note a refusal. Raises RunAborted where the next would be refused as well."""
        status = exchange.status
        if status == 402:
            required = exchange.fields.get("required")
            if submission.quote is not None:
                detail = f"{description}: {required}, quoted {submission.quote}"
                self._result.check("required-is-quote", required == submission.quote, exchange, detail=detail)
            raise RunAborted("402: the account has too few credits", 0)
        if status == 401:
            raise RunAborted("the server refuses the key in GPTIMAGE2_API_KEY; nothing else can be tested", 3)
        if is_valid:
            self._result.check("valid-accepted", False, exchange, detail=f"{description}: {status} {exchange.fields}")
        else:
            self._result.check("invalid-refused", True, exchange)

    def _record(self, request: dict[str, Any]) -> SubmissionRecord | None:
        """Write a submission down before it is sent. Raises JournalFailed."""
        if self._session.journal is None:
            return None
        base_url = self._session.client.base_url
        record = SubmissionRecord(SubmissionState.SENDING, base_url, token_hex(16), request, group="contract")
        self._session.journal.write(record)
        return record

    def _write_outcome(self, record: SubmissionRecord | None, exchange: Exchange, submission: PaidRequest) -> None:
        if record is None or self._session.journal is None:
            return
        task = Task.from_json({"status": 0, **exchange.fields}, submission.task_id or "")
        states = {"refused": SubmissionState.REFUSED, "uncertain": SubmissionState.UNCERTAIN}
        state = states.get(submission.state, SubmissionState.PENDING if task else SubmissionState.UNCERTAIN)
        reason = "" if state == SubmissionState.PENDING else exchange.failure or f"status {exchange.status}"
        pending = task if state == SubmissionState.PENDING else None
        self._session.journal.write(record.with_state(state, task=pending, reason=reason))

    def _follow(self, task: FollowedTask) -> None:
        self._observe_receipt(task)
        if not task.id:
            return
        self._tasks.append(task)
        first = exchange = self._poll(task)
        while exchange.status == 404 and clock.now() < task.accepted_at + _READABLE_WITHIN:
            clock.sleep(self._poll_interval)
            exchange = self._poll(task)
        is_there = exchange.status != 404
        detail = f"task {task.id} is not there after {_READABLE_WITHIN:g} s"
        self._result.check("receipt-readable", is_there, task.receipt, exchange, detail=detail)
        task.is_done = not is_there
        if is_there:
            self._result.check("readable-at-once", first.status != 404, task.receipt, first)
            self._read_as_others(task)

    def _read_as_others(self, task: FollowedTask) -> None:
        """Read a task without a key, the first of all, and with the key of another account."""
        if len(self._tasks) == 1:
            exchange = self._session.request("GET", _path(task.id), authorization=NO_KEY)
            detail = f"a task is answered by {exchange.status}"
            self._result.check("no-key", exchange.status == 401, task.receipt, exchange, detail=detail)
        if self._session.other_key and not self._result.observations["task-of-another"].passed:
            other = Authorization.bearer(self._session.other_key, "GPTIMAGE2_OTHER_KEY")
            exchange = self._session.request("GET", _path(task.id), authorization=other)
            detail = f"status {exchange.status}"
            self._result.check("task-of-another", exchange.status == 404, task.receipt, exchange, detail=detail)

    def _observe_receipt(self, task: FollowedTask) -> None:
        result, receipt, submission = self._result, task.receipt, task.submission
        is_new = task.id not in self._ids
        self._ids.add(task.id)
        result.check("task-id-unique", is_new, receipt, detail=f"{task.id} came before")
        if submission.charged is None:
            return
        fits = submission.is_free or submission.charged <= submission.reserved
        most = f"at most {submission.reserved} expected ({submission.description})"
        result.check("within-limit", fits, receipt, detail=f"{submission.charged}, {most}")
        if submission.quote is not None:
            price = next(row for row in MODELS[task.request["model"]].prices if row.credits == submission.quote)
            resolution = f", resolution: {price.resolution}" if price.resolution else ""
            edit = f"- {{duration: {price.duration}{resolution}, credits: {submission.charged}}}"
            detail = f"charged {submission.charged}, quoted {submission.quote}"
            holds = submission.charged == submission.quote
            result.check(price_id(task.request["model"], price), holds, receipt, detail=detail, edit=edit)

    def _poll(self, task: FollowedTask) -> Exchange:
        task.polls += 1
        exchange = self._session.request("GET", _path(task.id), authorization=self._session.authorization)
        if exchange.status == 200 and exchange.fields:
            self._observe(task, exchange)
        return exchange

    def _observe(self, task: FollowedTask, exchange: Exchange) -> None:
        """Compare a snapshot with the request, the receipt and the snapshots before it."""
        fields, result = exchange.fields, self._result
        received = task.receipt.fields
        pairs = (
            ("task-id", fields.get("taskId") or fields.get("id"), task.id),
            ("snapshot-credits", fields.get("creditsUsed"), received.get("creditsUsed")),
            ("snapshot-model", fields.get("model"), task.request.get("model")),
            ("snapshot-prompt", fields.get("prompt"), task.request.get("prompt")),
        )
        for check_id, value, expected in pairs:
            if value is not None and expected is not None:
                detail = f"{_shown(value)} for {_shown(expected)}"
                result.check(check_id, value == expected, task.receipt, exchange, detail=detail)
        task.submission.charge(fields.get("creditsUsed"))
        self._observe_dates(task, exchange)
        status = fields.get("status")
        if task.ended is not None:
            before = task.ended.fields.get("status")
            detail = f"{task.id} has the status {status!r} after {before!r}"
            result.check("ended-stays", status == before, task.ended, exchange, detail=detail)
        elif status in (1, 2):
            task.ended, task.ended_at = exchange, clock.now()
            task.submission.status = status
            result.check("task-ends", True, exchange)
            self._write_end(task, exchange)
        refunded = _refunded(fields)
        if refunded is not None and task.submission.refunded:
            detail = f"{task.id} is refunded no more"
            result.check("ended-stays", refunded is True, task.receipt, exchange, detail=detail)
        if refunded is not None and status == 1:
            result.check("completed-not-refunded", refunded is not True, task.receipt, exchange)
        if status == 2 and refunded is True:
            task.submission.refunded = True

    def _observe_dates(self, task: FollowedTask, exchange: Exchange) -> None:
        problems: list[str] = []
        for name in _DATES:
            value = exchange.fields.get(name)
            if value is None:
                continue
            date, before = _date(value), task.dates.get(name)
            if date is None:
                problems.append(f"{name} is {_shown(value)}")
                continue
            if before is not None and (date != before if name == "createdAt" else date < before):
                problems.append(f"{name} is {value} after {before.isoformat()}")
            task.dates[name] = date
        created = task.dates.get("createdAt")
        problems += [f"{name} is before createdAt" for name, date in task.dates.items() if created and date < created]
        result = self._result
        if any(exchange.fields.get(name) is not None for name in _DATES):
            result.check("dates", not problems, task.receipt, exchange, detail="; ".join(problems))

    def _write_end(self, task: FollowedTask, exchange: Exchange) -> None:
        ended = Task.from_json(exchange.fields, task.id)
        if ended is not None and self._session.journal is not None:
            state = SubmissionState.COMPLETED if ended.completed else SubmissionState.FAILED
            self._session.journal.write(SubmissionRecord(state, self._session.client.base_url, task=ended))

    def finish(self) -> None:
        """Poll every task until it has ended, and for a while after; fetch the videos.

        Raises:
            RunAborted: There was no response.
        """
        while open_tasks := [task for task in self._tasks if not task.is_done]:
            for task in open_tasks:
                self._advance(task)
            if not all(task.is_done for task in self._tasks):
                clock.sleep(self._poll_interval)

    def _advance(self, task: FollowedTask) -> None:
        """One poll of a task, and what is due after it."""
        exchange = self._poll(task)
        if exchange.status == 404:
            self._result.check("receipt-readable", False, task.receipt, exchange, detail=f"task {task.id} is gone")
            task.is_done = True
        elif task.ended is None:
            if clock.now() > task.accepted_at + self._timeout:
                status = exchange.fields.get("status")
                detail = f"task {task.id} has the status {status!r} after {self._timeout:g} s"
                self._result.check("task-ends", False, task.receipt, exchange, detail=detail)
                task.is_done = True
        elif task.polls_after == 0:
            task.polls_after = 1
            self._result.log(f"{task.id} has the status {task.ended.fields.get('status')}")
            task.video_start = check_video(self._session, task.ended)
        else:
            task.polls_after += 1
            if task.polls_after > _POLLS_AFTER_THE_END and not self._awaits_refund(task, exchange):
                check_part(self._session, task.ended, exchange, task.video_start, clock.now() - task.ended_at)
                task.is_done = True

    def _awaits_refund(self, task: FollowedTask, exchange: Exchange) -> bool:
        """Whether a failed task may still be refunded; where that is over, the check is made."""
        if task.submission.status != 2:
            return False
        refunded = _refunded(exchange.fields)
        if refunded is False and clock.now() < task.ended_at + _REFUND_TIMEOUT:
            return True
        if refunded is not None:
            detail = f"{task.id}: {refunded}"
            self._result.check("failed-refunded", task.submission.refunded, task.receipt, exchange, detail=detail)
        return False


def _refunded(fields: Mapping[str, Any]) -> object:
    return fields.get("creditsRefunded", fields.get("creditRefunded"))


def _path(task_id: str) -> str:
    return f"/api/ai/tasks/{quote(task_id, safe='')}"


def _object(body: Any) -> dict[str, Any]:
    try:
        return as_object(json.loads(body) if isinstance(body, bytes) else body)
    except ValueError:
        return {}


def _date(value: object) -> datetime | None:
    """A date in ISO 8601 with its offset; None where it is none."""
    try:
        date = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None
    return date if date is not None and date.tzinfo is not None else None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
