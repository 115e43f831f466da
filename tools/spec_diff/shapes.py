"""A schema made flat: references followed, `allOf` merged, `oneOf` and `if`/`then` told apart by the values of tags.

A tag is a required property with an enumeration of strings, such as `model`. One flat shape for each combination of
tags is what a containment check can decide, and a person follow. Lives here: that rewriting. Not here: comparing.
"""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, TypeGuard, cast

import jsonschema_rs

from .changes import refuse

Schema = dict[str, Any]
Tags = tuple[tuple[str, str], ...]

ANNOTATIONS: Final = {"title", "description", "summary", "examples", "example", "externalDocs", "xml", "$comment"}
_MAPS: Final = {"properties", "patternProperties", "dependentSchemas", "$defs"}
_LISTS: Final = {"allOf", "anyOf", "oneOf", "prefixItems"}
_SCHEMAS: Final = {
    *("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"),
    *("unevaluatedItems", "unevaluatedProperties"),
}


def is_mapping(node: object) -> TypeGuard[Schema]:
    """Whether this is an object of the document, and not a list, a word or a number."""
    return isinstance(node, dict)


def follow(document: Schema, node: Any, seen: tuple[str, ...] = ()) -> Any:
    """An object of the document, with its own reference followed; a description beside `$ref` is no constraint."""
    if not is_mapping(node) or "$ref" not in node:
        return node
    pointer, found = str(node["$ref"]), cast("Any", document)
    if pointer in seen:
        refuse(f"{pointer} refers to itself; recursive schemas cannot be compared")
    for part in pointer.removeprefix("#/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not pointer.startswith("#/") or not is_mapping(found) or key not in found:
            refuse(f"{pointer} leads nowhere; references must stay within the document")
        found = found[key]
    return follow(document, found, (*seen, pointer))


def resolve(document: Schema, schema: Any, seen: tuple[str, ...] = ()) -> Schema:
    """A schema without references and without words for people; `const` becomes an `enum` of one."""
    if not is_mapping(schema):
        return {} if schema is True else {"not": {}}
    within = partial(resolve, document, seen=seen)
    if "$ref" in schema:
        if (pointer := str(schema["$ref"])) in seen:
            refuse(f"{pointer} refers to itself; recursive schemas cannot be compared")
        beside = within({key: value for key, value in schema.items() if key != "$ref"})
        target = resolve(document, follow(document, {"$ref": pointer}), (*seen, pointer))
        return {"allOf": [target, beside]} if beside else target
    told = {key: value for key, value in schema.items() if key not in ANNOTATIONS and not key.startswith("x-")}
    return dict(_resolved(key, value, within) for key, value in told.items())


def _resolved(key: str, value: Any, within: Callable[[Any], Schema]) -> tuple[str, Any]:
    if key in _MAPS:
        return key, {name: within(part) for name, part in value.items()}
    if key in _LISTS:
        return key, [within(part) for part in value]
    if key in _SCHEMAS and not (key == "additionalProperties" and isinstance(value, bool)):
        return key, within(value)
    if key == "discriminator" and is_mapping(value):  # its mapping repeats what the branches say
        return key, value["propertyName"]
    return ("enum", [value]) if key == "const" else (key, value)


def flat(schema: Any) -> Any:
    """The one alternative of a schema, or the schema itself where it has several."""
    found = alternatives(schema) if is_mapping(schema) else []
    return found[0] if len(found) == 1 else schema


def alternatives(schema: Schema) -> list[Schema]:
    """The flat schemas of which a value must satisfy one. A condition stays among `allOf` until tags decide it."""
    own = {key: value for key, value in schema.items() if key not in ("allOf", "anyOf", "oneOf", "if", "then", "else")}
    own |= {key: {name: flat(part) for name, part in own[key].items()} for key in _MAPS & own.keys()}
    own |= {key: flat(own[key]) for key in ("items", "additionalProperties") if key in own}
    if "if" in schema:
        own["allOf"] = [{key: schema[key] for key in ("if", "then", "else") if key in schema}]
    found = [own]
    for part in schema.get("allOf", []):
        found = [merge(left, right) for left in found for right in alternatives(part)]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            branches = [shape for branch in schema[choice] for shape in alternatives(branch)]
            pairs = [merge(left, right) for left in found for right in branches]
            found = [pair for pair in pairs if [] not in (pair.get("type"), pair.get("enum"))]  # the possible ones
    return found


def tags(shapes: list[Schema]) -> set[str]:
    """The properties by whose values every one of the shapes can be taken apart."""
    told = [{name for name in shape.get("required", []) if _choices(shape, name)} for shape in shapes]
    return set[str].intersection(*told) if told else set()


def variants(schema: Schema, names: list[str]) -> dict[Tags, Schema]:
    """One flat shape for each combination of tags; the whole schema under no tag where tags do not tell them apart."""
    found: dict[Tags, Schema] = {}
    for shape in alternatives(schema):
        for values in itertools.product(*(_choices(shape, name) for name in names)):
            key = tuple(zip(names, values, strict=True))
            if key in found:
                return {(): schema}
            found[key] = _decided(shape, dict(key))
    return found or {(): schema}


def _choices(shape: Schema, name: str) -> list[str]:
    values = shape.get("properties", {}).get(name, {}).get("enum", [])
    return values if all(isinstance(value, str) for value in values) else []


def _decided(shape: Schema, known: dict[str, str]) -> Schema:
    """The shape with the tags as given, and with what follows from the conditions that these decide."""
    fixed = {"properties": {name: {"enum": [value]} for name, value in known.items()}}
    found = merge({key: value for key, value in shape.items() if key != "allOf"}, fixed)
    for part in shape.get("allOf", []):
        condition = part.get("if", {"not": {}})
        plain = {*condition} <= {"properties", "required", "type"}
        if "if" in part and plain and _mentioned(condition) <= known.keys():
            met = jsonschema_rs.Draft202012Validator(condition).is_valid(known)
            found = merge(found, _decided(flat(part.get("then" if met else "else", {})), known))
        else:
            found = merge(found, {"allOf": [part]})
    return found


def _mentioned(condition: Schema) -> set[str]:
    return {*condition.get("properties", {}), *condition.get("required", [])}


def _types(left: str | list[str], right: str | list[str]) -> str | list[str]:
    one, other = ({value} if isinstance(value, str) else {*value} for value in (left, right))
    whole = {"integer"} if {"integer", "number"} <= one | other else set[str]()  # every integer is a number
    both = sorted(one & other | whole)
    return both[0] if len(both) == 1 else both


def merge(left: Schema, right: Schema) -> Schema:
    """The flat schema that asks for both; what they say of one keyword and nobody can unite stays in `allOf`."""
    found, apart = dict(left), dict[str, Any]()
    for key, value in right.items():
        if key not in found or (key == "additionalProperties" and found[key] in (True, {})):
            found[key] = value
        elif key in _BOTH:
            found[key] = _BOTH[key](found[key], value)
        elif found[key] != value and not (key == "additionalProperties" and value in (True, {})):
            apart[key] = value
    return merge(found, {"allOf": [apart]}) if apart else found


def _properties(left: Schema, right: Schema) -> Schema:
    return {**left, **{name: merge(left[name], part) if name in left else part for name, part in right.items()}}


_BOTH: Final[dict[str, Callable[[Any, Any], Any]]] = {
    **dict.fromkeys(("minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"), max),
    **dict.fromkeys(("maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"), min),
    "type": _types,
    "items": merge,
    "required": lambda left, right: sorted({*left, *right}),
    "enum": lambda left, right: [value for value in left if value in right],
    "allOf": lambda left, right: [*left, *right],
    "properties": _properties,
}


def walk(*schemas: Any) -> Iterator[tuple[str, Any]]:
    """Every keyword of the schemas and of those within, with its value."""
    for schema in filter(is_mapping, schemas):
        for key, value in schema.items():
            yield key, value
            if key in _MAPS | _LISTS | _SCHEMAS:
                yield from walk(*(value.values() if key in _MAPS else value if key in _LISTS else [value]))
