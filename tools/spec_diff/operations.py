"""Two OpenAPI documents: operations, parameters, bodies, responses, security, servers.

Lives here: what HTTP and OpenAPI say beyond schemas. What is judged nowhere is reported, and taken as breaking.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from . import models, schemas
from .changes import GAINED, GONE, HARMLESS, NEW, Change, Side, Verdict, leftovers, members, values
from .shapes import follow

Node = dict[str, Any]
Both = tuple[Node, Node]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_WORDS: Final = {"summary", "description", "tags", "externalDocs", "examples", "example"}
_JUDGED: Final = {"info", "paths", "servers", "security", "components", "x-model-table"}
_DEPRECATED: Final = {False: (HARMLESS, "is no longer deprecated"), True: (NEW, "is deprecated now")}
_REQUIRED: Final = {False: (NEW, "is no longer required"), True: (GONE, "is required now")}
_PROMISED: Final = {False: (GONE, "may be missing now"), True: (NEW, "is always there now")}


def compare(base: Node, head: Node) -> list[Change]:
    """All changes between two documents, the worst first."""
    both = base, head
    found = [
        *members("{}", _operations(base), _operations(head), partial(_operation, both)),
        *_servers("the service", base, head),
        *_schemes(both),
        *models.compare(base.get("x-model-table"), head.get("x-model-table")),
        *leftovers("info", base["info"], head["info"], {"version"}, {*base["info"], *head["info"]}),
        *leftovers("document", base, head, _JUDGED, {*_WORDS, "openapi"}),
    ]
    if not found and {**base, "info": None} != {**head, "info": None}:
        found = [Change(HARMLESS, "descriptions, examples, or parts that no operation uses changed")]
    return sorted(dict.fromkeys(found), key=lambda change: -change.verdict)


def _operations(document: Node) -> dict[str, Node]:
    """Every operation by method and path, with what its path and the document add to it."""
    found: dict[str, Node] = {}
    for path, item in document["paths"].items():
        whole = follow(document, item)
        for method in (name for name in _METHODS if name in whole):
            shared = {key: whole[key] for key in ("parameters", "servers") if key in whole}
            own = {"security": document.get("security", []), **shared, **whole[method]}
            own["parameters"] = [*shared.get("parameters", []), *whole[method].get("parameters", [])]
            found[f"{method.upper()} {path}"] = own
    return found


def _operation(both: Both, base: Node, head: Node, place: str) -> Iterator[Change]:
    name = base.get("operationId", place)
    yield from _parameters(both, base, head, name)
    yield from _body(both, base, head, name)
    yield from _responses(both, base, head, name)
    yield from _security(name, base, head)
    yield from _servers(name, base, head)
    yield from _flag(name, "deprecated", _DEPRECATED, base, head)
    judged = {"parameters", "requestBody", "responses", "security", "servers", "deprecated"}
    yield from leftovers(name, base, head, judged, _WORDS)


def _pairs(both: Both, base: Node, head: Node) -> tuple[Both, Both]:
    """Each object with its own document."""
    return (both[0], base), (both[1], head)


def _named(both: Both, base: Node, head: Node, key: str) -> tuple[dict[str, Node], dict[str, Node]]:
    """The members under one key of two objects, with their references followed."""
    old, new = (
        {str(name): follow(document, part) for name, part in node.get(key, {}).items()}
        for document, node in _pairs(both, base, head)
    )
    return old, new


def _flag(place: str, key: str, words: Mapping[bool, tuple[Verdict, str]], base: Node, head: Node) -> Iterator[Change]:
    old, new = bool(base.get(key)), bool(head.get(key))
    if old != new:
        yield Change(words[new][0], f"{place} {words[new][1]}")


def _parameters(both: Both, base: Node, head: Node, place: str) -> Iterator[Change]:
    """Parameters by place and name. A new one that is required breaks those who do not send it."""
    old, new = (
        {f"{p['in']} parameter `{p['name']}`": p for p in (follow(document, part) for part in node["parameters"])}
        for document, node in _pairs(both, base, head)
    )
    needed = {name for name in new if name not in old and new[name].get("required")}
    yield from (Change(GONE, f"{place} {name} is new and required") for name in sorted(needed))
    rest = {name: part for name, part in new.items() if name not in needed}
    yield from members(f"{place} {{}}", old, rest, partial(_parameter, both))


def _parameter(both: Both, base: Node, head: Node, place: str) -> Iterator[Change]:
    yield from _flag(place, "required", _REQUIRED, base, head)
    yield from _flag(place, "deprecated", _DEPRECATED, base, head)
    yield from _schema(both, base, head, place, Side.REQUEST)
    yield from leftovers(place, base, head, {"in", "name", "required", "schema", "deprecated"}, _WORDS)


def _schema(both: Both, base: Node, head: Node, place: str, side: Side) -> Iterator[Change]:
    return schemas.compare(place, side, (both[0], base.get("schema", {})), (both[1], head.get("schema", {})))


def _body(both: Both, base: Node, head: Node, name: str) -> Iterator[Change]:
    place = f"{name} request"
    old, new = (follow(document, node.get("requestBody", {})) for document, node in _pairs(both, base, head))
    yield from _flag(f"{place}: a body", "required", _REQUIRED, old, new)
    yield from _content(both, old, new, place, Side.REQUEST)
    yield from leftovers(place, old, new, {"content", "required"}, _WORDS)


def _content(both: Both, base: Node, head: Node, place: str, side: Side) -> Iterator[Change]:
    """Media types. A new one of a response may reach callers that cannot read it; one that is gone may be asked for."""
    old, new = base.get("content", {}), head.get("content", {})
    yield from values(f"{place}: media type {{}}", old.keys(), new.keys(), GONE, GAINED[side])
    for kind in (kind for kind in old if kind in new):
        about = place if len(old) == 1 else f"{place} ({kind})"
        yield from _schema(both, old[kind], new[kind], about, side)
        yield from leftovers(f"{about} {kind}", old[kind], new[kind], {"schema"}, _WORDS)


def _responses(both: Both, base: Node, head: Node, name: str) -> Iterator[Change]:
    """Statuses. Callers expect any error, and no success but those they know."""
    old, new = _named(both, base, head, "responses")
    for success in (True, False):
        left, right = ({s: r for s, r in found.items() if s.startswith("2") is success} for found in (old, new))
        gained = GONE if success else NEW
        yield from members(f"{name} response {{}}", left, right, partial(_response, both), gained, gained)


def _response(both: Both, base: Node, head: Node, place: str) -> Iterator[Change]:
    yield from _content(both, base, head, place, Side.RESPONSE)
    for key, name in {"headers": "header", "links": "link"}.items():
        told = partial(_header, both) if key == "headers" else _link
        yield from members(f"{place}: {name} {{}}", *_named(both, base, head, key), told)
    yield from leftovers(place, base, head, {"content", "headers", "links"}, _WORDS)


def _header(both: Both, base: Node, head: Node, place: str) -> Iterator[Change]:
    yield from _flag(place, "required", _PROMISED, base, head)
    yield from _schema(both, base, head, place, Side.RESPONSE)
    yield from leftovers(place, base, head, {"required", "schema"}, _WORDS)


def _link(base: Node, head: Node, place: str) -> Iterator[Change]:
    yield from leftovers(place, base, head, set(), _WORDS)


def _security(place: str, base: Node, head: Node) -> Iterator[Change]:
    """Each way in is enough by itself; none at all is a way in as well."""
    anonymous: list[Node] = [{}]
    old, new = ({_way(way) for way in node["security"] or anonymous} for node in (base, head))
    kept = old & new if _way({}) in new else old  # whoever sends a key to an open door gets in
    yield from values(f"{place}: calling with {{}}", kept, new, words="is no longer possible|is possible now")


def _way(way: Node) -> str:
    told = (f"{name} ({', '.join(scopes)})" if scopes else name for name, scopes in sorted(way.items()))
    return " and ".join(told) or "no credentials"


def _schemes(both: Both) -> Iterator[Change]:
    base, head = (document.get("components", {}) for document in both)
    old, new = _named(both, base, head, "securitySchemes")
    yield from members("security scheme {}", old, new, _scheme)


def _scheme(base: Node, head: Node, place: str) -> Iterator[Change]:
    for key in sorted({*base, *head} - _WORDS):
        if base.get(key) != head.get(key):
            yield Change(GONE, f"{place}: {key} is {head.get(key)} now, it was {base.get(key)}")


def _servers(place: str, base: Node, head: Node) -> Iterator[Change]:
    old, new = ([server["url"] for server in node.get("servers", [])] for node in (base, head))
    yield from values(f"{place}: server {{}}", {*old}, {*new})
    if old and new and old[0] != new[0] and old[0] in new:
        yield Change(GONE, f"{place}: the first server, which clients call unless told otherwise, is {new[0]} now")
