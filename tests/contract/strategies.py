"""Requests for the property tests: valid, nearly valid (one change away) and wild.

Drawn from the model table of openapi.yaml, so that a new row is tested without an edit here. No verdict is known here.
"""

import math
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

SPEC = yaml.safe_load((Path(__file__).resolve().parents[2] / "openapi.yaml").read_text("utf-8"))
TABLE = SPEC["x-model-table"]["models"]
COMMON_DURATIONS = SPEC["x-model-table"]["commonDurations"]["values"]
MODES = ["text_to_video", "image_to_video"]


def _durations(row: dict[str, Any]) -> list[int]:
    """The seconds that a model takes: the documented ones, else the common ones."""
    fact = row["durations"]
    documented = fact.get("values") or [*range(fact.get("min", 1), fact.get("max", 0) + 1)]
    return documented if fact["known"] in ("page", "docs") else COMMON_DURATIONS


def _around(durations: list[int]) -> set[int]:
    """The ends of what a model takes, and what is just beyond them."""
    low, high = min(durations), max(durations)
    return {low - 1, low, high, high + 1} - {*_DURATIONS}


_MEDIA = SPEC["paths"]["/api/ai/video/generate"]["post"]["requestBody"]["content"]["application/json"]
EXAMPLES = [example["value"] for example in _MEDIA["examples"].values()]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=5
)
NOT_JSON = st.sampled_from([math.nan, math.inf, -math.inf, "\ud800", "cup \udfff"])

_PROMPTS = [" ", "\x00", "\x07 bell", "<b>'\"\\", "Eine Tasse \U0001f375", "x" * 5000]
_IMAGES = ["https://example.com/cup.jpg", "HTTP://example.com", "https://user@[::1]:1/\u00e4?q#f"]
_NO_IMAGES = [
    "",
    "cup.jpg",
    "data:image/png;base64,AA==",
    "ftp://example.com",
    "https://",
    "http:///a",
    "https://a b",
    5,
]
_DURATIONS = [5, 8, 10, 15, 20, 5.0, 8.0, 0, 25]
POOLS: dict[str, list[Any]] = {
    "prompt": [*_PROMPTS, ""],
    "model": [*(row["id"] for row in TABLE), "veo3 ", "VEO3", "sora-3", ""],
    "inputMode": [*MODES, "video_to_video", "TEXT_TO_VIDEO", ""],
    "inputImageUrls": [[], _IMAGES, *([image] for image in _IMAGES + _NO_IMAGES), [_IMAGES[0], ""], _IMAGES[0]],
    "aspectRatio": ["16:9", "9:16", "1:1", "wide", ""],
    "duration": [*_DURATIONS, 5.5, -5, 1, 2**53, 10**25, 1e300, "5", "8", True, None],
    "resolution": ["720p", "1080p", "4k", ""],
}
PROMPTS = st.text(min_size=1) | st.sampled_from(_PROMPTS)
IMAGES = st.sampled_from(_IMAGES)
NEARLY_IMAGES = st.builds("{}://{}".format, st.sampled_from(["http", "https", "hTTps", "httpss"]), st.text())
_FIELDS = {name: st.sampled_from(pool) for name, pool in POOLS.items()} | {
    "prompt": PROMPTS | st.just(""),
    "inputImageUrls": st.sampled_from(POOLS["inputImageUrls"]) | st.lists(NEARLY_IMAGES | SCALARS, max_size=3),
}
IMAGE = {"inputImageUrls": _IMAGES[:1]}
_EXTRAS = st.dictionaries(st.text(min_size=1).filter(lambda name: name not in _FIELDS), JSON, min_size=1, max_size=2)
_DROP = object()


def plain(model: str, mode: str, **more: Any) -> dict[str, Any]:
    """A request with what its mode demands, whether or not the model has that mode."""
    return {"prompt": "A cup", "model": model, "inputMode": mode, **(IMAGE if mode == "image_to_video" else {}), **more}


def one_change() -> list[dict[str, Any]]:
    """Each model in each mode with each duration; and requests with one field at each value of its pool, or without."""
    requests = [plain(row["id"], mode) for row in TABLE for mode in MODES]
    requests += [
        plain(row["id"], mode, duration=seconds)
        for row in TABLE
        for mode in MODES
        for seconds in (*_DURATIONS, *_around(_durations(row)))
    ]
    kinds = {tuple(row["modes"]["values"]): row["id"] for row in TABLE}  # a model for each combination of modes
    for request in (plain(model, modes[-1]) for modes, model in kinds.items()):
        requests += [{**request, name: value} for name, pool in POOLS.items() for value in pool]
        requests += [{name: value for name, value in request.items() if name != dropped} for dropped in request]
    return requests


def price_list() -> list[tuple[dict[str, Any], int]]:
    """A request for each row of the price table in each mode of its model, and the credits of that row."""
    return [
        (
            plain(row["id"], mode, **{name: value for name, value in price.items() if name != "credits"}),
            price["credits"],
        )
        for row in TABLE
        for price in row["credits"]["rows"]
        for mode in row["modes"]["values"]
    ]


def priced() -> st.SearchStrategy[dict[str, Any]]:
    """A valid request that asks for exactly one row of the price table."""
    return st.builds(lambda row, prompt: {**row[0], "prompt": prompt}, st.sampled_from(price_list()), PROMPTS)


@st.composite
def valid(draw: st.DrawFn) -> dict[str, Any]:
    """A request that every telling of the contract accepts."""
    row = draw(st.sampled_from(TABLE))
    mode = draw(st.sampled_from(row["modes"]["values"]))
    images = {"inputImageUrls": st.lists(IMAGES, min_size=1, max_size=3)} if mode == "image_to_video" else {}
    required = {"prompt": PROMPTS, "model": st.just(row["id"]), "inputMode": st.just(mode), **images}
    optional = {
        "duration": st.sampled_from(_durations(row)),
        "resolution": _FIELDS["resolution"],
        "aspectRatio": _FIELDS["aspectRatio"],
        "inputImageUrls": st.lists(IMAGES, max_size=2),
    }
    optional = {name: values for name, values in optional.items() if name not in required}
    request = draw(st.fixed_dictionaries(required, optional=optional))
    return request | (draw(_EXTRAS) if draw(st.integers(0, 4)) == 0 else {})


@st.composite
def nearly_valid(draw: st.DrawFn) -> dict[str, Any]:
    """A valid request with one field dropped, or given another value."""
    request = draw(valid())
    name = draw(st.sampled_from(list(_FIELDS)))
    value = draw(st.just(_DROP) | _FIELDS[name] | JSON | NOT_JSON)
    rest = {key: old for key, old in request.items() if key != name}
    return rest if value is _DROP else {**rest, name: value}


@st.composite
def _medley(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of the contract with values from anywhere, and others."""
    fields = {name: values | JSON for name, values in _FIELDS.items()}
    return draw(st.fixed_dictionaries({}, optional=fields)) | draw(
        st.dictionaries(st.text(), JSON | NOT_JSON, max_size=1)
    )


def wild() -> st.SearchStrategy[Any]:
    """Anything that can be written as JSON, and some things that cannot."""
    return _medley() | JSON | NOT_JSON


def anything() -> st.SearchStrategy[Any]:
    """Valid, nearly valid and wild, nearly valid most of all."""
    return st.one_of(valid(), nearly_valid(), nearly_valid(), nearly_valid(), wild())
