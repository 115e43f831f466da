"""The model table of every command: that of the library, and rows of the user's own."""

import os
from collections.abc import Mapping

from gptimage2_video import MODELS, Model, load_models


def model_table() -> Mapping[str, Model]:
    """The models by id, with the rows of the file that GPTIMAGE2_MODELS names. Raises InvalidRequest for a mistake."""
    path = os.environ.get("GPTIMAGE2_MODELS")
    return MODELS | load_models(path) if path else MODELS
