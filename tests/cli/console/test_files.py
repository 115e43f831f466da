"""Files that a command writes: whole or not at all."""

import os

import pytest

from gptimage2_video_cli.console.files import replace_file
from support.full_disk import full_disk


@pytest.mark.parametrize("call", ["write", "close"])
def test_a_full_disk_leaves_the_earlier_file_and_nothing_beside_it(tmp_path, monkeypatch, call):
    path = tmp_path / "report.json"
    replace_file(path, b"earlier")
    monkeypatch.setattr(os, "fdopen", lambda handle, mode: full_disk(handle, mode, call))
    with pytest.raises(OSError, match="No space left on device"):
        replace_file(path, b"later")
    assert (b"earlier", [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_a_file_that_another_program_has_open_stays_as_it_was_where_the_system_says_so(tmp_path, monkeypatch):
    """Windows replaces no open file."""
    path = tmp_path / "report.json"
    replace_file(path, b"earlier")

    def in_use(_path, _target):
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr("pathlib.Path.replace", in_use)
    with pytest.raises(PermissionError):
        replace_file(path, b"later")
    assert (b"earlier", [path]) == (path.read_bytes(), list(tmp_path.iterdir()))
