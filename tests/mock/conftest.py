"""The mock server of its own tests, whose clock stands still, and a client with a key."""

import httpx
import pytest

from gptimage2_video_mock import MockServer
from support.mock_client import ScenarioClient, bearer


@pytest.fixture
def server():
    with MockServer() as server:
        yield server


@pytest.fixture
def api(server):
    with httpx.Client(base_url=server.url, headers=bearer("test-key")) as client:
        yield client


@pytest.fixture
def client():
    with httpx.Client(headers=bearer("test-key")) as client:
        yield client


@pytest.fixture
def under(server, client):
    """The client of a scenario, by its name."""
    return lambda name: ScenarioClient(server, client, name)
