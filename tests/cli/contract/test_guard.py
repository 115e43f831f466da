"""The guard: no order of submissions, redirects, retries or parallel workers passes the limit."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter

from gptimage2_video import MODELS
from gptimage2_video_cli.contract.guard import Guard, NotAdmitted, has_empty_prompt
from gptimage2_video_cli.contract.rules import RULES, VALID, valid_requests

IMAGE = "https://example.com/cup.jpg"
PAID = [body for body, _ in valid_requests(IMAGE)] + [{**VALID, **rule.fields} for rule in RULES]
BODIES = [json.dumps(body).encode() for body in PAID] + [b"", b"null", b"[]", b'{"prompt": "x"', b"\xff"]
FREE = [json.dumps({**body, "prompt": ""}).encode() for body in PAID]


class Server:
    """Charges what it likes, up to what is reserved, and answers as it likes."""

    def __init__(self, guard):
        self.guard, self.charges, self._lock = guard, [], threading.Lock()

    def submit(self, content, becomes):
        try:
            submission = self.guard.admit("POST", content)
        except NotAdmitted:
            return
        status, fields, charge = OUTCOMES[becomes](submission.reserved)
        with self._lock:
            self.charges += [charge] if charge is not None else []
        self.guard.settle(submission, status, fields)


OUTCOMES = {
    "accepted": lambda most: (200, {"taskId": "t", "creditsUsed": most}, most),
    "accepted for less": lambda most: (200, {"taskId": "t", "creditsUsed": most // 3}, most // 3),
    "accepted without a receipt": lambda most: (202, {}, most),
    "accepted and refused": lambda most: (400, {"taskId": "t", "creditsUsed": most}, most),
    "charged and forbidden": lambda most: (403, {"error": "no"}, most),
    "charged and lost": lambda most: (None, {}, most),
    "charged and failed": lambda most: (500, {}, most),
    "refused": lambda _: (400, {"error": "Invalid request"}, None),
    "too many": lambda _: (429, {}, None),
}
HISTORIES = st.lists(st.tuples(st.sampled_from(BODIES + FREE), st.sampled_from(list(OUTCOMES))), max_size=30)


class TestLimit:
    @settings(deadline=None)
    @given(st.integers(12, 500), HISTORIES)
    def test_no_order_of_submissions_passes_it(self, limit, history):
        server = Server(Guard(limit))
        for content, becomes in history:
            server.submit(content, becomes)
            assert sum(server.charges) <= server.guard.worst_case_cost <= limit

    @settings(deadline=None, max_examples=20)
    @given(st.integers(12, 500), HISTORIES)
    def test_no_parallel_workers_pass_it(self, limit, history):
        server = Server(Guard(limit))
        with ThreadPoolExecutor(8) as workers:
            list(workers.map(lambda row: server.submit(*row), history))
        assert sum(server.charges) <= server.guard.worst_case_cost <= limit

    @settings(deadline=None, max_examples=50)
    @given(HISTORIES)
    def test_free_of_charge_there_is_one_charge_at_most_whoever_sends(self, history):
        """Only with an empty prompt, and then nothing more is sent."""
        server = Server(Guard(0))
        with ThreadPoolExecutor(8) as workers:
            list(workers.map(lambda row: server.submit(*row), history))
        assert {True} >= {submission.is_free for submission in server.guard.submissions}
        assert len([it for it in server.guard.submissions if it.state != "refused"]) <= 1

    def test_a_charge_above_what_was_reserved_makes_the_next_dearer(self):
        guard = Guard(1000)
        submission = guard.admit("POST", json.dumps(VALID).encode())
        guard.settle(submission, 200, {"taskId": "t", "creditsUsed": 50})
        assert (10, 50) == (guard.charge_ratio, guard.cost(json.dumps(VALID).encode()))

    def test_redirects_and_retries_of_requests_reserve_each_time(self, monkeypatch):
        from gptimage2_video_cli.contract import hooks

        guard = Guard(60)
        monkeypatch.setattr(hooks, "GUARD", guard)
        monkeypatch.setattr(HTTPAdapter, "send", hooks._guarded_send)
        with RedirectingServer() as server, requests.Session() as session:
            session.trust_env = False
            for _ in range(3):
                with pytest.raises(hooks.NotSent, match=r"--max-credits|nothing more"):
                    session.post(server.url, data=json.dumps(VALID).encode(), allow_redirects=True)
            assert 5 == server.received
        assert 60 == guard.worst_case_cost


class RedirectingServer(ThreadingHTTPServer):
    """Takes every submission, and sends it on to itself."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Redirect)
        self.received, self.url = 0, f"http://127.0.0.1:{self.server_port}/"
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self._thread.join()
        self.server_close()


class Redirect(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.received += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(307)
        self.send_header("Location", "/again")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class TestPrice:
    def test_a_known_price_counts_times_the_documentations_own_example(self):
        assert 12 == Guard(0).cost(json.dumps(VALID).encode())

    @pytest.mark.parametrize(
        ("fields", "dearest"),
        [
            ({"model": "no-such-model"}, 134),
            ({"model": "wan/2-6-text-to-video"}, 134),
            ({"model": ["veo3"]}, 134),
            ({"duration": 5}, 5),
            ({"duration": 80}, 50),
            ({"duration": "80"}, 50),
            ({"duration": "1e9"}, 5 * 10**6 // 8),
            ({"duration": "nan"}, 5),
            ({"duration": "long"}, 134),
            ({"duration": [80]}, 134),
            ({"model": "kling/v2-1-standard", "duration": 15}, 33),
            ({"model": "sora-2-text-to-video", "resolution": "1080p"}, 30),
            ({"model": "sora-2-text-to-video", "resolution": "4k"}, 134),
            ({"resolution": ["720p"]}, 134),
            ({"x-other": 1}, 134),
        ],
    )
    def test_else_the_dearest_of_the_model_for_as_long_a_clip_or_of_the_table(self, fields, dearest):
        assert -(-dearest * 12 // 5) == Guard(0).cost(json.dumps({**VALID, **fields}).encode())

    def test_no_row_of_the_table_is_dearer_than_what_is_reserved(self):
        for body, _ in valid_requests(IMAGE):
            rows = MODELS[body["model"]].prices
            price = next((row.credits for row in rows if row.duration == body.get("duration")), 0)
            assert price <= Guard(0).cost(json.dumps(body).encode())


class TestEmptyPrompt:
    @pytest.mark.parametrize("content", [*FREE, b'{"prompt": "", ', b'{"prompt": ""} {}', b'[{"prompt": ""}]'])
    def test_is_free_of_charge(self, content):
        assert has_empty_prompt(content)

    @pytest.mark.parametrize(
        "content",
        [
            *BODIES,
            b'{"prompt": "", "prompt": "x"}',
            b'{"prompt": ["x"]}',
            b'{"prompt": "", "input": {"prompt": "x"}}',
            b'{"prompt": "", "\\u0070rompt": "x"',
            b'[{"prompt": ""}, {"prompt": "x"}]',
            b'[{"prompt": ""}, 5]',
        ],
    )
    def test_another_prompt_is_not_wherever_it_stands(self, content):
        assert not has_empty_prompt(content)
