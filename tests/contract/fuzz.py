"""Schemathesis in this process: all its phases and checks over the wire, without the start-up of its command line.

Its engine is no documented interface, which is why its version is pinned exactly and all of it that is used is here.
"""

import time
from pathlib import Path
from typing import NamedTuple

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

HERE = Path(__file__).resolve().parent
CONFIG = HERE / "schemathesis.toml"
SPEC = HERE.parents[1] / "openapi.yaml"


class Outcome(NamedTuple):
    """What a run came to: names of the checks that failed with their first message, cases, seconds."""

    failed: dict[str, str]
    cases: int
    seconds: float


def fuzz(url: str, examples: int, *, to_the_end: bool = True) -> Outcome:
    """Hold the server at a base URL to openapi.yaml, to the end or to the first scenario that fails.

    Raises:
        RuntimeError: The tool itself went wrong, and so the run says nothing.
    """
    config = SchemathesisConfig.from_path(CONFIG)
    project = config.projects.default
    project.update(base_url=url)
    project.auth.wfc.path = str(HERE / "accounts.json")  # `update` would forget the peers
    project.generation.max_examples = examples
    failed: dict[str, str] = {}
    cases, begun = 0, time.monotonic()
    stream = from_schema(schemathesis.openapi.from_path(SPEC, config=config)).execute()
    for event in stream:
        if isinstance(event, events.NonFatalError | events.FatalError):
            raise RuntimeError(f"schemathesis: {event}")  # noqa: TRY004 - it is no type that is wrong
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.cases)
            for check in (check for checks in event.recorder.checks.values() for check in checks):
                if check.failure_info is not None:
                    failed.setdefault(check.name, str(check.failure_info.failure))
        if failed and not to_the_end:
            stream.stop()
    return Outcome(failed, cases, time.monotonic() - begun)
