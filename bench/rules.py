"""`check` and `quote`, measured against validators of the same schema, in requests per second of one core.

    make bench-rules

Three mixes: sound requests of every model in each of its modes; requests with one mistake each; and, told apart because
the nearest name is looked for, requests whose model is misspelt. Who gives a bare yes or no is told apart from who says
what is wrong, as `check` always does. Candidates take turns within a round; figures are medians of the rounds in CPU
time, `x` is how often the candidate's time goes into that of `check`, round by round. A verdict that differs from the
schema's is counted. Nothing is asserted.
"""

import platform
import statistics
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal, Union

import jsonschema
import jsonschema_rs
import pydantic
import yaml

from gptimage2_video import MODELS, check, quote

ROUNDS = 7
SECONDS = 0.1
ROOT = Path(__file__).resolve().parent.parent
SPEC = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
SCHEMAS = SPEC["components"]["schemas"]
SCHEMA = {"$ref": "#/components/schemas/GenerateVideoRequest", "components": SPEC["components"]}
PROMPT = "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film"
IMAGE = "https://example.com/images/ceramic-cup.jpg"


def sound():
    """Each model in each of its modes: the least it takes, with a duration, with all that is priced, not in ASCII."""
    requests = []
    for model in MODELS.values():
        for mode in model.modes:
            least = {"prompt": PROMPT, "model": model.id, "inputMode": mode}
            if mode == "image_to_video":
                least["inputImageUrls"] = [IMAGE]
            longest = {**least, "duration": (model.durations or (5,))[0], "aspectRatio": "16:9"}
            full = {**longest, "resolution": model.resolutions[0]} if model.resolutions else longest
            requests += [least, {**least, "duration": longest["duration"]}]
            requests += [full, {**full, "prompt": f"{PROMPT}, déjà vu"}]
    return requests


def mistaken():
    """One mistake each, of every kind but a misspelt model, in turn over the sound requests."""
    mistakes = [
        lambda r: {**r, "prompt": ""},
        lambda r: {**r, "prompt": 5},
        lambda r: {**r, "inputMode": "video"},
        lambda r: {**r, "duration": 7},
        lambda r: {**r, "duration": "5"},
        lambda r: {**r, "aspectRatio": 16 / 9},
        lambda r: {**r, "inputImageUrls": ["cup.jpg"]},
        lambda r: {**r, "inputImageUrls": IMAGE},
        *(lambda r, lost=name: {key: value for key, value in r.items() if key != lost} for name in ("prompt", "model")),
    ]
    requests = [mistakes[i % len(mistakes)](request) for i, request in enumerate(sound())]
    swapped = {"text_to_video": "image_to_video", "image_to_video": "text_to_video"}
    other_mode = [{**request, "inputMode": swapped[request["inputMode"]]} for request in sound()]
    return requests + [request for request in other_mode if request["inputMode"] not in MODELS[request["model"]].modes]


def misspelt():
    """Another misspelling of the model each."""
    return [{**request, "model": f"{request['model'].title()}{i}"} for i, request in enumerate(sound())]


def typed():
    """The schema as pydantic models, as strict: unions told apart by the mode, then by the model, in its core."""
    text = pydantic.StringConstraints(min_length=1)
    url = Annotated[str, pydantic.StringConstraints(pattern=SCHEMAS["ImageUrl"]["pattern"])]
    modes = []
    for mode, name in (("text_to_video", "TextToVideoModel"), ("image_to_video", "ImageToVideoModel")):
        needed = (Annotated[list[url], pydantic.Field(min_length=1)], ...)
        groups = {}
        for model in SCHEMAS[name]["enum"]:
            groups.setdefault(durations(model), []).append(model)
        kinds = [
            pydantic.create_model(
                f"{name}{number}",
                __config__=pydantic.ConfigDict(strict=True, extra="allow"),
                prompt=(Annotated[str, text], ...),
                model=(Literal[*models], ...),
                inputMode=(Literal[mode], ...),
                inputImageUrls=needed if mode == "image_to_video" else (list[url], []),
                aspectRatio=(str, ""),
                duration=(Literal[*seconds], seconds[0]),
                resolution=(str, ""),
            )
            for number, (seconds, models) in enumerate(groups.items())
        ]
        modes.append(Annotated[Union[*kinds], pydantic.Field(discriminator="model")])
    return pydantic.TypeAdapter(Annotated[Union[*modes], pydantic.Field(discriminator="inputMode")])


def durations(model):
    """The seconds that the schema's chain of conditions allows a model."""
    rule = SCHEMAS["GenerateVideoRequest"]
    while model not in rule["if"]["properties"]["model"]["enum"]:
        rule = rule["else"]
    return tuple(rule["then"]["properties"]["duration"]["enum"])


def candidates():
    """Each gives what is true of a request without fault. The first is what all are measured by."""
    python = jsonschema.Draft202012Validator(SCHEMA)
    rust = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
    core = typed().validate_python

    def parses(request):
        try:
            core(request)
        except pydantic.ValidationError:
            return False
        return True

    def errors(request):
        try:
            core(request)
        except pydantic.ValidationError as problem:
            return problem.errors()
        return []

    return {
        "check: what is wrong": lambda request: not check(request),
        "quote: price, or what is wrong": lambda request: not quote(request).note.startswith("the request is inv"),
        "jsonschema-rs: yes or no": rust.is_valid,
        "jsonschema-rs: what is wrong": lambda request: not [str(error) for error in rust.iter_errors(request)],
        "pydantic: yes or no": parses,
        "pydantic: what is wrong": lambda request: not errors(request),
        "jsonschema: yes or no": python.is_valid,
        "jsonschema: what is wrong": lambda request: not [str(error.message) for error in python.iter_errors(request)],
    }


def rate(judge, requests):
    """Requests judged in a second of CPU time."""
    started, done = time.process_time(), 0
    while (spent := time.process_time() - started) < SECONDS:
        for request in requests:
            judge(request)
        done += len(requests)
    return done / spent


def main():
    """Measure, and print a table."""
    mixes = {"sound": sound(), "mistaken": mistaken(), "misspelt model": misspelt()}
    judges = candidates()
    found = {(name, mix): [] for name in judges for mix in mixes}
    for _ in range(ROUNDS + 1):
        for mix, requests in mixes.items():
            for name, judge in judges.items():
                found[name, mix].append(rate(judge, requests))
    versions = ", ".join(f"{name} {version(name)}" for name in ("jsonschema-rs", "pydantic", "jsonschema"))
    print(f"Requests a second on one core; Python {platform.python_version()}, {versions}; {ROUNDS} rounds\n")
    print_table(judges, mixes, {key: rates[1:] for key, rates in found.items()})


def print_table(judges, mixes, found):
    """A line for each candidate, a column for each mix."""
    first = next(iter(judges))
    expected = {mix: [judges["jsonschema-rs: yes or no"](r) for r in requests] for mix, requests in mixes.items()}
    print(f"| |{'|'.join(f' {mix} ({len(requests)}) | x ' for mix, requests in mixes.items())}|")
    print("|---|" + "---:|---:|" * len(mixes))
    for name, judge in judges.items():
        cells = [name]
        for mix, requests in mixes.items():
            rates = found[name, mix]
            times = statistics.median(other / own for own, other in zip(found[first, mix], rates, strict=True))
            wrong = sum(bool(judge(r)) != told for r, told in zip(requests, expected[mix], strict=True))
            cells += [f"{statistics.median(rates):,.0f}", f"{times:.3g}" + (f" ({wrong} differ)" if wrong else "")]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
