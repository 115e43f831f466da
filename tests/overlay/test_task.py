"""A task as the service tells of it, however it spells its reply. The vectors (snapshots) have the spellings."""

import copy
import pickle

import pytest

from gptimage2_video import Task, TaskStatus


class TestStatus:
    """One open enum: what the service says next year is a member too."""

    @pytest.mark.parametrize("spelling", [1, "1", "COMPLETED", "completed", "Completed"])
    def test_the_documented_ones_are_read_in_every_spelling(self, spelling):
        assert TaskStatus.COMPLETED is TaskStatus(spelling)

    @pytest.mark.parametrize(
        ("spelling", "name", "number"),
        [
            (3, "UNKNOWN_3", 3),
            ("3", "UNKNOWN_3", 3),
            (-2, "UNKNOWN_-2", -2),
            ("queued", "UNKNOWN_QUEUED", -1),
            ("in progress", "UNKNOWN_IN PROGRESS", -1),
        ],
    )
    def test_any_other_is_a_member_of_its_own(self, spelling, name, number):
        status = TaskStatus(spelling)
        assert (name, number, name.removeprefix("UNKNOWN_")) == (status.name, status, status.label)
        assert status not in TaskStatus.__members__.values()

    @pytest.mark.parametrize("spelling", [0, 3, "queued"])
    @pytest.mark.parametrize("again", [lambda it: pickle.loads(pickle.dumps(it)), copy.copy, copy.deepcopy])
    def test_it_can_be_sent_to_another_process(self, spelling, again):
        status = TaskStatus(spelling)
        assert (status, status.name) == (again(status), again(status).name)

    def test_a_long_word_makes_no_long_name(self):
        assert "UNKNOWN_" + 40 * "X" == TaskStatus(10_000 * "x").name

    @pytest.mark.parametrize("nothing", ["", None, [1], 1.5])
    def test_what_is_no_status_is_refused(self, nothing):
        with pytest.raises(ValueError, match="is not a valid TaskStatus"):
            TaskStatus(nothing)


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (Task("tsk_1", TaskStatus.PENDING), "pending: client.wait(task) continues"),
        (Task("tsk_1", TaskStatus(7)), "pending: client.wait(task) continues"),
        (Task("tsk_1", TaskStatus.COMPLETED, video_url="https://cdn.example.com/1.mp4"), "completed"),
        (Task("tsk_1", TaskStatus.COMPLETED), "completed, but the service names no video URL yet"),
        (Task("tsk_1", TaskStatus.FAILED, error_code="1304"), "failed (1304)"),
    ],
)
def test_its_state_is_said_in_a_few_words(task, words):
    assert words == task.describe()


@pytest.mark.parametrize("address", ["http://[half", "//[half/1.mp4", "ht tp://x"])
def test_an_address_that_none_can_read_does_not_hide_the_task(address):
    task = Task.from_json({"status": 1, "videoUrl": address}, "tsk_1", base_url="https://api.example.com")
    assert task is not None
    assert ("tsk_1", TaskStatus.COMPLETED, True) == (task.id, task.status, bool(task.video_url))


def test_a_message_that_is_no_text_is_shown_as_json_however_deep_it_is():
    shown, deep = {"reason": ["too", "dark"]}, {}
    for _ in range(100_000):
        deep = {"x": deep}
    failed = [Task.from_json({"status": 2, "errorMessage": message}, "tsk_1") for message in (shown, deep)]
    assert ['{"reason":["too","dark"]}', "nested too deeply to be shown"] == [task.error_message for task in failed]
    while deep:  # one by one, as Python would free them in a recursion of its own
        deep = deep.pop("x")
