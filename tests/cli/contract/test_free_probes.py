"""`contract` at its default: what it learns from a server without spending a credit, and how it tells it."""

import json
import re
import signal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import gptimage2_video_cli.contract.report
from gptimage2_video_cli.contract.assumptions import FACTS
from gptimage2_video_cli.contract.free_probes import PILL, PROBES
from gptimage2_video_cli.contract.schemas import spec
from gptimage2_video_mock.api.handlers import json_response
from support.broken_servers import answering, changed, lax, renamed, scenario, without
from support.commandline import CommandLine, files
from support.scripted import reply


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against(server.url)


def report(cli, *words):
    return cli("contract", "--json", *words).object


def titles(told, *ranks):
    return [found["title"] for found in told["findings"] if not ranks or found["severity"] in ranks]


def outcomes(told, outcome):
    return {fact["id"] for fact in told["assumptions"] if fact["outcome"] == outcome}


class TestTheMock:
    """It behaves as the documentation says, so nothing may be found."""

    def test_nothing_is_found_and_nothing_spent(self, cli, server):
        outcome = cli("contract")
        assert (0, 1000, []) == (outcome.code, server.balance("test-key"), server.ledger("test-key"))
        assert outcome.out.startswith("nothing differs from the spec\nfacts:\n  confirmed  inferred  ")
        assert "credits: quoted 0, charged 0, refunded 0, uncertain 0 (0 submissions); at worst 0 of 0\n" in outcome.out

    def test_every_submission_carries_the_pill_or_is_no_json(self, cli, server):
        cli("contract")
        bodies = [seen.body for seen in server.requests if seen.method == "POST"]
        assert b'{"prompt": ' == bodies.pop()
        assert {""} == {json.loads(body)["prompt"] for body in bodies}
        assert len(PROBES) + 3 == len(bodies)

    def test_what_can_be_refused_is_confirmed_and_nothing_refuted(self, cli):
        told = report(cli)
        assert {probe.fact for probe in PROBES if probe.wrong} <= outcomes(told, "confirmed")
        assert set() == outcomes(told, "refuted")
        assert ["inferred", "docs", "page"] == list(dict.fromkeys(fact["known"] for fact in told["assumptions"]))

    def test_requests_keep_their_distance(self, cli, clock):
        cli("contract", "--rate", "4")
        assert {0.25} == set(clock.pauses)

    def test_the_key_goes_with_its_own_requests_alone_and_is_told_nowhere(self, cli, server):
        outcome = cli("contract", "--json", "--report", "out")
        keys = {seen.headers.get("Authorization") for seen in server.requests}
        assert {None, "Bearer this-is-no-key", "Bearer test-key"} == keys
        texts = [outcome.out, outcome.err, *(path.read_text() for path in Path("out").iterdir())]
        assert [0] * 5 == [text.count("test-key") for text in texts]

    def test_the_base_url_of_the_words_goes_before_that_of_the_environment(self, cli, server):
        told = cli.against("http://127.0.0.1:9")("contract", "--base-url", f"{server.url}/", "--json").object
        assert (server.url, []) == (told["base_url"], told["findings"])

    @pytest.mark.parametrize("name", ["quickstart", "null-fields", "poll-429", "poll-500", "lost-reply"])
    def test_no_scenario_costs_anything(self, cli, server, name):
        cli.against(server.scenario_url(name))("contract")
        assert 1000 == server.balance("test-key")


class TestLaxServers:
    """The first answer that is no refusal ends it: found, summed, and nothing more is sent."""

    @pytest.mark.parametrize(
        ("passes", "posts"),
        [
            (lambda _, headers: "Authorization" not in headers, 1),
            (lambda _, headers: "no-key" in headers.get("Authorization", ""), 2),
            (
                lambda request, headers: request == PILL and headers.get("Authorization") == "Bearer test-key",
                3,
            ),
            (lambda request, _: request.get("model") == "no-such-model", 4),
            (lambda request, _: request.get("seed") == 1, 3 + len(PROBES)),
        ],
        ids=["no-key", "any-key", "empty-prompt", "wrong-model", "other-field"],
    )
    @pytest.mark.parametrize("limit", ["0", "500"])
    def test_one_acceptance_is_the_last(self, cli, server, monkeypatch, passes, posts, limit):
        cli.against(scenario(monkeypatch, server, submit=lax(passes)))
        outcome = cli("contract", "--json", "--max-credits", limit)
        told, (debit,) = outcome.object, server.ledger("test-key")
        assert posts == len([seen for seen in server.requests if seen.method == "POST"])
        title = f"A request that must be refused was accepted: task {debit.task_id}, {debit.credits} credits"
        assert [title] == titles(told, "charged")
        assert (1, debit.credits) == (outcome.code, told["totals"]["charged"])
        assert debit.task_id == told["submissions"][0]["task_id"]
        assert "a request that must be refused was accepted; nothing more is sent" == told["abort_reason"]

    def test_a_receipt_in_a_refusal_is_an_acceptance(self, cli, server, monkeypatch):
        """A server that charges and says 400 cannot be seen through, unless it tells."""
        hook = answering(400, {"error": "Invalid request", "taskId": "tsk_1", "creditsUsed": 7}, lambda s: s == 400)
        told = report(cli.against(scenario(monkeypatch, server, submit=hook)))
        assert ["A request that must be refused was accepted: task tsk_1, 7 credits"] == titles(told, "charged")
        assert 7 == told["totals"]["charged"]

    def test_an_acceptance_without_a_receipt_has_an_unknown_price(self, cli, server, monkeypatch):
        outcome = cli.against(scenario(monkeypatch, server, submit=answering(202, {})))("contract")
        assert outcome.out.endswith("; at worst 0 of 0, and 1 submissions of unknown price\n")
        assert (1, True) == (outcome.code, "charged 0 and 1 submissions that did not tell" in outcome.out)

    @pytest.mark.parametrize("status", [500, 503])
    def test_a_failure_may_be_an_acceptance(self, cli, server, monkeypatch, status):
        hook = answering(status, {"error": "oops"}, lambda status: status == 400)
        outcome = cli.against(scenario(monkeypatch, server, submit=hook))("contract", "--json", "--max-credits", "100")
        told = outcome.object
        expected = [f"Nobody knows whether a request that must be refused was accepted: {status}"]
        assert (1, expected, 1) == (outcome.code, titles(told, "charged"), told["totals"]["uncertain_submissions"])

    def test_a_lost_reply_may_be_an_acceptance(self, cli, server, monkeypatch):
        async def hang_up(exchange):
            return exchange.abort()

        told = report(cli.against(scenario(monkeypatch, server, submit=hang_up)))
        assert (1, 1) == (len(titles(told, "charged")), told["totals"]["uncertain_submissions"])


class TestDifferences:
    @pytest.mark.parametrize(
        ("hooks", "title"),
        [
            ({"submit": changed(without("error"), 400)}, 'A 400 is not what its schema says: "error" is a required'),
            ({"submit": changed(renamed("error", "message"), 401)}, 'A 401 is not what its schema says: "error" is a'),
            (
                {"poll": changed(lambda _: {"error": 3}, 404)},
                "A 404 is not what its schema says: 3 is not of",
            ),
            ({"poll": answering(403, {"error": "no"}, lambda s: s == 404)}, "Undocumented status 403"),
            ({"poll": answering(404, "<p>no", lambda s: s == 404, "text/html")}, "A 404 is not JSON"),
            ({"poll": answering(404, '{"error": "x"}', lambda s: s == 404, "text/json")}, "A 404 is text/json"),
            (
                {"poll": answering(200, {"status": 1}, lambda s: s == 404)},
                "A task that does not exist is answered",
            ),
            (
                {"submit": answering(403, {"error": "no"}, lambda s: s == 401)},
                "A request without a key is answered",
            ),
            ({"submit": answering(422, {"error": "no"}, lambda s: s == 400)}, "An empty prompt is refused with 400."),
        ],
    )
    def test_is_found_with_evidence_and_a_suggestion(self, cli, server, monkeypatch, hooks, title):
        outcome = cli.against(scenario(monkeypatch, server, **hooks))("contract", "--json")
        found = next(found for found in outcome.object["findings"] if found["title"].startswith(title))
        assert (1, "violation", 1000) == (outcome.code, found["severity"], server.balance("test-key"))
        assert {"method", "path", "request_body", "status", "content_type", "response_body", "failure"} == found[
            "evidence"
        ].keys()
        assert found["edit"]
        assert spec().at(found["pointer"])

    def test_a_new_status_comes_with_the_lines_for_the_spec(self, cli, server, monkeypatch):
        cli.against(scenario(monkeypatch, server, poll=answering(403, {"error": "no"}, lambda s: s == 404)))
        out = cli("contract").out
        assert "    edit: responses:\n            '403':\n              description: (when it is sent)\n" in out

    def test_the_same_one_again_is_counted(self, cli, server, monkeypatch):
        told = report(cli.against(scenario(monkeypatch, server, submit=changed(without("error"), 400))))
        assert [len(PROBES) + 2] == [found["times"] for found in told["findings"] if found["severity"] == "violation"]

    def test_a_valid_value_that_is_refused_refutes_an_inferred_fact(self, cli, server, monkeypatch):
        async def strict(exchange):
            response = await exchange.answer()
            asked = json.loads(exchange.body) if exchange.body.endswith(b"}") else {}
            body = json.loads(response.body)
            if asked.get("resolution") == "1080p" and response.status == 400:
                body["details"]["fieldErrors"]["resolution"] = ["Must be 720p"]
            return json_response(response.status, body)

        told = report(cli.against(scenario(monkeypatch, server, submit=strict)))
        assert {"resolution-1080p"} == outcomes(told, "refuted")
        assert ["A Sora clip can be had at 1080p. Not here: "] == [title[:43] for title in titles(told)]

    def test_a_validator_that_stops_at_the_first_problem_is_no_finding(self, cli, server, monkeypatch):
        def first(body):
            return {**body, "details": {"formErrors": [], "fieldErrors": {"prompt": ["Prompt is required"]}}}

        outcome = cli.against(scenario(monkeypatch, server, submit=changed(first, 400)))("contract", "--json")
        assert (0, []) == (outcome.code, outcome.object["findings"])
        assert {probe.fact for probe in PROBES} <= outcomes(outcome.object, "not observed")

    @pytest.mark.parametrize("details", [{}, [], "no", {"fieldErrors": []}])
    def test_details_may_be_anything(self, cli, server, monkeypatch, details):
        cli.against(scenario(monkeypatch, server, submit=changed(lambda body: {**body, "details": details}, 400)))
        assert cli("contract").code in (0, 1)

    def test_other_words_and_fields_are_told_but_fail_nothing(self, cli, server, monkeypatch):
        """The schema leaves both open, and a proxy may add its own."""
        hook = changed(lambda body: {"error": "Who are you?", "trace": "1"}, 401)
        outcome = cli.against(scenario(monkeypatch, server, submit=hook))("contract", "--json")
        assert (0, 2) == (outcome.code, len(titles(outcome.object, "notice")))
        assert {"unauthorized-words"} == outcomes(outcome.object, "refuted")

    def test_too_many_requests_is_found_once_and_waited_for(self, cli, server, monkeypatch, clock):
        turns = iter(["2", "soon", "9999", "1", "1", "1", "1"])

        async def busy(exchange):
            wait = next(turns, None)
            refusal = json_response(429, {"error": "slow"})
            refusal.headers["Retry-After"] = wait or ""
            return refusal if wait else await exchange.answer()

        told = report(cli.against(scenario(monkeypatch, server, poll=busy)))
        assert ["Undocumented status 429"] == [title for title in titles(told) if "429" in title and "Undoc" in title]
        assert {2.0, 1.0, 60.0} <= set(clock.pauses)

    def test_a_cut_reply_is_found(self, cli, scripted):
        scripted.replies = [
            reply(404, {"error": "Task not found"}, length=500),
            reply(401, {"error": "Unauthorized"}),
        ]
        told = report(cli.against(scripted.url))
        assert "The reply is cut" in titles(told)

    def test_a_body_without_end_is_not_read_to_its_end(self, cli, scripted):
        scripted.replies = [reply(404, b"x" * 1_000_000), reply(401, {"error": "Unauthorized"})]
        told = report(cli.against(scripted.url))
        assert "A 404 is not JSON" in titles(told)
        assert 503 == len(told["findings"][0]["evidence"]["response_body"])


class TestNobody:
    def test_who_does_not_answer_ends_with_4(self, cli):
        outcome = cli.against("http://127.0.0.1:9")("contract", "--report", "out")
        assert (4, True) == (outcome.code, "stopped: nobody answers at http://127.0.0.1:9 (" in outcome.out)
        assert ["junit.xml", "report.json", "report.md"] == sorted(path.name for path in Path("out").iterdir())

    def test_who_hangs_up_ends_with_4(self, cli, scripted):
        assert 4 == cli.against(scripted.url)("contract").code

    def test_a_key_that_is_refused_ends_with_3_as_nothing_was_learnt(self, cli, server):
        outcome = cli.against(server.url, "another-key")("contract")
        assert (3, True) == (outcome.code, "the key in GPTIMAGE2_API_KEY is refused here" in outcome.out)
        assert 1 == len(server.requests)


class TestUsage:
    @pytest.mark.parametrize(
        "words", [("--max-credits", "-1"), ("--rate", "0"), ("--rate", "inf"), ("--timeout", "-1"), ("--base-url", "x")]
    )
    def test_wrong_usage_sends_nothing(self, cli, server, words):
        assert (2, []) == (cli("contract", *words).code, server.requests)

    def test_without_a_key_nothing_is_sent(self, cli, server, monkeypatch):
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        outcome = cli("contract")
        assert (2, [], True) == (outcome.code, server.requests, "GPTIMAGE2_API_KEY" in outcome.err)

    def test_without_an_address_the_service_itself_is_meant(self, cli, monkeypatch):
        """Without a key too, so that nothing is sent there."""
        seen = []
        monkeypatch.setattr(
            "gptimage2_video_cli.contract.recording_client.RecordingClient.__init__",
            lambda _, *given: seen.append(given),
        )
        monkeypatch.setattr("gptimage2_video_cli.contract.recording_client.RecordingClient.http", None, raising=False)
        monkeypatch.delenv("GPTIMAGE2_BASE_URL")
        monkeypatch.delenv("GPTIMAGE2_API_KEY")
        cli("contract")
        assert [("https://gptimage2api.org", 2.0)] == seen

    def test_the_key_goes_unencrypted_to_no_other_machine(self, cli):
        outcome = cli("contract", "--base-url", "http://192.0.2.1")
        assert (2, True) == (outcome.code, "unencrypted" in outcome.err)

    @pytest.mark.parametrize("name", ["jsonschema_rs", "yaml"])
    def test_without_the_extra_one_sentence_says_what_to_install(self, cli, server, monkeypatch, name):
        monkeypatch.setitem(__import__("sys").modules, name, None)
        told = "error: the contract check needs more packages: pip install 'gptimage2-video[contract]'\n"
        outcome = cli("contract")
        assert (2, True) == (outcome.code, outcome.err.endswith(told.removeprefix("error: ")))
        assert [] == server.requests


class TestReport:
    def test_the_three_files(self, cli, server, monkeypatch):
        cli.against(scenario(monkeypatch, server, submit=changed(without("error"), 400)))
        outcome = cli("contract", "--report", "build/out", "--json")
        folder = Path("build/out")
        assert outcome.object == json.loads((folder / "report.json").read_text())
        suite = ET.fromstring((folder / "junit.xml").read_bytes())  # noqa: S314  our own
        assert (str(len(FACTS) + 1), "1") == (suite.get("tests"), suite.get("failures"))
        assert "Suggested edit:\n\n````\nTake the field out of `required`" in (folder / "report.md").read_text()
        assert ["junit.xml", "report.json", "report.md"] == sorted(path.name for path in folder.iterdir())

    def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_sent(self, cli, server):
        Path("out").write_text("mine")
        for folder in ("out", "out/deeper"):
            assert (2, []) == (cli("contract", "--report", folder).code, server.requests)
        assert ["out"] == files()

    def test_a_report_that_cannot_be_written_at_the_end_is_said_and_leaves_no_half_file(self, cli, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(gptimage2_video_cli.contract.report.Path, "replace", full)
        outcome = cli("contract", "--report", "out")
        told = "error: the report could not be written: No space left on device\n"
        assert (74, True, []) == (outcome.code, outcome.err.endswith(told), list(Path("out").iterdir()))
        assert "nothing differs" in outcome.out

    def test_what_a_server_sends_cannot_steer_a_terminal_break_the_xml_or_echo_the_key(self, cli, server, monkeypatch):
        echo = "\x1b[2J\x00]]>& test-key \ud800 | ````"
        cli.against(scenario(monkeypatch, server, poll=answering(404, {"error": 1, "echo": echo}, lambda s: s == 404)))
        outcome = cli("contract", "--report", "out")
        assert ET.fromstring(Path("out/junit.xml").read_bytes()) is not None  # noqa: S314  our own
        for text in (outcome.out, outcome.err, Path("out/report.md").read_text(), Path("out/report.json").read_text()):
            assert not re.search(r"\x1b|\x00|test-key", text)
        assert "<the key>" in outcome.out

    def test_an_interruption_tells_the_sums_so_far(self, cli, monkeypatch):
        monkeypatch.setattr("gptimage2_video_cli.contract.clock.pause", lambda _: signal.raise_signal(signal.SIGINT))
        outcome = cli("contract", "--report", "out")
        assert (130, True) == (outcome.code, "stopped: interrupted\ncredits: quoted 0" in outcome.out)
        assert json.loads(Path("out/report.json").read_text())["interrupted"]


class TestFacts:
    @pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
    def test_each_stands_in_the_spec(self, fact):
        assert spec().at(fact.pointer)

    def test_each_that_can_be_a_finding_says_what_to_edit(self):
        unsaid = {fact.id for fact in FACTS.values() if fact.rank and not fact.edit}
        never_refuted = {probe.fact for probe in PROBES if probe.wrong} | {"spelling-reference", "spelling-quickstart"}
        assert never_refuted == unsaid

    def test_the_prices_are_those_of_the_table(self):
        table = spec().at("#/x-model-table/models")[1]
        rows = sum(len(model["credits"]["rows"]) for model in table)
        priced = [fact for fact in FACTS.values() if fact.id.startswith("price/")]
        assert rows == len(priced)
        for fact in priced:
            rows = spec().at(fact.pointer)[1]["rows"]
            assert [row for row in rows if f"cost {row['credits']} credits" in fact.sentence]

    def test_an_address_outside_the_spec_is_no_operation(self):
        assert [None, None] == [spec().operation("GET", "/other"), spec().operation("PUT", "/api/ai/video/generate")]
