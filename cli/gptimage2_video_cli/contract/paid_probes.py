"""The requests that cost credits: valid ones, as far as the budget goes even if more is charged than quoted.

They are submitted one after the other with the library's own client, whose laws hold: at most once, and an uncertain
one stays reserved.
"""

from collections.abc import Sequence
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
from .plan import PlannedRequest, choose, fits_budget
from .recording_client import Exchange
from .responses import is_accepted
from .session import RunAborted, Session

# The exit code of a run without findings that a refusal aborts; an account without credits differs in nothing.
_EXIT_CODES: Final[tuple[tuple[type[Exception], int], ...]] = ((ConnectionFailed, 4), (InsufficientCredits, 0))


class PaidProbes:
    """The part of a run that costs credits.

    Args:
        requests: What may be submitted, in this order.
        max_credits: The limit for all of it, in the worst case.
        timeout: Seconds to wait for each task.
    """

    def __init__(
        self,
        session: Session,
        client: VideoClient,
        requests: Sequence[PlannedRequest],
        max_credits: int,
        timeout: float,
    ) -> None:
        self._session, self._client, self._requests = session, client, list(requests)
        self._result, self._max_credits, self._timeout = session.result, max_credits, timeout

    def run(self) -> None:
        """Log the plan, then submit and wait, one after the other; after each the rest is planned again.

        Raises:
            RunAborted: To continue would cost credits and show nothing.
        """
        self._log_plan()
        unrefunded: list[tuple[PaidRequest, Task]] = []
        try:
            self._submit_all(unrefunded)
        except RunAborted:
            self._poll_refunds(unrefunded)
            raise
        self._poll_refunds(unrefunded)

    def _submit_all(self, unrefunded: list[tuple[PaidRequest, Task]]) -> None:
        while planned := next((it for it in self._requests if self._fits(it)), None):
            self._requests.remove(planned)
            ratio = self._result.charge_ratio
            unrefunded += self._submit(planned)
            if self._left < 0:
                self._add_overdrawn()
            elif self._result.charge_ratio > ratio:
                self._result.log(f"charged {float(self._result.charge_ratio):g} times the quote: planning again")
                self._log_plan()

    @property
    def _left(self) -> int:
        return self._max_credits - self._result.worst_case_cost()

    @property
    def _last(self) -> Exchange:
        return self._session.client.exchanges[-1]

    def _fits(self, planned: PlannedRequest) -> bool:
        return fits_budget(planned, self._left, self._result.charge_ratio)

    def _log_plan(self) -> None:
        left, ratio = self._left, self._result.charge_ratio
        chosen = choose(self._requests, left, ratio)
        cost, worst_case = sum(it.quote for it in chosen), sum(it.worst_case_cost(ratio) for it in chosen)
        self._result.log(
            f"plan: {len(chosen)} submissions, {cost} credits by quote, {min(worst_case, left)} in the worst case; "
            f"{left} credits left, and each needs {float(ratio):g} times its quote"
        )
        for planned in chosen:
            self._result.log(f"  {planned.quote:>3}  {planned}")

    def _submit(self, planned: PlannedRequest) -> list[tuple[PaidRequest, Task]]:
        """Submit a request and wait for its task; returns it where its refund has to be polled again."""
        submission = self._result.add_submission(str(planned), planned.quote)
        before = len(self._session.client.exchanges)
        try:
            task = self._client.submit(planned.request)
        except SubmissionUncertain as error:
            raise self._uncertain(submission, planned, error) from None
        except (APIError, ConnectionFailed, BudgetExceeded) as error:
            refusals = self._session.client.exchanges[before:]
            if refusals and is_accepted(refusals[-1]):
                raise self._uncertain(submission, planned, error) from None
            submission.state = "refused"
            self._observe_refusal(planned, error)
            return []
        finally:
            self._session.validate_new_responses()
        submission.accept(task.id, task.credits_used)
        self._result.log(f"submitted: {task.id} ({planned}), quoted {planned.quote}, charged {submission.charged}")
        self._observe_accepted(planned, task)
        return self._wait(submission, task)

    def _add_overdrawn(self) -> None:
        title = f"More was charged than the limit: {self._result.worst_case_cost()} of {self._max_credits}"
        edit = "Correct the rows of x-model-table, and ask the service about the charge."
        self._result.add_finding("charged", title, "#/x-model-table", edit, self._last)

    def _uncertain(self, submission: PaidRequest, planned: PlannedRequest, error: VideoClientError) -> RunAborted:
        exchange = self._last
        if is_accepted(exchange):
            submission.accept(exchange.fields.get("taskId"), exchange.fields.get("creditsUsed"))
        if exchange.status is None:
            exchange.failure = error.summary
        title = f"Uncertain whether a submission was accepted ({planned}): {error.summary}"
        edit = "Check the dashboard for a charge."
        self._result.add_finding("charged", title, f"{GENERATE}/responses", edit, exchange)
        return RunAborted("a submission may have been accepted and charged; nothing more is sent")

    def _observe_refusal(self, planned: PlannedRequest, error: Exception) -> None:
        """A valid request was not accepted. Raises RunAborted where the next would not be either."""
        if isinstance(error, BadRequest):
            self._result.observe("valid-accepted", False, self._last, detail=f"{planned}: {error}")
        elif isinstance(error, InsufficientCredits):
            detail = f"{planned}: {error.required}, quoted {planned.quote}"
            self._result.observe("required-is-quote", error.required == planned.quote, self._last, detail=detail)
        if not isinstance(error, BadRequest | Forbidden):
            raise RunAborted(str(error), next((code for cls, code in _EXIT_CODES if isinstance(error, cls)), 3))

    def _observe_accepted(self, planned: PlannedRequest, task: Task) -> None:
        price = planned.price
        confirmed = {
            "valid-accepted": True,
            "veo-images": planned.mode == "image_to_video" and planned.model.startswith("veo3"),
            f"resolution-{price.resolution}": price.resolution is not None,
            f"sora-{price.duration}s": planned.model.startswith("sora-2"),
        }
        for assumption_id in (assumption_id for assumption_id, applies in confirmed.items() if applies):
            self._result.observe(assumption_id, True, self._last)
        if task.credits_used is not None:
            resolution = f", resolution: {price.resolution}" if price.resolution else ""
            edit = f"- {{duration: {price.duration}{resolution}, credits: {task.credits_used}}}"
            detail = f"charged {task.credits_used}, quoted {planned.quote}"
            holds = task.credits_used == planned.quote
            self._result.observe(price_id(planned.model, price), holds, self._last, detail=detail, edit=edit)

    def _wait(self, submission: PaidRequest, task: Task) -> list[tuple[PaidRequest, Task]]:
        try:
            ended = self._client.wait(task, timeout=self._timeout)
        except TaskFailed as error:
            ended = error.task
        except WaitTimeout as error:
            self._result.log(str(error))
            submission.status = error.status
            return []
        except (APIError, UnexpectedReply) as error:
            self._result.observe("receipt-readable", False, self._last, detail=str(error))
            return []
        finally:
            self._session.validate_new_responses()
        self._result.observe("receipt-readable", True, self._last)
        self._observe_ended(submission, task, ended)
        return [(submission, ended)] if ended.failed and not ended.refunded else []

    def _observe_ended(self, submission: PaidRequest, receipt: Task, task: Task) -> None:
        exchange = self._last
        credits_used = exchange.fields.get("creditsUsed")
        if credits_used is not None and receipt.credits_used is not None:
            detail = f"receipt {receipt.credits_used}, snapshot {credits_used}"
            self._result.observe("snapshot-credits", credits_used == receipt.credits_used, exchange, detail=detail)
        submission.accept(task.id, task.credits_used)
        submission.status, submission.refunded = int(task.status), task.failed and bool(task.refunded)
        if submission.refunded:
            self._result.observe("failed-refunded", True, exchange)
        self._result.log(f"{task}{', refunded' if submission.refunded else ''}")

    def _poll_refunds(self, unrefunded: Sequence[tuple[PaidRequest, Task]]) -> None:
        """A last poll of the failed tasks without a refund: the documentation says that it comes shortly."""
        for submission, task in unrefunded:
            try:
                polled = self._client.get(task)
            except (APIError, ConnectionFailed, UnexpectedReply) as error:
                self._result.log(str(error))
                continue
            finally:
                self._session.validate_new_responses()
            submission.refunded = bool(polled.refunded)
            if polled.refunded is not None:
                detail = f"{task.id}: {polled.refunded}"
                self._result.observe("failed-refunded", submission.refunded, self._last, detail=detail)
