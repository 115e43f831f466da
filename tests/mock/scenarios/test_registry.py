"""The scenarios: how one is chosen, and the outcomes of tasks."""

from contextlib import suppress

import httpx
import pytest

from gptimage2_video_mock.scenarios.registry import SCENARIOS
from support.mock_client import TEXT


class TestChoosing:
    def test_an_unknown_scenario_is_404_and_lists_those_there_are(self, under):
        expected = {"error": "Not found", "scenarios": list(SCENARIOS)}
        for response in (under("no-such").submit(), under("no-such").poll("tsk_1")):
            assert (response.status_code, response.json()) == (404, expected)

    def test_every_scenario_is_listed_with_one_sentence(self, server, client):
        rows = client.get(f"{server.url}/mock/scenarios").json()["scenarios"]
        assert [row["name"] for row in rows] == list(SCENARIOS)
        assert all(row["about"].endswith(".") and row["about"].count(". ") == 0 for row in rows)
        assert [row["basePath"] for row in rows] == [f"/scenarios/{name}" for name in SCENARIOS]

    def test_every_scenario_tells_the_phase_that_it_is_about(self, server, client):
        phases = {row["name"]: row["phase"] for row in client.get(f"{server.url}/mock/scenarios").json()["scenarios"]}
        by_name = {
            name: name.partition("-")[0] for name in SCENARIOS if name.startswith(("submit-", "poll-", "download-"))
        }
        assert by_name == {name: phase for name, phase in phases.items() if name in by_name}
        expected = ("", "", "submit", "poll", "download")
        assert expected == tuple(
            phases[name] for name in ("reference", "failed", "lost-reply", "cut-poll", "cut-download")
        )

    @pytest.mark.parametrize("name", SCENARIOS)
    def test_no_scenario_forgives_a_missing_key_in_the_end(self, under, name):
        scenario = under(name)
        scenario.client = httpx.Client()
        statuses = []
        with scenario.client:
            for _ in range(2):
                with suppress(httpx.RemoteProtocolError):  # where the connection is dropped
                    statuses.append(scenario.submit().status_code)
        assert 401 in statuses

    @pytest.mark.parametrize("name", SCENARIOS)
    def test_the_log_names_the_scenario(self, server, under, name):
        under(name).client.get(f"{server.scenario_url(name)}/api/ai/tasks/tsk_1")
        assert server.requests[0].scenario == name

    def test_a_task_submitted_under_a_scenario_keeps_its_video_there_wherever_it_is_polled(self, server, under, client):
        task_id = under("reference").submit_and_finish()
        snapshot = client.get(f"{server.url}/api/ai/tasks/{task_id}").json()
        assert snapshot["videoUrl"] == f"{server.cdn_url}/scenarios/reference/videos/{task_id}.mp4"


class TestOutcome:
    def test_a_failed_task_is_refunded_at_once(self, server, under):
        scenario = under("failed")
        task_id = scenario.submit_and_finish()
        failed = scenario.poll(task_id).json()
        assert (failed["status"], failed["errorCode"], failed["videoUrl"]) == (2, "EMPTY_RESULT", None)
        assert failed["errorMessage"]
        assert (failed["creditsRefunded"], server.balance("test-key")) == (True, 1000)

    def test_a_late_refund_comes_six_seconds_of_the_clock_later(self, server, under):
        scenario = under("failed-late-refund")
        task_id = scenario.submit_and_finish()
        failed = scenario.poll(task_id).json()
        assert (failed["status"], failed["creditsRefunded"], server.balance("test-key")) == (2, False, 995)
        server.clock.advance(6)
        refunded = scenario.poll(task_id).json()
        assert (refunded["status"], refunded["creditsRefunded"], server.balance("test-key")) == (2, True, 1000)
        assert refunded["updatedAt"] > failed["updatedAt"]

    def test_no_balance_is_enough_but_an_invalid_request_is_still_invalid(self, server, under):
        scenario = under("insufficient-credits")
        for _ in range(2):
            response = scenario.submit()
            assert (response.status_code, response.json()["required"]) == (402, 5)
        assert scenario.submit({**TEXT, "duration": 7}).status_code == 400
        assert server.ledger("test-key") == []
