"""The models of `models.yaml` in place of those of openapi.yaml, so that no test knows the catalogue of today."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent
from typing import Any, Final

import pytest
import yaml
from tools.generate import render_model
from tools.spec_rows import REGION, render

import gptimage2_video_mock.api.state
from gptimage2_video import MODELS, Model, Note, Price
from support.paths import ROOT


def spec_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """openapi.yaml with other rows, and what follows from them."""
    text = (ROOT / "openapi.yaml").read_text("utf-8")
    table = {**_load(text)["x-model-table"], "models": rows}
    filled = REGION.sub(lambda region: indent(render(region[2], "", table, 120), region[1]), text)
    return {**_load(filled), "x-model-table": table}


def _load(text: str) -> Any:
    return yaml.load(text, yaml.CSafeLoader)


@contextmanager
def installed(document: dict[str, Any]) -> Iterator[None]:
    """The models of a spec, and no others, for the overlay, the command line and the mocks of this process."""
    rows = document["x-model-table"]["models"]
    names = {"Model": Model, "Note": Note, "Price": Price}
    models: dict[str, Model] = {row["id"]: eval(render_model(row), names) for row in rows}  # noqa: S307 - our own text
    catalogue = dict(MODELS)  # put back in its order
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gptimage2_video_mock.api.state, "spec", lambda: document)
        try:
            _replace(models)
            yield
        finally:
            _replace(catalogue)


def _replace(models: dict[str, Model]) -> None:
    MODELS.clear()
    MODELS.update(models)


ROWS: Final[list[dict[str, Any]]] = _load(Path(__file__).with_name("models.yaml").read_text("utf-8"))
SPEC: Final = spec_of(ROWS)
