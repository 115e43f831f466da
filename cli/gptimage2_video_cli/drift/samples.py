"""Code samples: every object in them, in whatever language, as the fields that it has.

Lives here: a scanner that is content with JSON, JavaScript, Python and the body of a curl. Not here: tables (`tables`).
"""

import re
from collections.abc import Iterator
from typing import Final

from .fields import field_statements, subject_of
from .page import Block
from .spec import CODES, MODELS, TASK, Beliefs
from .statement import Place, Statement, Topic

Object = dict[str, str | None]
_TOKENS: Final = re.compile(
    r'(?P<comment>(?<!:)//[^\n]*|/\*.*?\*/|^\s*#[^\n]*)|(?P<string>"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n{]|\\.)*\'|`[^`{]*`)'
    r"|(?P<word>[A-Za-z_]\w*\??)|(?P<number>-?\d+(?:\.\d+)?)|(?P<sign>[{}\[\]:,=;])",
    re.DOTALL | re.MULTILINE,
)
_MOST: Final = 200_000  # characters of one sample; a bundle of a site is none


def objects(code: str) -> Iterator[Object]:
    """Each object in the code: its own fields, with the value where that is a text or a number."""
    open_: list[Object | None] = []
    before = key = None
    for token in _TOKENS.finditer(code[:_MOST]):
        kind, text = token.lastgroup, token[0]
        if text in {"{", "["}:
            open_.append({} if text == "{" else None)
            key = None
        elif text in {"}", "]"}:
            closed = open_.pop() if open_ else None
            if closed:
                yield closed
            key = None
        elif text == ":" and open_ and open_[-1] is not None and before is not None:
            key = before.strip("\"'`?")
            open_[-1][key] = None
        elif kind in {"string", "number"} and open_ and (top := open_[-1]) is not None and key is not None:
            top[key] = text.strip("\"'`")
            key = None
        before = text if kind in {"string", "word"} else None


def of_sample(block: Block, known: Beliefs) -> Iterator[Statement]:
    """What the objects of a sample state."""
    for found in objects(block.text):
        subject = subject_of(list(found), known)
        if subject is not None:
            yield from field_statements(subject, list(found), block.place, listed=False)
            yield from _values(found, subject, block.place)


def _values(found: Object, subject: str, place: Place) -> Iterator[Statement]:
    model, status, code = found.get("model"), found.get("status"), found.get("errorCode")
    if subject == "request" and model and re.fullmatch(r"[a-z][\w./-]*", model):
        yield Statement(MODELS, model, place, listed=False)
        mode, duration = found.get("inputMode"), found.get("duration")
        if mode:
            yield Statement(Topic("mode", model), mode, place, listed=False)
        if duration and duration.isdecimal():
            yield Statement(Topic("duration", model), duration, place, listed=False)
    if subject in {"receipt", "task"} and status and status.isdecimal():
        yield Statement(TASK, status, place, listed=False)
    if subject == "task" and code and re.fullmatch(r"[A-Z][A-Z0-9_]+", code):
        yield Statement(CODES, code, place, listed=False)
