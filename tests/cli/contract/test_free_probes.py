"""`contract` at its default: what it finds in a server without spending a credit."""

import json
from pathlib import Path

import pytest

from gptimage2_video_cli.contract.free_probes import INVALID_PROMPT, PROBES
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
    return {assumption["id"] for assumption in data["assumptions"] if assumption["outcome"] == outcome}


class TestTheMock:
    """It behaves as the documentation says, so it has no violation."""

    def test_no_violation_is_found_and_nothing_spent(self, cli, server):
        outcome = cli("contract")
        assert (0, 1000, []) == (outcome.code, server.balance("test-key"), server.ledger("test-key"))
        assert outcome.out.startswith("no violations of the spec\nassumptions:\n  confirmed  inferred  ")
        assert (
            "credits: quoted 0, charged 0, refunded 0, uncertain 0 (0 submissions); worst case 0 of 0\n" in outcome.out
        )

    def test_every_submission_has_an_empty_prompt_or_is_no_json(self, cli, server):
        cli("contract")
        bodies = [request.body for request in server.requests if request.method == "POST"]
        assert b'{"prompt": ' == bodies.pop()
        assert {""} == {json.loads(body)["prompt"] for body in bodies}
        assert len(PROBES) + 3 == len(bodies)

    def test_what_can_be_refused_is_confirmed_and_nothing_is_refuted(self, cli):
        data = report(cli)
        assert {probe.assumption for probe in PROBES if probe.is_wrong} <= outcomes(data, "confirmed")
        assert set() == outcomes(data, "refuted")
        assert ["inferred", "docs", "page"] == list(dict.fromkeys(it["known"] for it in data["assumptions"]))

    def test_requests_keep_the_rate(self, cli, clock):
        cli("contract", "--rate", "4")
        assert {0.25} == set(clock.sleeps)

    def test_the_key_is_in_its_own_requests_and_in_no_output(self, cli, server):
        outcome = cli("contract", "--json", "--report", "out")
        keys = {request.headers.get("Authorization") for request in server.requests}
        assert {None, "Bearer this-is-no-key", "Bearer test-key"} == keys
        texts = [outcome.out, outcome.err, *(path.read_text() for path in Path("out").iterdir())]
        assert [0] * 5 == [text.count("test-key") for text in texts]

    def test_the_option_overrides_the_base_url_of_the_environment(self, cli, server):
        data = cli.against("http://127.0.0.1:9")("contract", "--base-url", f"{server.url}/", "--json").object
        assert (server.url, []) == (data["base_url"], data["findings"])

    @pytest.mark.parametrize("name", ["quickstart", "null-fields", "poll-429", "poll-500", "lost-reply"])
    def test_no_scenario_costs_anything(self, cli, server, name):
        cli.against(server.scenario_url(name))("contract")
        assert 1000 == server.balance("test-key")


class TestLaxServers:
    """The first response that is no refusal aborts it: a finding, counted, and nothing more is sent."""

    @pytest.mark.parametrize(
        ("accepts", "posts"),
        [
            (lambda _, headers: "Authorization" not in headers, 1),
            (lambda _, headers: "no-key" in headers.get("Authorization", ""), 2),
            (
                lambda request, headers: (
                    request == INVALID_PROMPT and headers.get("Authorization") == "Bearer test-key"
                ),
                3,
            ),
            (lambda request, _: request.get("model") == "no-such-model", 4),
            (lambda request, _: request.get("seed") == 1, 3 + len(PROBES)),
        ],
        ids=["no-key", "any-key", "empty-prompt", "wrong-model", "other-field"],
    )
    @pytest.mark.parametrize("limit", ["0", "500"])
    def test_one_acceptance_is_the_last(self, cli, server, monkeypatch, accepts, posts, limit):
        cli.against(scenario(monkeypatch, server, submit=lax(accepts)))
        outcome = cli("contract", "--json", "--max-credits", limit)
        data, (debit,) = outcome.object, server.ledger("test-key")
        assert posts == len([request for request in server.requests if request.method == "POST"])
        title = f"A request that must be refused was accepted: task {debit.task_id}, {debit.credits} credits"
        assert [title] == titles(data, "charged")
        assert (1, debit.credits) == (outcome.code, data["totals"]["charged"])
        assert debit.task_id == data["submissions"][0]["task_id"]
        assert "a request that must be refused was accepted; nothing more is sent" == data["abort_reason"]

    def test_a_receipt_in_a_refusal_is_an_acceptance(self, cli, server, monkeypatch):
        """A server that charges and says 400 is caught only where its response shows it."""
        hook = answering(400, {"error": "Invalid request", "taskId": "tsk_1", "creditsUsed": 7}, lambda s: s == 400)
        data = report(cli.against(scenario(monkeypatch, server, submit=hook)))
        assert ["A request that must be refused was accepted: task tsk_1, 7 credits"] == titles(data, "charged")
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
        expected = [f"Uncertain whether a request that must be refused was accepted: {status}"]
        assert (1, expected, 1) == (outcome.code, titles(data, "charged"), data["totals"]["uncertain_submissions"])

    def test_a_lost_reply_may_be_an_acceptance(self, cli, server, monkeypatch):
        async def hang_up(exchange):
            return exchange.abort()

        data = report(cli.against(scenario(monkeypatch, server, submit=hang_up)))
        assert (1, 1) == (len(titles(data, "charged")), data["totals"]["uncertain_submissions"])


class TestDifferences:
    @pytest.mark.parametrize(
        ("hooks", "title"),
        [
            ({"submit": changed(without("error"), 400)}, 'A 400 does not match its schema: "error" is a required'),
            ({"submit": changed(renamed("error", "message"), 401)}, 'A 401 does not match its schema: "error" is a'),
            (
                {"poll": changed(lambda _: {"error": 3}, 404)},
                "A 404 does not match its schema: 3 is not of",
            ),
            ({"poll": answering(403, {"error": "no"}, lambda s: s == 404)}, "Undocumented status 403"),
            ({"poll": answering(404, "<p>no", lambda s: s == 404, "text/html")}, "A 404 is not JSON"),
            ({"poll": answering(404, '{"error": "x"}', lambda s: s == 404, "text/json")}, "A 404 is text/json"),
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
        assert [len(PROBES) + 2] == [
            finding["times"] for finding in data["findings"] if finding["severity"] == "violation"
        ]

    def test_a_valid_value_that_is_refused_refutes_an_assumption(self, cli, server, monkeypatch):
        async def strict(exchange):
            response = await exchange.answer()
            request = json.loads(exchange.body) if exchange.body.endswith(b"}") else {}
            body = json.loads(response.body)
            if request.get("resolution") == "1080p" and response.status == 400:
                body["details"]["fieldErrors"]["resolution"] = ["Must be 720p"]
            return json_response(response.status, body)

        data = report(cli.against(scenario(monkeypatch, server, submit=strict)))
        assert {"resolution-1080p"} == outcomes(data, "refuted")
        assert ["A Sora clip can be had at 1080p. Not here: "] == [title[:43] for title in titles(data)]

    def test_a_validator_that_stops_at_the_first_error_is_no_finding(self, cli, server, monkeypatch):
        def first(body):
            return {**body, "details": {"formErrors": [], "fieldErrors": {"prompt": ["Prompt is required"]}}}

        outcome = cli.against(scenario(monkeypatch, server, submit=changed(first, 400)))("contract", "--json")
        assert (0, []) == (outcome.code, outcome.object["findings"])
        assert {probe.assumption for probe in PROBES} <= outcomes(outcome.object, "not observed")

    @pytest.mark.parametrize("details", [{}, [], "no", {"fieldErrors": []}])
    def test_details_may_be_anything(self, cli, server, monkeypatch, details):
        cli.against(scenario(monkeypatch, server, submit=changed(lambda body: {**body, "details": details}, 400)))
        assert cli("contract").code in (0, 1)

    def test_other_messages_and_fields_are_notices(self, cli, server, monkeypatch):
        """The schema leaves both open, and a proxy may add its own."""
        hook = changed(lambda body: {"error": "Who are you?", "trace": "1"}, 401)
        outcome = cli.against(scenario(monkeypatch, server, submit=hook))("contract", "--json")
        assert (0, 2) == (outcome.code, len(titles(outcome.object, "notice")))
        assert {"unauthorized-body"} == outcomes(outcome.object, "refuted")

    def test_a_429_is_found_once_and_retried(self, cli, server, monkeypatch, clock):
        delays = iter(["2", "soon", "9999", "1", "1", "1", "1"])

        async def busy(exchange):
            delay = next(delays, None)
            refusal = json_response(429, {"error": "slow"})
            refusal.headers["Retry-After"] = delay or ""
            return refusal if delay else await exchange.answer()

        data = report(cli.against(scenario(monkeypatch, server, poll=busy)))
        assert ["Undocumented status 429"] == [title for title in titles(data) if "429" in title and "Undoc" in title]
        assert {2.0, 1.0, 60.0} <= set(clock.sleeps)

    def test_a_truncated_response_is_found(self, cli, scripted):
        scripted.replies = [
            reply(404, {"error": "Task not finding"}, length=500),
            reply(401, {"error": "Unauthorized"}),
        ]
        data = report(cli.against(scripted.url))
        assert "The response is truncated" in titles(data)

    def test_a_huge_body_is_not_read_to_its_end(self, cli, scripted):
        scripted.replies = [reply(404, b"x" * 1_000_000), reply(401, {"error": "Unauthorized"})]
        data = report(cli.against(scripted.url))
        assert "A 404 is not JSON" in titles(data)
        assert 503 == len(data["findings"][0]["evidence"]["response_body"])


class TestNoResponse:
    def test_a_refused_connection_ends_with_4(self, cli):
        outcome = cli.against("http://127.0.0.1:9")("contract", "--report", "out")
        assert (4, True) == (outcome.code, "aborted: no response from http://127.0.0.1:9 (" in outcome.out)
        assert ["junit.xml", "report.json", "report.md"] == sorted(path.name for path in Path("out").iterdir())

    def test_a_closed_connection_ends_with_4(self, cli, scripted):
        assert 4 == cli.against(scripted.url)("contract").code

    def test_a_refused_key_ends_with_3(self, cli, server):
        outcome = cli.against(server.url, "another-key")("contract")
        assert (3, True) == (outcome.code, "the server refuses the key in GPTIMAGE2_API_KEY" in outcome.out)
        assert 1 == len(server.requests)
