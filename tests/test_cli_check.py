"""`check`: a request in a file, and where its JSON is wrong."""

import io
import json
import sys

import pytest

from commandline import CommandLine

VEO = {"prompt": "A cup", "model": "veo3", "inputMode": "text_to_video"}


@pytest.fixture
def cli(capsys, monkeypatch):
    return CommandLine(capsys, monkeypatch)


@pytest.fixture
def check(cli, tmp_path):
    def run(content, *options):
        path = tmp_path / "request.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return cli("check", str(path), *options)

    return run


def test_a_request_without_fault_is_fine(check):
    assert (0, "fine\n", "") == check(VEO)


def test_a_warning_does_not_keep_it_from_being_sent(check):
    outcome = check(VEO | {"inputImageUrls": ["https://example.com/cup.png"]})
    assert (0, True) == (outcome.code, outcome.out.startswith("warning: inputImageUrls: text_to_video does not use"))


def test_every_error_is_listed_by_field(check):
    outcome = check(VEO | {"duration": 5, "prompt": ""})
    assert 2 == outcome.code
    assert ["error: prompt: the prompt is", "error: duration: veo3 clips a"] == [
        line[:29].strip() for line in outcome.out.splitlines()
    ]


def test_json_has_the_verdict_the_violations_and_the_price(check):
    verdict = check(VEO, "--json").object
    assert (True, [], 63) == (verdict["valid"], verdict["violations"], verdict["quote"]["credits"])
    outcome = check(VEO | {"duration": 5}, "--json")
    assert (2, False, "duration_not_offered", None) == (
        outcome.code,
        outcome.object["valid"],
        outcome.object["violations"][0]["code"],
        outcome.object["quote"],
    )


def test_a_byte_order_mark_is_no_fault(check):
    assert 0 == check(b"\xef\xbb\xbf" + json.dumps(VEO).encode()).code


def test_a_syntax_error_is_found_by_line_and_column(check, tmp_path):
    outcome = check(b'{\n  "prompt": "A cup",\n  "model" "veo3"\n}')
    told = f"error: {tmp_path / 'request.json'}, line 3, column 11: Expecting ':' delimiter\n"
    assert (2, "", told) == outcome


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 200_000, b"1" * 5000], ids=["no text", "deep", "huge"])
def test_what_no_parser_takes_is_refused_in_a_sentence(check, content):
    outcome = check(content)
    assert (2, True) == (outcome.code, "cannot be read as JSON" in outcome.err)


@pytest.mark.parametrize("content", [b"[]", b"null", b'"veo3"', b"5"])
def test_json_that_is_no_object_is_an_error_of_the_request(check, content):
    outcome = check(content)
    assert (2, True) == (outcome.code, "a request is a JSON object" in outcome.out)


def test_a_minus_reads_stdin(cli, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(VEO).encode())))
    assert 0 == cli("check", "-").code


def test_a_missing_file_and_a_folder_are_refused(cli, tmp_path):
    for path, why in ((tmp_path / "no.json", "No such file"), (tmp_path, "Is a directory")):
        outcome = cli("check", str(path))
        assert (2, True) == (outcome.code, why in outcome.err)


def test_a_file_that_breaks_off_while_it_is_read_is_told(cli, monkeypatch):
    class Broken(io.BytesIO):
        def read(self, *_):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Broken()))
    outcome = cli("check", "-")
    assert (2, True) == (outcome.code, "cannot be read: Input/output error" in outcome.err)


def test_a_rehearsal_can_be_checked(cli, monkeypatch):
    rehearsed = cli("generate", "A cup", "--model", "veo3", "--dry-run").out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(rehearsed.encode())))
    assert (0, "fine\n", "") == cli("check", "-")


def test_a_closed_stdin_is_told(cli, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    outcome = cli("check", "-")
    assert (2, True) == (outcome.code, "stdin cannot be read: it is closed" in outcome.err)
