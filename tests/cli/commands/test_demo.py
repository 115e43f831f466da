"""`demo`: two videos from the mock; it never spends a credit and leaves no process behind."""

import os
import shlex
import signal
from pathlib import Path

import pytest

from gptimage2_video_cli.commands.demo import make_videos
from gptimage2_video_cli.main import main
from support.commandline import CommandLine, files, spawn

pytestmark = pytest.mark.process

REAL = {
    "GPTIMAGE2_API_KEY": "a-real-key",
    "GPTIMAGE2_BASE_URL": "https://example.com",
    "HTTP_PROXY": "http://127.0.0.1:9",
}


@pytest.fixture
def command_line(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch)


class TestDemo:
    def test_leaves_two_videos_and_says_where_whatever_the_environment_says(self, capfd, monkeypatch, tmp_path):
        """The children write past what pytest captures within the process; hence the file descriptors."""
        monkeypatch.chdir(tmp_path)
        for name, value in REAL.items():
            monkeypatch.setenv(name, value)
        Path("out").mkdir()
        Path("out/demo-cup.mp4").write_text("of an earlier demo")
        assert 0 == main(["demo", "--out", "out"])
        out, err = capfd.readouterr()
        videos = [Path("out/demo-cup.mp4"), Path("out/demo-steam.mp4")]
        assert {"demo-cup.mp4", "demo-steam.mp4"} == {path.name for path in Path("out").iterdir()}
        assert [b"ftyp", b"ftyp"] == [video.read_bytes()[4:8] for video in videos]
        assert f"two videos: {videos[0]} and {videos[1]}\n" in out
        assert "needs only GPTIMAGE2_API_KEY" in out
        assert 2 == err.count("submitted: tsk_")
        assert not Path(os.environ["GPTIMAGE2_JOURNAL"]).exists(), "tasks of a mock are not recorded"
        commands = [shlex.split(line[2:]) for line in err.splitlines() if line.startswith("$ ")]
        assert [["gptimage2-video", "generate"]] * 2 == [command[:2] for command in commands]
        assert ["hailuo/02-text-to-video-standard", "hailuo/02-image-to-video-standard"] == [
            command[command.index("--model") + 1] for command in commands
        ]

    def test_a_mock_that_cannot_start_ends_the_demo_with_its_code(self, capfd):
        assert 2 == make_videos(Path(), speed="fast")
        assert "'fast' is not a valid float" in capfd.readouterr().err

    def test_a_command_that_fails_ends_the_demo_with_its_code(self, capfd, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        assert 2 == make_videos(Path(), polling=("--timeout", "nan"))
        assert [] == files()

    def test_a_folder_that_cannot_be_made_is_refused(self, command_line):
        Path("file").touch()
        outcome = command_line("demo", "--out", "file/folder")
        assert (2, True) == (outcome.code, "file/folder cannot be made: Not a directory" in outcome.err)

    @pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
    def test_an_interrupted_demo_leaves_no_process_and_no_traceback(self, tmp_path):
        with spawn("demo", cwd=tmp_path, start_new_session=True) as process:
            assert process.stderr.readline().startswith("$ gptimage2-video generate ")
            assert process.stderr.readline().startswith("submitted: tsk_")
            os.killpg(process.pid, signal.SIGINT)
            messages = process.stderr.read()
            assert 130 == process.wait()
        assert "to resume: gptimage2-video wait tsk_" in messages
        assert "Traceback" not in messages
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
