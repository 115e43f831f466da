"""The model table of every command: that of the library, and rows of the user's own."""

import os
from collections.abc import Mapping
from functools import lru_cache

from gptimage2_video import MODELS, Model, load_models

_load = lru_cache(maxsize=1)(load_models)  # a manifest needs it for each of its lines


def model_table() -> Mapping[str, Model]:
    """The models by id, with the rows of the file that GPTIMAGE2_MODELS names. Raises InvalidRequest for a mistake."""
    path = os.environ.get("GPTIMAGE2_MODELS")
    return MODELS | _load(path) if path else MODELS
