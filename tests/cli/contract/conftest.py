"""The command line against the mock, for the tests of `contract`."""

import pytest

from support.commandline import CommandLine


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch).against(server.url)
