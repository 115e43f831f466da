"""What openapi.yaml says of its models outside `x-model-table`, written between marks from the rows of that table.

A mark is a comment, `# generated from x-model-table (PLACE): begin`, and one with `end`, for each of `PLACES` and for
the models of each mode. Text outside the marks stays as it is, and so do the examples of what a row still offers.
"""

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import yaml
from tools.model_rows import DOCUMENTED, InvalidSpecError, durations, load_yaml, read_table

PLACES: Final = ("request examples", "durations by model", "all durations")
_MODELS_OF: Final = "models of "
_MARK: Final = "# generated from x-model-table"
REGION: Final = re.compile(rf"^( *){_MARK} \((.+)\): begin\n((?s:.*?))^\1{_MARK} \(\2\): end\n", re.MULTILINE)
_WIDTH: Final = 120


def fill(spec: str) -> str:
    """The text of the spec with all that follows from its rows.

    Raises:
        InvalidSpecError: the text is not YAML, a row is wrong, or a mark is missing.
    """
    document = load_yaml(spec)
    places = [match[2] for match in REGION.finditer(spec)]
    modes = [place.removeprefix(_MODELS_OF) for place in places if place.startswith(_MODELS_OF)]
    needed = {*PLACES, *(_MODELS_OF + mode for mode in modes)}
    if sorted(places) != sorted(needed) or spec.count(_MARK) != 2 * len(needed):
        raise InvalidSpecError(f"each of {', '.join(PLACES)} needs `{_MARK} (PLACE): begin` and its `end`, once")
    table = read_table(document, modes)
    return REGION.sub(lambda match: _rewrite(match, table), spec)


def _rewrite(region: re.Match[str], table: dict[str, Any]) -> str:
    indent, place, old = region.groups()
    body = render(place, textwrap.dedent(old), table, _WIDTH - len(indent))
    begin, end = (f"{_MARK} ({place}): {side}\n" for side in ("begin", "end"))
    return textwrap.indent(begin + body + end, indent)


def render(place: str, old: str, table: dict[str, Any], width: int) -> str:
    """What stands between the marks of a place; of `old` the request examples are kept. Raises InvalidSpecError."""
    models, common = table["models"], table["commonDurations"]["values"]
    if place == "request examples":
        return "".join(_examples(old, models))
    if place == "durations by model":
        return _conditions(list(_groups(models, common)), width)
    if place == "all durations":
        return _all_durations([common, *(durations(row["durations"]) for row in models)], width)
    mode = place.removeprefix(_MODELS_OF)
    return _enum([row["id"] for row in models if mode in row["modes"]["values"]], width)


def _groups(models: list[Any], common: list[int]) -> Iterator[tuple[str, list[str], Sequence[int]]]:
    """Why these models take these durations: the surest first, else in the order of the table."""
    groups: dict[tuple[str, tuple[int, ...] | range], list[Any]] = {}
    for known in (*DOCUMENTED, ""):
        for row in models:
            fact = row["durations"]
            documented = fact["known"] in DOCUMENTED
            if known == (fact["known"] if documented else ""):
                groups.setdefault((known, durations(fact) if documented else tuple(common)), []).append(row)
    all_families = {row["family"] for row in models}
    for (known, values), rows in groups.items():
        families = _listed(dict.fromkeys(_short(row["family"], all_families) for row in rows), "and")
        seconds = f"{values[0]} to {values[-1]}" if isinstance(values, range) else f"always {_listed(values, 'or')}"
        reason = {
            "page": f"{families} clips are {seconds} seconds long.",
            "docs": f"The price table of the documentation labels the durations of {families}.",
            "": "The durations of these models are inferred or unknown, so the documentation's common values are "
            "accepted.",
        }
        yield reason[known], [row["id"] for row in rows], values


def _short(family: str, families: set[str]) -> str:
    """A family without its version, where no other one differs in the version alone."""
    names = {other: re.sub(r" [\d.]+$", "", other) for other in families}
    return names[family] if list(names.values()).count(names[family]) == 1 else family


def _listed(values: Iterable[Any], word: str) -> str:
    *most, last = map(str, values)
    return f"{', '.join(most)} {word} {last}" if most else last


def _conditions(groups: list[tuple[str, list[str], Sequence[int]]], width: int) -> str:
    (reason, models, seconds), *rest = groups
    model, duration = (
        textwrap.indent(_property(key, values, width - 4), "    ")
        for key, values in (("model", models), ("duration", seconds))
    )
    return (
        f"if:\n  type: object\n  description: {_inline(reason)}\n  properties:\n{model}  required: [model]\n"
        f"then:\n  type: object\n  properties:\n{duration}"
    ) + ("else:\n" + textwrap.indent(_conditions(rest, width - 2), "  ") if rest else "")


def _examples(old: str, models: list[Any]) -> Iterator[str]:
    """The examples that there are of what a row offers; then one of each model and mode that has none."""
    examples: Any = load_yaml(old)
    lines = old.splitlines(keepends=True)
    missing = {(row["id"], mode): row["label"] for row in models for mode in row["modes"]["values"]}
    offered, names = set(missing), list[str](examples)
    starts: list[int] = [examples.lc.key(name)[0] for name in names]
    for index in range(len(starts)):
        while starts[index] and lines[starts[index] - 1].startswith("#"):  # a comment belongs to what follows it
            starts[index] -= 1
    for name, (start, end) in zip(names, pairwise([*starts, len(lines)]), strict=True):
        value = examples[name].get("value", {})
        shown = value.get("model"), value.get("inputMode")
        missing.pop(shown, None)
        if shown in offered or None in shown:
            yield "".join(lines[start:end])
    for (model, mode), label in missing.items():
        words = mode.replace("_", " ")
        name = _camel_case(model if model.endswith(words.replace(" ", "-")) else f"{model} {words}")
        while name in names:
            name += "2"
        names.append(name)
        summary = label if label.endswith(words) else f"{label}, {words}"
        images = "    inputImageUrls: ['https://example.com/image.jpg']\n" if mode.startswith("image") else ""
        yield (
            f"{_inline(name)}:\n  summary: {_inline(summary)}\n  value:\n    prompt: The sea at dawn\n"
            f"    model: {_inline(model)}\n    inputMode: {_inline(mode)}\n{images}"
        )


def _camel_case(text: str) -> str:
    words: list[str] = re.findall(r"[^\W_]+", text)
    return words[0] + "".join(word[0].upper() + word[1:] for word in words[1:])


def _property(name: str, values: Sequence[Any], width: int) -> str:
    """A property with its range or enum, in one line where that fits, else with a line for each value."""
    if isinstance(values, range):
        return f"{name}: {{minimum: {values[0]}, maximum: {values[-1]}}}\n"
    line = f"{name}: {_inline({'enum': list(values)})}\n"
    return line if len(line) <= width else f"{name}:\n{textwrap.indent(_enum(values, width - 2), '  ')}"


def _all_durations(offered: Sequence[Sequence[int]], width: int) -> str:
    """Values where each model has values; else what covers them all, as the conditions tell the models apart."""
    seconds = sorted({second for values in offered for second in values})
    if any(isinstance(values, range) for values in offered):
        return f"minimum: {seconds[0]}\nmaximum: {seconds[-1]}\n"
    return _enum(seconds, width)


def _enum(values: Sequence[Any], width: int) -> str:
    line = f"enum: {_inline(values)}\n"
    return line if len(line) <= width else "enum:\n" + "".join(f"  - {_inline(value)}\n" for value in values)


def _inline(value: Any) -> str:
    """Flow style, quoted where any reader of YAML 1.1 or 1.2 needs it."""
    text = yaml.safe_dump(value, default_flow_style=True, width=sys.maxsize, allow_unicode=True)
    return str(text).removesuffix("...\n").strip()
