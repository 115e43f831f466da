"""Two schemas of one place: what changed there, and whether it breaks callers.

Lives here: the walk that says what changed, keyword by keyword, and jsoncompat's word on whether the changed keyword
accepts less (request) or allows more (response). A flat schema asks for all its keywords at once, so that the whole
keeps its promise when each keyword does. Not here: references and composition (shapes.py).
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast

from .changes import GAINED, GONE, HARMLESS, LOST, NEW, UNSURE, Change, Side, Verdict
from .containment import judge, judge_keyword
from .shapes import Schema, Tags, alternatives, is_mapping, resolve, tags, variants

_NOUNS: Final = {
    "minLength": "shortest length",
    "maxLength": "longest length",
    "pattern": "pattern",
    "format": "format",
    "minItems": "least number of items",
    "maxItems": "greatest number of items",
    "uniqueItems": "demand of unique items",
    "minimum": "least value",
    "maximum": "greatest value",
    "multipleOf": "step",
    "default": "default",
    "exclusiveMinimum": "exclusive lower limit",
    "exclusiveMaximum": "exclusive upper limit",
    "type": "type",
    "minProperties": "least number of properties",
    "maxProperties": "greatest number of properties",
    "additionalProperties": "rule on further properties",
    "enum": "list of values",
    "required": "list of what is required",
    "allOf": "set of conditions",
    "not": "exclusion",
    "deprecated": "mark of deprecation",
}
_REWRITTEN: Final = "written in another way, and means the same"
_VERBS: Final = {
    Side.REQUEST: "is no longer accepted|is accepted now",
    Side.RESPONSE: "is no longer returned|may be returned now",
}
_NEEDED: Final = {
    Side.REQUEST: "is no longer required|is required now",
    Side.RESPONSE: "may be missing now|is always there now",
}


class _Spot(NamedTuple):
    """A place in a schema, and who writes there."""

    side: Side
    path: str = ""

    def within(self, step: str) -> "_Spot":
        return self._replace(path=f"{self.path}{step}".removeprefix("."))

    def told(self, verdict: Verdict, text: str, sure: bool = True) -> Change:
        name = f"`{self.path}`: " if self.path else ""
        return Change(verdict, name + text + ("" if sure else f"; {UNSURE}"))


def compare(place: str, side: Side, base: tuple[Any, Any], head: tuple[Any, Any]) -> Iterator[Change]:
    """All changes between two schemas, each given with its document. `place` opens each line."""
    if base[1] == head[1] and base[0].get("components") == head[0].get("components"):
        return
    old, new = resolve(*base), resolve(*head)
    if old == new:
        return
    names = sorted(tags(alternatives(old)) & tags(alternatives(new)))
    left, right = variants(old, names), variants(new, names)
    found = [*_choices(side, left, right), *_common(side, left, right)]
    yield from (Change(verdict, f"{place}: {text}") for verdict, text in found)
    if not found:
        yield Change(HARMLESS, f"{place}: {_REWRITTEN}")


def _choices(side: Side, left: dict[Tags, Schema], right: dict[Tags, Schema]) -> Iterator[Change]:
    """The combinations of tags that came or went, in the fewest words that cover them."""
    lost, gained = _VERBS[side].split("|")
    for verb, verdict, old, new in ((lost, LOST[side], left, right), (gained, GAINED[side], right, left)):
        alone: list[Tags] = [key for key in old if key not in new]
        count = Counter(tag for key in alone for tag in key)
        whole = [tag for tag, _ in count.most_common() if not any(tag in key for key in new)]
        while alone:
            told: Tags = next(((tag,) for tag in whole if any(tag in key for key in alone)), alone[0])
            yield Change(verdict, " with ".join(f'{name} "{value}"' for name, value in reversed(told)) + f" {verb}")
            alone = [key for key in alone if not {*told} <= {*key}]


def _common(side: Side, left: dict[Tags, Schema], right: dict[Tags, Schema]) -> Iterator[Change]:
    """The changes of the variants that stayed, each line once, with the variants that it is about unless it is all."""
    stayed = [key for key in left if key in right]
    where: dict[Change, list[Tags]] = {}
    for key in stayed:
        for change in _schema(_Spot(side), left[key], right[key]):
            where.setdefault(change, []).append(key)
    for change, keys in where.items():
        yield change if len(keys) == len(stayed) else change._replace(text=f"{change.text} ({_about(keys, stayed)})")


def _about(keys: list[Tags], stayed: list[Tags]) -> str:
    """Some of the variants in few words: by one tag where it tells them from the others, else by all tags."""
    for tag in reversed(range(len(keys[0]))):
        values = dict.fromkeys(key[tag][1] for key in keys)
        if len(keys) == sum(key[tag][1] in values for key in stayed):
            return ", ".join(values)
    return ", ".join(" in ".join(value for _, value in reversed(key)) for key in keys)


def _schema(spot: _Spot, base: Schema, head: Schema) -> Iterator[Change]:
    """Two flat schemas: their keywords, then what is within them."""
    if base == head:
        return
    whole, sure = judge(spot.side, base, head)
    if sure and whole is HARMLESS:
        yield spot.told(HARMLESS, _REWRITTEN)
        return
    if _choice(base) != _choice(head):  # no telling which branch was which
        now, before = (f"a choice of {len(way)}" if way else "no choice" for way in (_choice(head), _choice(base)))
        yield spot.told(whole, f"there is {now} between schemas, before there was {before}", sure)
        return
    for key in sorted({*base, *head} - {"properties", "items"}):
        if base.get(key) != head.get(key):
            for change in _keyword(spot, key, base, head):
                yield change._replace(verdict=NEW) if sure and whole is NEW and change.verdict is GONE else change
    yield from _properties(spot, base, head)
    if base.get("items") != head.get("items"):
        yield from _schema(spot.within("[]"), base.get("items", {}), head.get("items", {}))


def _choice(schema: Schema) -> list[Schema]:
    """The branches of a choice that no tag tells apart."""
    return cast("list[Schema]", schema.get("oneOf") or schema.get("anyOf") or [])


def _properties(spot: _Spot, base: Schema, head: Schema) -> Iterator[Change]:
    old, new = (cast("Schema", schema.get("properties", {})) for schema in (base, head))
    for name in [*old, *(name for name in new if name not in old)]:
        inner = spot.within(f".{name}")
        if name in old and name in new:
            yield from _schema(inner, old[name], new[name])
        elif name in old:  # clients have it as a field, even where further properties stay welcome
            yield inner.told(GONE, "is gone")
        else:
            yield inner.told(_unnamed(spot.side, base.get("additionalProperties", True), new[name]), "is new")


def _unnamed(side: Side, before: Any, now: Schema) -> Verdict:
    """A property that had no name before. Nobody relied on it, unless there was a promise on all further properties."""
    if is_mapping(before):
        return max(NEW, judge(side, before, now)[0])
    return GONE if before is False and side is Side.RESPONSE else NEW


def _keyword(spot: _Spot, key: str, base: Schema, head: Schema) -> Iterator[Change]:
    """One keyword that differs. Lists are told value by value, so that each line has its own verdict."""
    old, new = base.get(key), head.get(key)
    if key == "required" or (key == "enum" and old and new and any(value in new for value in old)):
        yield from _listed(spot, key, old or [], new or [])
    elif key == "additionalProperties" and is_mapping(old) and is_mapping(new):
        yield from _schema(spot.within(".*"), old, new)
    else:
        verdict, sure = judge_keyword(spot.side, key, base, head)
        yield spot.told(verdict, _told(_NOUNS.get(key, key), old, new), sure)


def _listed(spot: _Spot, key: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
    kept = [value for value in old if value in new]
    words = (_NEEDED if key == "required" else _VERBS)[spot.side].split("|")
    for values, verb, before, after in ((old, words[0], old, kept), (new, words[1], kept, new)):
        for value in values:
            if value not in kept:
                verdict, sure = judge(spot.side, {key: before}, {key: after})
                inner, name = (spot.within(f".{value}"), "") if key == "required" else (spot, f"{json.dumps(value)} ")
                yield inner.told(verdict, name + verb, sure)


def _told(noun: str, old: Any, new: Any) -> str:
    before, after = (json.dumps(value, ensure_ascii=False) for value in (old, new))
    if old is None or new is None:
        return f"the {noun} {after} is new" if old is None else f"the {noun} {before} is gone"
    return f"the {noun} is {after} now, it was {before}"
