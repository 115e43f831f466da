"""The scenarios: what each one's base URL does to a client, and that it can recover where it should."""

import json
import re
import socket
from contextlib import suppress

import httpx
import pytest

from gptimage2_video_mock import MockServer
from gptimage2_video_mock.scenarios.faults import MIN_PIECE
from gptimage2_video_mock.scenarios.registry import SCENARIOS

GENERATE = "/api/ai/video/generate"
TEXT = {"prompt": "A cup", "model": "sora-2-text-to-video", "inputMode": "text_to_video", "duration": 5}


@pytest.fixture
def server():
    with MockServer() as server:
        yield server


@pytest.fixture
def client():
    with httpx.Client(headers={"Authorization": "Bearer test-key"}) as client:
        yield client


class Scenario:
    """A base URL and the calls that a client makes of it."""

    def __init__(self, server, client, name):
        self.base, self.client, self.server = server.scenario_url(name), client, server

    def submit(self, body=None):
        return self.client.post(self.base + GENERATE, json=body or TEXT)

    def poll(self, task_id):
        return self.client.get(f"{self.base}/api/ai/tasks/{task_id}")

    def finished(self):
        task_id = self.submit().json()["taskId"]
        self.server.clock.advance(60)
        return task_id


@pytest.fixture
def under(server, client):
    return lambda name: Scenario(server, client, name)


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
        task_id = under("reference").finished()
        snapshot = client.get(f"{server.url}/api/ai/tasks/{task_id}").json()
        assert snapshot["videoUrl"] == f"{server.cdn_url}/scenarios/reference/videos/{task_id}.mp4"


class TestSpelling:
    def test_quickstart_names_things_as_the_quickstart_page_does(self, server, under, client):
        quickstart = under("quickstart")
        task_id = quickstart.submit().json()["taskId"]
        pending = quickstart.poll(task_id).json()
        assert pending == {
            "id": task_id,
            "type": "video",
            "status": 0,
            "createdAt": pending["createdAt"],
            "completedAt": None,
            "creditsUsed": 5,
            "creditRefunded": False,
        }
        server.clock.advance(60)
        completed = quickstart.poll(task_id).json()
        assert (completed["status"], completed["completedAt"] > completed["createdAt"]) == (1, True)
        assert client.get(completed["outputVideoUrl"]).status_code == 200

    def test_quickstart_tells_of_a_failure_in_its_own_words(self, under):
        task_id = under("failed").finished()
        failed = under("quickstart").poll(task_id).json()
        assert (failed["status"], failed["creditRefunded"], failed["errorCode"]) == (2, True, "EMPTY_RESULT")
        assert "outputVideoUrl" not in failed

    def test_null_fields_leaves_only_the_status_and_the_url(self, server, under):
        scenario = under("null-fields")
        task_id = scenario.submit().json()["taskId"]
        pending = scenario.poll(task_id).json()
        assert [name for name, value in pending.items() if value is not None] == ["status"]
        server.clock.advance(60)
        completed = scenario.poll(task_id).json()
        assert [name for name, value in completed.items() if value is not None] == ["status", "videoUrl"]
        assert {"createdAt", "updatedAt", "prompt"}.isdisjoint(completed)


class TestOutcome:
    def test_a_failed_task_is_refunded_at_once(self, server, under):
        scenario = under("failed")
        task_id = scenario.finished()
        failed = scenario.poll(task_id).json()
        assert (failed["status"], failed["errorCode"], failed["videoUrl"]) == (2, "EMPTY_RESULT", None)
        assert failed["errorMessage"]
        assert (failed["creditsRefunded"], server.balance("test-key")) == (True, 1000)

    def test_a_late_refund_comes_six_seconds_of_the_clock_later(self, server, under):
        scenario = under("failed-late-refund")
        task_id = scenario.finished()
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


class TestSubmission:
    def test_a_lost_reply_was_accepted_and_charged(self, server, under):
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            under("lost-reply").submit()
        [entry] = server.ledger("test-key")
        assert (entry.kind, server.balance("test-key")) == ("debit", 995)
        assert server.requests[0].status is None

    def test_a_refusal_is_told_where_an_acceptance_would_be_lost(self, server, under):
        assert under("lost-reply").submit({**TEXT, "prompt": ""}).status_code == 400
        assert server.requests[0].status == 400

    @pytest.mark.parametrize(
        ("name", "status", "content_type", "retry_after"),
        [
            ("submit-500", 500, "application/json", None),
            ("submit-503-html", 503, "text/html", None),
            ("submit-429", 429, "application/json", "1"),
        ],
    )
    def test_every_other_submission_is_answered_in_the_services_place(
        self, server, under, name, status, content_type, retry_after
    ):
        scenario = under(name)
        for expected in (status, 200, status, 200):
            response = scenario.submit()
            assert response.status_code == expected
            if expected == status:
                assert response.headers["Content-Type"].split(";")[0] == content_type
                assert response.headers.get("Retry-After") == retry_after
        assert [entry.kind for entry in server.ledger("test-key")] == ["debit", "debit"]

    def test_two_clients_do_not_take_each_others_turn(self, under):
        scenario = under("submit-429")
        bodies = [{**TEXT, "prompt": prompt} for prompt in "ab"]
        assert [scenario.submit(body).status_code for body in bodies + bodies] == [429, 429, 200, 200]


class TestPolling:
    @pytest.mark.parametrize(
        ("name", "status", "retry_after"),
        [("poll-500", 500, None), ("poll-503-html", 503, None), ("poll-429", 429, "1")],
    )
    def test_the_first_poll_of_each_task_meets_the_fault_and_the_rest_do_not(self, under, name, status, retry_after):
        scenario = under(name)
        for _ in range(2):
            task_id = scenario.finished()
            first = scenario.poll(task_id)
            assert (first.status_code, first.headers.get("Retry-After")) == (status, retry_after)
            assert [scenario.poll(task_id).json()["status"] for _ in range(2)] == [1, 1]

    def test_html_is_html(self, under):
        response = under("poll-503-html").poll("tsk_1")
        assert (response.headers["Content-Type"], response.text[:9]) == ("text/html; charset=utf-8", "<!DOCTYPE")

    def test_a_poll_is_cut_in_the_middle_of_its_body_once(self, server, under):
        scenario = under("cut-poll")
        task_id = scenario.finished()
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            scenario.poll(task_id)
        assert scenario.poll(task_id).json()["taskId"] == task_id
        assert server.requests[1].status == 200

    def test_a_head_request_does_not_use_up_the_fault(self, under, client):
        scenario = under("poll-500")
        task_id = scenario.finished()
        assert client.head(f"{scenario.base}/api/ai/tasks/{task_id}").status_code == 200
        assert scenario.poll(task_id).status_code == 500

    def test_a_reset_makes_the_fault_come_again(self, server, under):
        scenario = under("poll-500")
        assert [scenario.poll("tsk_1").status_code for _ in range(2)] == [500, 404]
        server.reset()
        assert scenario.poll("tsk_1").status_code == 500


class TestDownloading:
    def test_the_first_download_is_cut_half_way_and_can_be_resumed(self, under, client):
        scenario = under("cut-download")
        url = scenario.poll(scenario.finished()).json()["videoUrl"]
        received = b""
        with client.stream("GET", url) as response:
            size, etag = int(response.headers["Content-Length"]), response.headers["ETag"]
            with pytest.raises(httpx.RemoteProtocolError):  # noqa: PT012 - what came before it is kept
                for piece in response.iter_raw():
                    received += piece
        assert len(received) == size // 2
        rest = client.get(url, headers={"Range": f"bytes={len(received)}-", "If-Range": etag})
        assert rest.status_code == 206
        assert received + rest.content == client.get(url).content

    def test_an_expired_address_stays_so_and_the_task_names_another(self, server, under, client):
        scenario = under("download-expired")
        task_id = scenario.finished()
        old = scenario.poll(task_id).json()["videoUrl"]
        assert [403, 403] == [client.get(old).status_code for _ in range(2)]
        server.clock.advance(1)
        new = scenario.poll(task_id).json()["videoUrl"]
        assert (200, 403) == (client.get(new).status_code, client.get(old).status_code)

    def test_a_redirect_leads_to_the_same_video_under_another_host(self, under, client):
        scenario = under("download-redirect")
        redirect = client.get(scenario.poll(scenario.finished()).json()["videoUrl"])
        assert (302, "localhost") == (redirect.status_code, redirect.next_request.url.host)
        assert "video/mp4" == client.send(redirect.next_request).headers["Content-Type"]

    def test_a_download_that_is_cut_again_and_again_can_be_resumed_to_its_end(self, under, client):
        scenario = under("download-cut-repeatedly")
        url = scenario.poll(scenario.finished()).json()["videoUrl"]
        sizes = []
        while True:
            with client.stream("GET", url, headers={"Range": f"bytes={sum(sizes)}-"}) as response:
                announced, came = int(response.headers["Content-Length"]), 0
                with suppress(httpx.RemoteProtocolError):
                    for piece in response.iter_raw():
                        came += len(piece)
            sizes.append(came)
            if came == announced:
                break
        assert len(sizes) > 2
        assert all(came >= MIN_PIECE for came in sizes[:-1])

    def test_a_head_request_is_never_spoiled(self, under, client):
        scenario = under("download-no-length")
        url = scenario.poll(scenario.finished()).json()["videoUrl"]
        assert "Content-Length" in client.head(url).headers
        assert "Content-Length" not in client.get(url).headers


class TestConnection:
    """What a client that reads bytes sees of the faults below HTTP."""

    def asked(self, server, path, timeout=2.0):
        """A connection on which the request has been sent."""
        host, port = server.url.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)), timeout=timeout)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer test-key\r\n\r\n".encode())
        return connection

    def raw(self, server, path, **settings):
        """All that comes until the server closes, or falls silent for so many seconds."""
        received = b""
        with self.asked(server, path, **settings) as connection, suppress(TimeoutError):
            while piece := connection.recv(65536):
                received += piece
        return received

    def polled(self, server, under, name, **settings):
        return self.raw(server, f"/scenarios/{name}/api/ai/tasks/{under(name).finished()}", **settings)

    def test_headers_that_are_cut_end_within_a_name(self, server, under):
        assert b"HTTP/1.1 200 OK\r\nContent-Ty" == self.polled(server, under, "poll-cut-headers")

    @pytest.mark.parametrize(("name", "extra"), [("poll-long-length", 100), ("poll-short-length", -20)])
    def test_a_length_is_announced_wrong(self, server, under, name, extra):
        head, _, body = self.polled(server, under, name).partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body) + extra}".encode() in head
        assert 1 == json.loads(body)["status"]

    def test_a_stalled_reply_keeps_the_connection_open(self, server, under):
        head, _, body = self.polled(server, under, "poll-slow-body", timeout=0.2).partition(b"\r\n\r\n")
        announced = int(re.search(rb"Content-Length: (\d+)", head)[1])
        assert announced // 2 == len(body)
        assert b"HTTP/1.1 200 OK\r\n" == self.polled(server, under, "poll-slow-headers", timeout=0.2)

    def test_a_client_that_is_kept_waiting_does_not_keep_the_server_from_stopping(self, server, under):
        path = f"/scenarios/poll-slow-headers/api/ai/tasks/{under('poll-slow-headers').finished()}"
        with self.asked(server, path, timeout=30) as connection:
            assert b"HTTP/1.1 200 OK\r\n" == connection.recv(65536)
            server.stop()
            assert b"" == connection.recv(65536)

    def test_an_endless_body_ends_after_64_mib_and_never_as_a_whole_reply(self, under):
        scenario, came = under("poll-endless"), 0
        task_id = scenario.finished()
        cut = pytest.raises((httpx.RemoteProtocolError, httpx.ReadError))
        with scenario.client.stream("GET", f"{scenario.base}/api/ai/tasks/{task_id}") as response, cut:
            for piece in response.iter_raw():
                came += len(piece)
        assert 60 * 2**20 < came < 65 * 2**20
