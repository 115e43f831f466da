"""The admin API under `/mock/`."""

import json
from contextlib import suppress

import httpx
import pytest

from support.mock_client import GENERATE, TEXT, bearer


class TestAdminApi:
    def test_the_account_shows_balance_and_ledger_without_the_key(self, server, api):
        task_id = api.post(f"{server.scenario_url('failed')}{GENERATE}", json=TEXT).json()["taskId"]
        server.clock.advance(60)
        response = api.get("/mock/account")
        account = response.json()
        assert (account["account"], account["balance"]) == ("account-1", 1000)
        assert [(entry["kind"], entry["credits"], entry["taskId"]) for entry in account["ledger"]] == [
            ("debit", 5, task_id),
            ("refund", 5, task_id),
        ]
        assert all(entry["at"].endswith("Z") for entry in account["ledger"])
        assert "test-key" not in response.text

    def test_the_account_of_nobody_is_401(self, server):
        assert httpx.get(f"{server.url}/mock/account").status_code == 401

    def test_the_clock_is_stepped_over_http(self, server, api):
        before = server.clock.now()
        response = api.post("/mock/clock", json={"advance": 90.5})
        assert server.clock.now() == before + 90.5
        assert response.json()["now"].endswith("Z")

    @pytest.mark.parametrize(
        "body",
        [b"", b"[]", b"{}", b'{"advance": -1}', b'{"advance": "soon"}', b'{"advance": NaN}', b'{"advance": null}'],
    )
    def test_a_step_that_is_none_is_400_and_the_clock_stays(self, server, api, body):
        before = server.clock.now()
        assert api.post("/mock/clock", content=body).status_code == 400
        assert server.clock.now() == before

    def test_requests_are_shown_with_the_names_of_accounts_in_place_of_keys(self, server, api):
        api.post(GENERATE, json=TEXT)
        api.get("/api/ai/tasks/tsk_1", headers=bearer("stolen-key"))
        httpx.get(f"{server.cdn_url}/videos/tsk_1.mp4", headers=bearer("test-key"))
        response = api.get("/mock/requests")
        entries = [
            (r["side"], r["method"], r["path"], r["status"], r["scenario"], r["headers"]["Authorization"])
            for r in response.json()["requests"]
        ]
        assert entries == [
            ("api", "POST", GENERATE, 200, "reference", "Bearer <account-1>"),
            ("api", "GET", "/api/ai/tasks/tsk_1", 401, "reference", "Bearer <unknown>"),
            ("cdn", "GET", "/videos/tsk_1.mp4", 404, "reference", "Bearer <account-1>"),
        ]
        assert "test-key" not in response.text
        assert "stolen" not in response.text

    def test_requests_are_numbered_and_the_later_ones_can_be_asked_for(self, server, api):
        for number in range(3):
            api.get(f"/api/ai/tasks/tsk_{number}")
        later = api.get("/mock/requests?after=2").json()["requests"]
        assert [(3, "/api/ai/tasks/tsk_2")] == [(record["number"], record["path"]) for record in later]
        assert 3 == len(api.get("/mock/requests?after=soon").json()["requests"])

    def test_a_request_and_its_reply_are_shown_raw_without_the_key(self, server, api):
        api.post(GENERATE, json=TEXT)
        entry = api.get("/mock/requests/1")
        request, reply = entry.json()["request"], entry.json()["reply"]
        assert request.startswith(f"POST {GENERATE} HTTP/1.1\n")
        assert json.dumps(TEXT, separators=(",", ":")) in request
        assert reply.startswith("HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: ")
        assert '"creditsUsed": 5' in reply
        assert "test-key" not in entry.text
        assert api.get("/mock/requests/2").status_code == 404

    @pytest.mark.parametrize(
        ("scenario", "start", "end", "ending"),
        [
            ("lost-reply", "", "", "The connection was dropped without a reply."),
            ("submit-cut-headers", "HTTP/1.1 200 OK", "", ""),
            ("submit-cut-after-id", "HTTP/1.1 200 OK", "", "The connection was closed after"),
            ("submit-endless", "HTTP/1.1 200 OK", "}", "The body went on without an end."),
            ("submit-520-accepted", "HTTP/1.1 520 ", "error code: 520", ""),
            ("submit-gzip", "HTTP/1.1 200 OK", "bytes that are no text)", ""),
            ("submit-text", "HTTP/1.1 200 OK", "}", ""),
        ],
    )
    def test_what_a_fault_sent_is_shown_and_how_it_ended(self, server, api, scenario, start, end, ending):
        with suppress(httpx.HTTPError), api.stream("POST", f"/scenarios/{scenario}{GENERATE}", json=TEXT) as response:
            next(response.iter_raw(), None)
        entry = next(  # the server may not have come that far at once
            body for _ in range(1000) if (body := api.get("/mock/requests/1").json())["ending"].startswith(ending)
        )
        assert (True, True) == (entry["reply"].startswith(start), entry["reply"].endswith(end))

    def test_the_last_requests_alone_are_kept_with_their_first_64_kib(self, server, api):
        api.post(GENERATE, content=b" " * 70_000)
        assert api.get("/mock/requests/1").json()["request"].endswith(" \n(the rest is not kept)")

    def test_what_is_not_the_api_is_not_logged(self, server, api):
        for path in ("/", "/playground/main.js", "/docs", "/openapi.yaml", "/mock/overview"):
            api.get(path)
        assert server.requests == []

    def test_the_overview_tells_at_once_what_the_playground_shows(self, server, api):
        task_id = api.post(f"/scenarios/failed{GENERATE}", json=TEXT).json()["taskId"]
        server.clock.advance(60)
        overview = api.get("/mock/overview").json()
        assert (["test-key", "test-key-2", "test-key-poor"], 0, 60, 2, 1000) == (
            overview["keys"], overview["speed"], overview["taskSeconds"],
            overview["inventedCreditsPerSecond"], overview["balance"],
        )  # fmt: skip
        [task] = overview["tasks"]
        assert (task_id, 2, True, "failed", TEXT) == (
            task["taskId"], task["status"], task["creditsRefunded"], task["scenario"], task["request"]
        )  # fmt: skip
        assert ([1], 1, 1) == (
            [r["number"] for r in overview["requests"]],
            overview["oldestRequest"],
            overview["lastRequest"],
        )
        assert overview["now"].endswith("Z")

    def test_the_overview_of_nobody_has_no_balance_and_no_tasks(self, server, api):
        api.post(GENERATE, json=TEXT)
        overview = httpx.get(f"{server.url}/mock/overview?after=1", headers=bearer("nobody")).json()
        assert (None, [], []) == (overview["balance"], overview["tasks"], overview["requests"])

    def test_a_browser_is_given_no_connection_to_keep_as_it_would_repeat_a_post_over_it(self, server, api):
        replies = [api.post(GENERATE, json=TEXT, headers=more) for more in ({"Sec-Fetch-Mode": "cors"}, {})]
        assert ["close", None] == [reply.headers.get("Connection") for reply in replies]

    def test_python_tests_see_requests_as_they_came(self, server, api):
        api.post(f"{GENERATE}?a=1", content=b"{ }")
        [record] = server.requests
        assert (record.side, record.method, record.path, record.body) == ("api", "POST", f"{GENERATE}?a=1", b"{ }")
        assert record.headers["authorization"] == "Bearer test-key"

    def test_a_reset_starts_over(self, server, api):
        task_id = api.post(GENERATE, json=TEXT).json()["taskId"]
        assert api.post("/mock/reset").json() == {"reset": True}
        assert (server.balance("test-key"), server.ledger("test-key"), server.requests) == (1000, [], [])
        assert api.get(f"/api/ai/tasks/{task_id}").status_code == 404
        server.reset()
        assert server.requests == []
