"""A submission: checked before it is sent, sent at most once, within the budget."""

import json

import pytest

import support.clients
from gptimage2_video import (
    APIError,
    BadRequest,
    BudgetExceeded,
    ConnectionFailed,
    ImageToVideoRequest,
    InsufficientCredits,
    InvalidRequest,
    RateLimited,
    SubmissionUncertain,
    TaskStatus,
    Unauthorized,
    UnexpectedReply,
    VideoRequestWarning,
)
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}


def test_the_response_is_a_pending_task_with_its_price(client, server):
    task = client.submit("A cup", model="veo3_fast")
    assert (TaskStatus.PENDING, 9) == (task.status, task.credits_used)
    assert 991 == server.balance("test-key")


def test_what_is_sent_is_the_request_in_wire_names_and_nothing_else(client, server):
    client.submit(
        "A cup",
        model="bytedance/seedance-1.5-pro",
        duration=5,
        aspect_ratio="16:9",
        resolution="720p",
        image="https://example.com/cup.jpg",
        extra={"x-cameraFixed": True},
    )
    expected = {
        "prompt": "A cup",
        "model": "bytedance/seedance-1.5-pro",
        "inputMode": "image_to_video",
        "inputImageUrls": ["https://example.com/cup.jpg"],
        "duration": 5,
        "aspectRatio": "16:9",
        "resolution": "720p",
        "x-cameraFixed": True,
    }
    assert expected == json.loads(server.requests[0].body)


def test_a_mapping_and_a_generated_request_are_sent_as_they_are(client, server):
    generated = ImageToVideoRequest("A cup", ["https://example.com/cup.jpg"], "veo3", "image_to_video")
    for request in (VEO, generated):
        client.submit(request)
    expected = [VEO, {**VEO, "model": "veo3", "inputMode": "image_to_video"}]
    expected[1]["inputImageUrls"] = ["https://example.com/cup.jpg"]
    assert expected == [json.loads(seen.body) for seen in server.requests]


def test_a_whole_request_takes_no_keywords_beside_it(client, server):
    with pytest.raises(TypeError, match="takes no further keywords: duration"):
        client.submit(VEO, duration=8)
    assert [] == server.requests


@pytest.mark.parametrize(
    ("keywords", "sentence"),
    [
        ({"modle": "veo3"}, "unknown keyword modle"),
        ({"model": "veo3", "extra": {"duration": 5}}, "extra names duration; use the keyword of that field"),
    ],
)
def test_a_keyword_that_makes_no_sense_is_refused(client, server, keywords, sentence):
    with pytest.raises(TypeError, match=sentence):
        client.submit("A cup", **keywords)
    assert [] == server.requests


@pytest.mark.parametrize(
    ("keywords", "mode"),
    [
        ({"model": "veo3"}, "text_to_video"),
        ({"model": "veo3", "image": "https://example.com/a.jpg"}, "image_to_video"),
        ({"model": "veo3", "image": "https://example.com/a.jpg", "input_mode": "image_to_video"}, "image_to_video"),
    ],
)
def test_the_mode_is_inferred_from_the_image(client, server, keywords, mode):
    client.submit("A cup", **keywords)
    assert mode == json.loads(server.requests[0].body)["inputMode"]


@pytest.mark.parametrize(
    ("keywords", "code"),
    [
        ({"model": "kling/v2-1-standard"}, "image_missing"),
        ({"model": "sora-2-text-to-video", "image": "https://example.com/a.jpg"}, "mode_not_offered"),
        ({"model": "veo3", "duration": 5}, "duration_not_offered"),
        ({"model": "veo-3"}, "model_unknown"),
        ({}, "required"),
        ({"model": "veo3", "image": "cup.jpg"}, "image_not_a_url"),
        ({"model": "veo3", "extra": {"x-seed": float("nan")}}, "not_json"),
    ],
)
def test_no_invalid_request_leaves_the_machine(client, server, keywords, code):
    with pytest.raises(InvalidRequest) as caught:
        client.submit("A cup", **keywords)
    assert [code] == [violation.code for violation in caught.value.violations]
    assert str(caught.value) == caught.value.violations[0].message
    assert [] == server.requests


def test_a_warning_points_at_the_callers_line_and_the_request_is_sent(clients, server):
    client = clients()
    with pytest.warns(VideoRequestWarning, match="only the first image is used") as caught:
        client.submit("A cup", model="veo3", image=["https://example.com/a.jpg", "https://example.com/b.jpg"])
    caller = __file__ if clients.variant == "sync" else support.clients.__file__  # which awaits
    assert [caller] == [warning.filename for warning in caught]
    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    ("key", "scenario", "error", "facts"),
    [
        ("nobody", None, Unauthorized, {"status": 401, "message": "Unauthorized"}),
        ("test-key-poor", None, InsufficientCredits, {"status": 402, "required": 9}),
    ],
)
def test_a_refusal_is_raised_with_its_attributes_and_leaves_the_budget(clients, server, key, scenario, error, facts):
    client = clients(key, max_credits=20)
    with pytest.raises(error) as caught:
        client.submit(VEO)
    assert facts == {name: getattr(caught.value, name) for name in facts}
    assert 0 == client.credits_committed


def test_a_400_names_the_fields(scripted_clients, scripted):
    details = {"formErrors": ["Too odd"], "fieldErrors": {"prompt": ["Prompt is required"]}}
    scripted.replies = [reply(400, {"error": "Invalid request", "details": details}, X_Request_Id="r1")]
    with pytest.raises(BadRequest) as caught:
        scripted_clients().submit(VEO)
    error = caught.value
    assert ({"prompt": ("Prompt is required",)}, ("Too odd",)) == (error.field_errors, error.form_errors)
    assert "r1" == error.request_id
    expected = "the API refused the request (400: Invalid request); Too odd; prompt: Prompt is required; "
    assert expected + "nothing was charged" == str(error)


class TestSubmitAtMostOnce:
    """The endpoint is not idempotent: what may have been accepted is never sent again by itself."""

    def test_a_lost_reply_is_uncertain_and_the_charge_is_the_only_one(self, clients, server):
        client = clients(base_url=server.scenario_url("lost-reply"), max_credits=100)
        with pytest.raises(SubmissionUncertain) as caught:
            client.submit(VEO)
        assert 1 == len(server.requests)
        assert 991 == server.balance("test-key"), "the mock did accept it"
        assert 9 == client.credits_committed, "it stays reserved"
        assert VEO == caught.value.request
        assert isinstance(caught.value.cause, ConnectionFailed)
        assert "may have been accepted and charged" in str(caught.value)
        assert "safe to retry" not in str(caught.value)

    @pytest.mark.parametrize(
        ("answer", "cause"),
        [
            (reply(500, {"error": "string"}), APIError),
            (reply(503, "<html>busy</html>"), APIError),
            (reply(529), APIError),
            (reply(200, "<html>hello</html>"), UnexpectedReply),
            (reply(200, {"status": 0}), UnexpectedReply),
            (reply(200, ["tsk_1"]), UnexpectedReply),
            (reply(200, b"[" * 100_000), UnexpectedReply),
            (reply(200, RECEIPT, length=500)[:-45], ConnectionFailed),
            (reply(302, Location="https://example.com/"), UnexpectedReply),
            (reply(304), UnexpectedReply),
            (b"HTTP/1.1 200 OK\r\nContent-", ConnectionFailed),
            (b"garbage\r\n\r\n", ConnectionFailed),
            (reply(200, b"x" * (9 * 1024 * 1024)), ConnectionFailed),
            (b"", ConnectionFailed),
        ],
    )
    def test_every_ambiguous_response_is_uncertain(self, scripted_clients, scripted, answer, cause):
        scripted.replies = [answer]
        with pytest.raises(SubmissionUncertain) as caught:
            scripted_clients().submit(VEO)
        assert isinstance(caught.value.cause, cause)
        assert 1 == len(scripted.seen)

    @pytest.mark.parametrize("body", [{"code": 402, "msg": "Insufficient credits"}, {"error": "Insufficient credits"}])
    def test_an_error_of_the_application_with_200_is_shown(self, scripted_clients, scripted, body):
        """Some services refuse with HTTP 200: whether it charged is unknown, its words are all we have."""
        scripted.replies = [reply(200, body)]
        client = scripted_clients(max_credits=20)
        with pytest.raises(SubmissionUncertain) as caught:
            client.submit(VEO)
        assert json.dumps(body) in str(caught.value)
        assert (9, 1) == (client.credits_committed, len(scripted.seen))

    @pytest.mark.parametrize("cut", [0, 1, 20, 30])
    def test_a_task_id_that_came_before_the_connection_broke_is_not_lost(self, scripted_clients, scripted, cut):
        whole = reply(200, RECEIPT, length=500)
        scripted.replies = [whole[: len(whole) - cut]]
        client = scripted_clients(max_credits=20)
        assert ("tsk_1", 9) == (client.submit(VEO).id, client.credits_committed)

    def test_nor_one_that_came_before_white_space_without_end(self, scripted_clients, scripted):
        scripted.replies = [reply(200, json.dumps(RECEIPT) + " " * 9 * 1024 * 1024)]
        assert "tsk_1" == scripted_clients().submit(VEO).id

    def test_a_whole_reply_that_ends_behind_the_id_is_searched_too(self, scripted_clients, scripted):
        scripted.replies = [reply(200, '{"taskId": "tsk_1", "stat')]
        assert "tsk_1" == scripted_clients().submit(VEO).id

    @pytest.mark.parametrize("cut", [0, 3])
    def test_a_failure_may_name_the_task_that_it_hides(self, scripted_clients, scripted, cut):
        scripted.replies = [reply(500, {"error": "oops", "taskId": "tsk_1"}, length=42 + cut)]
        with pytest.raises(SubmissionUncertain, match="wait for task tsk_1, which the response names") as caught:
            scripted_clients().submit(VEO)
        assert "tsk_1" == caught.value.task_id

    def test_a_body_that_is_compressed_twice_is_not_read(self, scripted_clients, scripted):
        scripted.replies = [reply(200, RECEIPT, Content_Encoding="gzip, gzip")]
        with pytest.raises(SubmissionUncertain, match="the response has no task id"):
            scripted_clients().submit(VEO)

    def test_a_refusal_whose_body_broke_off_is_a_refusal(self, scripted_clients, scripted):
        scripted.replies = [reply(402, {"error": "Insufficient credits"}, length=500)]
        client = scripted_clients(max_credits=20)
        with pytest.raises(InsufficientCredits):
            client.submit(VEO)
        assert 0 == client.credits_committed

    def test_a_redirect_is_not_followed_as_the_key_would_go_along(self, scripted_clients, scripted, server):
        scripted.replies = [reply(307, Location=f"{server.url}/api/ai/video/generate")]
        with pytest.raises(SubmissionUncertain, match="redirected to"):
            scripted_clients().submit(VEO)
        assert [] == server.requests

    def test_429_was_surely_not_accepted_so_it_is_sent_again(self, clients, server, clock):
        task = clients(base_url=server.scenario_url("submit-429")).submit(VEO)
        assert [429, 200] == [seen.status for seen in server.requests]
        assert [1.0] == clock.sleeps, "Retry-After is obeyed"
        assert 9 == task.credits_used
        assert 991 == server.balance("test-key")

    def test_429_without_end_is_raised_after_a_few_retries(self, scripted_clients, scripted, clock):
        scripted.replies = [reply(429, {"error": "Slow down"}, Retry_After="7")]
        client = scripted_clients(max_credits=20)
        with pytest.raises(RateLimited) as caught:
            client.submit(VEO)
        assert 7.0 == caught.value.retry_after
        assert "retry after 7 s" in str(caught.value)
        assert (4, [7.0, 7.0, 7.0]) == (len(scripted.seen), clock.sleeps)
        assert 0 == client.credits_committed

    def test_retry_after_is_obeyed_only_so_far(self, scripted_clients, scripted, clock):
        scripted.replies = [reply(429, Retry_After="86400"), reply(200, RECEIPT)]
        assert "tsk_1" == scripted_clients().submit(VEO).id
        assert [60.0] == clock.sleeps

    def test_a_retry_that_would_end_after_the_timeout_is_not_begun(self, scripted_clients, scripted, clock):
        scripted.replies = [reply(429, Retry_After="30")]
        with pytest.raises(RateLimited):
            scripted_clients().submit(VEO, timeout=20)
        assert (1, []) == (len(scripted.seen), clock.sleeps)

    def test_a_connection_that_was_never_made_is_retried_and_then_raised(self, clients, clock):
        client = clients(base_url="http://127.0.0.1:9", max_credits=20)  # nothing listens on the discard port
        with pytest.raises(
            ConnectionFailed, match=r"cannot connect to 127\.0\.0\.1:9: connection refused; nothing was sent, safe"
        ):
            client.submit(VEO)
        assert 3 == len(clock.sleeps)
        assert 0 == client.credits_committed


class TestSubmitWithinBudget:
    """`max_credits` is held before sending, by quote, and settled by what was charged."""

    def test_what_does_not_fit_is_not_sent(self, clients, server):
        client = clients(max_credits=10)
        client.submit(VEO)
        with pytest.raises(BudgetExceeded) as caught:
            client.submit(VEO)
        assert (9, 1) == (caught.value.needed, caught.value.left)
        assert 1 == len(server.requests)

    def test_an_unknown_price_is_refused_unless_allowed(self, clients, server):
        request = {**VEO, "model": "wan/2-6-text-to-video"}
        with pytest.raises(BudgetExceeded) as caught:
            clients(max_credits=100).submit(request)
        assert caught.value.needed is None
        assert [] == server.requests
        allowed = clients(max_credits=100, allow_unknown_price=True)
        assert allowed.submit(request).credits_used == allowed.credits_committed

    def test_an_unknown_price_does_not_fit_a_budget_that_is_used_up(self, clients, server):
        client = clients(max_credits=0, allow_unknown_price=True)
        with pytest.raises(BudgetExceeded):
            client.submit({**VEO, "model": "wan/2-6-text-to-video"})
        assert [] == server.requests

    def test_what_was_charged_replaces_the_quote(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {**RECEIPT, "creditsUsed": 12})]
        client = scripted_clients(max_credits=20)
        client.submit(VEO)
        assert 12 == client.credits_committed
        with pytest.raises(BudgetExceeded):
            client.submit(VEO)

    def test_a_price_with_a_point_is_read(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {**RECEIPT, "creditsUsed": 9.0})]
        assert "9" == repr(scripted_clients().submit(VEO).credits_used)

    def test_a_receipt_without_a_price_settles_at_the_quote(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {"taskId": "tsk_1"})]
        client = scripted_clients(max_credits=20)
        assert client.submit(VEO).credits_used is None
        assert 9 == client.credits_committed

    def test_a_receipt_with_an_odd_status_does_not_lose_its_task_id(self, scripted_clients, scripted):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": "queued"})]
        assert "tsk_1" == scripted_clients().submit(VEO).id

    def test_a_limit_below_zero_is_refused(self, clients):
        with pytest.raises(InvalidRequest, match="max_credits must be a whole number of credits, 0 or more"):
            clients(max_credits=-1)
