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

import gptimage2_video.pricing
import gptimage2_video.rules
import gptimage2_video_api.models as generated
import gptimage2_video_mock.api.state
from gptimage2_video import MODELS, Model, Price
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
    names = {"Model": Model, "Price": Price}
    models: dict[str, Model] = {row["id"]: eval(render_model(row), names) for row in rows}  # noqa: S307 - our own text
    seconds = {second for model in models.values() for second in model.durations}
    catalogue = dict(MODELS)  # put back in its order
    with pytest.MonkeyPatch.context() as patch:
        for module, values in (
            ("text_to_video_model", models),
            ("image_to_video_model", models),
            ("duration", seconds),
        ):
            if hasattr(generated, module):  # a duration is a plain number once a model of the catalogue has a range
                patch.setattr(getattr(generated, module), f"{module.upper()}_VALUES", {*values})
        prices = {name: gptimage2_video.pricing._price_table(model) for name, model in models.items()}
        patch.setattr(gptimage2_video.pricing, "_PRICES", prices)
        patch.setattr(gptimage2_video_mock.api.state, "spec", lambda: document)
        try:
            _replace(models)
            yield
        finally:
            _replace(catalogue)


def _replace(models: dict[str, Model]) -> None:
    MODELS.clear()
    MODELS.update(models)
    gptimage2_video.rules._closest_model.cache_clear()


ROWS: Final[list[dict[str, Any]]] = _load(Path(__file__).with_name("models.yaml").read_text("utf-8"))
SPEC: Final = spec_of(ROWS)
