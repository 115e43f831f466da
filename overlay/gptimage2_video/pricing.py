"""What a request will cost: an estimate; the charge is `credits_used`. An unknown price is None, never a number."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gptimage2_video_api.model_table import PRICED_FIELDS

from .fields import Request, to_wire
from .models import MODELS, Model
from .rules import check


class Quote(NamedTuple):
    """A price before the call: `credits`, None where unknown, and a `note` on its source, or why there is none."""

    credits: int | None
    note: str

    def _repr_html_(self) -> str:
        from .notebook.html import table_html

        return table_html(("credits", "from"), [("unknown" if self.credits is None else str(self.credits), self.note)])


_PRICED_FIELDS: Final = frozenset(PRICED_FIELDS)


def quote(request: Request, *, models: Mapping[str, Model] = MODELS, allow_unknown_model: bool = False) -> Quote:
    """What a request, generated or a mapping in wire names, will probably cost. Sends nothing and needs no key.

    `models` and `allow_unknown_model` are as in `check`.
    """
    wire = to_wire(request) or {}
    violations = check(wire or request, models=models, allow_unknown_model=allow_unknown_model)
    errors = [violation.message for violation in violations if violation.severity == "error"]
    return Quote(None, f"the request is invalid: {'; '.join(errors)}") if errors else quote_checked(wire, models)


def quote_checked(wire: Mapping[str, Any], models: Mapping[str, Model]) -> Quote:
    """As `quote`, of a request in wire names that `check` found free of errors."""
    if not wire.keys() <= _PRICED_FIELDS:
        others = ", ".join(str(name) for name in wire if name not in _PRICED_FIELDS)
        return Quote(None, f"the price table does not cover {others}")
    model = models.get(wire["model"])
    if model is None:
        return Quote(None, "the model is none of the price table")
    only = model.durations[0] if len(model.durations) == 1 else None
    wanted = (wire.get("duration", only), wire.get("resolution"))
    for price in model.prices:
        if (price.duration, price.resolution) == wanted:
            return Quote(price.credits, f"price table ({model.prices_known}); what was charged is in credits_used")
    return _unpriced(model)


def _unpriced(model: Model) -> Quote:
    if not model.prices:
        return Quote(None, f"no price of {model.id} is published")
    rows = ", ".join(
        f"{' '.join(filter(None, (f'{row.duration} s', row.resolution)))}: {row.credits}" for row in model.prices
    )
    return Quote(None, f"{model.id} is priced at {rows}; choose one of these combinations to get a price")
