"""What a cell says in numbers and in the words for modes: seconds, modes, and credits of clips.

Lives here: the small grammar of cells. Not here: whose they are (`tables`).
"""

import re
from typing import Final, NamedTuple

_SECONDS: Final = r"(?:s|secs?|seconds?)\b"
_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?"
# A number that is neither part of a name nor of a ratio: `16:9`, `v2-1`, `2.6` of a family.
_PARTS: Final = re.compile(
    rf"(?P<resolution>\b(?:\d{{3,4}}p|[248]k)\b)|(?P<money>[$€£]\s*[\d.,]+)|(?P<range>\d+\s*[\u2013\u2014-]\s*\d+\s*{_SECONDS})"
    rf"|(?P<seconds>\b\d+(?=[\s-]*{_SECONDS}))|(?P<number>(?<![\w.:-])(?:{_NUMBER})(?![\w:.]*\d|\w))",
    re.IGNORECASE,
)  # fmt: skip
_AT: Final = re.compile(r"([^;\n]*\d[^;\n]*?)\s*(?:\bat|@|\bin)\s+(\d{3,4}p|[248]k)\b", re.IGNORECASE)
NOTED: Final = re.compile(rf"\d\s*{_SECONDS}\s*[=:]\s*\d", re.IGNORECASE)
_PER_SECOND: Final = re.compile(rf"(?:/|\bper\b|\ba\b|\beach\b)\s*{_SECONDS}", re.IGNORECASE)
_RANGE: Final = re.compile(r"\d\s*(?:[\u2013\u2014-]|\bto\b|\.\.\.?|…)\s*\d")
_MODES: Final = (("text_to_video", r"\b(?:text(?:[\s_-]+to[\s_-]+video)?|t2v)\b"),
                 ("image_to_video", r"\b(?:images?(?:[\s_-]+to[\s_-]+video)?|i2v)\b"))  # fmt: skip
_BOTH: Final = r"\bboth(?:\s+modes)?\b"
_MODE_FILLERS: Final = r"\b(?:and|or|only|to|video|modes?)\b|[\W_]+"
_NAMED_MODE: Final = re.compile(r"(?<![\w-])[a-z]+_to_video(?![\w-])")
YES: Final = frozenset({"✓", "✔", "✅", "☑", "yes", "y", "true", "x", "●", "•", "supported"})


def named_modes(text: str) -> list[str]:
    """The modes that a text names as the API does, those that the spec lacks included."""
    return list(dict.fromkeys(_NAMED_MODE.findall(text)))


class Clip(NamedTuple):
    """Credits of a clip; `duration` and `resolution` are None where the cell and its head do not tell them."""

    duration: int | None
    resolution: str | None
    credits: str


def seconds(text: str) -> list[int]:
    """The durations that a text enumerates. Raises ValueError for a range, which does not say which are in it."""
    if _RANGE.search(text):
        raise ValueError("a range of durations does not say which ones")
    return [int(found["seconds"] or found["number"]) for found in _PARTS.finditer(text) if _is_whole(found)]


def _is_whole(found: re.Match[str]) -> bool:
    return (found["seconds"] or found["number"] or "").isdecimal()


def labelled_seconds(text: str) -> list[int]:
    """The durations in the head of a column: none where no unit is there."""
    return seconds(text) if re.search(rf"\d\s*{_SECONDS}", text, re.IGNORECASE) else []


def resolutions(text: str) -> list[str]:
    """The resolutions in a text, in lower case."""
    return [found["resolution"].lower() for found in _PARTS.finditer(text) if found["resolution"]]


def modes(text: str) -> frozenset[str]:
    """The modes that a cell names, where it says nothing else; names that the spec lacks included."""
    named = set(_NAMED_MODE.findall(text))
    rest = _NAMED_MODE.sub(" ", text)
    if re.search(_BOTH, rest, re.IGNORECASE):
        named |= {mode for mode, _ in _MODES}
    for mode, words in _MODES:
        named |= {mode} if re.search(words, rest, re.IGNORECASE) else set[str]()
        rest = re.sub(words, " ", rest, flags=re.IGNORECASE)
    rest = re.sub(_MODE_FILLERS, "", re.sub(_BOTH, " ", rest, flags=re.IGNORECASE), flags=re.IGNORECASE)
    return frozenset() if rest else frozenset(named)


def prices(text: str, durations: list[int], resolution: str | None) -> list[Clip]:
    """The clips that a cell prices; what the cell does not tell of them comes from its head and its row.

    Both orders are read, `5 s 11, 10 s 22` and `11 credits (5 s)`, `11, 22 at 720p` too, and numbers alone in the order
    of `durations`.

    Raises:
        ValueError: The price is one for each second, or the cell prices a range.
    """
    if _PER_SECOND.search(text) or _RANGE.search(text):
        raise ValueError("a price for each second, or a range of prices, is no price of a clip")
    found = [
        part
        for part in _PARTS.finditer(_AT.sub(r"\2: \1", text))
        if part.lastgroup in {"resolution", "seconds", "number"}
    ]
    kinds = [part.lastgroup for part in found]
    if "number" not in kinds:
        return []
    first = next(kind for kind in kinds if kind != "resolution")
    clips = _behind(found, resolution) if first == "number" and "seconds" in kinds else _ahead(found, resolution)
    bare = all(clip.duration is None for clip in clips)
    each = [clip.resolution for clip in clips].count(clips[0].resolution)
    if bare and durations and len(clips) % len(durations) == 0 and each % len(durations) == 0:
        return [clip._replace(duration=durations[place % len(durations)]) for place, clip in enumerate(clips)]
    return clips


def _ahead(found: list[re.Match[str]], resolution: str | None) -> list[Clip]:
    """`720p: 5 s 5, 10 s 10`: the duration stands before its price."""
    clips: list[Clip] = []
    duration: int | None = None
    for part in found:
        if part["resolution"]:
            resolution, duration = part[0].lower(), None
        elif part["seconds"]:
            duration = int(part[0])
        else:
            clips.append(Clip(duration, resolution, part[0].replace(",", "")))
            duration = None
    return clips


def _behind(found: list[re.Match[str]], resolution: str | None) -> list[Clip]:
    """`11 credits (5 s), 22 credits (10 s)`: the duration stands behind its price, in brackets a resolution too."""
    clips: list[Clip] = []
    for part in found:
        before = part.string[: part.start()]
        if part["resolution"] and clips and before.rfind("(") > before.rfind(")"):
            clips[-1] = clips[-1]._replace(resolution=part[0].lower())
        elif part["resolution"]:
            resolution = part[0].lower()
        elif part["seconds"] and clips:
            clips[-1] = clips[-1]._replace(duration=int(part[0]))
        elif part["number"]:
            clips.append(Clip(None, resolution, part[0].replace(",", "")))
    return clips
