"""The scenarios of polling."""

import httpx
import pytest


class TestPolling:
    @pytest.mark.parametrize(
        ("name", "status", "retry_after"),
        [("poll-500", 500, None), ("poll-503-html", 503, None), ("poll-429", 429, "1")],
    )
    def test_the_first_poll_of_each_task_meets_the_fault_and_the_rest_do_not(self, under, name, status, retry_after):
        scenario = under(name)
        for _ in range(2):
            task_id = scenario.submit_and_finish()
            first = scenario.poll(task_id)
            assert (first.status_code, first.headers.get("Retry-After")) == (status, retry_after)
            assert [scenario.poll(task_id).json()["status"] for _ in range(2)] == [1, 1]

    def test_html_is_html(self, under):
        response = under("poll-503-html").poll("tsk_1")
        assert (response.headers["Content-Type"], response.text[:9]) == ("text/html; charset=utf-8", "<!DOCTYPE")

    def test_a_poll_is_cut_in_the_middle_of_its_body_once(self, server, under):
        scenario = under("cut-poll")
        task_id = scenario.submit_and_finish()
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            scenario.poll(task_id)
        assert scenario.poll(task_id).json()["taskId"] == task_id
        assert server.requests[1].status == 200

    def test_a_head_request_does_not_use_up_the_fault(self, under, client):
        scenario = under("poll-500")
        task_id = scenario.submit_and_finish()
        assert client.head(f"{scenario.base}/api/ai/tasks/{task_id}").status_code == 200
        assert scenario.poll(task_id).status_code == 500

    def test_a_reset_makes_the_fault_come_again(self, server, under):
        scenario = under("poll-500")
        assert [scenario.poll("tsk_1").status_code for _ in range(2)] == [500, 404]
        server.reset()
        assert scenario.poll("tsk_1").status_code == 500
