"""A mock server for the contract's tests, and the Hypothesis profile that `make test` uses."""

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import settings

import profiles  # noqa: F401  registers the profiles
from gptimage2_video_mock import MockServer
from target import ACCOUNTS, Target

settings.load_profile("brief")  # `--hypothesis-profile=contract` comes after, and wins


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def target(http: httpx.Client) -> Iterator[Target]:
    with MockServer(ACCOUNTS) as server:
        yield Target(http, server.url)
