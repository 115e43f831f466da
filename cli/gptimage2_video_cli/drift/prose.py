"""Sentences: the few that documentation uses for rules, read narrowly.

Lives here: what a paragraph, an item or a cell says beside its names. Not here: tables and samples.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from . import clips
from .spec import CODES, COMMON, MODELS, MODES, TASK
from .statement import Place, Statement, Topic
from .tables import HTTP
from .vocabulary import among, ids, spoken_of

_SENTENCES: Final = re.compile(r"[.;!?](?=\s|$)|\n")
_MODE: Final = r"`?(text|image)[\s_-]to[\s_-]video`?"
_ONLY: Final = re.compile(rf"{_MODE}\s+only\b|\bonly\s+(?:[a-z]+\s+){{0,2}}{_MODE}")
_BOTH: Final = re.compile(r"\bboth\b.{0,20}\b(?:modes|text)", re.IGNORECASE)
_FIXED: Final = re.compile(r"\b(?:fixed|always|exactly)\b[^\dA-Z]{0,20}(?<![\d.])(\d+)\b(?!\.\d|\s*(?:credits|p\b))")
_CLIPS: Final = re.compile(r"\b(\d+)[ -]seconds? clips?\b")
_COMMON: Final = re.compile(
    r"\bcommon\b\D{0,30}((?:\b\d+\b(?:\s*s\b)?(?:\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+|\s*/\s*)?)+)", re.IGNORECASE
)
_REPLY: Final = re.compile(r"`?(?:HTTP )?(\d{3})`?(?=\s*[:\u2014\u2013-]|\s+`?[^\W\d_a-z]|\s*$)")
_STATUS: Final = re.compile(r"`?(?:status )?`?(\d)`?\s*[-\u2013\u2014:=(\u2192]*\s*`?([A-Z]{4,})\b")
_CODE: Final = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`")


def of_text(text: str, place: Place, operation: str) -> Iterator[Statement]:
    """What a paragraph, an item or a heading states."""
    for model in ids(text):
        yield Statement(MODELS, model, place)
    yield from of_rules(text, place)
    if (reply := _REPLY.match(text)) and reply[1] in HTTP:
        yield Statement(Topic("status", operation), reply[1], place)
    elif status := _STATUS.match(text):
        yield Statement(TASK, status[1], place, status[2])
    about_errors = re.search(r"error|fail", " ".join(place.headings[-1:]), re.IGNORECASE)
    if about_errors or re.search(r"error ?code", text, re.IGNORECASE):
        yield from (Statement(CODES, code, place) for code in _CODE.findall(text))


def of_rules(text: str, place: Place, about: Sequence[str] = ()) -> Iterator[Statement]:
    """What the sentences of a text, which may be a cell, state; where one names no model, of `about`."""
    for sentence in _SENTENCES.split(text):
        plain = sentence.replace("`", "")
        if found := _COMMON.search(plain):
            yield from (Statement(COMMON, number, place) for number in re.findall(r"\d+", found[1]))
        named = clips.named_modes(sentence)
        listed = len(named) > 1  # a sentence that names one mode does not say that there is no other
        yield from (Statement(MODES, mode, place, listed=listed) for mode in named)
        yield from _of_models(sentence, place, about)


def _of_models(sentence: str, place: Place, about: Sequence[str]) -> Iterator[Statement]:
    modes: list[str] = []
    if only := _ONLY.search(sentence):
        modes = [f"{only[1] or only[2]}_to_video"]
    elif _BOTH.search(sentence):
        modes = ["text_to_video", "image_to_video"]
    fixed = _FIXED.search(sentence) or _CLIPS.search(sentence)
    if modes or fixed:
        for model in spoken_of(sentence) or among(sentence, about):
            yield from (Statement(Topic("mode", model), mode, place) for mode in modes)
            if fixed:
                yield Statement(Topic("duration", model), fixed[1], place)
