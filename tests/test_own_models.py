"""A model that no release has heard of, from a models file to an mp4 at every door, against a mock that offers it."""

import json
from contextlib import ExitStack
from pathlib import Path

import av
import pytest

from gptimage2_video import MODELS, BudgetExceeded, InvalidRequest, VideoRequestWarning, load_models
from gptimage2_video_mock import MockServer
from support.agents import Agent
from support.clients import VARIANTS, ClientUnderTest
from support.commandline import CommandLine

ROW = {
    "id": "pika/2-5",
    "modes": ["text_to_video"],
    "durations": {"min": 3, "max": 9},
    "resolutions": ["720p"],
    "prices": [{"duration": 4, "resolution": "720p", "credits": 7}],
}
CLIP = {"model": "pika/2-5", "duration": 4, "resolution": "720p"}
WORDS = ("A cup", "--model", "pika/2-5", "--duration", "4", "--resolution", "720p")
SENT_UNCHECKED = "'pika/2-5' is none of the models known here: it is sent as it is, and its price is unknown"


@pytest.fixture
def models(tmp_path):
    """A models file."""
    path = tmp_path / "models.json"
    path.write_text(json.dumps([ROW]), "utf-8")
    return path


@pytest.fixture
def server(clock, models):
    """A mock that offers what the file says."""
    with MockServer(models=models) as running:
        clock.followers.append(running.clock.advance)
        yield running


@pytest.fixture
def knows(monkeypatch, models):
    """The command line knows the file."""
    monkeypatch.setenv("GPTIMAGE2_MODELS", str(models))


def length(path):
    with av.open(str(path)) as video:
        return video.duration / av.time_base


class TestPython:
    def test_a_row_of_ones_own_leads_to_a_video_at_its_price(self, clients, models, server, tmp_path):
        client = clients(models=MODELS | load_models(models), max_credits=7)
        task = client.generate("A cup", **CLIP, save_to=tmp_path / "cup.mp4")
        assert (7, 7, 4.0) == (task.credits_used, client.credits_committed, length(task.path))
        assert [{"prompt": "A cup", "inputMode": "text_to_video", **CLIP}] == [
            json.loads(seen.body) for seen in server.requests if seen.method == "POST"
        ]

    def test_its_limits_hold_before_anything_is_sent(self, clients, models, server):
        client = clients(models=MODELS | load_models(models))
        with pytest.raises(InvalidRequest, match="pika/2-5 clips are 3 to 9 seconds; choose one"):
            client.submit("A cup", model="pika/2-5", duration=10)
        assert [] == server.requests

    def test_without_a_row_it_is_sent_by_whoever_says_so(self, clients, tmp_path):
        client = clients(allow_unknown_model=True)
        with pytest.warns(VideoRequestWarning) as warned:
            task = client.generate("A cup", **CLIP, save_to=tmp_path / "cup.mp4")
        assert [SENT_UNCHECKED] == [str(it.message) for it in warned]
        assert (7, 4.0) == (task.credits_used, length(task.path))

    def test_a_budget_wants_a_word_for_its_price_as_well(self, clients, server):
        client = clients(allow_unknown_model=True, max_credits=50)
        with (
            pytest.warns(VideoRequestWarning),
            pytest.raises(BudgetExceeded, match="the price of this task is unknown"),
        ):
            client.submit("A cup", **CLIP)
        assert [] == server.requests
        generous = clients(allow_unknown_model=True, allow_unknown_price=True, max_credits=50)
        with pytest.warns(VideoRequestWarning):
            assert 7 == generous.submit("A cup", **CLIP).credits_used

    def test_a_generated_request_with_a_model_of_ones_own_is_refused_by_nobody(self, clients, models):
        client = clients(models=MODELS | load_models(models))
        assert client.submit({"prompt": "A cup", "inputMode": "text_to_video", **CLIP}).id


class TestCommandLine:
    @pytest.fixture
    def cli(self, server, capsys, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        return CommandLine(capsys, monkeypatch).against(server.url)

    def test_generate(self, cli, knows):
        told = cli("generate", *WORDS, "-o", "cup.mp4", "--max-credits", "7", "--json").object
        assert (7, 7, 4.0) == (told["quote"]["credits"], told["credits_used"], length(Path("cup.mp4")))

    def test_generate_without_the_file(self, cli):
        refused = cli("generate", *WORDS, "-o", "cup.mp4")
        assert (2, False) == (refused.code, Path("cup.mp4").exists())
        assert "there is no model 'pika/2-5' (" in refused.err
        assert "; send a newer one with allow_unknown_model, or with a row of your own (" in refused.err
        sent = cli("generate", *WORDS, "-o", "cup.mp4", "--allow-unknown-model")
        assert (0, 4.0) == (sent.code, length(Path("cup.mp4")))
        assert f"warning: {SENT_UNCHECKED}\n" in sent.err

    def test_quote_and_check(self, cli, knows):
        Path("request.json").write_text(json.dumps({"prompt": "A cup", "inputMode": "text_to_video", **CLIP}))
        assert 7 == cli("quote", *WORDS, "--json").object["credits"]
        assert (True, 7) == tuple(_verdict(cli("check", "request.json", "--json")))

    def test_quote_and_check_without_the_file(self, cli):
        Path("request.json").write_text(json.dumps({"prompt": "A cup", "inputMode": "text_to_video", **CLIP}))
        assert (2, 2) == (cli("quote", *WORDS).code, cli("check", "request.json").code)
        assert cli("quote", *WORDS, "--allow-unknown-model", "--json").object["credits"] is None
        assert (True, None) == tuple(_verdict(cli("check", "request.json", "--allow-unknown-model", "--json")))

    def test_models_lists_the_row_as_the_users(self, cli, knows):
        row = next(row for row in cli("models", "--json").object if row["id"] == "pika/2-5")
        assert ([3, 4, 5, 6, 7, 8, 9], ["720p"], "user") == (row["durations"], row["resolutions"], row["prices_known"])
        assert "pika/2-5" in cli("models").out

    def test_its_schema_can_be_had(self, cli):
        printed = cli("models", "--schema")
        assert json.loads(printed.out) == cli("models", "--schema", "--json").object
        assert "A models file of gptimage2-video" == json.loads(printed.out)["title"]

    @pytest.mark.parametrize(
        ("content", "mistake"),
        [
            (None, " cannot be read: No such file or directory"),
            ("{", " is not JSON: Expecting property name"),
            ('[{"id": "a", "id": "b"}]', " is not JSON: id appears twice in an object"),
            (b"\xff\xfe", " is not JSON: "),
            (
                '[{"id": "a", "modes": ["text_to_video"]}, {"id": "a", "modes": ["text_to_video"]}]',
                ", row 2: id: an ear",
            ),
            (
                '[{"id": "a", "modes": ["text_to_video"], "durations": {"min": 9, "max": 3}}]',
                ", row 1: durations: min 9",
            ),
            (
                '[{"id": "a", "modes": ["text_to_video"], "prices": [{"duration": 1, "credits": -1}]}]',
                ", row 1: prices: c",
            ),
        ],
    )
    @pytest.mark.parametrize(
        "words", [("generate", *WORDS), ("quote", *WORDS), ("models",), ("check", "request.json"), ("check", "a.jsonl")]
    )
    def test_a_mistake_in_the_file_is_one_sentence_and_nothing_is_sent(
        self, cli, server, knows, models, words, content, mistake
    ):
        Path("request.json").write_text("{}")
        Path("a.jsonl").write_text("{}\n")
        models.unlink()
        if content is not None:
            models.write_bytes(content if isinstance(content, bytes) else content.encode())
        outcome = cli(*words)
        assert (2, "", []) == (outcome.code, outcome.out, server.requests)
        assert outcome.err.startswith(f"error: the models file {models}{mistake}")
        assert 1 == outcome.err.count("\n")

    @pytest.mark.slow
    def test_a_batch(self, cli, knows, monkeypatch):
        Path("shots.jsonl").write_text(json.dumps({"id": "cup", "prompt": "A cup", **CLIP}) + "\n")
        run = cli("batch", "run", "shots.jsonl", "--out", "videos", "--yes", "--max-credits", "7", "--json")
        assert (0, 4.0) == (run.code, length(Path("videos/cup.mp4")))

    def test_a_line_of_a_manifest_may_ask_for_it(self, cli):
        row = {"prompt": "A cup", **CLIP}
        lines = [row, {**row, "allow_unknown_model": True}, {**row, "allow_unknown_model": "yes"}]
        Path("shots.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        told = cli("check", "shots.jsonl", "--json").object
        assert (1, 2) == (told["valid_lines"], told["invalid_lines"])
        assert ["error", "warning", "error"] == [it["severity"] for it in told["problems"]]
        assert "allow_unknown_model must be true or false" == told["problems"][2]["message"].removeprefix("line 3: ")
        assert 1 == cli("check", "shots.jsonl", "--allow-unknown-model", "--json").object["invalid_lines"]
        Path("shots.csv").write_text("prompt,model,allow_unknown_model\nA cup,pika/2-5,true\n")
        assert 0 == cli("check", "shots.csv").code


def _verdict(outcome):
    told = outcome.object
    return told["valid"], told["quote"] and told["quote"]["credits"]


class TestMcp:
    def test_a_tool_makes_it(self, server, knows, tmp_path):
        agent = Agent(server.url, out=tmp_path)
        task_id = agent("generate", prompt="A cup", **CLIP).data["task_id"]
        server.clock.advance(60)
        agent("wait", task_id=task_id)
        saved = agent("download", task_id=task_id, file="cup.mp4")
        assert (False, 4.0) == (saved.is_error, length(tmp_path / "cup.mp4"))

    def test_without_the_file_it_is_refused(self, server):
        refused = Agent(server.url)("generate", prompt="A cup", **CLIP)
        assert (True, []) == (refused.is_error, server.requests)
        assert "there is no model 'pika/2-5'" in refused.message

    def test_unless_the_server_was_started_so(self, server):
        agent = Agent(server.url, allow_unknown_model=True, allow_unknown_price=True)
        assert 7 == agent("generate", prompt="A cup", **CLIP).data["task"]["credits_used"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_mock_without_the_file_refuses_it(clock, variant):
    """As the service does with what it does not have; the error tells."""
    with MockServer() as server, ExitStack() as stack:
        client = ClientUnderTest(variant, server.url, stack)(allow_unknown_model=True)
        with pytest.warns(VideoRequestWarning), pytest.raises(Exception, match="model: Must be one of"):
            client.submit("A cup", **CLIP)
