"""`mcp`: each tool, each refusal, and a budget that lasts, as an agent's host sees them."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import anyio
import pytest

import gptimage2_video.transport.clock
from gptimage2_video import MODELS, AsyncVideoClient, VideoRequestWarning
from gptimage2_video.journal import JournalBudget, SubmissionState
from gptimage2_video_cli.mcp_server import progress as reports
from support.agents import Agent, ask, entries
from support.scripted import ScriptedServer, reply

CUP = {"prompt": "A cup", "model": "veo3_fast"}  # 9 credits
BUDGET = {"max_credits": 100, "committed": 0, "uncertain": 0, "left": 100}
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}


@pytest.fixture
def out(tmp_path):
    """A folder for videos, two below the one that is looked at, so that one that leaves it would be seen."""
    folder = tmp_path / "their" / "videos"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def agent(server, out):
    return Agent(server.url, out=out)


@pytest.fixture(autouse=True)
def _warnings_are_told_by_answers():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VideoRequestWarning)
        yield


@pytest.fixture
def done(agent, server):
    """The id of a task whose video is there."""
    task_id = agent("generate", **CUP).facts["task_id"]
    server.clock.advance(60)
    return task_id


def talk(agent, conversation, **settings):
    """Hold a conversation with one server."""

    async def hold():
        async with agent.server(**settings) as client:
            return await conversation(client)

    return asyncio.run(hold())


def submissions(server):
    return [seen for seen in server.requests if seen.method == "POST"]


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


class TestTools:
    def listed(self, agent):
        async def conversation(client):
            return {tool.name: tool for tool in (await client.list_tools()).tools}

        return talk(agent, conversation)

    def test_these_are_there_and_one_says_that_it_spends(self, agent):
        tools = self.listed(agent)
        assert ["list_models", "check", "quote", "generate", "status", "wait", "download"] == list(tools)
        assert ["generate"] == [name for name, tool in tools.items() if "(free)" not in tool.title]
        assert ["generate"] == [name for name, tool in tools.items() if "SPENDS CREDITS" in tool.description]

    def test_the_hints_tell_what_each_may_do(self, agent):
        hints = {name: tool.annotations for name, tool in self.listed(agent).items()}
        kinds = ("read_only_hint", "destructive_hint", "idempotent_hint", "open_world_hint")
        looks_up, asks = (True, False, True, False), (True, False, True, True)
        assert {
            **dict.fromkeys(("list_models", "check", "quote"), looks_up),
            **dict.fromkeys(("status", "wait"), asks),
            "generate": (False, True, False, True),
            "download": (False, True, True, True),
        } == {name: tuple(getattr(found, kind) for kind in kinds) for name, found in hints.items()}

    def test_without_a_folder_nothing_can_be_saved(self, server):
        agent = Agent(server.url)
        assert "download" not in self.listed(agent)
        told = "there is no tool download; the tools are list_models, check, quote, generate, status, wait"
        assert (True, told) == (agent("download", task_id="tsk_1").is_error, agent("download").message)

    def test_the_instructions_tell_the_budget_and_the_way(self, agent):
        async def conversation(client):
            return client.instructions

        told = talk(agent, conversation)
        assert "Only generate spends credits, of a budget of 100 that a person set" in told
        assert "Prices are estimates: what was charged is credits_used" in told
        assert "list_models, check or quote, generate, wait (again, until done), download" in told


class TestListModels:
    def test_all_of_them_with_null_for_what_nobody_knows(self, agent):
        told = agent("list_models")
        models = {model["id"]: model for model in told.facts["models"]}
        assert (False, list(MODELS), BUDGET) == (told.is_error, list(models), told.facts["budget"])
        assert [{"duration": 8, "resolution": None, "credits": 9}] == models["veo3_fast"]["prices"]
        assert models["wan/2-6-text-to-video"]["prices"] is None

    def test_those_of_one_mode(self, agent):
        told = agent("list_models", mode="text_to_video").facts["models"]
        assert [name for name, model in MODELS.items() if "text_to_video" in model.modes] == [row["id"] for row in told]

    def test_of_a_mode_that_is_none(self, agent):
        told = agent("list_models", mode="video")
        assert (True, "mode is none of its values; choose text_to_video or image_to_video") == (
            told.is_error,
            told.message,
        )


class TestCheck:
    def test_fine(self, agent):
        told = agent("check", **CUP)
        assert (False, "generate would accept it", True, []) == (
            told.is_error,
            told.message,
            told.facts["valid"],
            told.facts["violations"],
        )
        assert (9, True) == (told.facts["quote"]["credits"], told.facts["quote"]["within_budget"])

    def test_a_violation_is_told_with_its_rule_its_field_and_how_to_mend_it(self, agent, server):
        told = agent("check", prompt="A cup", model="veo3", duration=5)
        message = "veo3 clips are always 8 seconds; drop duration or set it to 8"
        expected = {
            "code": "duration_not_offered",
            "field": "duration",
            "message": message,
            "suggestion": "drop duration or set it to 8",
            "severity": "error",
        }
        assert (False, [expected]) == (told.is_error, told.facts["violations"])
        assert (False, None) == (told.facts["valid"], told.facts["quote"])
        assert f"generate would refuse it; {message}" == told.message
        assert [] == server.requests

    def test_one_without_advice_has_no_suggestion(self, agent):
        (found,) = agent("check", **CUP, duration="eight").facts["violations"]
        assert ("type", "duration", None) == (found["code"], found["field"], found["suggestion"])

    def test_nor_has_one_that_tells_what_nobody_knows(self, agent):
        (found,) = agent("check", prompt="A cup", model="sora-2-text-to-video", duration=5, resolution="4k").facts[
            "violations"
        ]
        assert ("resolution_unpriced", "warning", None) == (found["code"], found["severity"], found["suggestion"])

    def test_an_image_alone_makes_it_image_to_video(self, agent):
        found = agent("check", prompt="A cup", model="kling/v2-1-standard", inputImageUrls=["cup.png"], duration=5)
        assert ["image_not_a_url"] == [violation["code"] for violation in found.facts["violations"]]

    def test_what_is_missing_is_a_violation_as_well(self, agent):
        rules = [(found["code"], found["field"]) for found in agent("check").facts["violations"]]
        assert [("required", "prompt"), ("required", "model")] == rules

    def test_null_is_the_same_as_leaving_it_out(self, agent):
        assert agent("check", **CUP, duration=None, extra=None, inputImageUrls=None).facts["valid"]


class TestQuote:
    def test_a_price_and_whether_it_fits(self, server):
        told = Agent(server.url, max_credits=8)("quote", **CUP)
        assert "about 9 credits (price table (docs); what was charged is in credits_used)" == told.message
        assert (9, False) == (told.facts["quote"]["credits"], told.facts["quote"]["within_budget"])

    def test_a_price_that_nobody_knows(self, agent):
        told = agent("quote", **CUP, extra={"seed": 7})
        assert (False, None, None) == (
            told.is_error,
            told.facts["quote"]["credits"],
            told.facts["quote"]["within_budget"],
        )
        assert "the price is unknown (provider-specific controls can change the price: seed)" == told.message

    def test_of_what_breaks_a_rule_there_is_none(self, agent):
        told = agent("quote", prompt="A cup", model="veo4")
        assert (True, ["model_unknown"]) == (told.is_error, [found["code"] for found in told.facts["violations"]])


class TestGenerate:
    def test_it_answers_with_the_task_as_soon_as_it_is_accepted(self, agent, server, clock):
        told = agent("generate", **CUP, aspectRatio="16:9")
        task_id = told.facts["task_id"]
        assert (
            f"submitted as task {task_id} for 9 credits; call wait with this task_id until it has ended" == told.message
        )
        assert (task_id, "PENDING", 9) == tuple(
            told.facts["task"][name] for name in ("id", "status_name", "credits_used")
        )
        assert BUDGET | {"committed": 9, "left": 91} == told.facts["budget"]
        assert ([], 1) == (clock.pauses, len(server.requests))

    def test_the_journal_tells_whose_it_was(self, agent):
        task_id = agent("generate", **CUP).facts["task_id"]
        assert [(task_id, SubmissionState.PENDING, "MCP server mcp")] == [
            (it.task_id, it.state, it.group) for it in entries()
        ]

    def test_a_receipt_that_tells_no_price(self, server):
        told = Agent(server.scenario_url("submit-bare"))("generate", **CUP)
        assert "for a price that the service did not tell" in told.message
        assert 91 == told.left

    def test_warnings_come_along(self, agent):
        told = agent("generate", **CUP, aspectRatio="wide")
        assert (False, ["aspect_ratio_shape"]) == (told.is_error, [it["code"] for it in told.facts["warnings"]])

    @pytest.mark.parametrize(
        ("arguments", "rules"),
        [
            ({"model": "veo3"}, ["required"]),
            ({"prompt": "", "model": "veo3"}, ["prompt_empty"]),
            ({"prompt": "A cup", "model": "veo3", "duration": 5}, ["duration_not_offered"]),
            ({"prompt": "A cup", "model": "veo4", "inputMode": "video"}, ["model_unknown", "mode_unknown"]),
            ({"prompt": "A cup", "model": "kling/v2-1-pro"}, ["image_missing"]),
            ({**CUP, "extra": {"prompt": "A cat"}}, ["extra"]),
            ({**CUP, "extra": {"aspect_ratio": "16:9"}}, ["extra"]),
            ({**CUP, "extra": "seed=7"}, ["type"]),
            ({**CUP, "aspect_ratio": "16:9", "colour": "red"}, ["argument", "argument"]),
        ],
    )
    def test_what_breaks_a_rule_is_refused_and_costs_nothing(self, agent, server, arguments, rules):
        told = agent("generate", **arguments)
        assert (True, rules) == (told.is_error, [found["code"] for found in told.facts["violations"]])
        assert ("InvalidRequest", 0, BUDGET) == (
            told.facts["error"]["type"],
            told.facts["charged"],
            told.facts["budget"],
        )
        assert told.message == "; ".join(found["message"] for found in told.facts["violations"])
        assert ([], []) == (server.requests, entries())

    def test_a_misspelt_argument_gets_a_suggestion(self, agent):
        assert (
            "there is no argument aspect_ratio; did you mean aspectRatio?"
            == agent("generate", **CUP, aspect_ratio="16:9").message
        )

    def test_what_does_not_fit_the_budget_is_refused(self, server):
        told = Agent(server.url, max_credits=8)("generate", **CUP)
        assert (True, "BudgetExceeded", 9, 8) == (
            told.is_error,
            told.facts["error"]["type"],
            told.facts["error"]["needed"],
            told.left,
        )
        assert ([], 0) == (server.requests, told.facts["charged"])

    def test_a_price_that_nobody_knows_is_refused_unless_allowed(self, agent):
        unpriced = {**CUP, "extra": {"seed": 7}}
        refused = agent("generate", **unpriced)
        assert (True, None) == (refused.is_error, refused.facts["error"]["needed"])
        allowed = talk(agent, lambda client: ask(client, "generate", **unpriced), allow_unknown_price=True)
        assert (False, 91) == (allowed.is_error, allowed.left)

    def test_a_refusal_by_the_service_costs_nothing(self, server):
        told = Agent(server.scenario_url("insufficient-credits"))("generate", **CUP)
        assert (True, "InsufficientCredits", 0, 100) == (
            told.is_error,
            told.facts["error"]["type"],
            told.facts["charged"],
            told.left,
        )

    def test_an_uncertain_submission_stays_counted_and_says_so(self, server):
        agent = Agent(server.scenario_url("lost-reply"))
        told = agent("generate", **CUP)
        assert (True, "SubmissionUncertain", None) == (
            told.is_error,
            told.facts["error"]["type"],
            told.facts["charged"],
        )
        assert "it may have been accepted" in told.message or "may have been accepted and charged" in told.message
        assert BUDGET | {"committed": 9, "uncertain": 9, "left": 91} == told.facts["budget"]
        (listed,) = agent("status").facts["tasks"]
        assert ("uncertain", True, None) == (listed["state"], listed["uncertain"], listed["task_id"])

    def test_an_uncertain_submission_whose_answer_names_its_task_tells_it(self, server):
        told = Agent(server.scenario_url("submit-500-with-id"))("generate", **CUP)
        assert (True, True) == (told.is_error, bool(told.facts["task_id"]))

    def test_a_journal_that_cannot_be_written_keeps_it_from_being_sent(self, agent, server, monkeypatch, tmp_path):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", str(tmp_path))
        told = agent("generate", **CUP)
        assert (True, "JournalFailed", None, []) == (
            told.is_error,
            told.facts["error"]["type"],
            told.facts["budget"],
            server.requests,
        )

    def test_what_the_service_says_in_halves_of_characters_ends_no_connection(self, scripted):
        scripted.replies = [reply(403, b'{"error": "no \\ud800"}', Content_Type="application/json")]
        told = Agent(scripted.url)("generate", **CUP)
        assert (True, True) == (told.is_error, "(403: no ?)" in told.message)

    def test_an_error_that_nobody_expected_is_an_answer_too(self, agent, monkeypatch, capsys):
        def fail(*_):
            raise LookupError("no such thing")

        monkeypatch.setattr(JournalBudget, "write", fail)
        told = agent("generate", **CUP)
        assert (True, "unexpected LookupError: no such thing; please report", 100) == (
            told.is_error,
            told.message,
            told.left,
        )
        assert f"error: {told.message}\n" == capsys.readouterr().err


class TestRepetition:
    """A model that has lost an answer asks again."""

    def test_of_what_is_pending_is_refused_with_its_task(self, agent, server):
        task_id = agent("generate", **CUP).facts["task_id"]
        told = agent("generate", **CUP)
        assert (True, "Repeated", task_id, 91) == (
            told.is_error,
            told.facts["error"]["type"],
            told.facts["task_id"],
            told.left,
        )
        assert f"the same request was submitted before and is task {task_id}" in told.message
        assert 1 == len(submissions(server))

    def test_of_what_is_uncertain_is_refused(self, server):
        agent = Agent(server.scenario_url("lost-reply"))
        agent("generate", **CUP)
        told = agent("generate", **CUP)
        assert (True, None) == (told.is_error, told.facts["task_id"])
        assert "may have been accepted and charged; nothing was sent; look in the dashboard" in told.message

    def test_goes_through_where_it_is_meant(self, agent):
        first, second = agent("generate", **CUP), agent("generate", **CUP, again=True)
        assert (False, 82, False) == (second.is_error, second.left, first.facts["task_id"] == second.facts["task_id"])

    def test_of_what_has_ended_is_no_repetition(self, agent, done):
        agent("wait", task_id=done)
        assert not agent("generate", **CUP).is_error

    def test_of_what_is_on_its_way_at_the_same_time_is_refused(self, agent, server):
        async def conversation(client):
            told = []

            async def generate():
                told.append(await ask(client, "generate", **CUP))

            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(generate)
            return told

        assert [False, True, True] == sorted(answer.is_error for answer in talk(agent, conversation))
        assert 1 == len(submissions(server))


class TestStatus:
    def test_of_a_task_as_it_stands(self, agent, server):
        task_id = agent("generate", **CUP).facts["task_id"]
        assert f"{task_id} PENDING" == agent("status", task_id=task_id).message
        server.clock.advance(60)
        told = agent("status", task_id=task_id)
        assert (False, "COMPLETED", True) == (
            told.is_error,
            told.facts["task"]["status_name"],
            told.facts["task"]["video_url"].startswith(server.cdn_url),
        )

    def test_of_a_failed_one_is_no_error_and_brings_its_refund(self, server):
        agent = Agent(server.scenario_url("failed"))
        task_id = agent("generate", **CUP).facts["task_id"]
        server.clock.advance(60)
        told = agent("status", task_id=task_id)
        assert (False, True, 100) == (told.is_error, told.message.endswith("; refunded"), told.left)

    def test_of_one_that_nobody_knows(self, agent):
        told = agent("status", task_id="tsk_1")
        assert (True, "TaskNotFound", "tsk_1") == (told.is_error, told.facts["error"]["type"], told.facts["task_id"])

    def test_without_an_id_it_lists_the_latest_of_this_server(self, agent, server):
        for number in range(3):
            agent("generate", **(CUP | {"prompt": f"Cup {number}"}))
        told = agent("status", last=2)
        assert "2 of 3 submissions, latest first, as last seen; a task_id looks at one now" == told.message
        assert ["Cup 2", "Cup 1"] == [task["request"]["prompt"] for task in told.facts["tasks"]]
        assert 3 == len(server.requests)

    def test_where_nothing_was_submitted_the_list_is_empty(self, agent):
        assert [] == agent("status").facts["tasks"]


class TestWait:
    def test_until_it_is_done(self, agent, clock):
        task_id = agent("generate", **CUP).facts["task_id"]
        told = agent("wait", task_id=task_id, seconds=300)
        assert (False, True, f"task {task_id} is done") == (told.is_error, told.facts["done"], told.message)
        assert 60 <= sum(clock.pauses) < 70

    def test_it_ends_after_its_time_and_a_pending_task_is_no_error(self, agent, clock):
        task_id = agent("generate", **CUP).facts["task_id"]
        told = agent("wait", task_id=task_id, seconds=20)
        assert (False, False, True) == (told.is_error, told.facts["done"], sum(clock.pauses) <= 20)
        assert told.message.startswith(f"task {task_id} had not ended after ")
        assert told.message.endswith(" s; that is no failure: call wait again with this task_id")
        assert agent("wait", task_id=task_id).facts["done"]

    def test_a_failed_task_is_an_error_with_its_refund(self, server):
        agent = Agent(server.scenario_url("failed"))
        task_id = agent("generate", **CUP).facts["task_id"]
        told = agent("wait", task_id=task_id, seconds=100)
        assert (True, "TaskFailed", task_id, 0, 100) == (
            told.is_error,
            told.facts["error"]["type"],
            told.facts["task_id"],
            told.facts["charged"],
            told.left,
        )
        assert told.message.endswith("; its credits were refunded")

    def test_a_refund_that_is_late_stays_counted_until_it_is_seen(self, scripted):
        failed = {"status": 2, "errorCode": "EMPTY_RESULT", "creditsUsed": 9, "creditsRefunded": False}
        scripted.replies = [reply(200, RECEIPT), reply(200, failed)]
        agent = Agent(scripted.url)
        agent("generate", **CUP)
        told = agent("wait", task_id="tsk_1", seconds=5)
        assert (True, 9, 91) == (told.is_error, told.facts["charged"], told.left)
        scripted.replies[-1] = reply(200, failed | {"creditsRefunded": True})
        assert 100 == agent("status", task_id="tsk_1").left

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "task_id is missing; The task id that generate told."),
            ({"task_id": " "}, "task_id is not text; give it as that"),
            ({"task_id": 7}, "task_id is not text; give it as that"),
            ({"task_id": "tsk_1", "seconds": "long"}, "seconds is not a whole number; give it as that"),
            ({"task_id": "tsk_1", "seconds": True}, "seconds is not a whole number; give it as that"),
            ({"task_id": "tsk_1", "seconds": 0}, "seconds is out of range; give at least 1 and at most 300"),
            ({"task_id": "tsk_1", "seconds": 3600}, "seconds is out of range; give at least 1 and at most 300"),
        ],
    )
    def test_arguments_that_cannot_be_meant(self, agent, server, arguments, message):
        told = agent("wait", **arguments)
        assert (True, message, []) == (told.is_error, told.message, server.requests)

    def test_progress_is_reported_to_a_client_that_asks(self, agent, monkeypatch):
        """The service answers only when three reports have come."""
        monkeypatch.setattr(reports, "INTERVAL", 0.001)
        seen, enough = [], threading.Event()

        async def report(*told):
            seen.append(told)
            if len(seen) == 3:
                enough.set()

        async def conversation(client):
            return await client.call_tool("wait", {"task_id": "tsk_1", "seconds": 60}, progress_callback=report)

        with Held(enough) as service:
            service.replies = [reply(200, {"status": 1, "videoUrl": f"{service.url}/v.mp4"})]
            assert not talk(Agent(service.url), conversation).is_error
        assert [(60, "waiting for task tsk_1")] * 3 == [(total, message) for _, total, message in seen[:3]]
        assert sorted(done for done, _, _ in seen) == [done for done, _, _ in seen]

    def test_an_error_that_nobody_expected_is_told_by_its_own_name(self, agent, monkeypatch):
        monkeypatch.setattr(AsyncVideoClient, "wait", lambda *_, **__: {}["no such thing"])
        assert "unexpected KeyError: 'no such thing'; please report" == agent("wait", task_id="tsk_1").message


class Held(ScriptedServer):
    """Answers only when it may, and tells that it has been asked."""

    def __init__(self, may):
        super().__init__()
        self.may, self.asked = may, threading.Event()

    def _answer(self, connection):
        self.asked.set()
        self.may.wait(30)
        super()._answer(connection)


class TestDownload:
    def test_under_the_task_id(self, agent, out, done):
        told = agent("download", task_id=done)
        assert (False, f"saved as {out}/{done}.mp4") == (told.is_error, told.message)
        assert b"ftyp" == Path(told.facts["path"]).read_bytes()[4:8]

    def test_under_a_name(self, agent, out, done):
        agent("download", task_id=done, file="cup.mp4")
        assert ["cup.mp4"] == files(out)

    @pytest.mark.parametrize(
        "file",
        [
            *("../cup.mp4", "/etc/cup.mp4", "sub/cup.mp4", "..", ".", "sub\\cup.mp4", "C:cup.mp4", ".hidden.mp4"),
            *("cup.sh", "cup", "cup.mp4\0.sh", "cup\n.mp4", "con.mp4", "x" * 300 + ".mp4", "~/cup.mp4"),
        ],
    )
    def test_a_name_that_is_no_plain_one_is_refused(self, agent, server, out, done, file):
        before = len(server.requests)
        told = agent("download", task_id=done, file=file)
        assert (True, ["file"], before) == (
            told.is_error,
            [found["code"] for found in told.facts["violations"]],
            len(server.requests),
        )
        assert [] == files(out.parents[1])

    @pytest.mark.parametrize("task_id", ["../../x", "/etc/x", "a\\b", "..", "é"])
    def test_a_hostile_task_id_does_not_leave_the_folder(self, scripted, out, task_id):
        scripted.replies = [
            reply(200, {"status": 1, "videoUrl": f"{scripted.url}/v.mp4"}),
            reply(200, b"video" * 100, Content_Type="video/mp4"),
        ]
        told = Agent(scripted.url, out=out)("download", task_id=task_id)
        assert (False, out) == (told.is_error, Path(told.facts["path"]).parent)
        assert 1 == len(files(out.parents[1])) == len(files(out))

    def test_an_existing_file_is_left_alone_unless_told_otherwise(self, agent, out, done):
        (out / "cup.mp4").write_text("mine")
        told = agent("download", task_id=done, file="cup.mp4")
        assert (True, "mine") == (told.is_error, (out / "cup.mp4").read_text())
        assert "it exists; name another file, or allow overwriting" in told.message
        assert not agent("download", task_id=done, file="cup.mp4", overwrite=True).is_error
        assert b"ftyp" == (out / "cup.mp4").read_bytes()[4:8]

    @pytest.mark.skipif(os.name == "nt", reason="links are another matter there")
    def test_a_link_is_not_followed_out_of_the_folder(self, agent, out, done, tmp_path):
        theirs = tmp_path / "theirs.mp4"
        theirs.write_text("theirs")
        (out / "cup.mp4").symlink_to(theirs)
        assert agent("download", task_id=done, file="cup.mp4").is_error
        assert not agent("download", task_id=done, file="cup.mp4", overwrite=True).is_error
        assert ("theirs", False) == (theirs.read_text(), (out / "cup.mp4").is_symlink())

    def test_of_a_task_that_is_pending(self, agent, out):
        task_id = agent("generate", **CUP).facts["task_id"]
        told = agent("download", task_id=task_id)
        assert (True, task_id, []) == (told.is_error, told.facts["task_id"], files(out))
        assert "it is not there yet" in told.message

    def test_one_that_breaks_leaves_nothing(self, server, out):
        agent = Agent(server.scenario_url("download-reset-always"), out=out)
        task_id = agent("generate", **CUP).facts["task_id"]
        server.clock.advance(60)
        told = agent("download", task_id=task_id)
        assert (True, "DownloadFailed", task_id, 0, []) == (
            told.is_error,
            told.facts["error"]["type"],
            told.facts["task_id"],
            told.facts["charged"],
            files(out),
        )


class TestCancelled:
    """A host gives up on a call."""

    @pytest.mark.parametrize("mode", ["auto", "legacy"])
    def test_while_a_submission_is_on_its_way_its_task_is_not_lost(self, mode, clock):
        async def conversation(client):
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "generate", CUP)
                await anyio.to_thread.run_sync(service.asked.wait)
                group.cancel_scope.cancel()
                if mode == "auto":  # there the call itself is cancelled, and stays until it is answered
                    service.may.set()
            await ask(client, "list_models")  # so that the server has read that the call is given up
            service.may.set()

        with Held(threading.Event()) as service:
            service.replies = [reply(200, RECEIPT)]
            talk(Agent(service.url), conversation, mode=mode)
            (listed,) = Agent(service.url)("status").facts["tasks"]
        assert ("pending", "tsk_1", 1) == (listed["state"], listed["task_id"], len(service.seen))

    def test_between_two_tries_nothing_more_is_sent(self, scripted, monkeypatch):
        pausing = asyncio.Event()

        async def pause(_seconds):
            pausing.set()
            await anyio.sleep_forever()

        async def conversation(client):
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "generate", CUP)
                await pausing.wait()
                group.cancel_scope.cancel()

        monkeypatch.setattr(gptimage2_video.transport.clock, "async_sleep", pause)
        scripted.replies = [reply(429), reply(200, RECEIPT)]
        talk(Agent(scripted.url), conversation)
        (listed,) = Agent(scripted.url)("status").facts["tasks"]
        assert ("refused", 1, 100) == (listed["state"], len(scripted.seen), Agent(scripted.url)("status").left)

    def test_a_wait_that_is_given_up_can_be_taken_up_again(self, agent, server, monkeypatch):
        pausing = asyncio.Event()

        async def pause(seconds):
            if seconds:
                pausing.set()
                await anyio.sleep_forever()

        async def conversation(client):
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "wait", {"task_id": task_id})
                await pausing.wait()
                group.cancel_scope.cancel()
            server.clock.advance(60)
            return await ask(client, "wait", task_id=task_id)

        task_id = agent("generate", **CUP).facts["task_id"]
        monkeypatch.setattr(gptimage2_video.transport.clock, "async_sleep", pause)
        assert talk(agent, conversation).facts["done"]


class TestTheKey:
    KEY = "sk-needle-0f9d3c71"

    def test_is_not_told_by_a_service_that_echoes_it(self, scripted):
        scripted.replies = [reply(401, {"error": f"no such key: {self.KEY}"}, x_request_id=self.KEY)]
        for told in (
            Agent(scripted.url, api_key=self.KEY)("generate", **CUP),
            Agent(scripted.url, api_key=self.KEY)("status", task_id="tsk_1"),
        ):
            assert (True, True, False) == (
                told.is_error,
                "[the key]" in told.message,
                self.KEY in json.dumps(told.facts),
            )


def test_the_program_that_no_agent_uses_loads_no_protocol():
    script = "import sys; from gptimage2_video_cli.main import main; main(['mcp', '--help']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert set() == {"mcp", "pydantic", "httpx", "anyio"} & set(loaded.splitlines()[-1].split())
