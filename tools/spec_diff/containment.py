"""Whether a changed schema accepts less or allows more: the one place that asks jsoncompat.

Lives here: what jsoncompat must not be asked, because it overlooks it or cannot decide it, and what is said instead.
Not here: which parts to ask about, and the words of the report (schemas.py).
"""

import json
from typing import Any, Final

import jsoncompat

from .changes import GAINED, GONE, HARMLESS, LOST, NEW, Side, Verdict
from .shapes import Schema, walk

# What a keyword that limits nothing, yet tells callers something, means when it is new and when it is gone.
_TELLS: Final = {"default": (NEW, GONE), "deprecated": (NEW, HARMLESS), "discriminator": (NEW, GONE)}
# Beside them, the keywords that jsoncompat overlooks, as its documentation says.
_OVERLOOKED: Final = {
    *("pattern", "format", "contentEncoding", "contentMediaType", "contentSchema", "readOnly", "writeOnly"),
    *("dependentSchemas", "dependencies", "unevaluatedProperties", "unevaluatedItems", *_TELLS),
}
# Keywords that say nothing without their neighbours; `type` stands beside all others.
_NEIGHBOURS: Final = {
    **dict.fromkeys(("contains", "minContains", "maxContains"), ("type", "contains", "minContains", "maxContains")),
    "prefixItems": ("type", "items"),
}
# Where two of these differ, jsoncompat may find containment neither way although there is one.
_COMPOSED: Final = {"allOf", "anyOf", "oneOf", "not", "if"}


def judge_keyword(side: Side, key: str, base: Schema, head: Schema) -> tuple[Verdict, bool]:
    """The verdict on one keyword of two flat schemas, and whether it is sure."""
    by_itself = key in _OVERLOOKED or (key in _COMPOSED and not (key in base and key in head))
    return _unread(side, key, base.get(key), head.get(key)) if by_itself else judge(side, *_alone(key, base, head))


def judge(side: Side, base: Schema, head: Schema) -> tuple[Verdict, bool]:
    """The verdict of jsoncompat, and whether it is sure; where it is not, the change is taken as breaking."""
    seen = [sorted(json.dumps(pair) for pair in walk(schema) if pair[0] in _OVERLOOKED) for schema in (base, head)]
    if seen[0] != seen[1]:
        return GONE, False
    try:
        wider, narrower = _contained(base, head), _contained(head, base)
    except ValueError:
        return GONE, False
    if wider and narrower:
        return HARMLESS, True
    kept = wider if side is Side.REQUEST else narrower
    composed = any(key in _COMPOSED for key, _ in walk(base, head))
    return (NEW, True) if kept else (GONE, wider or narrower or not composed)


def _contained(inner: Schema, outer: Schema) -> bool:
    return jsoncompat.check_compat(json.dumps(inner), json.dumps(outer), jsoncompat.Role.DESERIALIZER)


def _alone(key: str, base: Schema, head: Schema) -> tuple[Schema, Schema]:
    """Both schemas cut down to one keyword, with the neighbours that it needs as the base has them."""
    beside: Schema = {name: base[name] for name in _NEIGHBOURS.get(key, ("type",)) if name in base and name != key}
    old, new = ({**beside, key: schema[key]} if key in schema else beside for schema in (base, head))
    return old, new


def _unread(side: Side, key: str, old: Any, new: Any) -> tuple[Verdict, bool]:
    """What can be said of a keyword without understanding it: a limit that is new is stricter, one less is looser."""
    if old is not None and new is not None:
        return GONE, key in _TELLS
    when_new, when_gone = _TELLS.get(key, (LOST[side], GAINED[side]))
    return when_new if old is None else when_gone, True
