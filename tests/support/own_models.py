"""A model table of the tests' own, in place of that of openapi.yaml: what holds for them holds for any catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
import yaml
from tools.generate import render_model
from tools.spec_rows import fill

import gptimage2_video.pricing
import gptimage2_video_api.models as generated
import gptimage2_video_mock.api.state
from gptimage2_video import MODELS, Model, Price
from support.paths import ROOT

_UNKNOWN: Final = "{values: [], known: unknown}"
ROWS: Final = f"""\
    - id: x-range
      family: X Range
      label: X Range
      modes: {{values: [text_to_video, image_to_video], known: page}}
      durations: {{min: 3, max: 15, known: docs}}
      resolutions: {_UNKNOWN}
      credits: {{known: docs, rows: [{", ".join(f"{{duration: {n}, credits: {2 * n}}}" for n in range(3, 16))}]}}
    - id: x-range-without-prices
      family: X Range
      label: X Range without prices
      modes: {{values: [text_to_video], known: page}}
      durations: {{min: 6, max: 30, known: page}}
      resolutions: {_UNKNOWN}
      credits: {{known: unknown, rows: []}}
    - id: x-inferred-range
      family: X Inferred
      label: X Inferred
      modes: {{values: [text_to_video], known: page}}
      durations: {{min: 5, max: 12, known: inferred}}
      resolutions: {{values: [720p, 1080p], known: inferred}}
      credits:
        known: inferred
        rows:
          - {{resolution: 720p, duration: 5, credits: 5}}
          - {{resolution: 1080p, duration: 5, credits: 8}}
          - {{resolution: 1080p, duration: 10, credits: 15}}
    - id: x-values
      family: X Values
      label: X Values
      modes: {{values: [image_to_video], known: page}}
      durations: {{values: [5, 10], known: docs}}
      resolutions: {_UNKNOWN}
      credits: {{known: docs, rows: [{{duration: 5, credits: 11}}, {{duration: 10, credits: 22}}]}}
    - id: x-only
      family: X Only
      label: X Only
      modes: {{values: [text_to_video, image_to_video], known: page}}
      durations: {{values: [8], known: page}}
      resolutions: {_UNKNOWN}
      credits: {{known: docs, rows: [{{duration: 8, credits: 9}}]}}
    - id: x-unknown
      family: X Unknown
      label: X Unknown
      modes: {{values: [text_to_video], known: page}}
      durations: {_UNKNOWN}
      resolutions: {_UNKNOWN}
      credits: {{known: unknown, rows: []}}
"""


def spec_text(rows: str = ROWS) -> str:
    """openapi.yaml with these rows in place of its own, and what follows from them."""
    head, start, _ = (ROOT / "openapi.yaml").read_text("utf-8").partition("\n  models:\n")
    return fill(head + start + rows)


def load(text: str) -> dict[str, Any]:
    return yaml.load(text, yaml.CSafeLoader)


@contextmanager
def installed(document: dict[str, Any]) -> Iterator[dict[str, Model]]:
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
            MODELS.clear()
            MODELS.update(models)
            yield models
        finally:
            MODELS.clear()
            MODELS.update(catalogue)


SPEC: Final = load(spec_text())
