"""`contract` at its default: what it finds in a server without spending a credit."""

import json
import re
from pathlib import Path

import pytest

from gptimage2_video_cli.contract.guard import has_empty_prompt
from gptimage2_video_cli.contract.rules import INVALID_PROMPT, RULES
from gptimage2_video_cli.contract.schemas import spec
from gptimage2_video_mock.api.handlers import json_response
from support.broken_servers import answering, changed, lax, renamed, scenario, without
from support.scripted import reply

pytestmark = pytest.mark.slow


def report(cli, *arguments):
    return cli("contract", "--json", *arguments).object


def titles(data, *ranks):
    return [finding["title"] for finding in data["findings"] if not ranks or finding["severity"] in ranks]


def outcomes(data, outcome):
    return {check["id"] for check in data["checks"] if check["outcome"] == outcome}


class TestTheMock:
    """It behaves as the documentation says, so it has no violation."""

    def test_no_violation_is_found_and_nothing_spent(self, cli, server):
        outcome = cli("contract")
        assert (0, 1000, []) == (outcome.code, server.balance("test-key"), server.ledger("test-key"))
        tried = r"no violations of the spec: \d+ requests, \d+ of \d+ checks\nchecks:\n  passed   inferred"
        assert re.match(tried, outcome.out)
        assert (
            "credits: quoted 0, charged 0, refunded 0, uncertain 0 (0 submissions); worst case 0 of 0\n" in outcome.out
        )

    def test_every_submission_has_an_empty_prompt(self, cli, server):
        cli("contract")
        sent = [it for it in server.requests if it.method not in ("GET", "HEAD", "OPTIONS")]
        bodies = [it.body for it in sent if it.status != 413]  # of which the mock keeps nothing
        assert [] == [body for body in bodies if not has_empty_prompt(body)]
        assert len(bodies) > len(RULES)

    def test_every_rule_is_checked_and_none_fails(self, cli):
        data = report(cli)
        assert {rule.check for rule in RULES} <= outcomes(data, "passed")
        assert set() == outcomes(data, "failed")
        assert ["inferred", "docs", "page"] == list(dict.fromkeys(it["known"] for it in data["checks"]))

    def test_what_was_not_run_says_why(self, cli):
        reasons = {it["id"]: it["reason"] for it in report(cli)["checks"] if it["outcome"] == "not run"}
        assert "needs a completed task (--max-credits)" == reasons["video-served"]
        assert "" not in reasons.values()

    def test_requests_keep_the_rate(self, cli, clock):
        cli("contract", "--rate", "4")
        assert {0.25} == set(clock.sleeps)

    def test_the_key_is_in_its_own_requests_and_in_no_output(self, cli, server):
        outcome = cli("contract", "--json", "--report", "out")
        keys = {request.headers.get("Authorization") for request in server.requests}
        assert {None, "Bearer this-is-no-key", "Bearer test-key", "bearer test-key", "Bearer test-ke"} <= keys
        texts = [outcome.out, outcome.err, *(path.read_text() for path in Path("out").iterdir())]
        assert [0] * 6 == [text.count("test-ke") for text in texts]

    def test_the_option_overrides_the_base_url_of_the_environment(self, cli, server):
        data = cli.against("http://127.0.0.1:9")("contract", "--base-url", f"{server.url}/", "--json").object
        assert (server.url, []) == (data["base_url"], data["findings"])

    @pytest.mark.parametrize("name", ["quickstart", "null-fields", "poll-429", "poll-500", "lost-reply"])
    def test_no_scenario_costs_anything(self, cli, server, name):
        cli.against(server.scenario_url(name))("contract")
        assert 1000 == server.balance("test-key")


class TestLaxServers:
    """The first submission that is not refused is the last: a finding, counted, and followed to its end."""

    @pytest.mark.parametrize(
        "accepts",
        [
            lambda _, headers: "Authorization" not in headers,
            lambda _, headers: "no-key" in headers.get("Authorization", ""),
            lambda request, headers: request == INVALID_PROMPT and headers.get("Authorization") == "Bearer test-key",
            lambda request, _: request.get("model") == "no-such-model",
            lambda request, _: request.get("x-other") == 1,
        ],
        ids=["no-key", "any-key", "empty-prompt", "wrong-model", "other-field"],
    )
    @pytest.mark.parametrize("limit", ["0", "500"])
    def test_one_acceptance_is_the_last(self, cli, server, monkeypatch, accepts, limit):
        cli.against(scenario(monkeypatch, server, submit=lax(accepts)))
        outcome = cli("contract", "--json", "--max-credits", limit)
        data, (debit,) = outcome.object, server.ledger("test-key")
        title = f"was accepted: task {debit.task_id}, {debit.credits} credits"
        assert [True] == [finding.endswith(title) for finding in titles(data, "charged")]
        assert (1, debit.credits) == (outcome.code, data["totals"]["charged"])
        assert (debit.task_id, 1) == (data["submissions"][0]["task_id"], data["submissions"][0]["status"])
        assert "a request that must be refused was accepted; nothing more is sent" == data["abort_reason"]

    def test_a_receipt_in_a_refusal_is_an_acceptance(self, cli, server, monkeypatch):
        """A server that charges and says 400 is caught only where its response shows it."""
        hook = answering(400, {"error": "Invalid request", "taskId": "tsk_1", "creditsUsed": 7}, lambda s: s == 400)
        data = report(cli.against(scenario(monkeypatch, server, submit=hook)))
        assert [True] == [title.endswith("was accepted: task tsk_1, 7 credits") for title in titles(data, "charged")]
        assert 7 == data["totals"]["charged"]

    def test_an_acceptance_without_a_receipt_has_an_unknown_price(self, cli, server, monkeypatch):
        outcome = cli.against(scenario(monkeypatch, server, submit=answering(202, {})))("contract")
        assert outcome.out.endswith("; worst case 0 of 0, and 1 submissions of unknown price\n")
        assert (1, True) == (outcome.code, "charged 0 and an unknown charge for 1 submissions" in outcome.out)

    @pytest.mark.parametrize("status", [500, 503])
    def test_a_failure_may_be_an_acceptance(self, cli, server, monkeypatch, status):
        hook = answering(status, {"error": "oops"}, lambda status: status == 400)
        outcome = cli.against(scenario(monkeypatch, server, submit=hook))("contract", "--json", "--max-credits", "100")
        data = outcome.object
        expected = f"It is certain whether a submission was accepted. Not here: an empty prompt, {status}"
        assert (1, [expected], 1) == (outcome.code, titles(data, "charged"), data["totals"]["uncertain_submissions"])

    def test_a_lost_reply_may_be_an_acceptance(self, cli, server, monkeypatch):
        async def hang_up(exchange):
            return exchange.abort()

        data = report(cli.against(scenario(monkeypatch, server, submit=hang_up)))
        assert (1, 1) == (len(titles(data, "charged")), data["totals"]["uncertain_submissions"])


class TestDifferences:
    @pytest.mark.parametrize(
        ("hooks", "title"),
        [
            (
                {"submit": changed(without("error"), 400)},
                'Every response matches its schema. Not here: in a 400, "error" is a required',
            ),
            (
                {"submit": changed(renamed("error", "message"), 401)},
                'Every response matches its schema. Not here: in a 401, "error" is a',
            ),
            (
                {"poll": changed(lambda _: {"error": 3}, 404)},
                "Every response matches its schema. Not here: in a 404, 3 is not of",
            ),
            (
                {"poll": answering(403, {"error": "no"}, lambda s: s == 404)},
                "Every status is documented. Not here: GET gets a 403",
            ),
            (
                {"poll": answering(404, "<p>no", lambda s: s == 404, "text/html")},
                "Every response is JSON, and nothing else. Not here: a 404",
            ),
            (
                {"poll": answering(404, '{"error": "x"}', lambda s: s == 404, "text/json")},
                "Every response is application/json. Not here: a 404 is text/json",
            ),
            (
                {"poll": answering(200, {"status": 1}, lambda s: s == 404)},
                "A task that does not exist gets a 404",
            ),
            (
                {"submit": answering(403, {"error": "no"}, lambda s: s == 401)},
                "A request without a key gets a 401",
            ),
            ({"submit": answering(422, {"error": "no"}, lambda s: s == 400)}, "An empty prompt is refused with 400."),
        ],
    )
    def test_is_a_finding_with_evidence_and_an_edit(self, cli, server, monkeypatch, hooks, title):
        outcome = cli.against(scenario(monkeypatch, server, **hooks))("contract", "--json")
        finding = next(finding for finding in outcome.object["findings"] if finding["title"].startswith(title))
        assert ["curl -i"] == list({command[:7] for command in finding["curl"]})
        assert (1, "violation", 1000) == (outcome.code, finding["severity"], server.balance("test-key"))
        assert {"method", "path", "request_body", "status", "content_type", "response_body", "failure"} == finding[
            "evidence"
        ].keys()
        assert finding["edit"]
        assert spec().resolve(finding["pointer"])

    def test_a_new_status_has_its_edit_of_the_spec(self, cli, server, monkeypatch):
        cli.against(scenario(monkeypatch, server, poll=answering(403, {"error": "no"}, lambda s: s == 404)))
        out = cli("contract").out
        assert "    edit: responses:\n            '403':\n              description: (when it is sent)\n" in out

    def test_the_same_one_again_is_counted(self, cli, server, monkeypatch):
        data = report(cli.against(scenario(monkeypatch, server, submit=changed(without("error"), 400))))
        times = [finding["times"] for finding in data["findings"] if finding["code"] == "schema"]
        assert 1 == len(times)
        assert times[0] > len(RULES)

    def test_a_valid_value_that_is_refused_refutes_an_assumption(self, cli, server, monkeypatch):
        async def strict(exchange):
            response = await exchange.answer()
            request = json.loads(exchange.body) if exchange.body.endswith(b"}") else {}
            body = json.loads(response.body)
            if request.get("resolution") == "1080p" and response.status == 400:
                body["details"]["fieldErrors"]["resolution"] = ["Must be 720p"]
            return json_response(response.status, body)

        data = report(cli.against(scenario(monkeypatch, server, submit=strict)))
        assert "resolution-1080p" in outcomes(data, "failed")
        assert "A Sora clip can be had at 1080p. Not here: " in [title[:43] for title in titles(data)]

    def test_silence_about_one_broken_rule_is_a_finding_where_others_are_named(self, cli, server, monkeypatch):
        async def lenient(exchange):
            response = await exchange.answer()
            body = json.loads(response.body)
            if response.status == 400:
                body["details"]["fieldErrors"].pop("duration", None)
            return json_response(response.status, body)

        outcome = cli.against(scenario(monkeypatch, server, submit=lenient))("contract", "--json")
        assert (1, 1000) == (outcome.code, server.balance("test-key"))
        assert {"veo-8s", "labelled-durations", "durations", "field-types"} == outcomes(outcome.object, "failed")

    def test_a_validator_that_stops_at_the_first_error_is_no_finding(self, cli, server, monkeypatch):
        def first(body):
            return {**body, "details": {"formErrors": [], "fieldErrors": {"prompt": ["Prompt is required"]}}}

        outcome = cli.against(scenario(monkeypatch, server, submit=changed(first, 400)))("contract", "--json")
        assert (0, []) == (outcome.code, outcome.object["findings"])
        assert {rule.check for rule in RULES} <= outcomes(outcome.object, "not run")

    @pytest.mark.parametrize("details", [{}, [], "no", {"fieldErrors": []}])
    def test_details_may_be_anything(self, cli, server, monkeypatch, details):
        cli.against(scenario(monkeypatch, server, submit=changed(lambda body: {**body, "details": details}, 400)))
        assert cli("contract").code in (0, 1)

    def test_other_messages_and_fields_are_notices(self, cli, server, monkeypatch):
        """The schema leaves both open, and a proxy may add its own."""
        hook = changed(lambda body: {"error": "Who are you?", "trace": "1"}, 401)
        outcome = cli.against(scenario(monkeypatch, server, submit=hook))("contract", "--json")
        assert (0, 2) == (outcome.code, len(titles(outcome.object, "notice")))
        assert {"unauthorized-body", "documented-fields"} == outcomes(outcome.object, "failed")

    def test_a_429_is_found_once_and_retried(self, cli, server, monkeypatch, clock):
        delays = iter(["2", "soon", "9999", "1", "1", "1", "1"])

        async def busy(exchange):
            delay = next(delays, None)
            refusal = json_response(429, {"error": "slow"})
            refusal.headers["Retry-After"] = delay or ""
            return refusal if delay else await exchange.answer()

        data = report(cli.against(scenario(monkeypatch, server, poll=busy)))
        undocumented = "Every status is documented. Not here: GET gets a 429"
        assert 1 == titles(data).count(undocumented)
        assert {2.0, 1.0, 60.0} <= set(clock.sleeps)

    def test_a_truncated_response_is_found(self, cli, scripted):
        scripted.replies = [
            reply(404, {"error": "Task not finding"}, length=500),
            reply(401, {"error": "Unauthorized"}),
        ]
        data = report(cli.against(scripted.url))
        assert "complete" in outcomes(data, "failed")

    def test_a_huge_body_is_not_read_to_its_end(self, cli, scripted):
        scripted.replies = [reply(404, b"x" * 1_000_000), reply(401, {"error": "Unauthorized"})]
        data = report(cli.against(scripted.url))
        assert "Every response is whole. Not here: more than 256 KiB; aborted" in titles(data)
        assert 503 == len(data["findings"][0]["evidence"]["response_body"])

    def test_a_body_that_drips_for_ever_is_left(self, cli, server, monkeypatch):
        seconds = iter(range(0, 10**6, 50))
        monkeypatch.setattr("gptimage2_video_cli.contract.clock.now", lambda: float(next(seconds)))
        monkeypatch.setattr("gptimage2_video_cli.contract.recording_client.MAX_BODY_BYTES", 10)
        data = report(cli)
        assert "complete" in outcomes(data, "failed")


class TestNoResponse:
    def test_a_refused_connection_ends_with_4(self, cli):
        outcome = cli.against("http://127.0.0.1:9")("contract", "--report", "out")
        assert (4, True) == (outcome.code, "aborted: no response from http://127.0.0.1:9 (" in outcome.out)
        files = ["junit.xml", "report.json", "report.md", "report.sarif"]
        assert files == sorted(path.name for path in Path("out").iterdir())

    def test_a_closed_connection_ends_with_4(self, cli, scripted):
        assert 4 == cli.against(scripted.url)("contract").code

    def test_a_refused_key_ends_with_3(self, cli, server):
        outcome = cli.against(server.url, "another-key")("contract")
        assert (3, True) == (outcome.code, "the server refuses the key in GPTIMAGE2_API_KEY" in outcome.out)
        assert 1 == len(server.requests)

    def test_a_server_of_something_else_is_told_in_a_sentence(self, cli, scripted):
        scripted.replies = [reply(200, b"<h1>Shop</h1>")] * 2
        data = cli.against(scripted.url)("contract", "--json")
        assert (1, True) == (data.code, "is no server of this API" in data.object["abort_reason"])
