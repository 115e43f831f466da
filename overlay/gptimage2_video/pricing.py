"""What a request will cost: an estimate; the charge is `credits_used`. An unknown price is None, never a number."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gptimage2_video_api.model_table import MODELS, PRICED_FIELDS, Model

from .fields import Request, to_wire
from .rules import check


class Quote(NamedTuple):
    """A price before the call: `credits`, None where unknown, and a `note` on its source, or why there is none."""

    credits: int | None
    note: str

    def _repr_html_(self) -> str:
        from .notebook.html import table_html

        return table_html(("credits", "from"), [("unknown" if self.credits is None else str(self.credits), self.note)])


def _price_table(model: Model) -> Mapping[tuple[int | None, str | None], Quote]:
    """The prices of a model by what a request says: the duration, or None where there is only one, and resolution."""
    note = f"price table ({model.prices_known}); what was charged is in credits_used"
    table: dict[tuple[int | None, str | None], Quote] = {}
    for price in model.prices:
        table[price.duration, price.resolution] = Quote(price.credits, note)
        if len(model.durations) == 1:
            table[None, price.resolution] = Quote(price.credits, note)
    return table


_PRICES: Final = {model.id: _price_table(model) for model in MODELS.values()}
_PRICED_FIELDS: Final = frozenset(PRICED_FIELDS)


def quote(request: Request) -> Quote:
    """What a request, generated or a mapping in wire names, will probably cost. Sends nothing and needs no key."""
    wire = to_wire(request) or {}
    errors = [violation.message for violation in check(wire or request) if violation.severity == "error"]
    return Quote(None, f"the request is invalid: {'; '.join(errors)}") if errors else quote_checked(wire)


def quote_checked(wire: Mapping[str, Any]) -> Quote:
    """As `quote`, of a request in wire names that `check` found free of errors."""
    if not wire.keys() <= _PRICED_FIELDS:
        others = ", ".join(str(name) for name in wire if name not in _PRICED_FIELDS)
        return Quote(None, f"the price table does not cover {others}")
    wanted = (wire.get("duration"), wire.get("resolution"))
    return _PRICES[wire["model"]].get(wanted) or _unpriced(MODELS[wire["model"]])


def _unpriced(model: Model) -> Quote:
    if not model.prices:
        return Quote(None, f"no price of {model.id} is published")
    rows = ", ".join(
        f"{' '.join(filter(None, (f'{row.duration} s', row.resolution)))}: {row.credits}" for row in model.prices
    )
    return Quote(None, f"{model.id} is priced at {rows}; choose one of these combinations to get a price")
