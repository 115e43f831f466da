"""`generate`: what people and programs get on each stream, and what never leaves the machine."""

import json
import os
import re
from pathlib import Path

import pytest

import gptimage2_video
from support.commandline import CommandLine, files
from support.scripted import reply

VEO = ("generate", "A cup", "--model", "veo3_fast")
SORA = ("generate", "A cup", "--model", "sora-2-text-to-video")
TASK_ID = r"tsk_[0-9A-Z]{26}"


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against(server.url)


def posts(server):
    return [request for request in server.requests if request.method == "POST"]


class TestDone:
    def test_stdout_is_the_path_alone_so_that_a_shell_can_capture_it(self, cli):
        outcome = cli(*VEO, "-o", "cup.mp4")
        assert (0, "cup.mp4\n") == (outcome.code, outcome.out)
        assert b"ftyp" == Path("cup.mp4").read_bytes()[4:8]

    def test_stderr_names_the_task_and_its_price_then_each_step(self, cli):
        lines = cli(*VEO, "-o", "cup.mp4").err.splitlines()
        task_id = re.search(TASK_ID, lines[0])[0]
        assert [f"submitted: {task_id} (9 credits)", f"completed: {task_id}", "saved: cup.mp4"] == lines

    def test_without_a_file_the_url_is_printed_and_nothing_downloaded(self, cli, server):
        outcome = cli(*VEO)
        assert (0, f"{server.cdn_url}/videos/") == (outcome.code, outcome.out[: len(server.cdn_url) + 8])
        assert [] == [request for request in server.requests if request.side == "cdn"]
        assert [] == files()

    def test_with_no_wait_the_task_id_is_printed_at_once(self, cli, server, clock):
        outcome = cli(*VEO, "--no-wait")
        assert re.fullmatch(f"{TASK_ID}\n", outcome.out)
        assert (0, []) == (outcome.code, clock.sleeps)
        assert f"submitted: {outcome.out.strip()} (9 credits)\n" == outcome.err

    def test_json_is_one_object_with_the_task_and_the_quote(self, cli):
        task = cli(*VEO, "-o", "cup.mp4", "--json").object
        assert (1, "COMPLETED", 9, "cup.mp4") == (
            task["status"],
            task["status_name"],
            task["credits_used"],
            task["path"],
        )
        assert (9, None, None) == (task["quote"]["credits"], task["error_code"], task["error_message"])
        assert task["video_url"].endswith(f"{task['id']}.mp4")

    def test_credits_that_the_response_lacks_are_not_shown(self, cli, scripted):
        cli.against(scripted.url)
        scripted.replies = [reply(200, {"taskId": "tsk_1"})]
        assert "submitted: tsk_1\n" == cli(*VEO, "--no-wait").err

    def test_a_completed_task_without_an_address_is_reported_while_it_is_waited_for(self, cli, scripted):
        cli.against(scripted.url)
        scripted.replies = [reply(200, {"taskId": "tsk_1"}), reply(200, {"taskId": "tsk_1", "status": 1})]
        outcome = cli(*VEO, "-o", "cup.mp4", "--timeout", "30")
        assert 124 == outcome.code
        assert "completed, but the service names no video URL yet: tsk_1" in outcome.err.splitlines()
        assert "is completed, but the service names no video URL yet, after " in outcome.err

    def test_an_unknown_status_is_reported_and_the_wait_continues(self, cli, scripted):
        cli.against(scripted.url)
        done = {"status": 1, "videoUrl": "https://cdn.example.com/1.mp4"}
        scripted.replies = [reply(200, {"taskId": "tsk_1"}), reply(200, {"status": 7}), reply(200, done)]
        outcome = cli(*VEO)
        assert (0, "https://cdn.example.com/1.mp4\n") == (outcome.code, outcome.out)
        assert "unknown status 7: tsk_1; still waiting" in outcome.err

    def test_a_video_is_replaced_when_forced(self, cli):
        Path("cup.mp4").write_text("old")
        assert 0 == cli(*VEO, "-o", "cup.mp4", "--force").code
        assert b"ftyp" == Path("cup.mp4").read_bytes()[4:8]

    @pytest.mark.skipif(os.name == "nt", reason="file names are text there")
    def test_a_file_name_that_is_not_utf_8_is_printed_byte_for_byte(self, server, capsysbinary, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        CommandLine(capsysbinary, monkeypatch).against(server.url)
        from gptimage2_video_cli.main import main

        assert 0 == main([*VEO, "-o", os.fsdecode(b"caf\xe9.mp4")])
        assert b"caf\xe9.mp4\n" == capsysbinary.readouterr().out

    def test_the_poll_interval_is_passed_on(self, cli, clock):
        cli(*VEO, "--poll-interval", "7")
        assert {20.0, 7.0} == set(clock.sleeps)

    def test_polling_at_a_fixed_interval(self, cli, clock):
        cli(*VEO, "--steady-polling")
        assert [10.0, 2.0, 2.0] == clock.sleeps[:3]

    def test_the_option_overrides_the_base_url_of_the_environment(self, cli, server):
        cli.against("http://127.0.0.1:9")
        assert 0 == cli(*VEO, "--base-url", server.url).code


class TestRequest:
    def sent(self, server):
        return json.loads(posts(server)[-1].body)

    def test_every_option_has_its_wire_name(self, cli, server):
        cli(*SORA, "--duration", "5", "--aspect-ratio", "16:9", "--resolution", "720p", "--no-wait")
        assert {
            "prompt": "A cup",
            "model": "sora-2-text-to-video",
            "inputMode": "text_to_video",
            "aspectRatio": "16:9",
            "duration": 5,
            "resolution": "720p",
        } == self.sent(server)

    def test_an_image_makes_it_image_to_video(self, cli, server):
        cli(*VEO, "--image", "https://example.com/cup.png", "--no-wait")
        sent = self.sent(server)
        assert ("image_to_video", ["https://example.com/cup.png"]) == (sent["inputMode"], sent["inputImageUrls"])

    def test_set_reads_json_where_it_parses_and_else_text(self, cli, server):
        pairs = ("x-seed=42", "x-style=warm", 'x-camera={"zoom": 1.5}', "x-note=", "x-odd=NaN", "x-eq=a=b")
        cli(*VEO, *(argument for pair in pairs for argument in ("--set", pair)), "--no-wait")
        expected = {
            "x-seed": 42,
            "x-style": "warm",
            "x-camera": {"zoom": 1.5},
            "x-note": "",
            "x-odd": "NaN",
            "x-eq": "a=b",
        }
        assert expected == {name: self.sent(server)[name] for name in expected}

    @pytest.mark.parametrize(
        ("pair", "reason"),
        [
            ("x-seed", "'x-seed' is not of the form KEY=VALUE"),
            ("=1", "'=1' is not of the form KEY=VALUE"),
            ("duration=5", "duration has its own option: --duration"),
        ],
    )
    def test_an_invalid_set_is_refused(self, cli, server, pair, reason):
        outcome = cli(*VEO, "--set", pair)
        assert (2, True, []) == (outcome.code, reason in outcome.err, posts(server))

    def test_a_control_set_twice_is_refused(self, cli):
        outcome = cli(*VEO, "--set", "x-seed=1", "--set", "x-seed=2")
        assert (2, True) == (outcome.code, "duplicate key: x-seed" in outcome.err)

    def test_warnings_are_printed_once_and_do_not_prevent_sending(self, cli, server):
        outcome = cli(*VEO, "--mode", "text_to_video", "--image", "https://example.com/cup.png", "--no-wait")
        assert 0 == outcome.code
        assert 1 == outcome.err.count("warning: text_to_video does not use images")
        assert 1 == len(posts(server))


REFUSED = [
    (("generate", "", "--model", "veo3"), "the prompt is empty"),
    (("generate", "A cup", "--model", "veo-3"), "did you mean veo3"),
    (("generate", "A cup", "--model", "veo3", "--duration", "5"), "always 8 seconds"),
    (("generate", "A cup", "--model", "kling/v2-1-standard"), "needs an image"),
    (("generate", "A cup", "--model", "kling/v2-1-standard", "--image", "cup.png"), "local files cannot be sent"),
    (("generate", "A cup", "--model", "veo3", "--image", "data:image/png;base64,AA"), "data: URLs are not accepted"),
    ((*SORA, "--image", "https://example.com/cup.png"), "does text_to_video only"),
    ((*SORA, "--mode", "image_to_video"), "does text_to_video only"),
    ((*VEO, "--mode", "video_to_video"), "there is no mode 'video_to_video'"),
    ((*VEO, "--duration", "abc"), "'abc' is not a valid integer"),
    ((*VEO, "--max-credits", "-1"), "-1 is not in the range"),
    ((*VEO, "--max-credits", "8"), "8 are left of the budget"),
    ((*SORA, "--max-credits", "100"), "price of this task is unknown"),
    ((*VEO, "--timeout", "0"), "0 is not a number above 0"),
    ((*VEO, "--timeout", "-1"), "-1 is not a number above 0"),
    ((*VEO, "--timeout", "nan"), "nan is not a number above 0"),
    ((*VEO, "--timeout", "soon"), "'soon' is not a valid float"),
    ((*VEO, "--poll-interval", "0"), "0 is not a number above 0"),
    ((*VEO, "--no-wait", "-o", "cup.mp4"), "--no-wait saves nothing"),
    ((*VEO, "-o", "."), "it is a folder; name a file"),
    ((*VEO, "-o", "there.mp4"), "exists"),
    ((*VEO, "-o", "missing/cup.mp4"), "No such file or directory"),
    (("generate", "A cup"), "Missing option '--model'"),
    ((*VEO, "--base-url", "example.com"), "example.com"),
    ((*VEO, "--base-url", "http://example.com"), "unencrypted"),
]


class TestNothingSent:
    @pytest.mark.parametrize(("arguments", "reason"), REFUSED, ids=[" ".join(arguments) for arguments, _ in REFUSED])
    def test_an_invalid_command_ends_with_2_and_one_reason_before_anything_is_sent(
        self, cli, server, arguments, reason
    ):
        Path("there.mp4").write_text("mine")
        outcome = cli(*arguments)
        assert (2, "", []) == (outcome.code, outcome.out, server.requests)
        assert reason in outcome.err
        assert "Traceback" not in outcome.err
        assert ["there.mp4"] == files(), "nothing half-written stays"
        assert "mine" == Path("there.mp4").read_text()

    @pytest.mark.parametrize(("arguments", "reason"), REFUSED, ids=[" ".join(arguments) for arguments, _ in REFUSED])
    def test_the_same_as_json(self, cli, arguments, reason):
        Path("there.mp4").write_text("mine")
        outcome = cli(*arguments, "--json")
        assert 2 == outcome.code
        error = outcome.object["error"]
        assert reason in error["message"]
        assert error["task_id"] is None

    @pytest.mark.parametrize("key", ["", "test\nkey", "test key", "schlüssel"])
    def test_an_unusable_key_is_named_but_never_shown(self, cli, server, key):
        outcome = cli.against(server.url, key)(*VEO)
        assert (2, []) == (outcome.code, server.requests)
        assert "API key" in outcome.err
        assert not key or key not in outcome.err

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("HTTPS_PROXY", "htp://me:hush-hush@x"),
            ("ALL_PROXY", "socks4://me:hush-hush@x"),
            ("NO_PROXY", "::1/129"),
            ("SSL_CERT_FILE", "/no/such.pem"),
            ("SSL_CERT_DIR", "/no/such"),
        ],
    )
    def test_network_settings_that_cannot_work_are_named_without_a_password(
        self, cli, server, monkeypatch, variable, value
    ):
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        monkeypatch.setenv(variable, value)
        outcome = cli(*VEO, "--json")
        assert (2, [], "InvalidRequest") == (outcome.code, server.requests, outcome.object["error"]["type"])
        assert (True, False) == (f"{variable} is " in outcome.err, "hush-hush" in outcome.out + outcome.err)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
    def test_a_read_only_folder_is_an_error_before(self, cli, server):
        Path("closed").mkdir(mode=0o500)
        outcome = cli(*VEO, "-o", "closed/cup.mp4")
        assert (2, []) == (outcome.code, server.requests)
        assert "Permission denied" in outcome.err

    def test_json_has_the_violations(self, cli):
        error = cli(*VEO, "--duration", "5", "--json").object["error"]
        assert ("InvalidRequest", ["duration_not_offered"]) == (
            error["type"],
            [violation["code"] for violation in error["violations"]],
        )

    def test_json_has_the_budget(self, cli):
        error = cli(*VEO, "--max-credits", "8", "--json").object["error"]
        assert ("BudgetExceeded", 9, 8) == (error["type"], error["needed"], error["left"])

    def test_an_unknown_price_may_be_allowed(self, cli, server):
        assert 0 == cli(*SORA, "--max-credits", "100", "--allow-unknown-price", "--no-wait").code
        assert 1 == len(posts(server))


class TestDryRun:
    def test_shows_the_request_and_its_price_and_sends_nothing(self, cli, server, monkeypatch):
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        outcome = cli(*VEO, "--dry-run")
        assert {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"} == json.loads(outcome.out)
        assert (0, True, []) == (outcome.code, "price: about 9 credits" in outcome.err, server.requests)

    def test_an_unknown_price_is_called_so(self, cli):
        assert "price: unknown" in cli(*SORA, "--dry-run").err

    def test_json_has_both(self, cli):
        shown = cli(*VEO, "--dry-run", "--json").object
        assert ("veo3_fast", 9) == (shown["request"]["model"], shown["quote"]["credits"])

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ((*VEO, "--max-credits", "9"), 0),
            ((*VEO, "--max-credits", "8"), 2),
            ((*VEO, "--duration", "5"), 2),
            ((*SORA, "--max-credits", "9"), 2),
            ((*SORA, "--max-credits", "9", "--allow-unknown-price"), 0),
            ((*SORA, "--max-credits", "0", "--allow-unknown-price"), 2),
        ],
    )
    def test_refuses_what_would_not_be_sent(self, cli, server, arguments, code):
        assert code == cli(*arguments, "--dry-run").code
        assert [] == server.requests
        assert code == cli(*arguments, "--no-wait").code


class TestFailures:
    """Each has its exit code, and names the task where there is one."""

    @pytest.mark.parametrize(
        ("scenario", "key", "code", "type_"),
        [
            ("failed", "test-key", 1, "TaskFailed"),
            ("failed-late-refund", "test-key", 1, "TaskFailed"),
            ("insufficient-credits", "test-key", 3, "InsufficientCredits"),
            ("reference", "test-key-poor", 3, "InsufficientCredits"),
            ("reference", "no-such-key", 3, "Unauthorized"),
            ("lost-reply", "test-key", 5, "SubmissionUncertain"),
            ("submit-500", "test-key", 5, "SubmissionUncertain"),
            ("submit-503-html", "test-key", 5, "SubmissionUncertain"),
            ("no-such-scenario", "test-key", 3, "APIError"),
        ],
    )
    def test_exit_codes_by_scenario(self, cli, server, scenario, key, code, type_):
        outcome = cli.against(server.scenario_url(scenario), key)(*VEO, "-o", "cup.mp4", "--json")
        assert (code, type_) == (outcome.code, outcome.object["error"]["type"])
        assert 1 == len(posts(server)), "a submission is sent at most once"
        assert [] == files(), "nothing half-written stays"

    @pytest.mark.parametrize("scenario", ["quickstart", "null-fields", "submit-429", "cut-poll", "cut-download"])
    def test_transient_failures_are_retried(self, cli, server, scenario):
        outcome = cli.against(server.scenario_url(scenario))(*VEO, "-o", "cup.mp4")
        assert (0, "cup.mp4\n", ["cup.mp4"]) == (outcome.code, outcome.out, files())

    def test_a_failed_task_is_reported_with_its_refund(self, cli, server):
        error = cli.against(server.scenario_url("failed"))(*VEO, "--json").object["error"]
        assert ("EMPTY_RESULT", True, "FAILED") == (
            error["error_code"],
            error["refunded"],
            error["task"]["status_name"],
        )
        assert error["task_id"] in error["message"]

    def test_a_failed_task_is_not_to_be_waited_for(self, cli, server):
        outcome = cli.against(server.scenario_url("failed"))(*VEO)
        assert ("", False) == (outcome.out, "to resume" in outcome.err)
        assert re.search(f"error: task {TASK_ID} failed", outcome.err)

    def test_json_has_the_required_credits(self, cli, server):
        error = cli.against(server.url, "test-key-poor")(*VEO, "--json").object["error"]
        assert (402, 9, {"error": "Insufficient credits", "required": 9}) == (
            error["status"],
            error["required"],
            error["body"],
        )

    def test_an_uncertain_submission_has_the_request_and_the_cause(self, cli, server):
        error = cli.against(server.scenario_url("lost-reply"))(*VEO, "--json").object["error"]
        assert ("A cup", "ConnectionFailed") == (error["request"]["prompt"], error["cause"]["type"])

    def test_a_timeout_ends_with_124_and_the_resume_command(self, cli):
        outcome = cli(*VEO, "--timeout", "30", "-o", "my cup.mp4")
        task_id = re.search(TASK_ID, outcome.err)[0]
        assert (124, "") == (outcome.code, outcome.out)
        assert f"to resume: gptimage2-video wait {task_id} -o 'my cup.mp4'" == outcome.err.splitlines()[-1]

    def test_a_timeout_as_json_has_the_id(self, cli):
        outcome = cli(*VEO, "--timeout", "30", "--json")
        error = outcome.object["error"]
        assert (124, "WaitTimeout", 0) == (outcome.code, error["type"], error["status"])
        assert re.fullmatch(TASK_ID, error["task_id"])

    def test_the_resume_command_has_the_same_base_url(self, cli, server):
        outcome = cli(
            *VEO, "--timeout", "30", "-o", "cup.mp4", "--force", "--base-url", server.url, "--allow-plain-http"
        )
        assert outcome.err.splitlines()[-1].endswith(f" -o cup.mp4 --force --base-url {server.url} --allow-plain-http")

    def test_a_failed_download_ends_with_6_and_the_resume_command(self, cli, scripted):
        cli.against(scripted.url)
        done = {"status": 1, "videoUrl": f"{scripted.url}/1.mp4"}
        scripted.replies = [reply(200, {"taskId": "tsk_1"}), reply(200, done), reply(500)]
        outcome = cli(*VEO, "-o", "cup.mp4")
        assert (6, "", []) == (outcome.code, outcome.out, files())
        assert "to resume: gptimage2-video wait tsk_1 -o cup.mp4\n" in outcome.err

    @pytest.mark.parametrize(
        ("responses", "code", "type_"),
        [
            ([reply(400, {"error": "Invalid request", "details": {}})], 3, "BadRequest"),
            ([reply(403)], 3, "Forbidden"),
            ([reply(409)], 3, "APIError"),
            ([reply(429)], 4, "RateLimited"),
            ([reply(301, Location="/elsewhere")], 5, "SubmissionUncertain"),
            ([reply(200, "<html>")], 5, "SubmissionUncertain"),
            ([b""], 5, "SubmissionUncertain"),
            ([reply(200, {"taskId": "tsk_1"}), reply(401)], 3, "Unauthorized"),
            ([reply(200, {"taskId": "tsk_1"}), reply(404)], 3, "TaskNotFound"),
            ([reply(200, {"taskId": "tsk_1"}), reply(302)], 4, "UnexpectedReply"),
        ],
    )
    def test_exit_codes_by_response(self, cli, scripted, responses, code, type_):
        scripted.replies = responses
        outcome = cli.against(scripted.url)(*VEO, "--json")
        error = outcome.object["error"]
        assert (code, type_) == (outcome.code, error["type"])
        assert (None if len(responses) == 1 else "tsk_1") == error["task_id"]
        assert len(responses) == 1 or "tsk_1" in outcome.err.splitlines()[-1]

    def test_after_a_refused_connection_a_retry_is_safe(self, cli):
        outcome = cli.against("http://127.0.0.1:9")(*VEO)
        assert (4, True) == (outcome.code, "safe" in outcome.err)

    def test_a_number_that_json_cannot_hold_is_text(self, cli, scripted):
        scripted.replies = [reply(402, b'{"error": "Insufficient credits", "required": NaN}')]
        error = cli.against(scripted.url)(*VEO, "--json").object["error"]
        assert "nan" == error["body"]["required"]

    def test_the_service_cannot_control_the_terminal(self, cli, scripted):
        failed = {"status": 2, "errorMessage": "bad \x1b[2J\x07luck"}
        scripted.replies = [reply(200, {"taskId": "tsk_1"}), reply(200, failed)]
        outcome = cli.against(scripted.url)(*VEO)
        assert (1, True) == (outcome.code, "bad \ufffd[2J\ufffdluck" in outcome.err)

    def test_an_unexpected_error_still_names_the_task(self, cli, monkeypatch):
        def fail(seconds):
            raise ZeroDivisionError("failed")

        monkeypatch.setattr(gptimage2_video.transport.clock, "sleep", fail)
        outcome = cli(*VEO, "--json")
        error = outcome.object["error"]
        assert (70, "ZeroDivisionError") == (outcome.code, error["type"])
        assert "error: unexpected ZeroDivisionError: failed; please report" in outcome.err
        assert f"to resume: gptimage2-video wait {error['task_id']}" in outcome.err
        assert "Traceback" not in outcome.err

    def test_the_key_shows_nowhere(self, cli, server):
        for scenario in ("reference", "failed", "lost-reply", "insufficient-credits"):
            outcome = cli.against(server.scenario_url(scenario))(*VEO, "--json")
            assert "test-key" not in outcome.out + outcome.err
