"""What a client is made with: refused where it makes no sense, and the key shown to nobody."""

import copy
import logging
import pickle
import traceback

import httpx
import pytest

from gptimage2_video import InvalidRequest, SubmissionUncertain, VideoClientError
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
KEY = "gi2-very-secret"


class TestKey:
    """The key goes to the API's host and nowhere else."""

    def test_it_comes_from_the_environment(self, clients, server, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", "test-key-2")
        clients(None).submit(VEO)
        assert (1000, 991) == (server.balance("test-key"), server.balance("test-key-2"))

    def test_there_must_be_one(self, clients):
        with pytest.raises(InvalidRequest, match="set GPTIMAGE2_API_KEY"):
            clients(None)

    @pytest.mark.parametrize("unfit", ["\n", " ", "\r\n", "\t", "\x00", "\x7f", "ü", "\N{NO-BREAK SPACE}"])
    def test_one_that_fits_no_header_is_refused_without_showing_it(self, clients, unfit):
        with pytest.raises(InvalidRequest, match="white space, a line break or another invalid character") as caught:
            clients(KEY + unfit + KEY)
        assert KEY not in str(caught.value)

    @pytest.mark.parametrize("around", ["\n", " ", "\r\n", "\t"])
    def test_white_space_around_it_is_none_of_it(self, scripted_clients, scripted, monkeypatch, around):
        """As a line of a .env file of Windows has it."""
        monkeypatch.setenv("GPTIMAGE2_API_KEY", f"{around}{KEY}{around}")
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 0})]
        scripted_clients(None).submit(VEO)
        assert f"Bearer {KEY}" == scripted.seen[0].headers["authorization"]

    @pytest.mark.parametrize("blank", ["", " ", "\r\n"])
    def test_a_blank_one_is_none(self, clients, monkeypatch, blank):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", blank)
        with pytest.raises(InvalidRequest, match="there is no API key"):
            clients(None)

    @pytest.mark.parametrize("status", [200, 302, 400, 401, 402, 403, 404, 429, 500])
    def test_it_is_in_no_repr_error_traceback_pickle_or_log(self, scripted_clients, scripted, status, caplog):
        caplog.set_level(logging.DEBUG)
        scripted.replies = [reply(status, {"error": "no", "required": 3}, Location="https://example.com/")]
        client = scripted_clients(KEY)
        with pytest.raises(VideoClientError) as caught:
            client.submit(VEO)
        texts = [repr(client), repr(caught.value), str(caught.value), caplog.text, str(vars(caught.value))]
        texts.append("".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()))
        texts.append(pickle.dumps(caught.value).decode("latin-1"))
        assert [KEY] == [scripted.seen[0].headers["authorization"].removeprefix("Bearer ")]
        assert [False] * len(texts) == [KEY in text for text in texts]

    def test_a_broken_connection_leaves_no_trail_to_it(self, scripted_clients, scripted):
        scripted.replies = [b""]
        with pytest.raises(SubmissionUncertain) as caught:
            scripted_clients(KEY).submit(VEO)
        assert (None, None) == (caught.value.__cause__, caught.value.__context__)
        assert KEY not in str(copy.copy(caught.value).cause.__dict__)


class TestBaseUrl:
    """Encrypted beyond this machine, and nothing but an address."""

    def test_it_comes_from_the_environment_and_a_path_prefix_is_kept(self, clients, server, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_BASE_URL", server.scenario_url("quickstart") + "/")
        client = clients(base_url=None)
        assert client.get(client.submit(VEO)).video_url is None
        assert "/scenarios/quickstart/api/ai/video/generate" == server.requests[0].path

    def test_by_default_it_is_the_service(self, clients):
        assert "VideoClient(base_url='https://gptimage2api.org', max_credits=None)" in repr(clients(base_url=None))

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("gptimage2api.org", "write it like https://gptimage2api.org"),
            ("ftp://gptimage2api.org", "write it like"),
            ("https://", "write it like"),
            ("https://a b.example", "write it like"),
            ("https://example.com/\x7f", "write it like"),
            ("https://[broken", "cannot be read"),
            ("https://example.com:port", "cannot be read"),
            ("https://me@example.com", "no user name, query or fragment"),
            ("https://example.com/?x=1", "no user name, query or fragment"),
            ("https://example.com/#x", "no user name, query or fragment"),
            ("http://example.com", "the key would go to example.com unencrypted"),
            ("http://127.0.0.1.example.com", "unencrypted"),
        ],
    )
    def test_one_that_cannot_be_used_is_refused(self, clients, url, sentence):
        with pytest.raises(InvalidRequest, match=sentence):
            clients(base_url=url)

    @pytest.mark.parametrize("url", ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:8000/prefix"])
    def test_this_machine_needs_no_encryption(self, clients, url):
        assert f"base_url='{url}'" in repr(clients(base_url=url))

    def test_plain_http_elsewhere_is_for_those_who_say_so(self, clients):
        assert "http://example.com" in repr(clients(base_url="http://example.com", allow_plain_http=True))


@pytest.mark.parametrize("name", ["request_timeout", "poll_interval"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_time_must_be_above_zero(clients, name, seconds):
    with pytest.raises(InvalidRequest, match=f"{name} must be a number of seconds above 0"):
        clients(**{name: seconds})


def test_one_that_there_is_not_is_a_type_error(clients):
    with pytest.raises(TypeError, match="unknown setting retries"):
        clients(retries=3)


def test_every_request_has_a_timeout(httpx_clients):
    given = []

    def answer(request):
        given.append(request.extensions["timeout"])
        return httpx.Response(200, json={"taskId": "tsk_1", "status": 0})

    httpx_clients(http_client=httpx_clients.http(transport=httpx.MockTransport(answer), timeout=None)).submit(VEO)
    assert [dict.fromkeys(("connect", "read", "write", "pool"), 30.0)] == given


def test_the_callers_own_httpx_client_is_used_and_left_open(httpx_clients, server):
    http = httpx_clients.http(headers={"X-Mine": "1"})
    client = httpx_clients(http_client=http)
    client.submit(VEO)
    client.close()
    assert "1" == server.requests[0].headers["X-Mine"]
    assert not http.is_closed


def test_the_client_says_who_it_is(client, server):
    client.submit(VEO)
    assert server.requests[0].headers["User-Agent"].startswith("gptimage2-video/")


def test_a_client_is_a_context_manager_that_closes_what_is_its_own(clients):
    client = clients()
    client.close()
    with pytest.raises(InvalidRequest, match="closed"):
        client.submit(VEO)
