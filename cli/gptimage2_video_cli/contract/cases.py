"""The cases that schemathesis generates from the spec: examples, coverage and fuzzing, positive and negative.

Its generators are no documented interface, which is why its version is pinned and all of it that is used is here.
"""

import json
from functools import cache
from typing import Any, Final, NamedTuple, cast
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as with_seed
from hypothesis.configuration import set_hypothesis_home_dir
from platformdirs import user_cache_path
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import CHECKS, load_all_checks  # pyright: ignore[reportUnknownVariableType]  (half typed)
from schemathesis.core.failures import FailureGroup

from .guard import as_object
from .openapi import document
from .recording_client import Exchange

AnyCase = Case[Any]
# Those that compare a response with its case; others send requests of their own, past the guard, or are here already.
_CHECK_NAMES: Final = ("not_a_server_error", "response_headers_conformance")
_NEGATIVE: Final = ("negative_data_rejection",)


class GeneratedCase(NamedTuple):
    """One case, as it is sent.

    Attributes:
        case: That of schemathesis.
        content: The body; empty where there is none.
    """

    case: AnyCase
    method: str
    path: str
    content: bytes

    @property
    def value(self) -> Any:
        """The JSON value of the body; None where it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    def with_empty_prompt(self) -> "GeneratedCase | None":
        """The same, free of charge; None where there is no prompt to empty."""
        fields = as_object(self.value)
        return self._replace(content=json.dumps({**fields, "prompt": ""}).encode()) if fields else None


@cache
def generate(seed: int, max_examples: int) -> list[GeneratedCase]:
    """The cases of each operation: examples, then coverage, then as many random ones as that, in each mode.

    The same seed gives the same cases.
    """
    generated: list[GeneratedCase] = []
    set_hypothesis_home_dir(user_cache_path("gptimage2-video") / "hypothesis")  # else it is in the working directory
    schema: Any = schemathesis.openapi.from_dict(document())
    for operation in (result.ok() for result in schema.get_all_operations()):
        config = schema.config.generation_for(operation=operation, phase="coverage")
        modes = list(GenerationMode)
        cases = [case for strategy in operation.get_strategies_from_examples() for case in _drawn(strategy, seed, 1)]
        cases += schema.iter_coverage_cases(operation, generation_modes=modes, generation_config=config)
        cases += [case for mode in modes for case in _drawn(operation.as_strategy(mode), seed, max_examples)]
        # Other methods are checked by themselves.
        generated += [_as_sent(case) for case in cases if case.method.upper() == operation.method.upper()]
    return generated


def failed_checks(generated: GeneratedCase, exchange: Exchange, *, is_valid: bool) -> list[str]:
    """What schemathesis says of a response, a sentence for each of its checks that fails."""
    load_all_checks()
    request = requests.Request(exchange.method, exchange.url, data=exchange.request_body).prepare()
    headers = {name: [value] for name, value in exchange.headers.items()}
    response = Response(exchange.status or 0, headers, bytes(exchange.response_body), request, elapsed=0.0, verify=True)
    registry, case = cast("Any", CHECKS), cast("Any", generated.case)
    checks = registry.get_by_names([*_CHECK_NAMES, *(() if is_valid else _NEGATIVE)])
    try:
        case.validate_response(response, checks=checks)
    except FailureGroup as group:
        return [f"{type(failure).__name__}: {failure.title}" for failure in group.exceptions]
    return []


def _drawn(strategy: Any, seed: int, count: int) -> list[AnyCase]:
    """As many cases of a strategy, the same with each run of the seed."""
    cases: list[AnyCase] = []

    health: list[Any] = list(HealthCheck)

    @with_seed(seed)
    @settings(max_examples=count, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=health)
    @given(case=strategy)
    def collect(case: AnyCase) -> None:
        cases.append(case)

    collect()
    return cases


def _as_sent(case: AnyCase) -> GeneratedCase:
    options = case.as_transport_kwargs(base_url="http://localhost")
    prepared = requests.Request(**{name: options[name] for name in options.keys() & _REQUEST_OPTIONS}).prepare()
    body: Any = prepared.body or b""
    parts = urlsplit(prepared.url or "")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return GeneratedCase(case, case.method.upper(), str(path), body.encode() if isinstance(body, str) else bytes(body))


_REQUEST_OPTIONS: Final = {"method", "url", "params", "json", "data"}
