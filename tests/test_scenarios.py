"""The fault matrix: under every scenario, the library and the command line do what the table says, over real sockets.

`vectors/scenarios.json` says what is right; here is the walk through it, with what holds in every row.
"""

from collections import Counter
from contextlib import ExitStack

import httpx
import pytest

import gptimage2_video
from gptimage2_video import VideoClient, VideoClientError
from gptimage2_video_mock import MockServer
from gptimage2_video_mock.scenarios.registry import SCENARIOS
from support.clients import VARIANTS, ClientUnderTest
from support.commandline import CommandLine
from support.faults import EXPECTED

pytestmark = pytest.mark.slow

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
# Seconds of the fake clock, in which a task takes 60.
TIMEOUT, INTERVAL = 200, 5
# Real seconds. Only what stalls is waited for, and the video of all tests is encoded before.
IMPATIENT, PATIENT = 0.3, 10.0


@pytest.fixture(scope="module")
def mock():
    """One server for all rows, as a new one would encode its video anew."""
    with MockServer() as running:
        yield running


@pytest.fixture(scope="module")
def video(mock):
    """The video that is whole."""
    with VideoClient("test-key", base_url=mock.url) as client:
        task = client.submit(VEO)
        mock.clock.advance(60)
        return httpx.get(client.get(task).video_url).content


@pytest.fixture
def server(mock, video, clock):
    mock.reset()
    clock.followers.append(mock.clock.advance)
    return mock


@pytest.fixture
def target(tmp_path, monkeypatch):
    """Two folders below the one that is looked at, so that a file name with `../` would be seen."""
    folder = tmp_path / "videos" / "new"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder / "cup.mp4"


def timeout(row):
    return IMPATIENT if "-slow-" in row.scenario else PATIENT


def posts(server):
    return [seen for seen in server.requests if seen.method == "POST"]


def check_server(server, row):
    """What the server must have seen, and what it must never see."""
    debits = [entry for entry in server.ledger("test-key") if entry.kind == "debit"]
    assert (row.posts, row.accepted) == (len(posts(server)), len(debits))
    assert 1 == sum(seen.status != 429 for seen in posts(server)), "what may be accepted is sent once"
    for seen in server.requests:
        assert ("test-key" in str((seen.path, seen.headers))) == (seen.side == "api"), "the key is for the API alone"
    return debits[0].task_id if debits else None


def check_files(target, row, video):
    """The whole video and nothing else, or nothing at all."""
    root = target.parents[2]
    assert ([target] if row.file else []) == [path for path in root.rglob("*") if path.is_file()]
    assert not row.file or video == target.read_bytes()


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.scenario)
class TestEveryScenario:
    @pytest.mark.parametrize("variant", VARIANTS)
    def test_the_library_ends_as_the_table_says(self, row, variant, server, target, video):
        with ExitStack() as stack:
            client = ClientUnderTest(variant, server.scenario_url(row.scenario), stack)(
                request_timeout=timeout(row), poll_interval=INTERVAL
            )
            try:
                ended, name = client.generate(VEO, save_to=target, timeout=TIMEOUT), "Completed"
            except VideoClientError as error:
                ended, name = error, type(error).__name__
        assert row.ends_as == name, str(ended)
        task_id = check_server(server, row)
        known = ended.id if name == "Completed" else getattr(ended, "task_id", None)
        assert (task_id if row.id else None) == known
        check_files(target, row, video)

    def test_the_command_line_ends_as_the_table_says(self, row, server, target, video, capsys, monkeypatch):
        cli = CommandLine(capsys, monkeypatch).against(server.scenario_url(row.scenario))
        schedule = (
            "--timeout",
            str(TIMEOUT),
            "--poll-interval",
            str(INTERVAL),
            "--request-timeout",
            str(timeout(row)),
        )
        outcome = cli("generate", VEO["prompt"], "--model", VEO["model"], "-o", target.name, *schedule)
        assert row.exit == outcome.code, outcome.err
        task_id = check_server(server, row)
        assert row.id == (task_id is not None and task_id in outcome.err)
        assert (f"{target.name}\n" if row.file else "") == outcome.out
        assert "test-key" not in outcome.err
        check_files(target, row, video)


def test_every_scenario_has_one_row_and_every_row_a_scenario():
    assert sorted(SCENARIOS) == sorted(row.scenario for row in EXPECTED)


def test_there_are_enough_of_them_for_every_phase():
    phases = Counter(
        phase for name in SCENARIOS for phase in ("submit", "poll", "download") if phase in name.split("-")
    )
    assert {"submit", "poll", "download"} == {phase for phase, count in phases.items() if count >= 15}


def test_what_the_table_calls_an_error_is_one_of_the_tree():
    errors = {row.ends_as for row in EXPECTED} - {"Completed"}
    assert all(issubclass(getattr(gptimage2_video, name), VideoClientError) for name in errors)


def test_a_task_whose_id_never_came_is_always_called_uncertain():
    assert {5} == {row.exit for row in EXPECTED if row.accepted and not row.id}
