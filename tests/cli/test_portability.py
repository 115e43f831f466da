"""The command line where Linux's own calls are missing, as on Windows; `make lint-platforms` holds the rest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gptimage2_video_mock import MockServer
from support.commandline import files
from support.paths import ROOT

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform != "linux", reason="what it takes away is Linux's"),
]
VEO = ("--model", "veo3_fast", "--poll-interval", "0.05")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A command without fork, fcntl, resource and the like, and whose streams are of code page 1252."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("GPTIMAGE2_API_KEY", "test-key")
    with MockServer(speed=1000) as server:
        monkeypatch.setenv("GPTIMAGE2_BASE_URL", server.url)

        def run(*words):
            program = [sys.executable, "-m", "support.without_posix", *words]
            done = subprocess.run(program, capture_output=True, stdin=subprocess.DEVNULL, env=os.environ)
            return done.returncode, done.stdout.decode(), done.stderr.decode("cp1252")

        yield run


def test_a_video_is_made_and_replaced(run):
    """A part file is closed before it is renamed, as it must be there; a folder that cannot be synced is no error."""
    for more in ((), ("--force",)):
        code, out, err = run("generate", "A cup", *VEO, "-o", "cup.mp4", *more)
        assert (0, "cup.mp4\n", ["cup.mp4"]) == (code, out, files()), err


def test_a_batch_runs(run):
    Path("shots.jsonl").write_text('{"prompt": "A cup", "model": "veo3_lite", "file": "cup.mp4"}\n')
    code, _, err = run("batch", "run", "shots.jsonl", "--out", "videos", "--yes", "--poll-interval", "0.05")
    assert (0, True) == (code, Path("videos/cup.mp4").exists()), err


def test_what_the_code_page_does_not_have_is_printed_all_the_same(run):
    """The result is UTF-8, as the file is named; messages spell what is missing."""
    code, out, err = run("generate", "Чашка \N{HOT BEVERAGE}", *VEO, "-o", "Чашка.mp4")
    assert (0, "Чашка.mp4\n") == (code, out), err
    assert "saved: \\u0427" in err
    assert "Чашка" in run("tasks")[1]
    code, _, err = run("generate", "A cup", *VEO, "-o", "Чашка.mp4")
    assert (2, True) == (code, "\\u0427" in err), err


def test_doctor_finds_nothing_wrong(run):
    code, out, err = run("doctor")
    assert (0, False) == (code, "error" in out), err
