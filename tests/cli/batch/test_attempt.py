"""`batch run` and money: budgets, refusals, and what may have been charged."""

import asyncio
import operator
from pathlib import Path

import pytest

from gptimage2_video import check, request
from gptimage2_video_cli.batch.database import open_sqlite
from gptimage2_video_mock.scenarios.scenario import Scenario
from support.batches import SPEED, attempt_starts, refuses, scripted_mock

pytestmark = pytest.mark.slow

UNKNOWN = {"id": "fox", "prompt": "fox", "model": "wan/2-6-text-to-video"}
TASK_SECONDS = 0.5 * SPEED
CUPS = tuple(f"cup-{number}" for number in range(5))


class TestBudget:
    def test_as_many_lines_are_sent_as_fit_and_the_limit_stays_until_another_is_given(self, run, batch, service):
        batch.write(*CUPS)
        outcome = run("--max-credits", "14")
        assert (2, 2, 10) == (outcome.code, len(service.posts), sum(debit.credits for debit in service.debits))
        assert [
            "5 to submit",
            "cost: about 25 credits for 5 lines",
            "budget: 14 credits, 14 left",
            "warning: the budget does not cover all lines; those over budget are not sent",
        ] == outcome.err.splitlines()[:4]
        assert "5 lines: 2 saved, 3 unfunded\n10 credits spent of at most 14, 0 refunded\n" == outcome.out
        over_budget = [line for line in batch.report["lines"] if line["state"] == "unfunded"]
        assert [(2, True)] * 3 == [
            (line["exit_code"], "4 are left of the budget" in line["reason"]) for line in over_budget
        ]

        outcome = run()
        assert (2, 2, True) == (outcome.code, len(service.posts), "budget: 14 credits, 4 left" in outcome.err)

        assert (0, 5, {"saved": 5}) == (
            run("--max-credits", "25").code,
            len(service.posts),
            batch.report["counts"],
        )

    def test_a_refund_makes_room_for_another_line(self, run, batch, service):
        service.instructions = dict.fromkeys(CUPS[:3], "failed-late-refund")
        batch.write(*CUPS[:3])
        assert 1 == run("--max-credits", "5").code
        assert {"cup-0": "failed", "cup-1": "failed", "cup-2": "failed"} == batch.states
        assert (15, 15, 0) == tuple(batch.report[f"credits_{name}"] for name in ("spent", "refunded", "committed"))

    def test_unknown_prices_are_refused_unless_allowed(self, run, batch, service):
        batch.write("cup", UNKNOWN)
        outcome = run("--max-credits", "100")
        assert (2, []) == (outcome.code, service.posts)
        assert "error: line 2: a budget is set and the price of this line is unknown\n" in outcome.err
        assert 0 == run("--max-credits", "1000", "--allow-unknown-price").code
        assert service.server.balance("test-key") == 1000 - batch.report["credits_committed"]

    def test_a_limit_of_an_earlier_run_refuses_unknown_prices_too(self, run, batch, service):
        batch.write("cup")
        run("--max-credits", "100")
        batch.write("cup", UNKNOWN)
        assert (2, ["cup"]) == (run().code, service.posts)

    def test_an_unknown_price_does_not_fit_where_nothing_is_left(self, run, batch, service):
        batch.write(UNKNOWN)
        assert (2, [], {"fox": "unfunded"}) == (
            run("--max-credits", "0", "--allow-unknown-price").code,
            service.posts,
            batch.states,
        )

    def test_what_was_debited_counts_and_not_what_was_quoted(self, run, batch, service):
        batch.write("cup", {**UNKNOWN, "prompt": "fox"})
        run("--max-credits", "1000", "--allow-unknown-price")
        debited = sum(debit.credits for debit in service.debits)
        assert (debited, debited) == (batch.report["credits_committed"], batch.report["credits_spent"])


class TestLimits:
    @pytest.fixture
    def service(self):
        with scripted_mock(task_seconds=TASK_SECONDS) as running:
            yield running

    def overlap(self, service):
        """How many tasks were pending at once, at most."""
        begins = [debit.at for debit in service.debits]
        return max(sum(begin - TASK_SECONDS < other <= begin for other in begins) for begin in begins)

    def test_no_more_tasks_than_allowed_are_pending(self, run, batch, service):
        batch.write(*CUPS, "boat")
        assert 0 == run("--concurrency", "2").code
        assert (6, 2) == (len(service.debits), self.overlap(service))

    def test_without_a_bound_of_its_own_ten_are(self, run, batch, service):
        polled, all_are_polled = set(), asyncio.Event()

        async def answer_once_all_are_polled(exchange):
            polled.add(exchange.request.path)
            if len(polled) == 6:
                all_are_polled.set()
            await all_are_polled.wait()
            return await exchange.answer()

        waits_for_all = Scenario(name="waits-for-all", about="", poll=answer_once_all_are_polled)
        service.instructions = dict.fromkeys((*CUPS, "boat"), waits_for_all)
        batch.write(*CUPS, "boat")
        assert 0 == run("--timeout", "60").code

    def test_no_more_submissions_a_second_leave_than_allowed(self, run, batch, service):
        batch.write(*CUPS)
        assert 0 == run("--rate", "8").code
        engine = open_sqlite(Path("videos"))
        starts = attempt_starts(engine)
        engine.dispose()
        assert (5, True) == (len(starts), min(map(operator.sub, starts[2:], starts)) >= 250), "two in 250 ms"


class TestRefused:
    @pytest.mark.parametrize(
        ("key", "message"), [("no-such-key", "the API key was refused"), ("test-key-poor", "credits")]
    )
    def test_an_error_that_every_line_would_meet_aborts_the_batch(self, cli, batch, service, key, message):
        batch.write(*(f"cup-{number}" for number in range(12)))
        outcome = cli.against(service.url, key)(*batch.arguments("--concurrency", "3"))
        assert (3, True) == (outcome.code, len(service.posts) <= 3)
        assert {"refused", "planned"} == set(batch.states.values())
        assert [] == service.debits
        seen = len(service.posts)
        assert (0, 12 + seen) == (
            cli.against(service.url)(*batch.arguments("--concurrency", "12")).code,
            len(service.posts),
        )

    def test_a_line_that_is_refused_by_itself_does_not_stop_the_others(self, run, batch, service):
        service.instructions["cup-1"] = refuses(400)
        batch.write(*CUPS)
        outcome = run()
        assert (3, "refused", 4) == (outcome.code, batch.states["cup-1"], batch.report["counts"]["saved"])
        assert "400" in batch.report["lines"][1]["reason"]
        service.instructions.clear()
        assert (0, 6) == (run().code, len(service.posts))

    def test_nothing_of_a_refused_line_stays_in_the_budget(self, run, batch, service):
        service.instructions["cup-0"] = refuses(400)
        batch.write(*CUPS[:2])
        run("--max-credits", "10")
        assert 5 == batch.report["credits_committed"]

    def test_a_service_that_accepts_nothing_for_a_while_is_safe_to_retry(self, run, batch, service):
        service.instructions["cup-0"] = refuses(429, "{}", Retry_After="0")
        batch.write(*CUPS[:2])
        assert (4, {"cup-0": "refused", "cup-1": "saved"}) == (run().code, batch.states)
        assert len([prompt for prompt in service.posts if prompt == "cup-0"]) > 4
        service.instructions.clear()
        assert (0, 1) == (run().code, len(service.accepted["cup-0"]))

    def test_where_the_journal_fails_nothing_is_sent(self, run, batch, service, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_JOURNAL", "shots.jsonl")
        batch.write(*CUPS[:2])
        outcome = run("--max-credits", "10")
        assert (2, [], {"refused": 2}, 0) == (
            outcome.code,
            service.posts,
            batch.report["counts"],
            batch.report["credits_committed"],
        )
        assert "shots.jsonl" in batch.report["lines"][0]["reason"]


class TestFailed:
    def test_a_failed_task_ends_with_1_and_its_refund_is_in_the_report(self, run, batch, service):
        service.instructions["cup-0"] = "failed"
        batch.write(*CUPS[:2])
        outcome = run()
        assert (1, "2 lines: 1 saved, 1 failed\n10 credits spent, 5 refunded\n") == (outcome.code, outcome.out)
        line = batch.report["lines"][0]
        assert (True, 1, None, "EMPTY_RESULT") == (
            line["refunded"],
            line["exit_code"],
            line["file"],
            line["reason"][:12],
        )
        assert (1, 2) == (run().code, len(service.posts)), "and it is not made again"

    def test_a_video_that_cannot_be_fetched_ends_with_6_and_is_fetched_by_the_next_run(self, run, batch, service):
        service.instructions["cup-0"] = "download-json"
        batch.write(*CUPS[:2])
        assert (6, {"cup-0": "completed", "cup-1": "saved"}) == (run().code, batch.states)
        service.instructions.clear()
        outcome = run()
        assert (0, 2, True) == (outcome.code, len(service.posts), "1 in progress, 1 done" in outcome.err)
        assert ["cup-0.mp4", "cup-1.mp4"] == batch.videos

    def test_a_task_that_is_still_pending_ends_with_124_and_the_next_run_waits_on(self, run, batch, service):
        service.instructions["cup-0"] = "poll-500-always"
        batch.write(*CUPS[:2])
        assert (124, {"cup-0": "pending", "cup-1": "saved"}) == (run("--timeout", "4").code, batch.states)
        service.instructions.clear()
        assert (0, 2, {"saved": 2}) == (run().code, len(service.posts), batch.report["counts"])


class TestUncertain:
    """The connection broke before the response came: the task may exist, and have been paid for."""

    @pytest.fixture(autouse=True)
    def _lost(self, run, batch, service):
        service.instructions["cup-0"] = "lost-reply"
        batch.write(*CUPS[:2])
        self.outcome = run("--max-credits", "20")

    def test_it_ends_with_5_and_counts_as_spent_until_its_outcome_is_known(self, batch):
        assert (5, {"cup-0": "uncertain", "cup-1": "saved"}) == (self.outcome.code, batch.states)
        assert "5 credits spent of at most 20, 0 refunded; 5 more may have been charged\n" in self.outcome.out
        assert 10 == batch.report["credits_committed"]

    def test_it_is_not_submitted_again_by_the_next_run(self, run, cli, service):
        outcome = run()
        assert (5, 2, True) == (outcome.code, len(service.posts), "1 uncertain, not submitted again" in outcome.err)
        report = cli("batch", "report", "videos")
        assert (5, "line 1: cup-0 uncertain (") == (report.code, report.out[:25])

    def test_it_is_submitted_again_on_demand_and_both_count_in_the_budget(self, run, batch, service):
        service.instructions.clear()
        outcome = run("--resubmit-uncertain")
        assert (0, {"saved": 2}) == (outcome.code, batch.report["counts"])
        assert (2, 1) == (len(service.accepted["cup-0"]), len(service.accepted["cup-1"]))
        assert 15 == batch.report["credits_committed"] == sum(debit.credits for debit in service.debits)

    def test_it_may_not_be_edited_and_is_kept_where_it_leaves_the_manifest(self, run, batch):
        batch.write({"id": "cup-0", "prompt": "A blue cup", "model": "veo3_lite"})
        outcome = run()
        assert (2, True) == (outcome.code, "cup-0 was submitted already with another request" in outcome.err)
        batch.write("cup-1")
        assert (5, "uncertain") == (run().code, batch.states["cup-0"])


def test_a_line_is_checked_and_priced_once(run, batch, monkeypatch):
    checked = []
    monkeypatch.setattr(request, "check", lambda body, **rules: checked.append(body) or check(body, **rules))
    batch.write("cup", {"id": "boat", "prompt": "boat", "model": "veo3_lite", "aspectRatio": "wide"})
    assert (0, 2) == (run("--max-credits", "10").code, len(checked))


def test_an_error_that_names_a_task_is_no_reason_not_to_wait_for_it(run, batch, service):
    service.instructions["cup-0"] = "submit-500-with-id"
    batch.write(*CUPS[:1])
    assert (0, {"cup-0": "saved"}, 1) == (run().code, batch.states, len(service.posts))
