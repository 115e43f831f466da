"""What would be submitted, and what that costs: by quote, and at worst.

Lives here: pure arithmetic over the model table. Not here: sending (`submissions`). A request whose price nobody knows
is never a row of the plan.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import Any, Final, NamedTuple

from gptimage2_video import MODELS, Model, Price, build_request, quote

_PROMPT: Final = "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film"


class Row(NamedTuple):
    """One valid request with a price.

    Attributes:
        price: The row of the price table that it matches.
        quote: Credits.
    """

    model: str
    mode: str
    price: Price
    request: dict[str, Any]
    quote: int

    def __str__(self) -> str:
        clip = (self.model, self.mode, f"{self.price.duration} s", self.price.resolution)
        return " ".join(filter(None, clip))


def rows(image: str | None) -> list[Row]:
    """All that could be submitted, in this order: the cheapest of each model and mode; then what has an inferred price.

    Args:
        image: What image-to-video starts from; without one there is none.
    """
    known = sorted(_priced(image), key=lambda row: row.quote)
    seen: set[tuple[str, str]] = set()
    first: list[Row] = []
    for row in known:
        if (row.model, row.mode) not in seen:
            seen.add((row.model, row.mode))
            first.append(row)
    return first + [row for row in known if row not in first and MODELS[row.model].prices_known == "inferred"]


def unpriced() -> list[str]:
    """The models that are never submitted, since nobody knows what they cost."""
    return [model.id for model in MODELS.values() if not model.prices]


def fits(row: Row, left: int, ratio: Fraction) -> bool:
    """Whether the row leaves no debt even where it is charged at `ratio` times its quote."""
    return ceil(row.quote * ratio) <= left


def planned(known: Sequence[Row], left: int, ratio: Fraction, charge: Fraction = Fraction(1)) -> list[Row]:
    """The rows that will be submitted if each is charged at `charge` times its quote."""
    chosen: list[Row] = []
    for row in known:
        if fits(row, left, ratio):
            chosen.append(row)
            left -= ceil(row.quote * charge)
    return chosen


def _priced(image: str | None) -> Iterator[Row]:
    for model in MODELS.values():
        for mode in model.modes:
            if mode == "text_to_video" or image:
                yield from _rows_of(model, mode, image)


def _rows_of(model: Model, mode: str, image: str | None) -> Iterator[Row]:
    for price in model.prices:
        request = build_request(
            _PROMPT,
            model=model.id,
            duration=price.duration,
            resolution=price.resolution,
            image=image if mode == "image_to_video" else None,
            input_mode=mode,
        )
        credits_ = quote(request).credits
        if credits_ is not None:
            yield Row(model.id, mode, price, request, credits_)
