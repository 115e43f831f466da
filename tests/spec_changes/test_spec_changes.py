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
    """The files of the repository in another folder, in which edits are made, one after the other."""

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

    def restore(self) -> None:
        """The files as they were, but for what git ignores: bytecode, which each copy would have to compile anew."""
        for arguments in (("checkout", "--quiet", "."), ("clean", "--quiet", "--force", "-d")):
            subprocess.run(["git", *arguments], cwd=self.folder, check=True)


@pytest.fixture(scope="session")
def copy(tmp_path_factory):
    return ScratchCopy(tmp_path_factory.mktemp("spec_changes") / "copy")


@pytest.fixture
def scratch(copy):
    yield copy
    copy.restore()


PATCH = ["info.version is 0.1.0; raise it to 0.1.1 at least", "CHANGELOG.md has no line about this edit"]
MINOR = ["info.version is 0.1.0; raise it to 0.2.0 at least", "CHANGELOG.md has no line about this edit"]
SCHEMA = "tests/vectors/test_schema.py, "
OF_A_MODEL = f"{SCHEMA}test_the_vectors_of_a_model_are_complete_and_say_what_its_row_says: "
TO_WRITE = f"{OF_A_MODEL}vectors/rules.json lacks these; fill them in from the documentation:"
REQUEST = "tests/overlay/test_request.py, "
NOT_FOUND = "gptimage2_video.errors.APIError: the API refused the request (404: Not found)"
AUDIENCE = "gptimage2_video.errors.InvalidRequest: audience is missing: Whom the video is for"
# What each edit leaves. While the major version is 0, what breaks callers makes a minor version, and what adds a patch.
EDITS = {
    "a_field": PATCH,
    "a_model": [TO_WRITE, *PATCH],
    "a_range": [TO_WRITE, *PATCH],
    "a_model_less": [f"{SCHEMA}test_no_case_is_about_a_model_that_is_gone", *MINOR],
    "a_price": [
        "tests/vectors/test_overlay.py, test_quote_tells_the_price",
        f"{OF_A_MODEL}4 cases differ from the row of veo3; correct whichever is wrong:",
        "tests/vectors/test_wire.py, test_the_mock_charges_what_the_vectors_quote",
        *MINOR,
    ],
    "an_enum_narrowed": [
        "tests/vectors/test_overlay.py, test_check_reports_the_problems",
        "tests/vectors/test_overlay.py, test_quote_tells_the_price",
        f"{SCHEMA}test_the_schema_of_the_spec_gives_the_verdicts",
        f"{OF_A_MODEL}1 cases differ from the row of veo3; correct whichever is wrong:",
        f"{SCHEMA}test_what_has_a_price_is_accepted",
        "tests/vectors/test_wire.py, test_the_mock_accepts_what_the_vectors_accept",
        "tests/vectors/test_wire.py, test_the_mock_charges_what_the_vectors_quote",
        *MINOR,
    ],
    "a_status_of_a_response": [
        "409 of generateVideo has no error class: overlay/gptimage2_video/errors.py, flow/responses.py and "
        "clients/typescript/src/errors.ts",
        f"{SCHEMA}test_every_documented_error_has_a_case",
        *PATCH,
    ],
    "a_wider_field": [
        "TaskSnapshot.prompt is not read where it is of type integer: overlay/gptimage2_video/task.py",
        *MINOR,
    ],
    "a_task_status": [
        "task status 3 CANCELLED is not known: overlay/gptimage2_video/task.py and clients/typescript/src/task.ts",
        "task status 3 CANCELLED is not known: mock/gptimage2_video_mock/service/tasks.py, with a scenario",
        *PATCH,
    ],
    "a_mode": [
        "mode video_to_video is not known: overlay/gptimage2_video/fields.py and clients/typescript/src/rules.ts",
        *PATCH,
    ],
    "a_renamed_operation": [
        "operation readTask is sent by nothing: overlay/gptimage2_video/flow/requests.py",
        "ImportError: cannot import name 'get_task' from 'gptimage2_video_api.api.tasks'",
        *MINOR,
    ],
    "a_base_path": [
        f"{REQUEST}test_it_is_not_checked_priced_or_warned_about_again (6 cases): {NOT_FOUND}",
        f"{REQUEST}test_one_that_is_prepared_by_the_call_is_warned_about_once (3 cases): {NOT_FOUND}",
        *MINOR,
    ],
}


def left_by(scratch, edit):
    scratch.apply(edit)
    done = scratch.run("-m", "tools.spec_change", "--base=HEAD", "--without-typescript")
    assert 1 == done.returncode, done.stderr
    left = done.stdout.rpartition("Left for a person:\n")[2].splitlines()
    return [line.removeprefix("  - ") for line in left]


def test_each_edit_of_this_folder_is_tried():
    assert sorted({*EDITS, "a_required_field"}) == sorted(path.stem for path in HERE.glob("*.patch"))


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_leaves_to_a_person_what_only_a_person_can_decide(scratch, edit):
    assert EDITS[edit] == left_by(scratch, edit)


def test_a_required_field_fails_each_request_that_lacks_it(scratch):
    left = left_by(scratch, "a_required_field")
    assert f"{REQUEST}test_a_mapping_is_the_body: {AUDIENCE}" in left
    assert MINOR == left[-2:]


def test_the_quick_tests_do_not_know_the_catalogue(scratch):
    """A field and a model more fail none but the test that lists the vectors to write."""
    scratch.apply("a_field")
    scratch.apply("a_model")
    assert 0 == scratch.run("-m", "tools.generate").returncode
    skipped = [
        f"--ignore=tests/{name}" for name in ("contract", "polyglot", "soak", "browser", "spec_changes", "tools")
    ]
    marks = ("-m", "not (slow or process or browser or postgres)")
    done = scratch.run("-m", "pytest", "--quiet", "-n2", "--dist=worksteal", *marks, *skipped)
    failed = [
        line.partition(" ")[2].partition("[")[0] for line in done.stdout.splitlines() if line.startswith("FAILED")
    ]
    assert [TO_WRITE.partition(":")[0]] == [name.replace("::", ", ") for name in failed], done.stdout[-2000:]
