"""What can be submitted, and what that costs: by quote, and in the worst case.

A request without a known price is never planned.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from math import ceil
from typing import Final, NamedTuple

from gptimage2_video import MODELS, BudgetExceeded, InvalidRequest, Model, PreparedRequest, Price, Quote, prepare
from gptimage2_video.budget import ensure_affordable

_PROMPT: Final = "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film"


class PlannedRequest(NamedTuple):
    """One valid request, with its row of the price table and its quote in credits."""

    model: str
    mode: str
    price: Price
    request: PreparedRequest
    quote: int

    def __str__(self) -> str:
        clip = (self.model, self.mode, f"{self.price.duration} s", self.price.resolution)
        return " ".join(filter(None, clip))

    def worst_case_cost(self, ratio: Fraction) -> int:
        """Its cost, in credits, at this ratio of the charge to the quote."""
        return ceil(self.quote * ratio)


def candidates(image: str | None) -> list[PlannedRequest]:
    """Everything that can be submitted, in this order: the cheapest of each model and mode; then inferred prices.

    Args:
        image: The URL for image-to-video; without one there is none.
    """
    by_price = sorted(_priced_requests(image), key=lambda planned: planned.quote)
    cheapest: dict[tuple[str, str], PlannedRequest] = {}
    for planned in by_price:
        cheapest.setdefault((planned.model, planned.mode), planned)
    first = list(cheapest.values())
    return first + [it for it in by_price if it not in first and MODELS[it.model].prices_known == "inferred"]


def fits_budget(planned: PlannedRequest, left: int, ratio: Fraction) -> bool:
    """Whether the request fits what is left even where the charge is `ratio` times its quote."""
    try:
        ensure_affordable(Quote(planned.worst_case_cost(ratio), ""), left, allow_unknown=False)
    except BudgetExceeded:
        return False
    return True


def choose(requests: Sequence[PlannedRequest], left: int, ratio: Fraction) -> list[PlannedRequest]:
    """The requests that will be submitted if each is charged at its quote."""
    chosen: list[PlannedRequest] = []
    for planned in requests:
        if fits_budget(planned, left, ratio):
            chosen.append(planned)
            left -= planned.quote
    return chosen


def _priced_requests(image: str | None) -> Iterator[PlannedRequest]:
    for model in MODELS.values():
        for mode in model.modes:
            if mode == "text_to_video" or image:
                yield from _requests_of(model, mode, image)


def _requests_of(model: Model, mode: str, image: str | None) -> Iterator[PlannedRequest]:
    for price in model.prices:
        with suppress(InvalidRequest):  # of an image that is no URL
            request = prepare(
                _PROMPT,
                model=model.id,
                duration=price.duration,
                resolution=price.resolution,
                image=image if mode == "image_to_video" else None,
                input_mode=mode,
            )
            if request.quote.credits is not None:
                yield PlannedRequest(model.id, mode, price, request, request.quote.credits)
