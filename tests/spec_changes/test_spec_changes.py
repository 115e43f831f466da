"""Edits of openapi.yaml as they come: one command makes what follows, and names what a person must decide, no more."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import ROOT

HERE = Path(__file__).parent
COMMIT = ("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "--message=before the edit")


class ScratchCopy:
    """The files of the repository in another folder, in which an edit is made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        for name in filter(None, tracked.stdout.split("\0")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        (folder / "build").mkdir()
        (folder / "build" / "tools").symlink_to(ROOT / "build" / "tools")
        for arguments in (("init", "--quiet"), ("add", "--all"), COMMIT):
            subprocess.run(["git", *arguments], cwd=folder, check=True)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python on the files of this copy."""
        path = os.pathsep.join(str(self.folder / name) for name in ("", "generated", "overlay", "cli", "mock"))
        environment = {**os.environ, "PYTHONPATH": path}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def apply(self, edit: str) -> None:
        """Apply a patch of this folder."""
        subprocess.run(["git", "apply", str(HERE / f"{edit}.patch")], cwd=self.folder, check=True)


@pytest.fixture
def scratch(tmp_path):
    return ScratchCopy(tmp_path / "copy")


@pytest.mark.parametrize(("edit", "expected"), [(path.stem, []) for path in sorted(HERE.glob("*.patch"))])
def test_an_edit_leaves_to_a_person_what_only_a_person_can_decide(scratch, edit, expected):
    scratch.apply(edit)
    done = scratch.run("-m", "tools.spec_change", "--base=HEAD", "--without-typescript")
    print(done.stdout, done.stderr)
    left = done.stdout.rpartition("Left for a person:\n")[2].splitlines()
    assert expected == [line.removeprefix("  - ") for line in left]
