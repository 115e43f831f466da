"""Completion: in the shells themselves, and the values of options and arguments."""

import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gptimage2_video import MODELS, Journal
from gptimage2_video_cli.main import main
from support.commandline import CommandLine

NAME = "gptimage2-video"
SHELLS = ("bash", "zsh", "fish")
BASH = f"""eval "$({NAME} completion bash)"
COMP_WORDS=({NAME} "$@"); COMP_CWORD=$(($#))
_gptimage2_video_completion {NAME}; printf '%s\\n' "${{COMPREPLY[@]}}" """


def needs(shell):
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed (make shells)")


@pytest.fixture(autouse=True)
def _the_command_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def completions(monkeypatch, capsys, *words):
    """The completions of the last word."""
    monkeypatch.setenv("_GPTIMAGE2_VIDEO_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join((NAME, *words)))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    capsys.readouterr()
    assert 0 == main([])
    return [line.partition(",")[2] for line in capsys.readouterr().out.splitlines() if line]


class TestValues:
    @pytest.fixture
    def words(self, monkeypatch, capsys):
        return lambda *words: completions(monkeypatch, capsys, *words)

    def test_commands(self, words):
        assert ["demo", "doctor"] == words("de") + words("do")

    def test_every_model(self, words):
        assert list(MODELS) == words("generate", "x", "--model", "")

    def test_models_of_ones_own_and_none_where_their_file_is_wrong(self, words, monkeypatch, tmp_path):
        path = tmp_path / "models.json"
        path.write_text('[{"id": "pika/2-5", "modes": ["text_to_video"], "durations": {"min": 3, "max": 5}}]')
        monkeypatch.setenv("GPTIMAGE2_MODELS", str(path))
        assert [*MODELS, "pika/2-5"] == words("generate", "x", "--model", "")
        assert ["3", "4", "5"] == words("generate", "x", "--model", "pika/2-5", "--duration", "")
        path.write_text("{")
        assert [] == words("generate", "x", "--model", "")

    def test_durations_are_those_of_the_model_before(self, words):
        sora = MODELS["sora-2-text-to-video"]
        assert [str(duration) for duration in sora.durations] == words(
            "generate", "x", "--model", sora.id, "--duration", ""
        )
        assert len(words("quote", "x", "--duration", "")) > len(sora.durations)

    def test_resolutions_are_those_with_a_price(self, words):
        sora = MODELS["sora-2-text-to-video"]
        assert sorted({price.resolution for price in sora.prices}) == words(
            "generate", "x", "--model", sora.id, "--resolution", ""
        )
        assert [] == words("generate", "x", "--model", "no-such-model", "--resolution", "none")

    def test_modes(self, words):
        assert ["text_to_video"] == words("generate", "x", "--mode", "t")

    def test_the_ids_of_tasks_the_newest_first(self, words, clients, clock):
        client = clients(journal=Journal())
        one = client.submit("A cup\nof tea", model="veo3_fast")
        two = client.submit("A cup", model="veo3_lite")
        assert [two.id, one.id] == words("wait", "tsk_") == words("status", "")

    @pytest.mark.parametrize("journal", ["off", "broken.db"])
    def test_no_ids_where_there_is_no_journal_to_read(self, words, monkeypatch, tmp_path, journal):
        monkeypatch.chdir(tmp_path)
        Path("broken.db").write_bytes(b"this is no database" * 100)
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", journal)
        assert [] == words("wait", "")

    def test_an_unknown_shell_gets_1_and_no_output(self, monkeypatch, capsys):
        monkeypatch.setenv("_GPTIMAGE2_VIDEO_COMPLETE", "nonsense_complete")
        assert (1, "") == (main([]), capsys.readouterr().out)


class TestCommand:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_prints_a_script_that_names_the_command(self, capsys, monkeypatch, shell):
        outcome = CommandLine(capsys, monkeypatch)("completion", shell)
        assert (0, "", True) == (outcome.code, outcome.err, "_GPTIMAGE2_VIDEO_COMPLETE" in outcome.out)

    def test_another_shell_is_refused(self, capsys, monkeypatch):
        outcome = CommandLine(capsys, monkeypatch)("completion", "tcsh")
        assert (2, "") == (outcome.code, outcome.out)


@pytest.mark.process
class TestShells:
    @needs("bash")
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            (["quo"], ["quote"]),
            (["generate", "x", "--model", "veo3_f"], ["veo3_fast"]),
            (["generate", "x", "--model", "kling/v2-1-s"], ["kling/v2-1-standard"]),
        ],
    )
    def test_bash(self, words, expected):
        result = subprocess.run(["bash", "--norc", "-c", BASH, "_", *words], capture_output=True, text=True, check=True)
        assert expected == result.stdout.split()

    @needs("fish")
    def test_fish(self):
        script = f"{NAME} completion fish | source; complete --do-complete '{NAME} generate x --model veo3_f'"
        result = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True)
        assert [["veo3_fast", MODELS["veo3_fast"].family]] == [line.split("\t") for line in result.stdout.splitlines()]

    @needs("zsh")
    def test_zsh(self, tmp_path):
        """A terminal is needed: zsh completes only what somebody types."""
        (tmp_path / ".zshrc").write_text(
            f"autoload -Uz compinit; compinit -u; PS1='ready> '\neval \"$({NAME} completion zsh)\"\n"
        )
        import pty  # here, as Windows has none, and no zsh

        child, terminal = pty.fork()
        if not child:
            os.execvpe("zsh", ["zsh", "-i"], {**os.environ, "ZDOTDIR": str(tmp_path), "TERM": "xterm"})  # noqa: S606  (our own command)
        try:
            read_until(terminal, "ready> ")
            os.write(terminal, f"{NAME} generate x --model veo3_f\t".encode())
            read_until(terminal, "veo3_fast")
        finally:
            os.close(terminal)  # hangs up, and zsh ends
            os.waitpid(child, 0)


def read_until(terminal, words, seconds=30):
    """Read what a terminal shows until it shows these words."""
    shown, end = "", time.monotonic() + seconds
    while words not in shown:
        ready, _, _ = select.select([terminal], [], [], end - time.monotonic())
        assert ready, f"not shown within {seconds} s: {words!r}, but {shown!r}"
        shown += os.read(terminal, 4096).decode(errors="replace")
