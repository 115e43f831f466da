"""Waiting: survives what passes, ends in time, and never loses the task id."""

import json

import httpx
import pytest

from gptimage2_video import (
    APIError,
    ConnectionFailed,
    DownloadFailed,
    InvalidRequest,
    ServerError,
    TaskFailed,
    TaskNotFound,
    TaskStatus,
    Unauthorized,
    UnexpectedReply,
    WaitTimeout,
)
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
PENDING = reply(200, {"taskId": "tsk_1", "status": 0})
DONE = reply(200, {"taskId": "tsk_1", "status": 1, "videoUrl": "https://cdn.example.com/1.mp4"})


def test_a_task_is_polled_until_it_has_ended(client, server, clock):
    receipt = client.submit(VEO)
    task = client.wait(receipt)
    assert (TaskStatus.COMPLETED, receipt.id, 9) == (task.status, task.id, task.credits_used)
    assert f"{server.cdn_url}/videos/{task.id}.mp4" == task.video_url
    assert [0.0, 10.0, 10.0] == clock.sleeps[:3], "at once, then seldom as long as the documentation expects no end"
    assert {2.0} == set(clock.sleeps[3:]), "then at the documented interval"
    assert 60.0 == sum(clock.sleeps)


def test_generate_leaves_a_new_task_alone_at_first(client, clock):
    client.generate(VEO)
    assert [10.0, 10.0] == clock.sleeps[:2], "30 s is the least that the documentation calls typical"
    assert {2.0} == set(clock.sleeps[2:])


def test_delays_are_multiples_of_the_poll_interval(clients, clock):
    clients(poll_interval=5.0).generate(VEO)
    assert (20.0, {5.0}) == (clock.sleeps[0], set(clock.sleeps[1:]))


def test_without_what_was_learned_the_poll_interval_is_all_there_is(clients, clock):
    clients(adaptive_polling=False).generate(VEO)
    assert (10.0, {2.0}) == (clock.sleeps[0], set(clock.sleeps[1:]))


def test_in_long_waits_delays_grow(scripted_clients, scripted, clock):
    scripted.replies = [PENDING]
    with pytest.raises(WaitTimeout):
        scripted_clients().wait("tsk_1", timeout=400)
    steady, slower = clock.sleeps[1:91], clock.sleeps[91:-1]
    assert {2.0} == set(steady)
    assert sorted(slower) == slower
    assert (2.5, 15.0) == (slower[0], slower[-1])


def test_on_update_is_called_when_the_status_changes(client):
    updates = []
    client.generate(VEO, on_update=updates.append)
    assert [TaskStatus.PENDING, TaskStatus.COMPLETED] == [task.status for task in updates]
    assert [9, 9] == [task.credits_used for task in updates]


def test_an_update_reads_as_one_line(scripted_clients, scripted, capsys):
    scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 7}), DONE]
    scripted_clients().wait("tsk_1", on_update=print)
    assert "tsk_1 UNKNOWN_7\ntsk_1 COMPLETED https://cdn.example.com/1.mp4\n" == capsys.readouterr().out


class TestWaitTransient:
    """A lost look costs a pause, not the wait."""

    @pytest.mark.parametrize("scenario", ["cut-poll", "poll-500", "poll-503-html", "poll-429", "null-fields"])
    def test_the_wait_survives_each_scenario(self, clients, server, scenario):
        task = clients(base_url=server.scenario_url(scenario)).generate(VEO)
        assert (TaskStatus.COMPLETED, 9) == (task.status, task.credits_used)
        assert ["POST"] == [seen.method for seen in server.requests if seen.method == "POST"]

    @pytest.mark.parametrize(
        "lost",
        [b"", reply(200, "<html>"), reply(200, {"taskId": "tsk_1"}), reply(408), reply(425), reply(529)],
    )
    def test_the_wait_survives_each_response(self, scripted_clients, scripted, lost):
        scripted.replies = [lost, lost, DONE]
        assert scripted_clients().wait("tsk_1").completed

    def test_delays_grow_while_polls_fail_and_shrink_after_it(self, scripted_clients, scripted, clock, monkeypatch):
        monkeypatch.setattr("random.random", lambda: 0.0)
        scripted.replies = [b"", b"", b"", b"", PENDING, b"", DONE]
        scripted_clients().wait("tsk_1")
        assert [0.0, 0.5, 1.0, 2.0, 4.0, 2.0, 0.5] == clock.sleeps

    def test_jitter_takes_up_to_half_of_a_delay(self, scripted_clients, scripted, clock, monkeypatch):
        monkeypatch.setattr("random.random", lambda: 1.0)
        scripted.replies = [b"", b"", DONE]
        scripted_clients().wait("tsk_1")
        assert [0.0, 0.25, 0.5] == clock.sleeps

    @pytest.mark.parametrize(
        ("headers", "delay"),
        [
            ({"Retry_After": "7"}, 7.0),
            ({"Retry_After": "7000"}, 60.0),
            ({"Retry_After": "Sun, 22 Nov 2026 10:00:09 GMT", "Date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 9.0),
            ({"Retry_After": "Sun, 22 Nov 2026 09:00:00 GMT", "Date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 0.0),
            ({"Retry_After": "Sun, 22 Nov 2026 10:00:09 GMT"}, 0.5),
            ({"Retry_After": "soon"}, 0.5),
            ({"Retry_After": "-5"}, 0.5),
            ({"Retry_After": "²"}, 0.5),
            ({"Retry_After": "Sun, 22 Nov 2026 10:00:09 -0000", "Date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 0.5),
            ({}, 0.5),
        ],
    )
    @pytest.mark.parametrize("status", [429, 503])
    def test_retry_after_is_obeyed_where_it_makes_sense(
        self, scripted_clients, scripted, clock, monkeypatch, status, headers, delay
    ):
        monkeypatch.setattr("random.random", lambda: 0.0)
        scripted.replies = [reply(status, **headers), DONE]
        scripted_clients().wait("tsk_1")
        assert [0.0, delay] == clock.sleeps

    def test_a_task_that_the_service_has_named_may_not_be_there_yet(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 0}), reply(404), reply(404), DONE]
        client = scripted_clients()
        assert client.wait(client.submit(VEO)).completed

    def test_but_not_for_long(self, scripted_clients, scripted, clock):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 0}), reply(404)]
        with pytest.raises(TaskNotFound) as caught:
            scripted_clients().generate(VEO)
        assert "tsk_1" == caught.value.task_id
        assert sum(clock.sleeps) < 60

    def test_a_video_url_that_lags_behind_completion_is_not_waited_for_long_either(
        self, scripted_clients, scripted, clock, tmp_path
    ):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 1})]
        with pytest.raises(DownloadFailed, match="names no URL for it"):
            scripted_clients().wait("tsk_1", save_to=tmp_path / "cup.mp4")
        assert 30 <= sum(clock.sleeps) < 60

    def test_a_completed_task_that_turns_pending_again_does_not_end_it(self, scripted_clients, scripted):
        """Where nothing is saved, too: without a URL there is nothing to show for it yet."""
        early = reply(200, {"taskId": "tsk_1", "status": 1})
        scripted.replies = [PENDING, early, PENDING, early, DONE]
        task = scripted_clients().wait("tsk_1")
        assert (5, "https://cdn.example.com/1.mp4") == (len(scripted.seen), task.video_url)

    def test_a_reply_that_drips_is_given_up(self, httpx_clients, clock):
        class Dripping(httpx.SyncByteStream, httpx.AsyncByteStream):
            def __iter__(self):
                while True:
                    clock.advance(1)
                    yield b" "

            async def __aiter__(self):
                for drop in self:
                    yield drop

        done = {"taskId": "tsk_1", "status": 1, "videoUrl": "https://cdn.example.com/1.mp4"}
        answers = [httpx.Response(200, stream=Dripping()), httpx.Response(200, json=done)]
        client = httpx_clients(http_client=httpx_clients.http(transport=httpx.MockTransport(lambda _: answers.pop(0))))
        assert client.wait("tsk_1").completed

    def test_an_unknown_status_keeps_the_wait_going(self, scripted_clients, scripted):
        statuses = [7, "queued", "rendering", "2500"]
        scripted.replies = [*(reply(200, {"taskId": "tsk_1", "status": status}) for status in statuses), DONE]
        seen = []
        assert scripted_clients().wait("tsk_1", on_update=lambda task: seen.append(task.status.label)).completed
        assert ["7", "QUEUED", "RENDERING", "2500", "COMPLETED"] == seen


class TestWaitPermanent:
    """Raised at once, with the task id."""

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (reply(401, {"error": "Unauthorized"}), Unauthorized),
            (reply(404, {"error": "Task not found"}), TaskNotFound),
            (reply(418), APIError),
            (reply(301, Location="https://elsewhere.example/"), UnexpectedReply),
        ],
    )
    @pytest.mark.parametrize("call", ["wait", "get"])
    def test_it_ends_the_call(self, scripted_clients, scripted, call, answer, error):
        scripted.replies = [answer]
        with pytest.raises(error) as caught:
            getattr(scripted_clients(), call)("tsk_1")
        assert ("tsk_1", 1) == (caught.value.task_id, len(scripted.seen))

    def test_the_task_of_another_account_is_not_found(self, clients):
        task = clients().submit(VEO)
        with pytest.raises(TaskNotFound, match=f"for task {task.id}"):
            clients("test-key-2").wait(task)

    @pytest.mark.parametrize("call", ["wait", "get"])
    @pytest.mark.parametrize("nothing", ["", " "])
    def test_an_empty_id_is_refused_before_anything_is_sent(self, client, server, call, nothing):
        with pytest.raises(InvalidRequest, match="no task id"):
            getattr(client, call)(nothing)
        assert [] == server.requests

    def test_a_strange_id_stays_one_segment_of_the_path(self, client, server):
        with pytest.raises(TaskNotFound):
            client.get("../video/generate?x=1")
        assert ["/api/ai/tasks/..%2Fvideo%2Fgenerate%3Fx%3D1"] == [seen.path for seen in server.requests]


class TestWaitFailed:
    """A failed task is always raised by a wait, with its refund."""

    @pytest.mark.parametrize("scenario", ["failed", "failed-late-refund"])
    def test_the_credits_are_back_before_it_is_raised(self, clients, server, scenario):
        client = clients(base_url=server.scenario_url(scenario), max_credits=9)
        for _ in range(2):  # the second fits the budget, as the refund of the first came back
            with pytest.raises(TaskFailed) as caught:
                client.generate(VEO)
            error = caught.value
            assert (True, "EMPTY_RESULT", error.task.id) == (error.refunded, error.code, error.task_id)
            assert "its credits were refunded" in str(error)
        assert (0, 1000) == (client.credits_committed, server.balance("test-key"))

    def test_a_refund_that_does_not_come_is_not_waited_for_long(self, scripted_clients, scripted, clock):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 2, "creditsRefunded": False})]
        with pytest.raises(TaskFailed, match=r"no reason given.*not refunded yet"):
            scripted_clients().wait("tsk_1")
        assert 8.0 == sum(clock.sleeps)

    def test_a_failed_poll_for_the_refund_does_not_hide_the_failure(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 2, "creditsRefunded": False}), reply(401)]
        with pytest.raises(TaskFailed):
            scripted_clients().wait("tsk_1")

    def test_an_unknown_error_code_passes_through(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {"id": "tsk_1", "status": 2, "errorCode": "NSFW_2", "errorMessage": "no"})]
        with pytest.raises(TaskFailed, match=r"NSFW_2: no") as caught:
            scripted_clients().wait("tsk_1")
        assert caught.value.refunded is None

    def test_get_returns_a_failed_task(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 2})]
        assert scripted_clients().get("tsk_1").failed


class TestWaitDeadline:
    """One end over pauses and requests alike, with a last look before it."""

    def test_the_last_delay_is_clamped_so_that_a_last_poll_fits(self, scripted_clients, scripted, clock):
        scripted.replies = [PENDING]
        with pytest.raises(WaitTimeout) as caught:
            scripted_clients().wait("tsk_1", timeout=6)
        assert [0.0, 2.0, 2.0, 1.0] == clock.sleeps
        assert 4 == len(scripted.seen)
        assert ("tsk_1", 5.0, TaskStatus.PENDING) == (caught.value.task_id, caught.value.waited, caught.value.status)
        assert "task tsk_1 is still pending after 5 s; wait again with its id" == str(caught.value)

    def test_a_timeout_of_zero_is_one_poll(self, scripted_clients, scripted):
        scripted.replies = [DONE]
        assert scripted_clients().wait("tsk_1", timeout=0).completed
        assert 1 == len(scripted.seen)

    def test_without_a_limit_the_wait_goes_on(self, scripted_clients, scripted, clock):
        scripted.replies = [*[PENDING] * 200, DONE]
        assert scripted_clients().wait("tsk_1", timeout=None).completed
        assert sum(clock.sleeps) > 1500, "far beyond the default of 900 s"

    def test_the_timeout_of_a_request_is_cut_to_what_is_left(self, httpx_clients, clock):
        given = []

        def answer(request):
            given.append(request.extensions["timeout"]["read"])
            clock.advance(given[-1])
            raise httpx.ReadTimeout("")

        client = httpx_clients(http_client=httpx_clients.http(transport=httpx.MockTransport(answer)))
        with pytest.raises(
            WaitTimeout, match=r"the last poll failed: read timeout after \d+ s; wait again with its id"
        ):
            client.wait("tsk_1", timeout=50)
        assert 30.0 == given[0]
        assert 1.0 <= given[-1] <= 20.0

    def test_the_error_names_an_unknown_status(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 7})]
        with pytest.raises(WaitTimeout, match="has status 7, which this client does not know, after 2 s"):
            scripted_clients().wait("tsk_1", timeout=3)

    def test_the_error_names_a_status_that_is_a_word(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": "queued"})]
        with pytest.raises(WaitTimeout, match="has status QUEUED, which this client does not know, after 2 s"):
            scripted_clients().wait("tsk_1", timeout=3)

    def test_the_error_says_that_only_the_url_of_the_video_is_missing(self, scripted_clients, scripted, tmp_path):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 1})]
        with pytest.raises(WaitTimeout, match="is completed, but the service names no video URL yet, after 2 s"):
            scripted_clients().wait("tsk_1", timeout=3, save_to=tmp_path / "cup.mp4")

    @pytest.mark.parametrize(
        "body", [{"error": "Task is being archived"}, {"code": 402, "msg": "Insufficient credits"}, {"data": None}]
    )
    def test_an_error_of_the_application_with_200_is_shown_as_the_last_error(self, scripted_clients, scripted, body):
        """Some services refuse with HTTP 200; a task that is paid is waited for, and the end says what was read."""
        scripted.replies = [reply(200, body)]
        with pytest.raises(WaitTimeout) as caught:
            scripted_clients().wait("tsk_1", timeout=3)
        assert f"the last poll failed: the API answered 200 but the response has no status: {json.dumps(body)};" in str(
            caught.value
        )

    def test_a_wait_can_be_taken_up_again_by_the_id_of_the_error(self, clients, server):
        client = clients()
        with pytest.raises(WaitTimeout) as caught:
            client.generate(VEO, timeout=30)
        assert clients().wait(caught.value.task_id).completed


class TestRetrieve:
    """One snapshot, with a few tries."""

    def test_a_transient_failure_gets_four_attempts(self, scripted_clients, scripted, clock):
        scripted.replies = [reply(500, {"error": "boom"})]
        with pytest.raises(ServerError, match="boom") as caught:
            scripted_clients().get("tsk_1")
        assert (4, 3, "tsk_1") == (len(scripted.seen), len(clock.sleeps), caught.value.task_id)

    def test_a_refused_connection_is_raised_with_the_task_id(self, clients):
        with pytest.raises(ConnectionFailed) as caught:
            clients(base_url="http://127.0.0.1:9").get("tsk_1")
        assert "tsk_1" == caught.value.task_id

    def test_a_task_can_be_given_for_its_id(self, client):
        task = client.submit(VEO)
        assert client.get(task.id) == client.get(task)


class TestWaitInterrupted:
    """Ctrl-C and cancellation pass through, and say how to go on."""

    @pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
    def test_while_waiting_the_id_goes_along(self, client, clock, monkeypatch, interruption):
        task = client.submit(VEO)

        def interrupt(_seconds):
            raise interruption

        monkeypatch.setattr(clock, "advance", interrupt)
        with pytest.raises(interruption) as caught:
            client.wait(task)
        assert [f"task {task.id} continues at the service: wait for it again by its id"] == caught.value.__notes__

    def test_while_submitting_it_says_that_it_may_have_been_charged(self, httpx_clients):
        def interrupt(_request):
            raise KeyboardInterrupt

        client = httpx_clients(http_client=httpx_clients.http(transport=httpx.MockTransport(interrupt)), max_credits=10)
        with pytest.raises(KeyboardInterrupt) as caught:
            client.submit(VEO)
        assert ["the submission may have been accepted and charged; look in the dashboard"] == caught.value.__notes__
        assert 9 == client.credits_committed, "it stays reserved"

    def test_between_the_response_and_its_record_it_says_so_too(self, client, monkeypatch):
        def interrupt(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr("gptimage2_video.flow.submit.parse_submission", interrupt)
        with pytest.raises(KeyboardInterrupt) as caught:
            client.submit(VEO)
        assert ["the submission may have been accepted and charged; look in the dashboard"] == caught.value.__notes__

    def test_before_a_retry_nothing_was_accepted(self, scripted_clients, scripted, clock, monkeypatch):
        def interrupt(_seconds):
            raise KeyboardInterrupt

        scripted.replies = [reply(429)]
        monkeypatch.setattr(clock, "advance", interrupt)
        with pytest.raises(KeyboardInterrupt) as caught:
            scripted_clients().submit(VEO)
        assert ["nothing was accepted"] == caught.value.__notes__

    def test_an_update_that_raises_does_not_lose_the_id(self, client):
        def fail(task):
            raise ZeroDivisionError(task.id)

        with pytest.raises(ZeroDivisionError) as caught:
            client.generate(VEO, on_update=fail)
        assert [f"task {caught.value} continues at the service: wait for it again by its id"] == caught.value.__notes__
