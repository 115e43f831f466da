"""The key goes to the API and nowhere else, and no server can hang, flood or lead a client astray."""

import logging
import subprocess
import tracemalloc

import pytest

from gptimage2_video import DownloadFailed, Journal, VideoClientError
from gptimage2_video_mock import MockServer
from support.commandline import CommandLine
from support.paths import ROOT
from support.scripted import reply

KEY = "sk-needle-0f9d3c71"
VEO = {"prompt": "A cup", "model": "veo3_lite", "inputMode": "text_to_video"}
# One of each way out: done, failed, refused, ill, uncertain, astray, unsaved.
SCENARIOS = [
    "reference",
    "failed",
    "submit-422",
    "insufficient-credits",
    "submit-503-html",
    "lost-reply",
    "submit-301",
    "poll-403",
    "poll-301",
    "poll-html",
    "download-redirect",
    "download-html",
    "download-reset-always",
]


@pytest.fixture
def server(clock):
    with MockServer({KEY: 1000}) as running:
        clock.followers.append(running.clock.advance)
        yield running


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GPTIMAGE2_JOURNAL", str(tmp_path / "journal" / "journal.db"))
    return tmp_path


def produced(folder):
    """Every byte below the folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


class TestTheKey:
    @pytest.mark.parametrize(
        "json_", [pytest.param((), marks=pytest.mark.slow, id="text"), pytest.param(("--json",), id="json")]
    )
    @pytest.mark.parametrize("scenario", SCENARIOS)
    def test_is_in_nothing_that_the_command_line_says_logs_or_writes(
        self, scenario, json_, server, folder, capsys, monkeypatch, caplog
    ):
        caplog.set_level(logging.DEBUG)
        monkeypatch.setenv("GPTIMAGE2_DEBUG", "1")
        cli = CommandLine(capsys, monkeypatch).against(server.scenario_url(scenario), KEY)
        made = cli("generate", VEO["prompt"], "--model", VEO["model"], "-o", "cup.mp4", "--timeout", "100", *json_)
        listed = cli("tasks", "--json")
        assert listed.object["tasks"], "there is something to look through"
        assert KEY not in "".join((*made[1:], *listed[1:], caplog.text))
        assert KEY.encode() not in produced(folder)

    @pytest.mark.parametrize("side", ["submission", "snapshot"])
    def test_is_not_revealed_by_a_service_that_echoes_it(self, side, scripted_clients, scripted, tmp_path):
        echo = reply(401, {"error": f"no such key: {KEY}"}, x_request_id=KEY)
        receipt = reply(200, {"taskId": "tsk_1", "status": 0, "creditsUsed": 5})
        scripted.replies = [echo] if side == "submission" else [receipt, echo]
        journal = Journal(tmp_path / "journal.db")
        with pytest.raises(VideoClientError) as caught:
            scripted_clients(KEY, journal=journal).generate(VEO)
        journal.close()
        assert KEY not in repr((str(caught.value), vars(caught.value)))
        assert "no such key: [the key]" == caught.value.message
        assert KEY.encode() not in produced(tmp_path)

    def test_is_all_that_says_who_asks_and_a_cookie_of_the_service_is_not_sent_back(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {"status": 0}, Set_Cookie="session=someone; Path=/"), reply(200, {"status": 1})]
        client = scripted_clients(KEY)
        client.get("tsk_1")
        client.get("tsk_1")
        assert [f"Bearer {KEY}"] * 2 == [seen.headers["authorization"] for seen in scripted.seen]
        assert [False, False] == ["cookie" in seen.headers for seen in scripted.seen]

    def test_passes_no_proxy_unencrypted(self, scripted_clients, scripted, server, monkeypatch):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, scripted.url)
        assert scripted_clients(KEY, base_url=server.url).submit(VEO).id
        assert [] == scripted.seen

    def test_is_not_sent_to_a_proxy_of_an_encrypted_connection(self, scripted_clients, scripted, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", scripted.url)
        scripted.replies = [reply(502)]
        with pytest.raises(VideoClientError):
            scripted_clients(KEY, base_url="https://api.example").submit(VEO)
        assert {"CONNECT"} == {seen.method for seen in scripted.seen}
        assert KEY not in repr(scripted.seen)


class TestAHostileServer:
    @pytest.mark.parametrize("scenario", ["submit-endless", "poll-endless"])
    def test_cannot_fill_the_memory(self, scenario, clients, server):
        client = clients(KEY, base_url=server.scenario_url(scenario))
        tracemalloc.start()
        try:
            task = client.submit(VEO)
            client.wait(task, timeout=100)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 64 * 2**20, "two copies of the most that is read, and what the server beside it needs"

    def test_cannot_hold_a_download_for_ever_by_dripping(self, clients, server, clock, folder):
        client = clients(KEY, base_url=server.url)
        task = client.wait(client.submit(VEO), timeout=100)
        with pytest.raises(DownloadFailed):
            client.download(task, "cup.mp4", on_progress=lambda *_: clock.advance(4000))
        assert [] == list(folder.glob("cup*"))

    def test_cannot_name_the_file_on_this_machine(self, server, folder, capsys, monkeypatch):
        cli = CommandLine(capsys, monkeypatch).against(server.scenario_url("other-id"), KEY)
        monkeypatch.setattr("gptimage2_video_mock.service.service.new_task_id", lambda _now: "../../escaped")
        assert 0 == cli("generate", "A cup", "--model", "veo3_lite", "--no-wait").code
        outcome = cli("resume", "--timeout", "100")
        assert not list(folder.parent.glob("escaped*"))
        assert all(path.parent == folder for path in folder.rglob("*.mp4")), outcome.err


@pytest.mark.slow
def test_no_file_of_the_repository_holds_a_secret_and_one_that_did_would_be_found(tmp_path):
    planted = tmp_path / "settings.py"
    planted.write_text('GPTIMAGE2_API_KEY = "sk-live-' + "8f3b1c9d" * 2 + '"\n')
    verdicts = [
        subprocess.run(["make", "--silent", "secrets", f"FILES={files}"], cwd=ROOT, capture_output=True).returncode
        for files in (planted, ROOT / "README.md")
    ]
    assert [2, 0] == verdicts
