"""Misuse from Python: one sentence that names the argument, what was given and what fits, before anything is sent.

A wrong type is a TypeError, a value that cannot be used InvalidRequest; what a request says is for `check`.
"""

import inspect
import json
import typing
from pathlib import Path

import httpx
import pytest

from gptimage2_video import (
    AsyncVideoClient,
    InvalidRequest,
    Journal,
    RequestOptions,
    Task,
    TaskStatus,
    VideoClient,
    check,
    quote,
)
from gptimage2_video.arguments import ARGUMENTS
from gptimage2_video.base_client import ClientSettings
from gptimage2_video.journal import JournalBudget

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
METHODS = ("generate", "submit", "get", "wait", "download")
WRONG = {
    "None": None,
    "a number": 5.5,
    "a text": "x",
    "bytes": b"x",
    "a list": [b"x"],
    "a mapping": {"x": b"x"},
    "a function": print,
    "an object": object(),
    "a path": Path("cup.png"),
    "true": True,
}
# What makes a call, or a client, of each.
NEEDED = {"prompt": "A cup", "request": VEO, "task": "tsk_1", "path": "cup.mp4"}
# Checked by tests of their own: what is sent by, and what `check` tells of.
ELSEWHERE = {"prompt", "request", "http_client", "transport", *RequestOptions.__annotations__} - {
    "image",
    "input_mode",
    "extra",
}


def parameters(function):
    """The names of its parameters, with those of its keywords where it takes some of a TypedDict."""
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            (typed,) = typing.get_args(parameter.annotation)
            yield from typed.__annotations__
        elif name != "self":
            yield name


EACH = [
    (method, name) for method in METHODS for name in parameters(getattr(VideoClient, method)) if name not in ELSEWHERE
]


@pytest.mark.parametrize("function", [VideoClient, AsyncVideoClient, *(getattr(VideoClient, name) for name in METHODS)])
def test_every_argument_is_one_that_is_checked(function):
    """A new one is covered by itself once the table says what fits."""
    assert set() == set(parameters(function)) - ELSEWHERE - ARGUMENTS.keys()
    assert ClientSettings.__annotations__.keys() <= ARGUMENTS.keys()


@pytest.mark.parametrize(("method", "name"), EACH)
@pytest.mark.parametrize("kind", WRONG)
def test_a_value_of_another_type_is_a_type_error_and_nothing_is_sent(clients, server, method, name, kind):
    value = WRONG[kind]
    if ARGUMENTS[name].is_type(value):
        return
    client = clients()
    needed = [NEEDED[it] for it in parameters(getattr(VideoClient, method)) if it in NEEDED and it != name]
    with pytest.raises(TypeError) as caught:
        getattr(client, method)(*needed, **{name: value})
    assert f"{name} must be {ARGUMENTS[name].description}, not {value!r}" == str(caught.value)
    assert [] == server.requests


@pytest.mark.parametrize("name", [*ClientSettings.__annotations__, "api_key"])
@pytest.mark.parametrize("kind", WRONG)
def test_so_is_a_setting(clients, name, kind):
    value = WRONG[kind]
    if ARGUMENTS[name].is_type(value):
        return
    with pytest.raises(TypeError, match=f"^{name} must be ") as caught:
        clients(**{name: value})
    assert (f"type {type(value).__name__}" if name == "api_key" else repr(value)) in str(caught.value)


@pytest.mark.parametrize(
    ("method", "name", "value"),
    [
        (method, "timeout", value)
        for method in ("generate", "submit", "wait")
        for value in (-1, -0.5, float("nan"), float("-inf"))
    ],
)
def test_a_timeout_that_is_no_time_is_refused_before_anything_is_paid(clients, server, method, name, value):
    with pytest.raises(InvalidRequest) as caught:
        getattr(clients(), method)("tsk_1" if method == "wait" else VEO, **{name: value})
    assert f"{name} must be a number of seconds, 0 or more, or None, not {value!r}" == str(caught.value)
    assert [] == server.requests


@pytest.mark.parametrize("value", [None, b"A cup", 5, ["A cup"], Path("cup.txt")])
@pytest.mark.parametrize("method", ["generate", "submit"])
@pytest.mark.parametrize("options", [{}, {"model": "veo3"}])
def test_a_prompt_is_text_or_a_whole_request(clients, server, method, value, options):
    with pytest.raises(TypeError) as caught:
        getattr(clients(), method)(value, **options)
    fits = "text, or a whole request (prepared, generated or a mapping in wire names)"
    assert (f"the prompt must be {fits}, not {value!r}", []) == (str(caught.value), server.requests)


@pytest.mark.parametrize(
    ("keywords", "sentence"),
    [
        ({"aspectRatio": "16:9"}, "unknown keyword aspectRatio; did you mean aspect_ratio?"),
        ({"inputMode": "text_to_video"}, "unknown keyword inputMode; did you mean input_mode?"),
        ({"images": []}, "unknown keyword images; did you mean image?"),
        ({"zzz": 1, "aspectRatio": 1}, "unknown keyword aspectRatio, zzz; did you mean aspect_ratio?"),
        ({"zzz": 1}, "unknown keyword zzz"),
    ],
)
def test_an_unknown_keyword_gets_the_nearest(client, server, keywords, sentence):
    with pytest.raises(TypeError) as caught:
        client.submit("A cup", model="veo3", **keywords)
    assert (sentence, []) == (str(caught.value), server.requests)


def test_so_does_an_unknown_setting(clients):
    with pytest.raises(TypeError, match=r"^unknown setting max_credit; did you mean max_credits\?$"):
        clients(max_credit=3)


@pytest.mark.parametrize(
    ("kind", "other", "fits"),
    [
        (VideoClient, httpx.AsyncClient, "an httpx.Client"),
        (AsyncVideoClient, httpx.Client, "an httpx.AsyncClient"),
        (VideoClient, dict, "an httpx.Client"),
    ],
)
def test_an_http_client_of_the_other_kind_is_refused(kind, other, fits):
    with pytest.raises(TypeError, match=f"^http_client must be {fits}, not "):
        kind("test-key", http_client=other())


class TestClosed:
    """A closed client sends nothing, and no submission of it counts as uncertain."""

    @pytest.mark.parametrize("method", METHODS)
    def test_it_says_so(self, clients, server, method):
        client = clients()
        client.close()
        needed = [NEEDED[it] for it in parameters(getattr(VideoClient, method)) if it in NEEDED]
        with pytest.raises(InvalidRequest, match=r"^the client is closed; make a new one$"):
            getattr(client, method)(*needed)
        assert [] == server.requests

    def test_so_does_one_whose_http_client_was_closed(self, httpx_clients, server):
        http = httpx_clients.http()
        client = httpx_clients(http_client=http)
        httpx_clients.close_http(http)
        with pytest.raises(InvalidRequest, match=r"^the client is closed; make a new one$"):
            client.submit(VEO)
        assert [] == server.requests


def test_what_stands_beside_the_calls_is_checked_too(client):
    for misuse in (
        lambda: client.with_journal(5),
        lambda: check(VEO, models=5),
        lambda: quote(VEO, models=5),
        lambda: JournalBudget(Journal(), "mine", None),
        lambda: JournalBudget(Journal(), "mine", "10"),
    ):
        with pytest.raises(TypeError, match=r"^(journal|models|max_credits) must be "):
            misuse()
    with pytest.raises(InvalidRequest, match=r"^max_credits must be a whole number of credits, 0 or more"):
        JournalBudget(Journal(), "mine", -1)


def test_what_fits_is_taken(clients, server, tmp_path):
    """Each in the forms that the documentation names."""
    client = clients(max_credits=None, journal=None, base_url=server.url, poll_interval=2, request_timeout=30.0)
    task = client.generate("A cup", model="veo3_lite", image=("https://example.com/1.png",), extra=None, timeout=None)
    assert client.wait(Task(task.id, TaskStatus.PENDING), save_to=str(tmp_path / "1.mp4"), on_update=None).path
    assert client.download(task.id, tmp_path / "2.mp4", overwrite=True, on_progress=print)
    bodies = [json.loads(seen.body) for seen in server.requests if seen.method == "POST"]
    assert [["https://example.com/1.png"]] == [body["inputImageUrls"] for body in bodies]
