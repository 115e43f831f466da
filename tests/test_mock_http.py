"""The mock over real sockets: the operations, what every HTTP server owes, the control plane and the pages."""

import gc
import json
import re
import socket
import sys
import threading
import zlib
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

import gptimage2_video_mock
from gptimage2_video_mock import MockServer
from gptimage2_video_mock.api.request_log import RequestLog, RequestRecord
from gptimage2_video_mock.api.spec import spec, spec_bytes
from gptimage2_video_mock.scenarios.registry import SCENARIOS
from gptimage2_video_mock.scenarios.scenario import Scenario

GENERATE = "/api/ai/video/generate"
TEXT = {"prompt": "A cup", "model": "sora-2-text-to-video", "inputMode": "text_to_video", "duration": 5}


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def server():
    with MockServer() as server:
        yield server


@pytest.fixture
def api(server):
    with httpx.Client(base_url=server.url, headers=bearer("test-key")) as client:
        yield client


def raw(url, request):
    """What a server sends in reply to these bytes until it closes."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def post_request(body, *headers, key="test-key"):
    head = [f"POST {GENERATE} HTTP/1.1", "Host: mock", f"Authorization: Bearer {key}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


class TestEventLoop:
    def test_it_serves_without_uvloop_which_not_every_platform_has(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "uvloop", None)
        with MockServer() as server:
            assert httpx.get(f"{server.url}/api/ai/tasks/tsk_1", headers=bearer("test-key")).status_code == 404


class TestLifeCycle:
    def test_a_task_is_accepted_pends_completes_and_its_video_can_be_fetched(self, server, api):
        accepted = api.post(GENERATE, json=TEXT)
        task_id = accepted.json()["taskId"]
        assert (accepted.status_code, accepted.json()) == (200, {"taskId": task_id, "status": 0, "creditsUsed": 5})
        assert server.balance("test-key") == 995

        pending = api.get(f"/api/ai/tasks/{task_id}").json()
        assert (pending["status"], pending["videoUrl"], pending["updatedAt"]) == (0, None, pending["createdAt"])

        server.clock.advance(60)
        completed = api.get(f"/api/ai/tasks/{task_id}").json()
        assert completed == {
            "taskId": task_id,
            "type": "video",
            "status": 1,
            "model": "sora-2-text-to-video",
            "prompt": "A cup",
            "imageUrls": [],
            "videoUrl": f"{server.cdn_url}/videos/{task_id}.mp4",
            "errorCode": None,
            "errorMessage": None,
            "creditsUsed": 5,
            "creditsRefunded": False,
            "createdAt": pending["createdAt"],
            "updatedAt": completed["updatedAt"],
        }
        assert completed["updatedAt"] > completed["createdAt"]
        assert httpx.get(completed["videoUrl"]).headers["Content-Type"] == "video/mp4"

    def test_the_videos_are_on_another_host_than_the_api(self, server):
        assert urlsplit(server.cdn_url).netloc != urlsplit(server.url).netloc

    def test_snapshots_have_exactly_the_fields_of_the_specs_example(self, api):
        responses = spec()["paths"]["/api/ai/tasks/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
        task_id = api.post(GENERATE, json=TEXT).json()["taskId"]
        expected = list(responses["examples"]["completed"]["value"])
        assert list(api.get(f"/api/ai/tasks/{task_id}").json()) == expected

    @pytest.mark.parametrize("prompt", ["Ein Löffel", "日本\u2028", "🎬", "\x00", "a" * 100_000])
    def test_any_prompt_comes_back_as_it_was(self, api, prompt):
        task_id = api.post(GENERATE, json={**TEXT, "prompt": prompt}).json()["taskId"]
        assert api.get(f"/api/ai/tasks/{task_id}").json()["prompt"] == prompt


class TestRefusals:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            bearer("stranger"),
            {"Authorization": "Bearer"},
            {"Authorization": "Basic test-key"},
            {"Authorization": "test-key"},
        ],
    )
    @pytest.mark.parametrize("body", [b"{", json.dumps(TEXT).encode()])
    def test_no_known_key_is_401_whatever_the_body(self, server, headers, body):
        response = httpx.post(server.url + GENERATE, content=body, headers=headers)
        assert (response.status_code, response.json()) == (401, {"error": "Unauthorized"})
        response = httpx.get(f"{server.url}/api/ai/tasks/tsk_1", headers=headers)
        assert (response.status_code, response.json()) == (401, {"error": "Unauthorized"})

    def test_the_scheme_is_read_in_any_case(self, server):
        response = httpx.post(server.url + GENERATE, json=TEXT, headers={"Authorization": "bearer test-key"})
        assert response.status_code == 200

    def test_an_invalid_request_is_400_field_by_field_even_without_credits(self, server):
        body = {**TEXT, "prompt": "", "duration": 7}
        response = httpx.post(server.url + GENERATE, json=body, headers=bearer("test-key-poor"))
        details = response.json()["details"]
        assert (response.status_code, response.json()["error"]) == (400, "Invalid request")
        assert (details["formErrors"], list(details["fieldErrors"])) == ([], ["prompt", "duration"])
        assert details["fieldErrors"]["prompt"] == ["Prompt is required"]

    def test_too_few_credits_are_402_with_the_price_and_nothing_is_charged(self, server):
        response = httpx.post(server.url + GENERATE, json=TEXT, headers=bearer("test-key-poor"))
        assert (response.status_code, response.json()) == (402, {"error": "Insufficient credits", "required": 5})
        assert (server.balance("test-key-poor"), server.ledger("test-key-poor")) == (3, [])

    def test_another_accounts_task_is_404_like_none_at_all(self, server, api):
        task_id = api.post(GENERATE, json=TEXT).json()["taskId"]
        for key, path in (
            ("test-key-2", task_id),
            ("test-key", "tsk_unknown"),
            ("test-key", "%2e%2e"),
            ("test-key", "a%2Fb"),
        ):
            response = httpx.get(f"{server.url}/api/ai/tasks/{path}", headers=bearer(key))
            assert (response.status_code, response.json()) == (404, {"error": "Task not found"})

    @pytest.mark.parametrize(
        ("method", "path", "allow"),
        [
            ("GET", GENERATE, {"POST"}),
            ("PUT", GENERATE, {"POST"}),
            ("OPTIONS", GENERATE, {"POST"}),
            ("DELETE", "/api/ai/tasks/tsk_1", {"GET", "HEAD"}),
            ("POST", "/scenarios/failed/api/ai/tasks/tsk_1", {"GET", "HEAD"}),
            ("GET", "/mock/reset", {"POST"}),
        ],
    )
    def test_another_method_is_405_and_says_which_are_allowed(self, api, method, path, allow):
        response = api.request(method, path)
        assert (response.status_code, response.json()) == (405, {"error": "Method not allowed"})
        assert set(re.split(", *", response.headers["Allow"])) == allow

    def test_any_other_path_is_404_in_json(self, api):
        for path in ("/api/ai/tasks/", "/api", "/videos/tsk_1.mp4", "/docs/", "/mock"):
            assert api.get(path).json() == {"error": "Not found"}

    def test_a_body_over_one_mebibyte_is_413_with_or_without_a_length(self, server, api):
        def pieces():
            for _ in range(20):
                yield b" " * 65536

        for content in (b" " * (2**20 + 1), pieces()):
            response = api.post(GENERATE, content=content)
            assert (response.status_code, response.json()) == (413, {"error": "The body is larger than 1 MiB"})
        assert api.post(GENERATE, content=json.dumps(TEXT).encode().ljust(2**20)).status_code == 200
        assert [record.status for record in server.requests] == [413, 413, 200]

    @pytest.mark.parametrize(
        "body", [b"", b"\xff", b"[" * 200_000, b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"prompt": "\\udfff"}', b"null"]
    )
    def test_a_body_that_is_no_json_object_is_400_with_a_form_error(self, api, body):
        response = api.post(GENERATE, content=body)
        assert response.status_code == 400
        assert (len(response.json()["details"]["formErrors"]), response.json()["details"]["fieldErrors"]) == (1, {})

    @pytest.mark.parametrize("body", [b"nonsense", zlib.compress(b" " * 2**24)])
    def test_a_packed_body_is_not_unpacked_and_so_is_400(self, api, body):
        response = api.post(GENERATE, content=body, headers={"Content-Encoding": "deflate"})
        assert response.status_code == 400


class TestConnections:
    @pytest.mark.parametrize("wanted", ["h2c", "websocket", "nonsense"])
    def test_a_post_that_offers_an_upgrade_keeps_its_body_and_its_connection(self, server, wanted):
        # Every default client of a JDK offers h2c with its first request.
        upgrade = ("Connection: Upgrade, HTTP2-Settings", f"Upgrade: {wanted}", "HTTP2-Settings: AAEAAEAAAAIAAAAA")
        body = json.dumps(TEXT).encode()
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(post_request(body, *upgrade))
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
            connection.sendall(post_request(body, "Connection: close"))
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        assert [record.body for record in server.requests] == [body, body]

    def test_a_body_may_wait_for_permission_and_come_in_chunks(self, server):
        body = json.dumps(TEXT).encode()
        request = post_request(b"", "Expect: 100-continue", "Transfer-Encoding: chunked", "Connection: close")
        request = request.replace(b"Content-Length: 0\r\n", b"") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        reply = raw(server.url, request)
        assert reply.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")

    def test_a_refusal_reads_the_body_so_that_the_connection_can_be_used_again(self, server):
        body = b"x" * 100_000
        refused = post_request(body, key="stranger")
        reply = raw(server.url, refused + post_request(json.dumps(TEXT).encode(), "Connection: close"))
        assert re.findall(rb"HTTP/1.1 (\d+)", reply) == [b"401", b"200"]

    def test_a_head_request_is_a_get_without_a_body(self, api):
        task_id = api.post(GENERATE, json=TEXT).json()["taskId"]
        got, headed = (api.request(method, f"/api/ai/tasks/{task_id}") for method in ("GET", "HEAD"))
        assert (headed.status_code, headed.headers["Content-Length"], headed.content) == (
            200,
            str(len(got.content)),
            b"",
        )

    def test_a_client_that_leaves_in_the_middle_of_its_body_harms_nobody(self, server, api):
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(post_request(b"{}").replace(b"Content-Length: 2", b"Content-Length: 99"))
        assert api.post(GENERATE, json=TEXT).status_code == 200


class TestControlPlane:
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
        shown = [
            (r["side"], r["method"], r["path"], r["status"], r["scenario"], r["headers"]["Authorization"])
            for r in response.json()["requests"]
        ]
        assert shown == [
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
        shown = api.get("/mock/requests/1")
        request, reply = shown.json()["request"], shown.json()["reply"]
        assert request.startswith(f"POST {GENERATE} HTTP/1.1\n")
        assert json.dumps(TEXT, separators=(",", ":")) in request
        assert reply.startswith("HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: ")
        assert '"creditsUsed": 5' in reply
        assert "test-key" not in shown.text
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
        shown = next(  # the server may not have come that far at once
            told for _ in range(1000) if (told := api.get("/mock/requests/1").json())["ending"].startswith(ending)
        )
        assert (True, True) == (shown["reply"].startswith(start), shown["reply"].endswith(end))

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
        told = api.get("/mock/overview").json()
        assert (["test-key", "test-key-2", "test-key-poor"], 0, 60, 2, 1000) == (
            told["keys"], told["speed"], told["taskSeconds"], told["inventedCreditsPerSecond"], told["balance"]
        )  # fmt: skip
        [task] = told["tasks"]
        assert (task_id, 2, True, "failed", TEXT) == (
            task["taskId"], task["status"], task["creditsRefunded"], task["scenario"], task["request"]
        )  # fmt: skip
        assert ([1], 1, 1) == ([r["number"] for r in told["requests"]], told["oldestRequest"], told["lastRequest"])
        assert told["now"].endswith("Z")

    def test_the_overview_of_nobody_has_no_balance_and_no_tasks(self, server, api):
        api.post(GENERATE, json=TEXT)
        told = httpx.get(f"{server.url}/mock/overview?after=1", headers=bearer("nobody")).json()
        assert (None, [], []) == (told["balance"], told["tasks"], told["requests"])

    def test_a_browser_is_given_no_connection_to_keep_as_it_would_repeat_a_post_over_it(self, server, api):
        replies = [api.post(GENERATE, json=TEXT, headers=more) for more in ({"Sec-Fetch-Mode": "cors"}, {})]
        assert ["close", None] == [reply.headers.get("Connection") for reply in replies]

    def test_python_tests_see_requests_as_they_came(self, server, api):
        api.post(f"{GENERATE}?a=1", content=b"{ }")
        [record] = server.requests
        assert (record.side, record.method, record.path, record.body) == ("api", "POST", f"{GENERATE}?a=1", b"{ }")
        assert record.headers["authorization"] == "Bearer test-key"

    def test_the_log_keeps_the_last_thousand(self):
        log = RequestLog()
        for number in range(1003):
            log.add(RequestRecord("api", "GET", f"/{number}", {}, b"", "reference"))
        assert (len(log.records()), log.records()[0].path) == (1000, "/3")

    def test_a_reset_starts_over(self, server, api):
        task_id = api.post(GENERATE, json=TEXT).json()["taskId"]
        assert api.post("/mock/reset").json() == {"reset": True}
        assert (server.balance("test-key"), server.ledger("test-key"), server.requests) == (1000, [], [])
        assert api.get(f"/api/ai/tasks/{task_id}").status_code == 404
        server.reset()
        assert server.requests == []


class TestPages:
    def test_the_contract_is_served_as_it_is_enforced(self, api):
        response = api.get("/openapi.yaml")
        assert (response.content, response.headers["Content-Type"]) == (spec_bytes(), "application/yaml; charset=utf-8")

    @pytest.mark.parametrize(
        ("path", "policy"),
        [("/", "default-src 'none'; script-src 'self'"), ("/docs", "default-src 'self' 'unsafe-inline'")],
    )
    def test_a_page_needs_no_key_and_forbids_itself_other_hosts(self, server, path, policy):
        response = httpx.get(server.url + path)
        assert (response.status_code, response.headers["Content-Type"].split(";")[0]) == (200, "text/html")
        assert response.headers["Content-Security-Policy"].startswith(policy)
        assert re.findall(r"""(?:src|href|url)=["'](?![/#])[^"']*""", response.text) == []
        assert "//" not in re.sub(r"^ *// .*$", "", response.text, flags=re.MULTILINE)

    def test_the_playground_allows_no_inline_code_and_videos_from_the_cdn_alone(self, server):
        policy = httpx.get(server.url).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        port = urlsplit(server.cdn_url).port
        assert f"media-src {server.cdn_url} http://localhost:{port};" in policy

    def test_everything_that_the_pages_point_to_is_there(self, server):
        links = [
            link
            for path in ("/", "/docs")
            for link in re.findall(r'(?:src|href|spec-url)="(/[^"]*)"', httpx.get(server.url + path).text)
        ]
        assert {"/docs", "/docs/rapidoc-min.js", "/openapi.yaml", "/assets/cup.png", "/playground/main.js"} <= set(
            links
        )
        assert {httpx.get(server.url + link).status_code for link in links} == {200}

    def test_every_module_that_the_playground_imports_is_there_and_is_a_script(self, server):
        found, new = set(), {"/playground/main.js"}
        while new:
            path = new.pop()
            response = httpx.get(server.url + path)
            told = (path, response.status_code, response.headers["Content-Type"])
            assert told == (path, 200, "text/javascript; charset=utf-8")
            found.add(path)
            imports = re.findall(r'^(?:import|export|\}).*? from "([^"]+)";$', response.text, re.MULTILINE)
            new |= {urljoin(path, name) for name in imports} - found
        assert len(found) > 20

    def test_the_files_of_the_playground_come_packed_to_those_who_unpack(self, server):
        url = f"{server.url}/playground/frame.css"
        packed = httpx.get(url, headers={"Accept-Encoding": "gzip"})
        plain = httpx.get(url, headers={"Accept-Encoding": "identity"})
        assert (packed.headers["Content-Encoding"], "Content-Encoding" in plain.headers) == ("gzip", False)
        assert packed.text == plain.text

    @pytest.mark.parametrize(
        "path", ["/playground/", "/playground/index.html", "/playground/../docs.html", "/playground/%2e%2e/docs.html"]
    )
    def test_no_other_file_is_served(self, server, path):
        assert b" 404 " in raw(server.url, f"GET {path} HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n".encode())

    def test_the_renderer_is_a_script_and_comes_packed(self, server):
        response = httpx.get(f"{server.url}/docs/rapidoc-min.js")
        told = response.headers["Content-Type"], response.headers["Content-Encoding"]
        assert (told, response.text[:14]) == (("text/javascript", "gzip"), "/*! RapiDoc 9.")


class TestEmbedding:
    def test_it_leaves_no_thread_and_no_listening_socket(self):
        before = threading.enumerate()
        with MockServer() as server, httpx.Client() as client:
            client.get(server.url)
            client.get(server.cdn_url)
        assert threading.enumerate() == before
        for url in (server.url, server.cdn_url):
            with pytest.raises(httpx.ConnectError):
                httpx.get(url)
        gc.collect()  # a socket that nobody closed would warn now, and warnings are errors

    def test_who_connects_in_the_last_moment_is_let_go(self, monkeypatch):
        """Else the socket stays open until it is garbage, and that warns in the middle of another test."""
        late = []

        async def stop(exchange):  # the server's loop stands still meanwhile
            late.extend(socket.create_connection(exchange.request.get_extra_info("sockname")) for _ in range(20))
            server._stop()
            server._stop = lambda: None
            return await exchange.answer()

        monkeypatch.setitem(SCENARIOS, "last", Scenario(name="last", about="", poll=stop))
        with MockServer() as server:
            httpx.get(server.scenario_url("last") + "/api/ai/tasks/1", headers=bearer("test-key"))
        for connection in late:
            with connection, suppress(ConnectionResetError):
                connection.settimeout(5)
                assert b"" == connection.recv(1)
        assert 20 == len(late)

    def test_it_can_be_stopped_twice_and_started_again_with_its_state(self):
        server = MockServer({"k": 10})
        server.start()
        httpx.post(server.url + GENERATE, json=TEXT, headers=bearer("k"))
        server.stop()
        server.stop()
        with server:
            assert httpx.get(f"{server.url}/mock/account", headers=bearer("k")).json()["balance"] == 5

    def test_a_port_in_use_is_told_where_it_is_started_and_leaves_nothing_behind(self, server):
        before = threading.enumerate()
        port = urlsplit(server.url).port
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{port}"):
            MockServer(port=port).start()
        assert threading.enumerate() == before

    def test_two_servers_know_nothing_of_each_other(self, server, api):
        with MockServer() as other:
            api.post(GENERATE, json=TEXT)
            assert (server.balance("test-key"), other.balance("test-key")) == (995, 1000)

    def test_it_listens_on_ipv6_too(self):
        with MockServer(host="::1", task_seconds=0) as server:
            assert server.url.startswith("http://[::1]:")
            task_id = httpx.post(server.url + GENERATE, json=TEXT, headers=bearer("test-key")).json()["taskId"]
            snapshot = httpx.get(f"{server.url}/api/ai/tasks/{task_id}", headers=bearer("test-key")).json()
            assert httpx.head(snapshot["videoUrl"]).status_code == 200

    @pytest.mark.parametrize(
        ("host", "expected"),
        [("mock.test:4010", "mock.test"), ("[::1]:4010", "[::1]"), ("mock", "mock"), ("?", "localhost")],
    )
    def test_listening_everywhere_it_names_the_host_that_was_asked_for(self, host, expected):
        with MockServer(host="0.0.0.0", task_seconds=0) as server:  # noqa: S104
            url = server.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
            task_id = httpx.post(url + GENERATE, json=TEXT, headers=bearer("test-key")).json()["taskId"]
            headers = {**bearer("test-key"), "Host": host}
            video_url = httpx.get(f"{url}/api/ai/tasks/{task_id}", headers=headers).json()["videoUrl"]
            port = urlsplit(server.cdn_url).port
            assert video_url == f"http://{expected}:{port}/videos/{task_id}.mp4"

    def test_a_key_without_an_account_is_a_key_error_that_does_not_repeat_it(self, server):
        with pytest.raises(KeyError) as caught:
            server.balance("secret-key")
        assert "secret-key" not in str(caught.value)

    def test_the_package_has_one_public_name(self):
        assert gptimage2_video_mock.__all__ == ["MockServer"]
        with pytest.raises(AttributeError, match="no attribute 'Server'"):
            _ = gptimage2_video_mock.Server
