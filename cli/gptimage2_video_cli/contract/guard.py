"""The guard before the wire: the only place that lets a submission through, and what every submission may cost.

Its law: a submission has its worst price reserved from before it is sent until a response settles it, and what is
reserved, charged and uncertain never exceeds the limit. Free of charge is only an empty prompt, which the documentation
says is refused; those are sent one at a time, and the first that is accepted ends the sending of submissions.
"""

import json
import re
import threading
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any, Final, Literal, cast

from gptimage2_video import MODELS, quote

from .schemas import spec

SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
# Of the charge to the price: the documentation's own example charges 12 where its price table says 5.
INITIAL_CHARGE_RATIO: Final = Fraction(12, 5)
_DEAREST: Final = max(price.credits for model in MODELS.values() for price in model.prices)
# These cost nothing: three say so in the documentation, and the others come before the service has read the request.
_FREE_REFUSALS: Final = (400, 401, 402, 404, 405, 413, 415, 429)
_PROMPT: Final = re.compile(rb'"prompt"\s*:\s*("")?')
_LONGEST: Final = 10**6  # seconds; a longer duration costs more than any limit


class NotAdmitted(Exception):
    """The guard does not let a submission through; nothing was sent."""


@dataclass
class PaidRequest:
    """One submission. Credits are None where unknown.

    Attributes:
        quote: By the price table.
        reserved: What it costs at most.
        is_free: Whether it has an empty prompt.
        state: `uncertain` until a response settles it.
    """

    description: str
    quote: int | None
    reserved: int
    is_free: bool
    state: Literal["uncertain", "refused", "accepted"] = "uncertain"
    charged: int | None = None
    task_id: str | None = None
    status: int | None = None
    refunded: bool = False

    @property
    def worst_case_cost(self) -> int:
        """The most that it can have cost. A refund is not counted: it may be late, or not come."""
        return self.reserved if self.charged is None else self.charged

    def charge(self, credits_used: object) -> None:
        """Take note of a charge that the service reports; the highest counts."""
        if isinstance(credits_used, int) and not isinstance(credits_used, bool) and credits_used >= 0:
            self.charged = max(credits_used, self.charged or 0)


class Guard:
    """Reserves and settles the credits of a run; threads may share it.

    Args:
        max_credits: The limit, in credits; 0 admits empty prompts alone.

    Attributes:
        submissions: Every one that was admitted, oldest first.
        closed: Why nothing more is submitted; empty while something may be.
    """

    def __init__(self, max_credits: int) -> None:
        self.max_credits, self.closed = max_credits, ""
        self.submissions: list[PaidRequest] = []
        self._lock, self._one_free = threading.Lock(), threading.Lock()

    @property
    def charge_ratio(self) -> Fraction:
        """The highest ratio of a charge to its quote."""
        ratios = [Fraction(it.charged, it.quote) for it in self.submissions if it.charged and it.quote]
        return max([INITIAL_CHARGE_RATIO, *ratios])

    @property
    def worst_case_cost(self) -> int:
        """The most that all submissions can have cost."""
        return sum(submission.worst_case_cost for submission in self.submissions)

    @property
    def left(self) -> int:
        """What the limit leaves."""
        return self.max_credits - self.worst_case_cost

    def cost(self, content: bytes) -> int:
        """What a submission costs at most, in credits."""
        return ceil(_price(_parse(content)) * self.charge_ratio)

    def admit(self, method: str, content: bytes, description: str = "") -> PaidRequest | None:
        """Reserve the worst price of a request that is about to be sent; None where it is no submission.

        Raises:
            NotAdmitted: It must not be sent.
        """
        if method in SAFE_METHODS:
            return None
        is_free = has_empty_prompt(content)
        if is_free:
            self._one_free.acquire()
        try:
            with self._lock:
                return self._reserve(content, description, is_free)
        except NotAdmitted:
            if is_free:
                self._one_free.release()
            raise

    def _reserve(self, content: bytes, description: str, is_free: bool) -> PaidRequest:
        cost, left = self.cost(content), self.left
        if self.closed:
            raise NotAdmitted(self.closed)
        if not is_free and not self.max_credits:
            raise NotAdmitted("it may be accepted, which costs credits (--max-credits)")
        if not is_free and cost > left:
            raise NotAdmitted(f"it may cost {cost} credits, and {max(left, 0)} of --max-credits are left")
        fields = as_object(_parse(content))
        known = quote(fields).credits if fields else None
        self.submissions.append(PaidRequest(description, known, min(cost, max(left, 0)) if is_free else cost, is_free))
        return self.submissions[-1]

    def settle(self, submission: PaidRequest, status: int | None, fields: dict[str, Any], *, sent: bool = True) -> None:
        """Take note of the response to a submission; its status is None where there was none."""
        with self._lock:
            if is_accepted(status, fields):
                submission.state, task_id = "accepted", fields.get("taskId")
                submission.task_id = str(task_id) if task_id else None
                submission.charge(fields.get("creditsUsed"))
            elif not sent or status in _FREE_REFUSALS:
                submission.state, submission.reserved = "refused", 0
            elif status is not None and status < 500:
                submission.state = "refused"
            if submission.state == "uncertain":
                self.closed = "a submission may have been accepted and charged; nothing more is sent"
            elif submission.state == "accepted" and submission.is_free:
                self.closed = "a request that must be refused was accepted; nothing more is sent"
        if submission.is_free:
            self._one_free.release()

    def totals(self) -> dict[str, int]:
        """Credits and submissions of the run."""
        accepted = [submission for submission in self.submissions if submission.state == "accepted"]
        uncertain = [submission for submission in self.submissions if submission.state == "uncertain"]
        return {
            "submitted": len(self.submissions),
            "accepted": len(accepted),
            "quoted": sum(it.quote or 0 for it in (*accepted, *uncertain)),
            "charged": sum(it.charged or 0 for it in accepted),
            "charge_unknown_submissions": sum(it.charged is None for it in accepted),
            "refunded": sum(it.charged or 0 for it in accepted if it.refunded),
            "uncertain": sum(it.quote or 0 for it in uncertain),
            "uncertain_submissions": len(uncertain),
            "worst_case_cost": self.worst_case_cost,
            "price_unknown_submissions": sum(it.charged is None and it.quote is None for it in (*accepted, *uncertain)),
        }


def is_accepted(status: int | None, fields: dict[str, Any]) -> bool:
    """Whether a response shows that a submission was accepted; a task id or a charge does, in a 400 too."""
    success = status is not None and 200 <= status < 300
    return success or any(fields.get(name) for name in ("taskId", "creditsUsed"))


def as_object(value: Any) -> dict[str, Any]:
    """A JSON object; an empty one in the place of any other value."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """A JSON array; an empty one in the place of any other value."""
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]  (JSON, of any type)


def has_empty_prompt(content: bytes) -> bool:
    """Whether a submission is free of charge: it has a prompt, and no prompt in it is other than empty."""
    value = _parse(content)
    if value is None:  # no JSON, which a lax server may read nevertheless
        prompts = [match[1] for match in _PROMPT.finditer(content)]
        return bool(prompts) and all(prompts) and b"\\" not in content
    prompts = list(_prompts(value))
    return bool(prompts) and all(prompt == "" for prompt in prompts)


def _prompts(value: Any) -> list[Any]:
    """Every value of a field `prompt`, at any depth; of a list, each item must have one."""
    if fields := as_object(value):
        nested = [prompt for item in fields.values() if isinstance(item, dict) for prompt in _prompts(item)]
        return [*([fields["prompt"]] if "prompt" in fields else []), *nested]
    return [prompt for item in as_list(value) for prompt in _prompts(item) or [None]]


def _price(value: Any) -> int:
    """The known price of a request, in credits; else the dearest.

    Of another length it is the dearest of the model, more for a longer clip, also one in quotes, which a lax server may
    read as a number; of another resolution, or with fields that the spec does not name, it may be anything, and so the
    dearest of all.
    """
    fields = as_object(value)
    model_id, duration, resolution = (fields.get(name) for name in ("model", "duration", "resolution"))
    model = MODELS.get(model_id) if isinstance(model_id, str) else None
    rows = model.prices if model else ()
    resolutions = [None, *(row.resolution for row in rows)]
    if model is None or not rows or resolution not in resolutions or not fields.keys() <= _priced_fields():
        return _DEAREST
    exact = [row.credits for row in rows if (row.duration, row.resolution) == (duration, resolution)]
    dearest, longest = max(row.credits for row in rows), max(row.duration for row in rows)
    try:
        seconds = duration if isinstance(duration, int | float) else float(duration or 0)
    except (TypeError, ValueError):
        return _DEAREST
    seconds = min(seconds, _LONGEST) if seconds > longest else longest
    return exact[0] if exact else ceil(Fraction(seconds) * dearest / longest)


@cache
def _priced_fields() -> frozenset[str]:
    """The fields that the spec names; others can change the price."""
    schemas = spec().resolve("#/components/schemas")[1]
    request = [schemas["VideoRequest"], *schemas["TextToVideoRequest"]["allOf"]]
    return frozenset(name for part in request for name in part.get("properties", ()))


def _parse(content: bytes) -> Any:
    """The JSON value of a body; None where it is none, or repeats a name, of which each server may take another."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a name is repeated")
        return dict(pairs)

    try:
        return json.loads(content, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        return None
