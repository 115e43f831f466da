"""The command line against the mock, for the tests of `contract`."""

import pytest

from gptimage2_video_cli.contract.cases import generate
from support.commandline import CommandLine


class ContractCommand(CommandLine):
    """`contract` with the same generated cases each time, which a process generates once."""

    def __call__(self, *words):
        return super().__call__(*words, "--seed", "1", "--max-examples", "1")


@pytest.fixture
def cli(server, capsys, monkeypatch, tmp_path):
    """With a few of the generated cases only: those have tests of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gptimage2_video_cli.contract.runner.generate", lambda *_: generate(1, 1)[::20])
    return ContractCommand(capsys, monkeypatch).against(server.url)
