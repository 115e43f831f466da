"""The requests that cost credits: valid ones, as far as the budget goes even where more is charged than quoted.

Lives here: submitting one after the other with the library's own client, whose laws hold (at most once, an uncertain
one stays reserved), and what each teaches. Not here: which requests there are (`plan`).
"""

from collections.abc import Sequence
from math import ceil
from typing import Final

from gptimage2_video import (
    APIError,
    BadRequest,
    BudgetExceeded,
    ConnectionFailed,
    Forbidden,
    InsufficientCredits,
    SubmissionUncertain,
    Task,
    TaskFailed,
    UnexpectedReply,
    VideoClient,
    VideoClientError,
    WaitTimeout,
)

from .assumptions import GENERATE, price_id
from .findings import PaidRequest
from .plan import Row, fits, planned
from .responses import accepted
from .session import Ended, Session

# The exit code where a refusal ends the run and nothing was found; a poor account is no difference from the spec.
_CODES: Final[tuple[tuple[type[Exception], int], ...]] = ((ConnectionFailed, 4), (InsufficientCredits, 0))


class Submissions:
    """The part of a run that costs.

    Args:
        rows: What may be submitted, in this order.
        max_credits: What all of it may cost at worst.
        timeout: Seconds to wait for each task.
    """

    def __init__(
        self, session: Session, client: VideoClient, rows: Sequence[Row], max_credits: int, timeout: float
    ) -> None:
        self._session, self._client, self._rows = session, client, list(rows)
        self._book, self._limit, self._timeout = session.book, max_credits, timeout

    def run(self) -> None:
        """Tell the plan, then submit and wait, one after the other; after each the rest is planned anew.

        Raises:
            Ended: Going on would cost and teach nothing.
        """
        self._tell_plan()
        waiting: list[tuple[PaidRequest, Task]] = []
        try:
            self._submit_all(waiting)
        except Ended:
            self._look_again(waiting)
            raise
        self._look_again(waiting)

    def _submit_all(self, waiting: list[tuple[PaidRequest, Task]]) -> None:
        while row := next((row for row in self._rows if fits(row, self._left, self._book.ratio)), None):
            self._rows.remove(row)
            ratio = self._book.ratio
            waiting += self._one(row)
            if self._left < 0:
                self._overdrawn()
            elif self._book.ratio > ratio:
                self._book.tell(f"charged {float(self._book.ratio):g} times the quote: the plan is made anew")
                self._tell_plan()

    @property
    def _left(self) -> int:
        return self._limit - self._book.at_worst()

    def _tell_plan(self) -> None:
        left, ratio = self._left, self._book.ratio
        chosen = planned(self._rows, left, ratio)
        cost, most = sum(row.quote for row in chosen), sum(ceil(row.quote * ratio) for row in chosen)
        self._book.tell(
            f"plan: {len(chosen)} submissions, {cost} credits by quote, {min(most, left)} at worst; {left} may be "
            f"spent, and each goes only while {float(ratio):g} times its quote is left"
        )
        for row in chosen:
            self._book.tell(f"  {row.quote:>3}  {row}")

    def _one(self, row: Row) -> list[tuple[PaidRequest, Task]]:
        """Submit one and wait for it; what is to be looked at again comes back."""
        entry = self._book.open(str(row), row.quote)
        before = len(self._session.recorder.exchanges)
        try:
            task = self._client.submit(row.request)
        except SubmissionUncertain as problem:
            raise self._uncertain(entry, row, problem) from None
        except (APIError, ConnectionFailed, BudgetExceeded) as problem:
            refusals = self._session.recorder.exchanges[before:]
            if refusals and accepted(refusals[-1]):
                raise self._uncertain(entry, row, problem) from None
            entry.state = "refused"
            self._refused(row, problem)
            return []
        finally:
            self._session.hold_new()
        entry.accept(task.id, task.credits_used)
        self._book.tell(f"submitted: {task.id} ({row}), quoted {row.quote}, charged {entry.charged}")
        self._learn(row, task)
        return self._wait(entry, task)

    def _overdrawn(self) -> None:
        title = f"More was charged than may be spent: {self._book.at_worst()} of {self._limit}"
        edit = "Correct the rows of x-model-table, and ask the service about the charge."
        self._book.find("charged", title, "#/x-model-table", edit, self._session.recorder.exchanges[-1])

    def _uncertain(self, entry: PaidRequest, row: Row, problem: VideoClientError) -> Ended:
        exchange = self._session.recorder.exchanges[-1]
        if accepted(exchange):
            entry.accept(exchange.fields.get("taskId"), exchange.fields.get("creditsUsed"))
        if exchange.status is None:
            exchange.fault = problem.summary
        title = f"Nobody knows whether a submission was accepted ({row}): {problem.summary}"
        self._book.find("charged", title, f"{GENERATE}/responses", "Look in the dashboard for a charge.", exchange)
        return Ended("a submission may have been accepted and charged; nothing more is sent")

    def _refused(self, row: Row, problem: Exception) -> None:
        """A valid request was not accepted. Raises Ended where the next would not be either."""
        exchange = self._session.recorder.exchanges[-1]
        if isinstance(problem, BadRequest):
            self._book.observe("valid-accepted", False, exchange, detail=f"{row}: {problem}")
        elif isinstance(problem, InsufficientCredits):
            seen = f"{row}: {problem.required}, quoted {row.quote}"
            self._book.observe("required-is-quote", problem.required == row.quote, exchange, detail=seen)
        if not isinstance(problem, BadRequest | Forbidden):
            raise Ended(str(problem), next((code for kind, code in _CODES if isinstance(problem, kind)), 3))

    def _learn(self, row: Row, task: Task) -> None:
        exchange, price = self._session.recorder.exchanges[-1], row.price
        shown = {
            "valid-accepted": True,
            "veo-images": row.mode == "image_to_video" and row.model.startswith("veo3"),
            f"resolution-{price.resolution}": price.resolution is not None,
            f"sora-{price.duration}s": row.model.startswith("sora-2"),
        }
        for name in (name for name, is_shown in shown.items() if is_shown):
            self._book.observe(name, True, exchange)
        if task.credits_used is not None:
            resolution = f", resolution: {price.resolution}" if price.resolution else ""
            edit = f"- {{duration: {price.duration}{resolution}, credits: {task.credits_used}}}"
            name, seen = price_id(row.model, price), f"charged {task.credits_used}, quoted {row.quote}"
            self._book.observe(name, task.credits_used == row.quote, exchange, detail=seen, edit=edit)

    def _wait(self, entry: PaidRequest, task: Task) -> list[tuple[PaidRequest, Task]]:
        try:
            seen = self._client.wait(task, timeout=self._timeout)
        except TaskFailed as failure:
            seen = failure.task
        except WaitTimeout as late:
            self._book.tell(str(late))
            entry.status = late.status
            return []
        except (APIError, UnexpectedReply) as problem:
            exchange = self._session.recorder.exchanges[-1]
            self._book.observe("receipt-readable", False, exchange, detail=str(problem))
            return []
        finally:
            self._session.hold_new()
        self._book.observe("receipt-readable", True, self._session.recorder.exchanges[-1])
        self._ended(entry, task, seen)
        return [(entry, seen)] if seen.failed and not seen.refunded else []

    def _ended(self, entry: PaidRequest, receipt: Task, task: Task) -> None:
        exchange = self._session.recorder.exchanges[-1]
        told = exchange.fields.get("creditsUsed")
        if told is not None and receipt.credits_used is not None:
            seen = f"receipt {receipt.credits_used}, snapshot {told}"
            self._book.observe("snapshot-credits", told == receipt.credits_used, exchange, detail=seen)
        entry.accept(task.id, task.credits_used)
        entry.status, entry.refunded = int(task.status), task.failed and bool(task.refunded)
        if entry.refunded:
            self._book.observe("failed-refunded", True, exchange)
        self._book.tell(f"{task}{', refunded' if entry.refunded else ''}")

    def _look_again(self, waiting: Sequence[tuple[PaidRequest, Task]]) -> None:
        """A last look at the failed tasks whose refund was announced: the documentation says that it comes shortly."""
        for entry, task in waiting:
            try:
                seen = self._client.get(task)
            except (APIError, ConnectionFailed, UnexpectedReply) as problem:
                self._book.tell(str(problem))
                continue
            finally:
                self._session.hold_new()
            entry.refunded = bool(seen.refunded)
            if seen.refunded is not None:
                exchange = self._session.recorder.exchanges[-1]
                self._book.observe("failed-refunded", entry.refunded, exchange, detail=f"{task.id}: {seen.refunded}")
