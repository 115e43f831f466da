"""The budget of one client, and the one answer to whether a price fits what is left of any budget."""

import threading

from .errors import BudgetExceeded
from .pricing import Quote
from .task import Task


def ensure_affordable(quote: Quote, left: int, *, allow_unknown: bool) -> None:
    """Return if a price fits the credits that are left of a budget, else raise BudgetExceeded.

    An unknown price fits where it is allowed and anything is left.
    """
    left = max(left, 0)
    unknown = quote.credits is None and not (allow_unknown and left)
    if unknown or (quote.credits or 0) > left:
        raise BudgetExceeded(needed=quote.credits, left=left, note=quote.note)


class Budget:
    """The credits of one client: by quote, what is reserved and spent never exceeds the limit (None for none).

    Threads may share it.
    """

    def __init__(self, limit: int | None, *, allow_unknown: bool = False) -> None:
        self.limit = limit
        self._allow_unknown = allow_unknown
        self._committed = 0
        self._unsettled: dict[str, int] = {}
        self._lock = threading.Lock()

    def after_fork(self) -> None:
        """In the child of a fork: what was committed until then counts in both; from then on each counts alone."""
        self._lock = threading.Lock()

    @property
    def committed(self) -> int:
        """Credits reserved or spent, less what was refunded."""
        return self._committed

    def reserve(self, quote: Quote) -> int:
        """Set the price aside before anything is sent; an unknown one that is allowed reserves nothing."""
        with self._lock:
            if self.limit is not None:
                ensure_affordable(quote, self.limit - self._committed, allow_unknown=self._allow_unknown)
            self._committed += quote.credits or 0
        return quote.credits or 0

    def release(self, reserved: int) -> None:
        """Give a reservation back: nothing was accepted."""
        with self._lock:
            self._committed -= reserved

    def settle(self, reserved: int, task: Task) -> None:
        """Replace the reservation by what the service debited."""
        spent = reserved if task.credits_used is None else task.credits_used
        with self._lock:
            self._committed += spent - reserved
            self._unsettled[task.id] = spent

    def refund(self, task: Task) -> None:
        """Close the account of a task that has completed or was refunded; a refund comes back, once."""
        with self._lock:
            spent = self._unsettled.pop(task.id, 0)
            if task.refunded:
                self._committed -= spent
