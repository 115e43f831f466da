"""What a request will cost, and the budget that it must fit.

Lives here: `quote` over the generated price table, and the books of one client's budget. Not here: rules (`rules`). A
quote is an estimate: what was charged is `credits_used`. An unknown price is None, never a number.
"""

import threading
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gptimage2_video_api.model_table import MODELS, REQUEST_FIELDS, Model

from .errors import BudgetExceeded, InvalidRequest
from .form import Request, Violation, to_wire
from .rules import check
from .task import Task


class Quote(NamedTuple):
    """A price before the call.

    Attributes:
        credits: Credits; None where nobody knows.
        note: Where the number comes from, or why there is none.
    """

    credits: int | None
    note: str

    def _repr_html_(self) -> str:
        from .notebook import quote_html

        return quote_html(self)


def _price_table(model: Model) -> Mapping[tuple[int | None, str | None], Quote]:
    """The prices of a model by what a request says: the duration, or None where there is only one, and resolution."""
    note = f"price table ({model.prices_known}); what was charged is in credits_used"
    table: dict[tuple[int | None, str | None], Quote] = {}
    for price in model.prices:
        table[price.duration, price.resolution] = Quote(price.credits, note)
        if model.durations == (price.duration,):
            table[None, price.resolution] = Quote(price.credits, note)
    return table


_PRICES: Final = {model.id: _price_table(model) for model in MODELS.values()}
_FIELDS: Final = frozenset(REQUEST_FIELDS)


def quote(request: Request) -> Quote:
    """What a request will probably cost. Sends nothing and needs no key.

    Args:
        request: A generated request, or a mapping in wire names.
    """
    wire = to_wire(request) or {}
    errors = [violation.message for violation in check(wire or request) if violation.severity == "error"]
    if errors:
        return Quote(None, f"the request is invalid: {'; '.join(errors)}")
    return price(wire)


def price(wire: Mapping[str, Any]) -> Quote:
    """As `quote`, of a request in wire names that has been checked and is free of errors."""
    if not wire.keys() <= _FIELDS:
        extras = [name for name in wire if name not in _FIELDS]
        return Quote(None, f"provider-specific controls can change the price: {', '.join(map(str, extras))}")
    asked = (wire.get("duration"), wire.get("resolution"))
    return _PRICES[wire["model"]].get(asked) or _unpriced(MODELS[wire["model"]])


def _unpriced(model: Model) -> Quote:
    if not model.prices:
        return Quote(None, f"no price of {model.id} is published")
    rows = ", ".join(
        f"{' '.join(filter(None, (f'{row.duration} s', row.resolution)))}: {row.credits}" for row in model.prices
    )
    return Quote(None, f"{model.id} is priced at {rows}; give exactly one of these to have a price")


def usable_limit(limit: int) -> int:
    """The limit of a budget, in credits. Raises InvalidRequest where it is no whole number, or negative."""
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        fix = f"max_credits must be a whole number of credits, 0 or more, not {limit!r}"
        raise InvalidRequest([Violation("budget", "max_credits", fix)])
    return limit


def ensure_affordable(price: Quote, left: int, *, allow_unknown: bool) -> None:
    """Whether the price fits what is left of a budget. Raises BudgetExceeded where it does not, or nobody knows."""
    left = max(left, 0)
    unknown = price.credits is None and not (allow_unknown and left)
    if unknown or (price.credits or 0) > left:
        raise BudgetExceeded(needed=price.credits, left=left, note=price.note)


class Budget:
    """The books of one client: by quote, what is reserved and spent never exceeds the limit. Threads may share it.

    Args:
        limit: Credits; None for no limit.
        allow_unknown: Whether a task without a known price may be sent although there is a limit.

    Raises:
        InvalidRequest: The limit is not a whole number of credits, or negative.
    """

    def __init__(self, limit: int | None, *, allow_unknown: bool = False) -> None:
        self.limit = None if limit is None else usable_limit(limit)
        self._allow_unknown = allow_unknown
        self._committed = 0
        self._open: dict[str, int] = {}
        self._lock = threading.Lock()

    @property
    def committed(self) -> int:
        """Credits reserved or spent, less what was refunded."""
        return self._committed

    def reserve(self, price: Quote) -> int:
        """Set the price aside before anything is sent; an unknown price that is allowed reserves nothing.

        Raises:
            BudgetExceeded: It does not fit, or nobody knows whether it does.
        """
        needed = price.credits or 0
        with self._lock:
            if self.limit is not None:
                ensure_affordable(price, self.limit - self._committed, allow_unknown=self._allow_unknown)
            self._committed += needed
        return needed

    def release(self, reserved: int) -> None:
        """Give a reservation back: nothing was accepted."""
        with self._lock:
            self._committed -= reserved

    def settle(self, reserved: int, task: Task) -> None:
        """Replace the reservation by what the service debited."""
        spent = reserved if task.credits_used is None else task.credits_used
        with self._lock:
            self._committed += spent - reserved
            self._open[task.id] = spent

    def close(self, task: Task) -> None:
        """The task has completed or was refunded; a refund comes back, once."""
        with self._lock:
            spent = self._open.pop(task.id, 0)
            if task.refunded:
                self._committed -= spent
