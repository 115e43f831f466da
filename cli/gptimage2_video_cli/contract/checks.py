"""What a run checks: the rows of `checks.yaml`, and one for each price of the model table."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import yaml

from gptimage2_video import MODELS, Price

Source = Literal["inferred", "docs", "page"]
# Credits were spent against the rules; the spec says otherwise; the spec allows it, but it is worth knowing. The last
# fails no run; of `none` the response's schema finds the failure, or there is none.
Severity = Literal["charged", "violation", "notice", "none"]
SEVERITIES: Final[tuple[Severity, ...]] = ("charged", "violation", "notice")
SOURCES: Final[tuple[Source, ...]] = ("inferred", "docs", "page")  # in the order of the report


class Check(NamedTuple):
    """One check; its fields are those of `checks.yaml`, which says what they mean."""

    id: str
    known: Source
    statement: str
    pointer: str
    edit: str = "None; check the server, or what stands in front of it."
    severity: Severity = "violation"
    needs: str = ""


def price_id(model: str, price: Price) -> str:
    """The id of the check of one row of the price table."""
    return "/".join(("price", model, f"{price.duration}s", *filter(None, (price.resolution,))))


def _prices() -> Iterator[Check]:
    for index, model in enumerate(MODELS.values()):
        known: Source = "inferred" if model.prices_known == "inferred" else "docs"
        for price in model.prices:
            clip = " ".join(filter(None, (f"{price.duration} s", price.resolution)))
            statement = f"{clip} of {model.id} cost {price.credits} credits."
            pointer, needs = f"#/x-model-table/models/{index}/credits", "an accepted submission (--max-credits)"
            yield Check(price_id(model.id, price), known, statement, pointer, "Correct the row", needs=needs)


_ROWS: Final[list[dict[str, Any]]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
CHECKS: Final[Mapping[str, Check]] = {it.id: it for it in (*(Check(**row) for row in _ROWS), *_prices())}
