"""`contract --max-credits`: valid requests, and never more credits than allowed, whatever the server does."""

import json
import signal

import pytest

from gptimage2_video import MODELS, Journal
from gptimage2_video_cli.contract.guard import has_empty_prompt
from gptimage2_video_cli.contract.schemas import spec
from gptimage2_video_mock.api.handlers import json_response
from support.broken_servers import answering, changed, charging, debit, object_of, renamed, scenario, without

pytestmark = pytest.mark.slow

IMAGE = ("--image", "https://example.com/cup.jpg")


def titles(data, *ranks):
    return [finding["title"] for finding in data["findings"] if not ranks or finding["severity"] in ranks]


def outcome_of(data, check_id):
    return next(it["outcome"] for it in data["checks"] if it["id"] == check_id)


def spent(server):
    return 1000 - server.balance("test-key")


def posts(server):
    """The valid submissions."""
    sent = [request.body for request in server.requests if request.method == "POST"]
    bodies = [object_of(body) for body in sent if not has_empty_prompt(body)]
    return [body for body in bodies if spec().is_valid_request(body)]


class TestMoney:
    @pytest.mark.parametrize("limit", [1, 5, 11])
    def test_a_budget_below_the_cheapest_submission_is_refused_before_anything_is_sent(self, cli, server, limit):
        """The documentation's own example charges 12 where its table says 5."""
        outcome = cli("contract", "--max-credits", str(limit))
        message = f"--max-credits {limit} is below the cheapest submission, which may cost 12 credits"
        assert (2, [], True) == (outcome.code, server.requests, message in outcome.err)

    def test_a_charge_of_that_size_is_just_within(self, cli, server, monkeypatch):
        async def as_in_the_example(exchange):
            response = await exchange.answer()
            if response.status == 200:
                receipt = json.loads(response.body)
                debit(exchange, 7, receipt["taskId"])
                return json_response(200, {**receipt, "creditsUsed": 12})
            return response

        cli.against(scenario(monkeypatch, server, submit=as_in_the_example))
        data = cli("contract", "--json", "--max-credits", "12").object
        assert (12, 12, 1) == (spent(server), data["totals"]["charged"], len(posts(server)))
        assert ["- {duration: 5, resolution: 720p, credits: 12}"] == [
            finding["edit"] for finding in data["findings"] if "cost 5 credits" in finding["title"]
        ]

    def test_a_greater_charge_is_a_finding_and_the_last(self, cli, server, monkeypatch):
        outcome = cli.against(scenario(monkeypatch, server, submit=charging(3)))(
            "contract", "--json", "--max-credits", "12"
        )
        assert (1, 15, 1) == (outcome.code, spent(server), len(posts(server)))
        title = "A charge is at most 2.4 times its price. Not here: 15, at most 12 expected"
        assert [True] == [it.startswith(title) for it in titles(outcome.object, "charged")]

    def test_after_it_each_request_needs_the_observed_ratio(self, cli, server, monkeypatch):
        cli.against(scenario(monkeypatch, server, submit=charging(3)))("contract", "--max-credits", "60")
        assert (4, 60) == (len(posts(server)), spent(server))

    def test_a_lost_response_counts_as_spent_and_is_the_last(self, cli, server):
        outcome = cli.against(server.scenario_url("lost-reply"))("contract", "--json", "--max-credits", "500")
        data = outcome.object
        assert (1, 5, 5, 12, 1) == (
            outcome.code,
            spent(server),
            data["totals"]["uncertain"],
            data["totals"]["worst_case_cost"],
            len(posts(server)),
        )
        assert "uncertain" == data["submissions"][0]["state"]
        assert "a submission may have been accepted and charged; nothing more is sent" == data["abort_reason"]

    def test_a_refund_is_reported_and_not_spent_again(self, cli, server):
        """It may be announced and never come; no endpoint has the balance."""
        data = cli.against(server.scenario_url("failed"))("contract", "--json", "--max-credits", "30").object
        assert (0, data["totals"]["charged"]) == (spent(server), data["totals"]["refunded"])
        assert 30 >= data["totals"]["charged"]
        assert "passed" == outcome_of(data, "failed-refunded")

    def test_an_unknown_price_is_reserved_at_that_of_the_dearest(self, cli, server):
        unpriced = {model.id for model in MODELS.values() if not model.prices}
        cli("contract", "--max-credits", "321", *IMAGE)
        assert set() == {body["model"] for body in posts(server)} & unpriced
        cli("contract", "--max-credits", "1500", *IMAGE)
        assert unpriced == {body["model"] for body in posts(server)} & unpriced

    def test_every_paid_submission_is_in_the_journal(self, cli, server):
        cli("contract", "--max-credits", "12")
        journal = Journal()
        (entry,) = (it for it in journal.submissions(group="contract") if it.task_id)
        journal.close()
        assert (server.ledger("test-key")[0].task_id, "completed", 5) == (
            entry.task_id,
            entry.state,
            entry.credits_used,
        )

    def test_a_receipt_that_the_snapshot_corrects_costs_the_greater(self, cli, server, monkeypatch):
        cli.against(scenario(monkeypatch, server, poll=changed(lambda body: {**body, "creditsUsed": 9}, 200)))
        data = cli("contract", "--json", "--max-credits", "12").object
        assert (9, "failed") == (data["totals"]["charged"], outcome_of(data, "snapshot-credits"))

    def test_an_interruption_while_submitting_is_uncertain(self, cli, server, monkeypatch):
        async def interrupt(exchange):
            response = await exchange.answer()
            if response.status == 200:
                signal.raise_signal(signal.SIGINT)
            return response

        cli.against(scenario(monkeypatch, server, submit=interrupt))
        outcome = cli("contract", "--json", "--max-credits", "12")
        totals = outcome.object["totals"]
        assert (130, True) == (outcome.code, spent(server) <= totals["worst_case_cost"] <= 12)

    def test_an_interruption_while_waiting_reports_the_task_and_its_charge(self, cli, server, monkeypatch):
        def sleep(seconds):
            if seconds == 2.0:
                signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr("gptimage2_video_cli.contract.clock.sleep", sleep)
        outcome = cli("contract", "--max-credits", "12")
        task_id = server.ledger("test-key")[0].task_id
        assert (130, True) == (outcome.code, f"  accepted: {task_id}, sora-2-text-to-video" in outcome.out)
        assert "charged 5, refunded 0, uncertain 0" in outcome.out


class TestObservations:
    def test_prices_fields_and_spelling_are_confirmed(self, cli, server):
        data = cli("contract", "--json", "--max-credits", "900", *IMAGE).object
        check_ids = (
            "price/sora-2-text-to-video/10s/720p",
            "sora-20s",
            "resolution-1080p",
            "veo-images",
            "refunded-boolean",
        )
        assert ["passed"] * 5 == [outcome_of(data, it) for it in check_ids]
        assert ([], "passed") == (data["findings"], outcome_of(data, "spelling-reference"))

    def test_without_an_image_there_is_only_text_to_video(self, cli, server):
        cli("contract", "--max-credits", "100")
        assert {"text_to_video"} == {body["inputMode"] for body in posts(server)}

    def test_the_other_spelling(self, cli, server):
        data = cli.against(server.scenario_url("quickstart"))("contract", "--json", "--max-credits", "12").object
        assert ("passed", "passed", []) == (
            outcome_of(data, "spelling-quickstart"),
            outcome_of(data, "output-video-url"),
            data["findings"],
        )

    def test_a_late_refund_is_waited_for(self, cli, server):
        data = cli.against(server.scenario_url("failed-late-refund"))(
            "contract", "--json", "--max-credits", "12"
        ).object
        assert (5, "passed") == (data["totals"]["refunded"], outcome_of(data, "failed-refunded"))

    @pytest.mark.parametrize(("status", "outcome"), [(200, "failed"), (404, "not run")])
    def test_a_refund_that_does_not_come(self, cli, server, monkeypatch, status, outcome):
        """If it cannot be polled, it is not observed."""
        polls = []

        async def never(exchange):
            response = await exchange.answer()
            body = json.loads(response.body)
            if response.status != 200:
                return response
            polls.append(body)
            ok = status == 200 or len(polls) < 6
            return json_response(200 if ok else 404, {**body, "status": 2, "errorCode": "X", "creditsRefunded": False})

        cli.against(scenario(monkeypatch, server, poll=never))
        data = cli("contract", "--json", "--max-credits", "12").object
        assert (0, outcome) == (data["totals"]["refunded"], outcome_of(data, "failed-refunded"))

    def test_a_refund_that_no_response_mentions_is_not_observed(self, cli, server, monkeypatch):
        hook = changed(lambda body: {"status": 2}, 200)
        data = cli.against(scenario(monkeypatch, server, poll=hook))("contract", "--json", "--max-credits", "12").object
        assert ("not run", "failed") == (outcome_of(data, "failed-refunded"), outcome_of(data, "failed-says-why"))

    @pytest.mark.parametrize(
        ("hooks", "title"),
        [
            (
                {"poll": changed(renamed("status", "state"), 200)},
                'Every response matches its schema. Not here: in a 200, "status" is a',
            ),
            ({"poll": changed(renamed("videoUrl", "video_url"), 200)}, "A completed task names its video. Not here"),
            (
                {"poll": changed(lambda body: {**body, "status": 7}, 200)},
                "A task's status is 0, 1 or 2. Not here: 7",
            ),
            ({"poll": answering(404, {"error": "?"})}, "A task can be read within 30 s of its receipt. Not here"),
            (
                {"poll": answering(403, {"error": "?"}, lambda s: s == 200)},
                "Every status is documented. Not here: GET gets a 403",
            ),
            (
                {"submit": changed(without("creditsUsed"), 200)},
                'Every response matches its schema. Not here: in a 200, "creditsUsed" is a',
            ),
            (
                {"submit": charging(2)},
                "5 s 720p of sora-2-text-to-video cost 5 credits. Not here: charged 10, quoted 5",
            ),
            ({"submit": answering(400, {"error": "no"}, lambda s: s == 200)}, "A request that the spec calls valid is"),
        ],
    )
    def test_a_difference_is_found(self, cli, server, monkeypatch, hooks, title):
        cli.against(scenario(monkeypatch, server, **hooks))
        outcome = cli("contract", "--json", "--max-credits", "12", "--timeout", "100")
        matching = [title_ for title_ in titles(outcome.object, "violation") if title_.startswith(title)]
        assert (1, True) == (outcome.code, bool(matching))

    def test_a_truncated_snapshot_is_a_finding_and_not_the_end(self, cli, server):
        outcome = cli.against(server.scenario_url("cut-poll"))("contract", "--json", "--max-credits", "12")
        assert (1, 1) == (outcome.code, outcome.object["submissions"][0]["status"])
        assert "failed" == outcome_of(outcome.object, "complete")

    def test_an_account_without_credits_is_no_violation(self, cli, server):
        outcome = cli.against(server.url, "test-key-poor")("contract", "--json", "--max-credits", "50")
        assert (0, "passed", 0) == (
            outcome.code,
            outcome_of(outcome.object, "required-is-quote"),
            outcome.object["totals"]["charged"],
        )
        assert "402" in outcome.object["abort_reason"]

    def test_a_revoked_key_aborts_it(self, cli, server, monkeypatch):
        hook = answering(401, {"error": "Unauthorized"}, lambda status: status == 200)
        outcome = cli.against(scenario(monkeypatch, server, submit=hook))("contract", "--max-credits", "50")
        assert (3, 1) == (outcome.code, len(posts(server)))
