"""What the mock charges: the spec's price table, and an invention of its own where the table is silent.

The invention: 2 credits per second of video wherever the table has no row (Wan, Seedance, an unlisted duration or
resolution). The real service's prices for these are unknown; never take the mock's for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INVENTED_CREDITS_PER_SECOND = 2
DEFAULT_DURATION = 5


class Price(NamedTuple):
    """What a task costs in credits, and how long its video is in seconds."""

    credits: int
    duration: int


class PriceList:
    """The prices of `x-model-table`. A duration or resolution left out is that of the model's first row.

    Without one, a duration left out is the first that the model has.

    Args:
        table: the value of `x-model-table`.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._prices: dict[tuple[str, int | None, str | None], Price] = {}
        self._durations: dict[str, int] = {}
        for model in table["models"]:
            for key, price in _rows(model):
                self._prices.setdefault(key, price)
                self._durations.setdefault(model["id"], price.duration)
            durations = model["durations"].get("values", [model["durations"].get("min")])
            self._durations.setdefault(model["id"], next(iter(durations), DEFAULT_DURATION))

    def price(self, request: Mapping[str, Any]) -> Price:
        """The price of a valid request."""
        model, duration, resolution = request["model"], request.get("duration"), request.get("resolution")
        listed = self._prices.get((model, duration, resolution))
        if listed is not None:
            return listed
        seconds = int(duration or self._durations.get(model, DEFAULT_DURATION))
        return Price(INVENTED_CREDITS_PER_SECOND * seconds, seconds)


def _rows(model: Mapping[str, Any]) -> Iterator[tuple[tuple[str, int | None, str | None], Price]]:
    rows = model["credits"]["rows"]
    for row in rows:
        price = Price(row["credits"], row["duration"])
        durations = {row["duration"], None if row["duration"] == rows[0]["duration"] else row["duration"]}
        resolution = row.get("resolution")
        resolutions = {resolution, None if resolution == rows[0].get("resolution") else resolution}
        for given_duration in durations:
            for given_resolution in resolutions:
                yield (model["id"], given_duration, given_resolution), price
