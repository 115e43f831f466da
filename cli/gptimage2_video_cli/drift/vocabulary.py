"""Which models a piece of text speaks of: by id, by the label of a row, by family and variant in a sentence.

Lives here: names. All is taken from the model table, so that a new row needs no word here. Not here: what is said of
the models.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from gptimage2_video import MODELS, Model

_TOKEN: Final = re.compile(r"(?<![\w./:-])[a-z][a-z0-9]*(?:[._/-][a-z0-9]+)*(?![\w/-])")
_ANY_ID: Final = re.compile(r"(?=.*[/\d])(?=.*[/_-])[a-z][a-z0-9]*(?:[._/-][a-z0-9]+)*")
_FILE: Final = re.compile(r"\.(png|jpe?g|webp|gif|mp4|mov|json|ya?ml|md|html|py|ts|js|com|org)$")
_STEMS: Final = tuple(
    {found[0] for model in MODELS for part in model.split("/")[:1] if (found := re.match("[a-z]+", part))}
)
_NO_VIDEO: Final = re.compile(r"(?<!gpt )\bimages?\b", re.IGNORECASE)  # the name of the service has the word


def ids(text: str, *, listed: bool = False) -> list[str]:
    """The model ids in a text, unknown ones only within backticks, or anywhere in a list of ids."""
    places = text if listed else "\n".join(re.findall(r"`([^`]+)`", text))
    unknown = {token for token in _TOKEN.findall(places) if _like_an_id(token)}
    return list(dict.fromkeys(token for token in _TOKEN.findall(text) if token in MODELS or token in unknown))


def id_list(cell: str) -> list[str]:
    """The ids in a cell of a column of ids, whatever their family: all that stands in it has the form of one."""
    pieces = re.split(r"[,\s]+", cell.replace("`", "").strip())
    return pieces if all(_ANY_ID.fullmatch(piece) for piece in pieces) else ids(cell, listed=True)


def without_ids(text: str) -> str:
    """The text with no id in it, whose digits would be read as numbers."""
    return _TOKEN.sub(lambda found: " " if found[0] in MODELS or _like_an_id(found[0]) else found[0], text)


def _like_an_id(token: str) -> bool:
    """Whether an unknown token has the form of an id: a number, and a mode or the stem of a known one."""
    if _FILE.search(token) or not re.search(r"\d", token) or token.startswith(("http", "www")):
        return False
    if any(model.startswith((f"{token}-", f"{token}/")) for model in MODELS):
        return False  # the name of a family, as people shorten it
    shaped = re.search(r"[/_-]|[a-z]\d", token) is not None and token.startswith(_STEMS)
    return shaped or "-to-video" in token


def labelled(text: str) -> list[str]:
    """The models that a label means: all of a family that differ by their mode alone, where the label names no variant.

    "Sora 2" means its text and image models, not Sora 2 Pro; "Hailuo 02 Standard" both modes of it. Empty where the
    label has a word that no model has.
    """
    words = _words(text)
    fits = [model for model in MODELS.values() if words <= _own_words(model) and _family(model).lower() in words]
    plain = [model for model in fits if _variant(model) <= words]
    return [model.id for model in plain or (fits if len(fits) == 1 else [])]


def spoken_of(sentence: str) -> list[str]:
    """The models that a sentence is about: its ids, or the families that it names, or those variants of them."""
    if found := [name for name in ids(sentence) if name in MODELS]:
        return found
    return list(dict.fromkeys(name for part in _by_family(sentence) for name in part))


def _by_family(sentence: str) -> Iterator[list[str]]:
    names = "|".join(map(re.escape, dict.fromkeys(map(_family, MODELS.values()))))
    for found in re.finditer(rf"\b({names})\b(?: (\d[\d.]*\d|\d))?((?:(?!\b(?:{names})\b).)*)", sentence):
        fitting = [
            model
            for model in MODELS.values()
            if _family(model) == found[1] and (not found[2] or found[2] in model.label.split())
        ]
        yield among(found[3], [model.id for model in fitting])


def among(sentence: str, models: Sequence[str]) -> list[str]:
    """Those of the models whose variants a sentence names; all of them where it names none."""
    known = [MODELS[name] for name in models if name in MODELS]
    said = {word for model in known for word in _variant_words(model)} & set(re.findall(r"[A-Z]\w+", sentence))
    return [model.id for model in known if not said or said & set(_variant_words(model))]


def out_of_scope(headings: Sequence[str]) -> bool:
    """Whether a section is about images alone, which the service makes too: so the innermost heading that tells."""
    telling = (text for text in reversed(headings) if "video" in text.lower() or _NO_VIDEO.search(text))
    return "video" not in next(telling, "video").lower()


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+|\d+(?:\.\d+)?", text.lower()))


def _family(model: Model) -> str:
    """The word for the family, without its version."""
    return model.family.split()[0]


def _variant_words(model: Model) -> list[str]:
    family = model.family.split()
    return [word for word in re.findall(r"[A-Z]\w+", model.label) if word not in family]


def _variant(model: Model) -> frozenset[str]:
    return frozenset(word.lower() for word in _variant_words(model))


def _own_words(model: Model) -> frozenset[str]:
    modes = {word for mode in model.modes for word in mode.split("_")}
    return _words(f"{model.family} {model.label}") | modes | {"only", "model"}
