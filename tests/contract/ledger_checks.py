"""Checks that need the mock's ledger or its clock: what no server tells, and so the command cannot check.

Each starts from a reset server, asks one property, and fails with an AssertionError. Random histories are in
`ledger_histories`; what is said of requests in general, in `agreement`. Nothing of the mock is imported here.
"""

import json
from collections.abc import Callable, Mapping

from ledger_histories import credits_are_conserved
from target import CHEAP, DEAR, GENERATE, POOR, RICH, Target

REFUSED: Mapping[str, str] = {
    "not JSON": "{",
    "a list": json.dumps([CHEAP]),
    "no prompt": json.dumps({name: value for name, value in CHEAP.items() if name != "prompt"}),
    "an empty prompt": json.dumps({**CHEAP, "prompt": ""}),
    "an unknown model": json.dumps({**CHEAP, "model": "sora-3"}),
    "a mode that the model lacks": json.dumps({**CHEAP, "model": "kling/v2-1-pro"}),
    "an empty list of images": json.dumps({**CHEAP, "inputMode": "image_to_video", "inputImageUrls": []}),
    "no image": json.dumps({**CHEAP, "inputMode": "image_to_video"}),
    "Veo at 5 s": json.dumps({**CHEAP, "duration": 5}),
}
MOMENTS = (0, 1, 29, 31, 60, 600, 86_400)  # seconds between two polls of a task
ENDS = {"": 1, "failed": 2, "failed-late-refund": 2}


def a_refused_request_changes_nothing(target: Target) -> None:
    """No balance and no ledger, whoever sent it and whyever it was refused."""
    before = target.accounts()
    for body in REFUSED.values():
        target.body(target.send("POST", GENERATE, body=body), 400)
    target.body(target.submit(DEAR, POOR), 402)
    for headers in ({}, {"Authorization": "Bearer sk_unknown"}, {"Authorization": f"Basic {RICH}"}):
        target.body(target.raw("POST", GENERATE, headers, json.dumps(CHEAP)), 401)
    assert before == target.accounts()


def the_last_credit_can_be_spent(target: Target) -> None:
    """A price that is exactly the balance is affordable, and then nothing is."""
    spent = [target.accepted(CHEAP, POOR)["creditsUsed"] for _ in range(2)]
    assert [9, 9] == spent
    assert 0 == target.account(POOR)["balance"]
    target.body(target.submit(CHEAP, POOR), 402)


def a_task_ends_once(target: Target) -> None:
    """From 0 to 1 or from 0 to 2, and there it stays for a day; a failure too, which the command cannot bring about."""
    tasks = {target.accepted(CHEAP, scenario=scenario)["taskId"]: end for scenario, end in ENDS.items()}
    history: dict[str, list[int]] = {task_id: [] for task_id in tasks}
    for seconds in MOMENTS:
        target.advance(seconds)
        for task_id in tasks:
            task = target.task(task_id)
            history[task_id].append(task["status"])
            url, code = task.get("videoUrl", task.get("outputVideoUrl")), task.get("errorCode")
            has = {0: (False, False), 1: (True, False), 2: (False, True)}
            assert has.get(task["status"]) == (bool(url), bool(code))
    for task_id, end in tasks.items():
        changes = [
            status
            for status, before in zip(history[task_id], [None, *history[task_id]], strict=False)
            if status != before
        ]
        assert [0, end] == changes


def a_failure_is_refunded_once_and_in_full(target: Target) -> None:
    """And the snapshot says so when it is, and not before."""
    for scenario in ("failed", "failed-late-refund"):
        before = target.account(RICH)["balance"]
        receipt = target.accepted(DEAR, scenario=scenario)
        price, task_id = receipt["creditsUsed"], receipt["taskId"]
        for seconds in MOMENTS:
            target.advance(seconds)
            account, task = target.account(RICH), target.task(task_id)
            refunded = task.get("creditsRefunded", task.get("creditRefunded"))
            assert before - (0 if refunded else price) == account["balance"]
        moves = [(row["kind"], row["credits"]) for row in account["ledger"] if row["taskId"] == task_id]
        assert [("debit", price), ("refund", price)] == moves


LEDGER: Mapping[str, Callable[[Target], None]] = {
    function.__name__: function
    for function in (
        a_refused_request_changes_nothing,
        the_last_credit_can_be_spent,
        a_task_ends_once,
        a_failure_is_refunded_once_and_in_full,
        credits_are_conserved,
    )
}
