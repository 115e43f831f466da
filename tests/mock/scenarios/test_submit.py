"""The scenarios of submitting."""

import httpx
import pytest

from support.mock_client import TEXT


class TestSubmission:
    def test_a_lost_reply_was_accepted_and_charged(self, server, under):
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            under("lost-reply").submit()
        [entry] = server.ledger("test-key")
        assert (entry.kind, server.balance("test-key")) == ("debit", 995)
        assert server.requests[0].status is None

    def test_a_refusal_is_told_where_an_acceptance_would_be_lost(self, server, under):
        assert under("lost-reply").submit({**TEXT, "prompt": ""}).status_code == 400
        assert server.requests[0].status == 400

    @pytest.mark.parametrize(
        ("name", "status", "content_type", "retry_after"),
        [
            ("submit-500", 500, "application/json", None),
            ("submit-503-html", 503, "text/html", None),
            ("submit-429", 429, "application/json", "1"),
        ],
    )
    def test_every_other_submission_is_answered_in_the_services_place(
        self, server, under, name, status, content_type, retry_after
    ):
        scenario = under(name)
        for expected in (status, 200, status, 200):
            response = scenario.submit()
            assert response.status_code == expected
            if expected == status:
                assert response.headers["Content-Type"].split(";")[0] == content_type
                assert response.headers.get("Retry-After") == retry_after
        assert [entry.kind for entry in server.ledger("test-key")] == ["debit", "debit"]

    def test_two_clients_do_not_take_each_others_turn(self, under):
        scenario = under("submit-429")
        bodies = [{**TEXT, "prompt": prompt} for prompt in "ab"]
        assert [scenario.submit(body).status_code for body in bodies + bodies] == [429, 429, 200, 200]
