"""The mock without HTTP: its clock, its prices, its books and what it accepts."""

import copy
import itertools
import json
import re
import time
from threading import Thread

import pytest
from jsonschema import Draft202012Validator

import gptimage2_video_mock.api.spec as spec_module
from gptimage2_video_mock.api.spec import spec
from gptimage2_video_mock.api.validation import InvalidRequest, RequestValidator
from gptimage2_video_mock.service.accounts import InsufficientCredits, LedgerEntry
from gptimage2_video_mock.service.clock import Clock, iso
from gptimage2_video_mock.service.prices import PriceList
from gptimage2_video_mock.service.service import Service
from gptimage2_video_mock.service.tasks import Outcome, TaskStatus

TEXT = {"prompt": "A cup", "model": "sora-2-text-to-video", "inputMode": "text_to_video", "duration": 5}
IMAGE = {
    "prompt": "A cup",
    "model": "kling/v2-1-pro",
    "inputMode": "image_to_video",
    "inputImageUrls": ["https://example.com/cup.png"],
}
FAILS = Outcome(error_code="EMPTY_RESULT", error_message="Nothing came.", refund_delay=6.0)
TABLE = spec()["x-model-table"]
ROWS = [(model["id"], row) for model in TABLE["models"] for row in model["credits"]["rows"]]


@pytest.fixture
def clock():
    return Clock(0.0)


@pytest.fixture
def service(clock):
    return Service({"rich": 100, "poor": 3}, PriceList(TABLE), clock, task_seconds=60.0)


class TestClock:
    def test_a_frozen_clock_moves_only_when_stepped(self):
        real = iter(range(100))
        clock = Clock(0.0, monotonic=lambda: next(real))
        before = clock.now()
        assert clock.now() == before
        assert clock.advance(60) == before + 60
        assert clock.now() == before + 60

    def test_a_fast_clock_multiplies_real_seconds_from_now_on(self):
        real = [1000.0]
        clock = Clock(10.0, monotonic=lambda: real[0])
        assert clock.now() == pytest.approx(time.time(), abs=5)
        before = clock.now()
        real[0] += 2
        assert clock.now() - before == pytest.approx(20)

    @pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e15])
    def test_it_goes_neither_back_nor_out_of_the_calendar(self, clock, seconds):
        with pytest.raises(ValueError, match="cannot be advanced"):
            clock.advance(seconds)

    @pytest.mark.parametrize("speed", [-1, float("nan"), float("inf")])
    def test_a_speed_that_is_no_speed_is_refused(self, speed):
        with pytest.raises(ValueError, match="speed"):
            Clock(speed)

    def test_times_are_written_as_the_documentation_writes_them(self):
        assert iso(1776848400.0) == "2026-04-22T09:00:00.000Z"
        assert iso(1776848400.25) == "2026-04-22T09:00:00.250Z"


class TestPrices:
    @pytest.mark.parametrize(("model", "row"), ROWS)
    def test_every_row_of_the_table_is_charged_as_it_stands(self, model, row):
        asked = {"model": model, **{name: row[name] for name in ("duration", "resolution") if name in row}}
        assert PriceList(TABLE).price(asked) == (row["credits"], row["duration"])

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"model": "sora-2-text-to-video"}, (5, 5)),
            ({"model": "sora-2-text-to-video", "duration": 10}, (10, 10)),
            ({"model": "sora-2-text-to-video", "resolution": "1080p"}, (8, 5)),
            ({"model": "sora-2-text-to-video", "duration": 5.0}, (5, 5)),
            ({"model": "veo3"}, (63, 8)),
            ({"model": "kling/v2-1-pro", "duration": 10}, (42, 10)),
        ],
    )
    def test_what_is_left_out_is_that_of_the_first_row(self, asked, expected):
        assert PriceList(TABLE).price(asked) == expected

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"model": "wan/2-6-text-to-video"}, (10, 5)),
            ({"model": "bytedance/seedance-1.5-pro", "duration": 15}, (30, 15)),
            ({"model": "sora-2-text-to-video", "duration": 15}, (30, 15)),
            ({"model": "sora-2-text-to-video", "resolution": "4k"}, (10, 5)),
            ({"model": "veo3", "resolution": "1080p"}, (16, 8)),
        ],
    )
    def test_where_the_table_is_silent_two_credits_a_second_are_invented(self, asked, expected):
        assert PriceList(TABLE).price(asked) == expected


class TestBooks:
    def test_acceptance_debits_and_completion_keeps_it(self, service, clock):
        account = service.account("rich")
        task = service.submit(account, TEXT)
        assert (account.balance, task.credits) == (95, 5)
        assert account.ledger == [LedgerEntry("debit", 5, task.id, clock.now())]
        assert task.status(clock.now()) is TaskStatus.PENDING
        assert task.status(clock.advance(59.9)) is TaskStatus.PENDING
        assert task.status(clock.advance(0.2)) is TaskStatus.COMPLETED
        assert service.account("rich").balance == 95

    def test_a_failed_task_is_refunded_in_full_when_the_refund_is_due_and_once(self, service, clock):
        account = service.account("rich")
        task = service.submit(account, TEXT, outcome=FAILS)
        now = clock.advance(60)
        assert task.status(now) is TaskStatus.FAILED
        assert (task.refunded(now), service.account("rich").balance) == (False, 95)
        now = clock.advance(6)
        assert (task.refunded(now), service.account("rich").balance) == (True, 100)
        clock.advance(600)
        assert service.account("rich").balance == 100
        assert [entry.kind for entry in account.ledger] == ["debit", "refund"]
        assert account.ledger[1].at == task.refunded_at

    def test_refunds_come_in_the_order_in_which_they_are_due(self, service, clock):
        account = service.account("rich")
        late = service.submit(account, TEXT, outcome=FAILS)
        early = service.submit(account, TEXT, outcome=Outcome(error_code="STORAGE_ERROR"))
        clock.advance(62)
        assert service.account("rich").ledger[-1].task_id == early.id
        clock.advance(62)
        assert service.account("rich").ledger[-1].task_id == late.id

    def test_too_few_credits_charge_nothing_and_say_what_is_needed(self, service):
        account = service.account("poor")
        with pytest.raises(InsufficientCredits) as caught:
            service.submit(account, TEXT)
        assert (caught.value.required, account.balance, account.ledger) == (5, 3, [])

    def test_the_last_credit_can_be_spent(self, service):
        account = service.account("rich")
        for _ in range(20):
            service.submit(account, TEXT)
        assert account.balance == 0

    def test_a_refund_that_is_due_can_be_spent_at_once(self, service, clock):
        account = service.account("rich")
        for _ in range(20):
            service.submit(account, TEXT, outcome=FAILS)
        clock.advance(66)
        service.submit(account, TEXT)
        assert account.balance == 95

    def test_an_unknown_key_has_no_account_and_an_unknown_id_no_task(self, service):
        assert service.account("stranger") is None
        assert service.task("tsk_unknown") is None

    def test_task_ids_look_like_the_documentations_and_never_repeat(self, service):
        account = service.account("rich")
        ids = [service.submit(account, TEXT).id for _ in range(20)]
        assert all(re.fullmatch(r"tsk_0[0-9A-HJKMNP-TV-Z]{25}", task_id) for task_id in ids)
        assert len(set(ids)) == 20

    def test_task_ids_carry_their_time_as_a_ulid_does(self, service, clock):
        task = service.submit(service.account("rich"), TEXT)
        digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        milliseconds = sum(digits.index(digit) * 32**place for place, digit in enumerate(reversed(task.id[4:14])))
        assert milliseconds == int(clock.now() * 1000)

    def test_a_reset_forgets_tasks_and_restores_balances(self, service, clock):
        task = service.submit(service.account("rich"), TEXT, outcome=FAILS)
        service.reset()
        clock.advance(100)
        assert service.task(task.id) is None
        assert (service.account("rich").balance, service.account("rich").ledger) == (100, [])

    def test_credits_are_conserved_under_threads(self, clock):
        service = Service({"rich": 1000}, PriceList(TABLE), clock, task_seconds=0.0)
        account = service.account("rich")

        def submit_many():
            for _ in range(50):
                service.submit(account, TEXT, outcome=FAILS)
                service.account("rich")

        threads = [Thread(target=submit_many) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert account.balance == 0
        clock.advance(6)
        assert service.account("rich").balance == 1000

    def test_a_negative_duration_of_tasks_is_refused(self, clock):
        with pytest.raises(ValueError, match="0 seconds or more"):
            Service({}, PriceList(TABLE), clock, task_seconds=-1.0)


@pytest.fixture(scope="module")
def validator():
    return RequestValidator(spec())


def refusal(validator, body):
    with pytest.raises(InvalidRequest) as caught:
        validator.read(body if isinstance(body, bytes) else json.dumps(body).encode())
    return caught.value


def test_a_package_without_the_contract_says_so(monkeypatch):
    monkeypatch.setattr(spec_module, "_PATHS", ())
    with pytest.raises(RuntimeError, match="neither in the package nor"):
        spec_module.spec_bytes.__wrapped__()


class TestValidation:
    def test_the_verdict_is_that_of_the_specs_schema_by_an_independent_validator(self, validator):
        schema = {"$ref": "#/components/schemas/GenerateVideoRequest", "components": spec()["components"]}
        oracle = Draft202012Validator(schema)
        models = ["sora-2-text-to-video", "kling/v2-1-pro", "hailuo/02-text-to-video-pro", "veo3", "sora-3", 7]
        images = [None, [], ["https://example.com/a.png"], ["data:image/png;base64,AAAA"], "https://example.com"]
        cases = itertools.product(
            models, ["text_to_video", "image_to_video", "video", None], [None, 5, 8, 7, "5"], images
        )
        verdicts = set()
        for model, mode, duration, urls in cases:
            given = {"prompt": "x", "model": model, "inputMode": mode, "duration": duration, "inputImageUrls": urls}
            body = {name: value for name, value in given.items() if value is not None}
            expected = oracle.is_valid(body)
            verdicts.add(expected)
            if expected:
                assert validator.read(json.dumps(body).encode()) == body
            else:
                assert refusal(validator, body).field_errors, body
        assert verdicts == {True, False}

    @pytest.mark.parametrize(
        "example",
        spec()["paths"]["/api/ai/video/generate"]["post"]["requestBody"]["content"]["application/json"][
            "examples"
        ].values(),
    )
    def test_every_example_of_the_spec_is_accepted(self, validator, example):
        assert validator.read(json.dumps(example["value"]).encode()) == example["value"]

    @pytest.mark.parametrize("body", [{**TEXT, "prompt": ""}, {name: TEXT[name] for name in TEXT if name != "prompt"}])
    def test_a_missing_prompt_is_worded_as_documented(self, validator, body):
        expected = {"formErrors": [], "fieldErrors": {"prompt": ["Prompt is required"]}}
        assert refusal(validator, body).details == expected

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({**TEXT, "inputMode": "video"}, {"inputMode": ["Must be one of text_to_video, image_to_video"]}),
            ({**TEXT, "inputMode": ["x"]}, {"inputMode": ["Must be one of text_to_video, image_to_video"]}),
            ({**TEXT, "model": "veo3", "duration": 10}, {"duration": ["Must be one of 8"]}),
            ({**TEXT, "aspectRatio": 1.7}, {"aspectRatio": ["Must be of type string"]}),
            ({**IMAGE, "inputImageUrls": []}, {"inputImageUrls": ["InputImageUrls is required"]}),
            ({**IMAGE, "inputImageUrls": None}, {"inputImageUrls": ["Must be of type array"]}),
            ({"model": "veo3"}, {"inputMode": ["InputMode is required"], "prompt": ["Prompt is required"]}),
        ],
    )
    def test_each_broken_rule_is_told_under_its_field_and_once(self, validator, body, expected):
        assert refusal(validator, body).field_errors == expected

    def test_an_image_url_that_is_none_is_told_with_the_pattern_and_without_the_value(self, validator):
        [message] = refusal(validator, {**IMAGE, "inputImageUrls": ["file:///secret"]}).field_errors["inputImageUrls"]
        assert message.startswith("Must match ^")
        assert "secret" not in message

    def test_a_wrong_mode_for_the_model_is_told_under_the_model(self, validator):
        errors = refusal(validator, {**TEXT, "model": "kling/v2-1-pro"}).field_errors
        assert list(errors) == ["model"]

    @pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"7"])
    def test_a_body_that_is_no_object_is_a_form_error(self, validator, body):
        assert refusal(validator, body).form_errors == ["The body must be a JSON object"]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"\xff\xfe",
            b"\xef\xbb\xbf{}",
            b'{"prompt": NaN}',
            b'{"prompt": -Infinity}',
            b'{"prompt": "a", "prompt": "b"}',
            b'{"prompt": "\\ud800"}',
            b'{"x": {"\\udc00": 1}}',
            b"[" * 200_000,
            b'{"a":' * 200_000,
            b'{"duration": ' + b"9" * 5000 + b"}",
        ],
        ids=lambda body: repr(body[:20]),
    )
    def test_a_body_that_is_no_json_is_refused_whole(self, validator, body):
        [message] = refusal(validator, body).form_errors
        assert message.startswith("The body is not usable JSON: ")

    @pytest.mark.parametrize("extra", [b"1e999", b"[" * 500 + b"]" * 500, b'"\\ud83d\\ude00"', b"9" * 400])
    def test_odd_but_valid_json_in_a_further_property_is_accepted(self, validator, extra):
        body = json.dumps(TEXT).encode()[:-1] + b', "extra": ' + extra + b"}"
        assert validator.read(body)["prompt"] == "A cup"

    def test_a_rule_that_the_spec_may_gain_one_day_is_enforced_and_worded(self):
        document = copy.deepcopy(spec())
        document["components"]["schemas"]["VideoRequest"]["properties"]["prompt"]["maxLength"] = 3
        errors = refusal(RequestValidator(document), TEXT).field_errors
        assert errors == {"prompt": ["Must be valid, but the value is longer than 3 characters"]}

    def test_an_infinite_duration_is_refused_and_not_an_accident(self, validator):
        assert "duration" in refusal(validator, json.dumps(TEXT).replace(": 5", ": 1e999").encode()).field_errors
