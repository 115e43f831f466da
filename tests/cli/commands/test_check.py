"""`check`: a request in a file, and where its JSON is wrong."""

import io
import json
import subprocess
import sys

import pytest

from support.commandline import CommandLine

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


def test_a_valid_request(check):
    assert (0, "valid\n", "") == check(VEO)


def test_a_warning_does_not_keep_it_from_being_sent(check):
    outcome = check(VEO | {"inputImageUrls": ["https://example.com/cup.png"]})
    assert (0, True) == (outcome.code, outcome.out.startswith("warning: inputImageUrls: text_to_video does not use"))


def test_every_error_is_listed_by_field(check):
    outcome = check(VEO | {"duration": 5, "prompt": ""})
    assert 2 == outcome.code
    assert ["error: prompt: the prompt is", "error: duration: veo3 clips a"] == [
        line[:29].strip() for line in outcome.out.splitlines()
    ]


def test_json_has_the_result_the_violations_and_the_price(check):
    result = check(VEO, "--json").object
    assert (True, [], 63) == (result["valid"], result["violations"], result["quote"]["credits"])
    outcome = check(VEO | {"duration": 5}, "--json")
    assert (2, False, "duration_not_offered", None) == (
        outcome.code,
        outcome.object["valid"],
        outcome.object["violations"][0]["code"],
        outcome.object["quote"],
    )


def test_a_byte_order_mark_is_accepted(check):
    assert 0 == check(b"\xef\xbb\xbf" + json.dumps(VEO).encode()).code


def test_a_syntax_error_is_found_by_line_and_column(check, tmp_path):
    outcome = check(b'{\n  "prompt": "A cup",\n  "model" "veo3"\n}')
    message = f"error: {tmp_path / 'request.json'}, line 3, column 11: Expecting ':' delimiter\n"
    assert (2, "", message) == outcome


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 200_000, b"1" * 5000], ids=["no text", "deep", "huge"])
def test_content_that_no_parser_accepts_is_refused_with_a_reason(check, content):
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
    for path, reason in ((tmp_path / "no.json", "No such file"), (tmp_path, "Is a directory")):
        outcome = cli("check", str(path))
        assert (2, True) == (outcome.code, reason in outcome.err)


def test_a_read_error_is_reported(cli, monkeypatch):
    class Broken(io.BytesIO):
        def read(self, *_):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Broken()))
    outcome = cli("check", "-")
    assert (2, True) == (outcome.code, "cannot be read: Input/output error" in outcome.err)


def test_a_dry_run_can_be_checked(cli, monkeypatch):
    printed = cli("generate", "A cup", "--model", "veo3", "--dry-run").out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(printed.encode())))
    assert (0, "valid\n", "") == cli("check", "-")


def test_a_closed_stdin_is_reported(cli, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    outcome = cli("check", "-")
    assert (2, True) == (outcome.code, "stdin cannot be read: it is closed" in outcome.err)


LINE = {"prompt": "A cup", "model": "veo3_lite"}


class TestManifest:
    @pytest.fixture
    def shots(self, cli, tmp_path):
        """Writes a manifest and checks it."""

        def run(*rows, options=(), name="shots.jsonl"):
            path = tmp_path / name
            path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
            return cli("check", str(path), *options)

        return run

    def test_good_lines_are_counted_and_priced(self, shots):
        unknown = {"prompt": "A cup", "model": "wan/2-6-text-to-video"}
        summary = "3 valid lines, 0 invalid; about 10 credits for 2 lines, and 1 of unknown price\n"
        assert (0, summary, "") == shots(LINE, LINE, unknown)

    def test_a_problem_has_its_line_number(self, shots):
        outcome = shots(LINE, "", "{", {**LINE, "aspectRatio": "wide"}, {**LINE, "duration": 5})
        assert 2 == outcome.code
        assert ["error: line 3: invalid JSON:", "warning: line 4: the aspect", "error: line 5: veo3_lite cli"] == [
            line[:28].strip() for line in outcome.out.splitlines()[:-1]
        ]
        assert "2 valid lines, 2 invalid; about 10 credits for 2 lines" == outcome.out.splitlines()[-1]

    def test_a_warning_keeps_no_line_from_being_sent(self, shots):
        assert 0 == shots({**LINE, "aspectRatio": "wide"}).code

    def test_a_hundred_problems_are_listed_and_the_others_counted(self, shots):
        lines = shots(*[{}] * 250).out.splitlines()
        assert (102, "… and 150 more") == (len(lines), lines[100])
        assert lines[99].startswith("error: line 100: ")

    def test_json_has_the_sums_and_the_first_troubles(self, shots):
        found = shots(LINE, "[1]", options=("--json",)).object
        problem = {"line": 2, "severity": "error", "message": "not a JSON object"}
        assert {"valid": False, "valid_lines": 1, "invalid_lines": 1, "quote": 5, "problems": [problem]} == found
        assert 100 == len(shots(*[{}] * 101, options=("--json",)).object["problems"])

    def test_a_table_is_a_manifest_too(self, shots):
        summary = "1 valid lines, 0 invalid; about 9 credits for 1 lines\n"
        assert (0, summary, "") == shots("prompt,model", "A cup,veo3_fast", name="shots.CSV")

    def test_each_line_is_checked_by_itself(self, shots):
        """Duplicates are for `batch run`, which keeps the names of all lines."""
        assert 0 == shots({**LINE, "id": "cup"}, {**LINE, "id": "cup"}).code

    def test_an_empty_manifest_is_refused(self, shots):
        outcome = shots("")
        assert (2, "", True) == (outcome.code, outcome.out, "has no lines" in outcome.err)

    def test_an_unreadable_manifest_is_reported(self, shots, cli, tmp_path):
        (tmp_path / "utf16.jsonl").write_bytes("{}".encode("utf-16"))
        for name, reason in (("no.jsonl", "cannot be read: No such file"), ("utf16.jsonl", "codec can't decode")):
            outcome = cli("check", str(tmp_path / name))
            assert (2, "", True) == (outcome.code, outcome.out, reason in outcome.err)
        assert "the first line must name the columns" in shots("A cup", name="shots.csv").err

    def test_a_line_cannot_control_the_terminal(self, shots):
        assert "\x1b" not in shots({**LINE, "Model\x1b[2J": "veo3"}).out

    @pytest.mark.process
    def test_it_needs_no_database(self, tmp_path):
        """The bare installation has none; only `batch` loads the packages of its extra."""
        path = tmp_path / "shots.jsonl"
        path.write_text(json.dumps(LINE))
        code = f"import sys; from gptimage2_video_cli.main import main; main(['check', {str(path)!r}])"
        script = f"{code}; print([name for name in ('sqlalchemy', 'dbos', 'httpx') if name in sys.modules])"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert "[]" == done.stdout.splitlines()[-1]
