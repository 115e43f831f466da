"""The error tree: its shape is public, every error survives a pickle, and each is one sentence with a way out."""

import copy
import pickle

import pytest

import gptimage2_video
from gptimage2_video import (
    APIError,
    BadRequest,
    BudgetExceeded,
    ConnectionFailed,
    DownloadFailed,
    Forbidden,
    InsufficientCredits,
    InvalidRequest,
    JournalFailed,
    RateLimited,
    ServerError,
    SubmissionUncertain,
    Task,
    TaskFailed,
    TaskNotFound,
    TaskStatus,
    Unauthorized,
    UnexpectedReply,
    VideoClientError,
    Violation,
    WaitTimeout,
)

TASK = Task(
    "tsk_1", TaskStatus.FAILED, credits_used=9, refunded=True, error_code="EMPTY_RESULT", error_message="no video"
)
LOST = ConnectionFailed("connection broken")
EACH = [
    InvalidRequest([Violation("prompt_empty", "prompt", "the prompt is empty")]),
    BudgetExceeded(needed=9, left=1),
    BudgetExceeded(needed=None, left=1, note="no price is published"),
    APIError(status=418, message="teapot", body={"error": "teapot"}, request_id="r1"),
    BadRequest(status=400, message="Invalid request", field_errors={"prompt": ["Prompt is required"]}),
    Unauthorized(status=401, message="Unauthorized"),
    InsufficientCredits(status=402, message="Insufficient credits", required=12),
    InsufficientCredits(status=402),
    Forbidden(status=403, task_id="tsk_1"),
    TaskNotFound(status=404, task_id="tsk_1"),
    RateLimited(status=429, retry_after=3.0),
    RateLimited(status=429),
    ServerError(status=503, body="<html>", task_id="tsk_1"),
    LOST,
    UnexpectedReply("the response has no task id", status=200, body="<html>"),
    SubmissionUncertain(request={"prompt": "A cup"}, cause=LOST),
    SubmissionUncertain(request={"prompt": "A cup"}, cause=LOST, task_id="tsk_1"),
    TaskFailed(TASK),
    WaitTimeout("tsk_1", waited=600.0, status=TaskStatus(7), last_error=LOST),
    DownloadFailed("the disk is full", task_id="tsk_1", url="https://cdn.example.com/1.mp4"),
    DownloadFailed("the disk is full", task_id=None, url="https://cdn.example.com/1.mp4"),
    JournalFailed("disk I/O error", path="/state/journal.db"),
]


def edges(error_class):
    """Every pair of a class and one right below it."""
    ours = (cls for cls in error_class.__subclasses__() if cls.__module__.startswith("gptimage2_video."))
    for below in ours:
        yield error_class.__name__, below.__name__
        yield from edges(below)


def drawn():
    """The same pairs, from the indentation of the drawing."""
    above = []
    for line in gptimage2_video.errors.__doc__.split("\n\n")[1].splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        above[depth - 2 :] = [name]
        yield from [tuple(above[-2:])] if len(above) > 1 else []


def test_the_tree_is_the_one_that_is_drawn():
    assert sorted(drawn()) == sorted(edges(VideoClientError))


def test_every_class_of_the_tree_is_tried_here():
    assert {below for _, below in edges(VideoClientError)} == {type(error).__name__ for error in EACH}


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize("error", EACH, ids=lambda error: type(error).__name__)
def test_every_error_survives_a_copy_and_a_pickle(error, again):
    error.add_note("a note")
    twin = again(error)
    assert (type(error), str(error)) == (type(twin), str(twin))
    assert str(vars(error)) == str(vars(twin)), "facts, task id and notes included"


@pytest.mark.parametrize("error", EACH, ids=lambda error: type(error).__name__)
def test_every_error_is_one_sentence_that_names_its_task(error):
    assert "\n" not in str(error)
    assert error.task_id is None or error.task_id in str(error)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (BudgetExceeded(needed=9, left=1), "this task costs about 9 credits and 1 are left of the budget; nothing was sent; choose something cheaper, or raise the budget: --max-credits (or max_credits, in Python)"),
        (EACH[6], "the API refused the request (402: Insufficient credits); the task needs 12 credits; nothing was charged"),
        (EACH[9], "task not found on this account for task tsk_1 (404); check the id, and that the key is the one it was submitted with"),
        (EACH[15], "the submission may have been accepted and charged: connection broken; look in the dashboard before you submit it again; it is not retried automatically"),
        (EACH[17], "task tsk_1 failed (EMPTY_RESULT: no video); its credits were refunded"),
        (EACH[18], "task tsk_1 has status 7, which this client does not know, after 600 s; the last poll failed: connection broken; wait again with its id"),
        (EACH[19], "the video of task tsk_1 was not saved (the disk is full); download it again, which costs nothing"),
    ],
)  # fmt: skip
def test_the_sentences_say_what_happened_and_what_to_do(error, sentence):
    assert sentence == str(error)


def test_an_invalid_request_is_a_value_error_too():
    assert issubclass(InvalidRequest, ValueError)
