"""Two model tables (`x-model-table`): models, modes, durations, resolutions, prices, and how well each is known.

Lives here: what a changed fact means to callers. Not here: the schemas, which tell by themselves what is accepted.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .changes import GONE, HARMLESS, NEW, Change, leftovers, members, refuse, values

Fact = Mapping[str, Any]

_LISTS: Final = {"modes": "mode", "durations": "duration", "resolutions": "resolution"}
_FIRM: Final = {"page", "docs"}


def compare(base: Any, head: Any) -> list[Change]:
    """All changes between two tables; None stands for no table."""
    if base is None or head is None:
        return list(values("{}", {"the model table"} if base else set(), {"the model table"} if head else set()))
    try:
        return list(_tables(base, head))
    except (AttributeError, KeyError, TypeError) as error:
        refuse(f"x-model-table is not a table of models as this tool knows it: {error!r}")


def _tables(base: Fact, head: Fact) -> Iterator[Change]:
    old, new = ({row["id"]: row for row in table["models"]} for table in (base, head))
    yield from members('model table: model "{}"', old, new, _model)
    yield from _list("model table: common", "duration", base["commonDurations"], head["commonDurations"])
    yield from leftovers("model table", base, head, {"models", "commonDurations"}, set())
    if list(old) != list(new) and {*old} == {*new}:
        yield Change(HARMLESS, "model table: the models stand in another order")


def _model(base: Fact, head: Fact, place: str) -> Iterator[Change]:
    for key, name in _LISTS.items():
        yield from _list(place, name, base[key], head[key])
    old, new = ({_clip(row): row["credits"] for row in model["credits"]["rows"]} for model in (base, head))
    yield from members(f"{place}: the price of {{}}", old, new, _price)
    yield from _mark(f"{place}: the prices", base["credits"], head["credits"])
    yield from leftovers(place, base, head, {*_LISTS, "credits", "id"}, {"family", "label"})


def _clip(row: Fact) -> str:
    return f"{row['duration']} s" + (f" at {row['resolution']}" if "resolution" in row else "")


def _price(base: int, head: int, place: str) -> Iterator[Change]:
    """A budget that was enough may not be so any more; a lower price asks nothing of anybody."""
    if base != head:
        rose = head > base
        yield Change(GONE if rose else NEW, f"{place} {'rose' if rose else 'fell'} from {base} to {head} credits")


def _list(place: str, name: str, base: Fact, head: Fact) -> Iterator[Change]:
    yield from values(f"{place}: {name} {{}}", {*base["values"]}, {*head["values"]})
    yield from _mark(f"{place}: {name}s", base, head, refuses=name == "duration")
    if base["values"] != head["values"] and {*base["values"]} == {*head["values"]}:
        yield Change(HARMLESS, f"{place}: the {name}s stand in another order")


def _mark(place: str, base: Fact, head: Fact, refuses: bool = False) -> Iterator[Change]:
    """How well a fact is known. Clients refuse a duration outside a list only where the list is documented."""
    old, new = base["known"], head["known"]
    if old != new:
        firmer = (new in _FIRM) - (old in _FIRM) if refuses else 0
        after = {1: ", so that clients refuse all others", -1: ", so that clients refuse no others"}.get(firmer, "")
        yield Change({1: GONE, 0: HARMLESS, -1: NEW}[firmer], f"{place} were known as {old}, now {new}{after}")
