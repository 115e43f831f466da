"""Each tool, each refusal and the budget, as an agent's host sees them."""

import asyncio
import json
import os
from pathlib import Path

import anyio
import pytest

import gptimage2_video.transport.clock
from gptimage2_video import FIELDS, MODELS, AsyncVideoClient
from gptimage2_video.journal import JournalBudget, SubmissionState
from support.agents import Agent, BlockedServer, call, submissions
from support.scripted import reply

CUP = {"prompt": "A cup", "model": "veo3_fast"}  # 9 credits
BUDGET = {"max_credits": 100, "committed": 0, "uncertain": 0, "left": 100}
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}


@pytest.fixture
def out(tmp_path):
    """A folder for videos, two below `tmp_path`, so that a file outside it is seen."""
    folder = tmp_path / "agent" / "videos"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def agent(server, out):
    return Agent(server.url, out=out)


@pytest.fixture
def done(agent, server):
    """The id of a task whose video is there."""
    task_id = agent("generate", **CUP).data["task_id"]
    server.clock.advance(60)
    return task_id


def with_server(agent, use, **settings):
    """What `use` returns for a client of one server."""

    async def run():
        async with agent.server(**settings) as client:
            return await use(client)

    return asyncio.run(run())


def posts(server):
    return [request for request in server.requests if request.method == "POST"]


def codes(result):
    return [violation["code"] for violation in result.data["violations"]]


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


class TestTools:
    def list_tools(self, agent):
        async def use(client):
            return {tool.name: tool for tool in (await client.list_tools()).tools}

        return with_server(agent, use)

    def test_the_seven_tools_of_which_one_says_that_it_spends(self, agent):
        tools = self.list_tools(agent)
        assert ["list_models", "check", "quote", "generate", "status", "wait", "download"] == list(tools)
        assert ["generate"] == [name for name, tool in tools.items() if "(free)" not in tool.title]
        assert ["generate"] == [name for name, tool in tools.items() if "SPENDS CREDITS" in tool.description]

    def test_the_hints_of_each(self, agent):
        hints = {name: tool.annotations for name, tool in self.list_tools(agent).items()}
        names = ("read_only_hint", "destructive_hint", "idempotent_hint", "open_world_hint")
        reads, polls = (True, False, True, False), (True, False, True, True)
        assert {
            **dict.fromkeys(("list_models", "check", "quote"), reads),
            **dict.fromkeys(("status", "wait"), polls),
            "generate": (False, True, False, True),
            "download": (False, True, True, True),
        } == {tool: tuple(getattr(hint, name) for name in names) for tool, hint in hints.items()}

    def test_the_arguments_of_each_and_which_it_needs(self, agent):
        schemas = {name: tool.input_schema for name, tool in self.list_tools(agent).items()}
        video = [*FIELDS, "extra"]
        needed = [name for name, field in FIELDS.items() if field.required and name != "inputMode"]
        assert {
            "list_models": (["mode"], []),
            "check": (video, []),
            "quote": (video, needed),
            "generate": ([*video, "allow_duplicate"], needed),
            "status": (["task_id", "last"], []),
            "wait": (["task_id", "seconds"], ["task_id"]),
            "download": (["task_id", "file", "overwrite"], ["task_id"]),
        } == {name: (list(schema["properties"]), schema["required"]) for name, schema in schemas.items()}
        assert {False} == {schema["additionalProperties"] for schema in schemas.values()}
        assert {
            "type": "integer",
            "description": "Timeout of this call, in seconds; must be less than the timeout of your host.",
            "default": 50,
            "minimum": 1,
            "maximum": 300,
        } == schemas["wait"]["properties"]["seconds"]

    def test_without_a_folder_nothing_can_be_saved(self, server):
        agent = Agent(server.url)
        assert "download" not in self.list_tools(agent)
        message = "unknown tool: download; the tools are list_models, check, quote, generate, status, wait"
        assert (True, message) == (agent("download", task_id="tsk_1").is_error, agent("download").message)

    def test_the_instructions_name_the_budget_and_the_workflow(self, agent):
        async def use(client):
            return client.instructions

        instructions = with_server(agent, use)
        assert "Only generate spends credits, from a budget of 100 that only a person can raise" in instructions
        assert "Prices are estimates: the charge is credits_used" in instructions
        assert "list_models, check or quote, generate, wait (again, until done), download" in instructions


class TestListModels:
    def test_all_of_them_with_null_for_what_is_unknown(self, agent):
        result = agent("list_models")
        models = {model["id"]: model for model in result.data["models"]}
        assert (False, list(MODELS), BUDGET) == (result.is_error, list(models), result.data["budget"])
        assert [{"duration": 8, "resolution": None, "credits": 9}] == models["veo3_fast"]["prices"]
        assert models["wan/2-6-text-to-video"]["prices"] is None

    def test_those_of_one_mode(self, agent):
        models = agent("list_models", mode="text_to_video").data["models"]
        assert [name for name, model in MODELS.items() if "text_to_video" in model.modes] == [
            model["id"] for model in models
        ]

    def test_an_unknown_mode_is_refused(self, agent):
        result = agent("list_models", mode="video")
        assert (True, "mode must be text_to_video or image_to_video") == (
            result.is_error,
            result.message,
        )


class TestCheck:
    def test_a_valid_request(self, agent):
        result = agent("check", **CUP)
        assert (False, "generate would accept it", True, []) == (
            result.is_error,
            result.message,
            result.data["valid"],
            result.data["violations"],
        )
        assert (9, True) == (result.data["quote"]["credits"], result.data["quote"]["within_budget"])

    def test_a_violation_has_its_code_its_field_and_a_suggestion(self, agent, server):
        result = agent("check", prompt="A cup", model="veo3", duration=5)
        message = "veo3 clips are always 8 seconds; drop duration or set it to 8"
        expected = {
            "code": "duration_not_offered",
            "field": "duration",
            "message": message,
            "suggestion": "drop duration or set it to 8",
            "severity": "error",
        }
        assert (False, [expected]) == (result.is_error, result.data["violations"])
        assert (False, None) == (result.data["valid"], result.data["quote"])
        assert f"generate would refuse it; {message}" == result.message
        assert [] == server.requests

    def test_one_without_advice_has_no_suggestion(self, agent):
        (violation,) = agent("check", **CUP, duration="eight").data["violations"]
        assert ("type", "duration", None) == (violation["code"], violation["field"], violation["suggestion"])

    def test_nor_has_one_about_an_unknown_price(self, agent):
        (violation,) = agent("check", prompt="A cup", model="sora-2-text-to-video", duration=5, resolution="4k").data[
            "violations"
        ]
        assert ("resolution_unpriced", "warning", None) == (
            violation["code"],
            violation["severity"],
            violation["suggestion"],
        )

    def test_an_image_alone_makes_it_image_to_video(self, agent):
        result = agent("check", prompt="A cup", model="kling/v2-1-standard", inputImageUrls=["cup.png"], duration=5)
        assert ["image_not_a_url"] == codes(result)

    def test_what_is_missing_is_a_violation_as_well(self, agent):
        violations = agent("check").data["violations"]
        assert [("required", "prompt"), ("required", "model")] == [(it["code"], it["field"]) for it in violations]

    def test_null_is_the_same_as_omitting_it(self, agent):
        assert agent("check", **CUP, duration=None, extra=None, inputImageUrls=None).data["valid"]


class TestQuote:
    def test_a_price_and_whether_it_fits(self, server):
        result = Agent(server.url, max_credits=8)("quote", **CUP)
        assert "about 9 credits (price table (docs); what was charged is in credits_used)" == result.message
        assert (9, False) == (result.data["quote"]["credits"], result.data["quote"]["within_budget"])

    def test_an_unknown_price(self, agent):
        result = agent("quote", **CUP, extra={"x-seed": 7})
        assert (False, None, None) == (
            result.is_error,
            result.data["quote"]["credits"],
            result.data["quote"]["within_budget"],
        )
        assert "unknown (the price table does not cover x-seed)" == result.message

    def test_an_invalid_request_has_no_price(self, agent):
        result = agent("quote", prompt="A cup", model="veo4")
        assert (True, ["model_unknown"]) == (
            result.is_error,
            codes(result),
        )


class TestGenerate:
    def test_it_answers_with_the_task_as_soon_as_it_is_accepted(self, agent, server, clock):
        result = agent("generate", **CUP, aspectRatio="16:9")
        task_id = result.data["task_id"]
        assert (
            f"submitted as task {task_id} for 9 credits; call wait with this task_id until it is done" == result.message
        )
        assert (task_id, "PENDING", 9) == tuple(
            result.data["task"][name] for name in ("id", "status_name", "credits_used")
        )
        assert BUDGET | {"committed": 9, "left": 91} == result.data["budget"]
        assert ([], 1) == (clock.sleeps, len(server.requests))

    def test_the_journal_has_it_in_the_group_of_the_server(self, agent):
        task_id = agent("generate", **CUP).data["task_id"]
        assert [(task_id, SubmissionState.PENDING, "MCP server mcp")] == [
            (it.task_id, it.state, it.group) for it in submissions()
        ]

    def test_a_response_without_a_price(self, server):
        result = Agent(server.scenario_url("submit-bare"))("generate", **CUP)
        assert "for an unknown price" in result.message
        assert 91 == result.left

    def test_warnings_are_part_of_the_result(self, agent):
        result = agent("generate", **CUP, aspectRatio="wide")
        assert (False, ["aspect_ratio_shape"]) == (result.is_error, [it["code"] for it in result.data["warnings"]])

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ({"model": "veo3"}, ["required"]),
            ({"prompt": "", "model": "veo3"}, ["prompt_empty"]),
            ({"prompt": "A cup", "model": "veo3", "duration": 5}, ["duration_not_offered"]),
            ({"prompt": "A cup", "model": "veo4", "inputMode": "video"}, ["model_unknown", "mode_unknown"]),
            ({"prompt": "A cup", "model": "kling/v2-1-pro"}, ["image_missing"]),
            ({**CUP, "extra": {"prompt": "A cat"}}, ["extra"]),
            ({**CUP, "extra": {"aspect_ratio": "16:9"}}, ["extra"]),
            ({**CUP, "extra": "x-seed=7"}, ["type"]),
            ({**CUP, "aspect_ratio": "16:9", "colour": "red"}, ["argument", "argument"]),
        ],
    )
    def test_an_invalid_request_is_refused_and_costs_nothing(self, agent, server, arguments, expected):
        result = agent("generate", **arguments)
        assert (True, expected) == (result.is_error, codes(result))
        assert ("InvalidRequest", 0, BUDGET) == (
            result.data["error"]["type"],
            result.data["charged"],
            result.data["budget"],
        )
        assert result.message == "; ".join(violation["message"] for violation in result.data["violations"])
        assert ([], []) == (server.requests, submissions())

    def test_a_misspelt_argument_gets_a_suggestion(self, agent):
        assert (
            "there is no argument aspect_ratio; did you mean aspectRatio?"
            == agent("generate", **CUP, aspect_ratio="16:9").message
        )

    def test_what_exceeds_the_budget_is_refused(self, server):
        result = Agent(server.url, max_credits=8)("generate", **CUP)
        assert (True, "BudgetExceeded", 9, 8) == (
            result.is_error,
            result.data["error"]["type"],
            result.data["error"]["needed"],
            result.left,
        )
        assert ([], 0) == (server.requests, result.data["charged"])

    def test_an_unknown_price_is_refused_unless_allowed(self, agent):
        unpriced = {**CUP, "extra": {"x-seed": 7}}
        refused = agent("generate", **unpriced)
        assert (True, None) == (refused.is_error, refused.data["error"]["needed"])
        allowed = with_server(agent, lambda client: call(client, "generate", **unpriced), allow_unknown_price=True)
        assert (False, 91) == (allowed.is_error, allowed.left)

    def test_a_refusal_by_the_service_costs_nothing(self, server):
        result = Agent(server.scenario_url("insufficient-credits"))("generate", **CUP)
        assert (True, "InsufficientCredits", 0, 100) == (
            result.is_error,
            result.data["error"]["type"],
            result.data["charged"],
            result.left,
        )

    def test_an_uncertain_submission_stays_counted_and_says_so(self, server):
        agent = Agent(server.scenario_url("lost-reply"))
        result = agent("generate", **CUP)
        assert (True, "SubmissionUncertain", None) == (
            result.is_error,
            result.data["error"]["type"],
            result.data["charged"],
        )
        assert "it may have been accepted" in result.message or "may have been accepted and charged" in result.message
        assert BUDGET | {"committed": 9, "uncertain": 9, "left": 91} == result.data["budget"]
        (listed,) = agent("status").data["tasks"]
        assert ("uncertain", True, None) == (listed["state"], listed["uncertain"], listed["task_id"])

    def test_an_uncertain_submission_whose_response_names_its_task_has_its_id(self, server):
        result = Agent(server.scenario_url("submit-500-with-id"))("generate", **CUP)
        assert (True, True) == (result.is_error, bool(result.data["task_id"]))

    def test_nothing_is_sent_if_the_journal_cannot_be_written(self, agent, server, monkeypatch, tmp_path):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", str(tmp_path))
        result = agent("generate", **CUP)
        assert (True, "JournalFailed", None, []) == (
            result.is_error,
            result.data["error"]["type"],
            result.data["budget"],
            server.requests,
        )

    def test_lone_surrogates_in_a_response_end_no_connection(self, scripted):
        scripted.replies = [reply(403, b'{"error": "no \\ud800"}', Content_Type="application/json")]
        result = Agent(scripted.url)("generate", **CUP)
        assert (True, True) == (result.is_error, "(403: no ?)" in result.message)

    def test_an_unexpected_error_is_a_result_too(self, agent, monkeypatch, capsys):
        def fail(*_):
            raise LookupError("no such thing")

        monkeypatch.setattr(JournalBudget, "write", fail)
        result = agent("generate", **CUP)
        assert (True, "unexpected LookupError: no such thing; please report", 100) == (
            result.is_error,
            result.message,
            result.left,
        )
        assert f"error: {result.message}\n" == capsys.readouterr().err


class TestDuplicateRequest:
    """A model that has lost a result calls again."""

    def test_of_a_pending_task_is_refused_with_its_id(self, agent, server):
        task_id = agent("generate", **CUP).data["task_id"]
        result = agent("generate", **CUP)
        assert (True, "DuplicateRequest", task_id, 91) == (
            result.is_error,
            result.data["error"]["type"],
            result.data["task_id"],
            result.left,
        )
        assert f"duplicate request: it was submitted before and is task {task_id}" in result.message
        assert 1 == len(posts(server))

    def test_of_an_uncertain_submission_is_refused(self, server):
        agent = Agent(server.scenario_url("lost-reply"))
        agent("generate", **CUP)
        result = agent("generate", **CUP)
        assert (True, None) == (result.is_error, result.data["task_id"])
        assert "may have been accepted and charged; nothing was sent; check the dashboard" in result.message

    def test_is_submitted_if_allowed(self, agent):
        first, second = agent("generate", **CUP), agent("generate", **CUP, allow_duplicate=True)
        assert (False, 82, False) == (second.is_error, second.left, first.data["task_id"] == second.data["task_id"])

    def test_of_a_task_that_has_ended_is_no_duplicate(self, agent, done):
        agent("wait", task_id=done)
        assert not agent("generate", **CUP).is_error

    def test_of_one_that_is_in_flight_is_refused(self, agent, server):
        async def use(client):
            results = []

            async def generate():
                results.append(await call(client, "generate", **CUP))

            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(generate)
            return results

        assert [False, True, True] == sorted(answer.is_error for answer in with_server(agent, use))
        assert 1 == len(posts(server))


class TestStatus:
    def test_the_current_state_of_a_task(self, agent, server):
        task_id = agent("generate", **CUP).data["task_id"]
        assert f"{task_id} PENDING" == agent("status", task_id=task_id).message
        server.clock.advance(60)
        result = agent("status", task_id=task_id)
        assert (False, "COMPLETED", True) == (
            result.is_error,
            result.data["task"]["status_name"],
            result.data["task"]["video_url"].startswith(server.cdn_url),
        )

    def test_a_failed_task_is_no_error_and_its_refund_counts(self, server):
        agent = Agent(server.scenario_url("failed"))
        task_id = agent("generate", **CUP).data["task_id"]
        server.clock.advance(60)
        result = agent("status", task_id=task_id)
        assert (False, True, 100) == (result.is_error, result.message.endswith("; refunded"), result.left)

    def test_an_unknown_task(self, agent):
        result = agent("status", task_id="tsk_1")
        assert (True, "TaskNotFound", "tsk_1") == (
            result.is_error,
            result.data["error"]["type"],
            result.data["task_id"],
        )

    def test_without_an_id_it_lists_the_latest_of_this_server(self, agent, server):
        for number in range(3):
            agent("generate", **(CUP | {"prompt": f"Cup {number}"}))
        result = agent("status", last=2)
        assert "2 of 3 submissions, latest first, as last polled; poll with a task_id" == result.message
        assert ["Cup 2", "Cup 1"] == [task["request"]["prompt"] for task in result.data["tasks"]]
        assert 3 == len(server.requests)

    def test_without_submissions_the_list_is_empty(self, agent):
        assert [] == agent("status").data["tasks"]


class TestWait:
    def test_until_it_is_done(self, agent, clock):
        task_id = agent("generate", **CUP).data["task_id"]
        result = agent("wait", task_id=task_id, seconds=300)
        assert (False, True, f"task {task_id} is done") == (result.is_error, result.data["done"], result.message)
        assert 60 <= sum(clock.sleeps) < 70

    def test_a_timeout_is_no_error(self, agent, clock):
        task_id = agent("generate", **CUP).data["task_id"]
        result = agent("wait", task_id=task_id, seconds=20)
        assert (False, False, True) == (result.is_error, result.data["done"], sum(clock.sleeps) <= 20)
        assert result.message.startswith(f"task {task_id} is still pending after ")
        assert result.message.endswith(" s; that is no failure: call wait again with this task_id")
        assert agent("wait", task_id=task_id).data["done"]

    def test_a_failed_task_is_an_error_with_its_refund(self, server):
        agent = Agent(server.scenario_url("failed"))
        task_id = agent("generate", **CUP).data["task_id"]
        result = agent("wait", task_id=task_id, seconds=100)
        assert (True, "TaskFailed", task_id, 0, 100) == (
            result.is_error,
            result.data["error"]["type"],
            result.data["task_id"],
            result.data["charged"],
            result.left,
        )
        assert result.message.endswith("; its credits were refunded")

    def test_a_late_refund_counts_once_it_is_polled(self, scripted):
        failed = {"status": 2, "errorCode": "EMPTY_RESULT", "creditsUsed": 9, "creditsRefunded": False}
        scripted.replies = [reply(200, RECEIPT), reply(200, failed)]
        agent = Agent(scripted.url)
        agent("generate", **CUP)
        result = agent("wait", task_id="tsk_1", seconds=5)
        assert (True, 9, 91) == (result.is_error, result.data["charged"], result.left)
        scripted.replies[-1] = reply(200, failed | {"creditsRefunded": True})
        assert 100 == agent("status", task_id="tsk_1").left

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "task_id is missing: The task id, as generate returned it"),
            ({"task_id": " "}, "task_id must be a non-empty string"),
            ({"task_id": 7}, "task_id must be a non-empty string"),
            ({"task_id": "tsk_1", "seconds": "long"}, "seconds must be an integer"),
            ({"task_id": "tsk_1", "seconds": True}, "seconds must be an integer"),
            ({"task_id": "tsk_1", "seconds": 0}, "seconds must be at least 1 and at most 300"),
            ({"task_id": "tsk_1", "seconds": 3600}, "seconds must be at least 1 and at most 300"),
        ],
    )
    def test_invalid_arguments_are_refused(self, agent, server, arguments, message):
        result = agent("wait", **arguments)
        assert (True, message, []) == (result.is_error, result.message, server.requests)

    def test_progress_is_reported_to_a_client_that_asks(self):
        """The service answers only when three reports have come."""
        reports = []

        async def on_progress(*report):
            reports.append(report)
            if len(reports) == 3:
                service.release.set()

        async def use(client):
            return await client.call_tool("wait", {"task_id": "tsk_1", "seconds": 60}, progress_callback=on_progress)

        with BlockedServer() as service:
            service.replies = [reply(200, {"status": 1, "videoUrl": f"{service.url}/v.mp4"})]
            assert not with_server(Agent(service.url, progress_interval=0.001), use).is_error
        assert [(60, "waiting for task tsk_1")] * 3 == [(total, message) for _, total, message in reports[:3]]
        assert sorted(done for done, _, _ in reports) == [done for done, _, _ in reports]

    def test_an_unexpected_error_keeps_its_type(self, agent, monkeypatch):
        monkeypatch.setattr(AsyncVideoClient, "wait", lambda *_, **__: {}["no such thing"])
        assert "unexpected KeyError: 'no such thing'; please report" == agent("wait", task_id="tsk_1").message


class TestDownload:
    def test_under_the_task_id(self, agent, out, done):
        result = agent("download", task_id=done)
        assert (False, f"saved as {out}/{done}.mp4") == (result.is_error, result.message)
        assert b"ftyp" == Path(result.data["path"]).read_bytes()[4:8]

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
    def test_a_name_with_a_folder_or_another_suffix_is_refused(self, agent, server, out, done, file):
        before = len(server.requests)
        result = agent("download", task_id=done, file=file)
        assert (True, ["file"], before) == (
            result.is_error,
            codes(result),
            len(server.requests),
        )
        assert [] == files(out.parents[1])

    @pytest.mark.parametrize("task_id", ["../../x", "/etc/x", "a\\b", "..", "é"])
    def test_a_hostile_task_id_does_not_leave_the_folder(self, scripted, out, task_id):
        scripted.replies = [
            reply(200, {"status": 1, "videoUrl": f"{scripted.url}/v.mp4"}),
            reply(200, b"video" * 100, Content_Type="video/mp4"),
        ]
        result = Agent(scripted.url, out=out)("download", task_id=task_id)
        assert (False, out) == (result.is_error, Path(result.data["path"]).parent)
        assert 1 == len(files(out.parents[1])) == len(files(out))

    def test_an_existing_file_is_kept_unless_overwrite_is_set(self, agent, out, done):
        (out / "cup.mp4").write_text("mine")
        result = agent("download", task_id=done, file="cup.mp4")
        assert (True, "mine") == (result.is_error, (out / "cup.mp4").read_text())
        assert "it exists; name another file, or allow overwriting" in result.message
        assert not agent("download", task_id=done, file="cup.mp4", overwrite=True).is_error
        assert b"ftyp" == (out / "cup.mp4").read_bytes()[4:8]

    @pytest.mark.skipif(os.name == "nt", reason="links are another matter there")
    def test_a_link_is_not_followed_out_of_the_folder(self, agent, out, done, tmp_path):
        other = tmp_path / "other.mp4"
        other.write_text("other")
        (out / "cup.mp4").symlink_to(other)
        assert agent("download", task_id=done, file="cup.mp4").is_error
        assert not agent("download", task_id=done, file="cup.mp4", overwrite=True).is_error
        assert ("other", False) == (other.read_text(), (out / "cup.mp4").is_symlink())

    def test_of_a_pending_task_is_an_error(self, agent, out):
        task_id = agent("generate", **CUP).data["task_id"]
        result = agent("download", task_id=task_id)
        assert (True, task_id, []) == (result.is_error, result.data["task_id"], files(out))
        assert "the task is still pending" in result.message

    def test_one_that_fails_leaves_no_file(self, server, out):
        agent = Agent(server.scenario_url("download-reset-always"), out=out)
        task_id = agent("generate", **CUP).data["task_id"]
        server.clock.advance(60)
        result = agent("download", task_id=task_id)
        assert (True, "DownloadFailed", task_id, 0, []) == (
            result.is_error,
            result.data["error"]["type"],
            result.data["task_id"],
            result.data["charged"],
            files(out),
        )


class TestCancelled:
    """A host gives up on a call."""

    @pytest.mark.parametrize("mode", ["auto", "legacy"])
    def test_a_submission_in_flight_keeps_its_task_id(self, mode, clock):
        async def use(client):
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "generate", CUP)
                await anyio.to_thread.run_sync(service.received.wait)
                group.cancel_scope.cancel()
                if mode == "auto":  # there the call itself is cancelled, and ends only when it is answered
                    service.release.set()
            await call(client, "list_models")  # so that the server has read that the call is cancelled
            service.release.set()

        with BlockedServer(reply(200, RECEIPT)) as service:
            with_server(Agent(service.url), use, mode=mode)
            (listed,) = Agent(service.url)("status").data["tasks"]
        assert ("pending", "tsk_1", 1) == (listed["state"], listed["task_id"], len(service.seen))

    def test_between_two_attempts_nothing_more_is_sent(self, scripted, monkeypatch):
        sleeping = asyncio.Event()

        async def sleep(_seconds):
            sleeping.set()
            await anyio.sleep_forever()

        async def use(client):
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "generate", CUP)
                await sleeping.wait()
                group.cancel_scope.cancel()

        monkeypatch.setattr(gptimage2_video.transport.clock, "async_sleep", sleep)
        scripted.replies = [reply(429), reply(200, RECEIPT)]
        with_server(Agent(scripted.url), use)
        (listed,) = Agent(scripted.url)("status").data["tasks"]
        assert ("refused", 1, 100) == (listed["state"], len(scripted.seen), Agent(scripted.url)("status").left)

    def test_a_cancelled_wait_can_be_repeated(self, agent, server, monkeypatch):
        sleeping = asyncio.Event()

        async def sleep(seconds):
            if seconds:
                sleeping.set()
                await anyio.sleep_forever()

        async def use(client):
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "wait", {"task_id": task_id})
                await sleeping.wait()
                group.cancel_scope.cancel()
            server.clock.advance(60)
            return await call(client, "wait", task_id=task_id)

        task_id = agent("generate", **CUP).data["task_id"]
        monkeypatch.setattr(gptimage2_video.transport.clock, "async_sleep", sleep)
        assert with_server(agent, use).data["done"]


class TestTheKey:
    KEY = "sk-needle-0f9d3c71"

    def test_is_redacted_where_a_service_echoes_it(self, scripted):
        scripted.replies = [reply(401, {"error": f"no such key: {self.KEY}"}, x_request_id=self.KEY)]
        for result in (
            Agent(scripted.url, api_key=self.KEY)("generate", **CUP),
            Agent(scripted.url, api_key=self.KEY)("status", task_id="tsk_1"),
        ):
            assert (True, True, False) == (
                result.is_error,
                "[the key]" in result.message,
                self.KEY in json.dumps(result.data),
            )
