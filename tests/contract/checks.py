"""Own checks: what schemathesis cannot know of this API, each as a function over a server.

Each starts from a reset server, asks one property, and fails with an AssertionError. Random histories are in `credits`;
what is said of requests in general, in `agreement`. Nothing of the mock is imported here.
"""

import json
from collections.abc import Callable, Mapping

from credits import credits_are_conserved
from strategies import EXAMPLES
from target import CHEAP, DEAR, GENERATE, OTHER, POOR, RICH, Target

NOWHERE = "/api/ai/tasks/tsk_00000000000000000000000000"
REFUSED: Mapping[str, str] = {
    "not JSON": "{",
    "a list": json.dumps([CHEAP]),
    "no prompt": json.dumps({name: value for name, value in CHEAP.items() if name != "prompt"}),
    "an empty prompt": json.dumps({**CHEAP, "prompt": ""}),
    "a model that there is not": json.dumps({**CHEAP, "model": "sora-3"}),
    "a mode that the model lacks": json.dumps({**CHEAP, "model": "kling/v2-1-pro"}),
    "an empty list of images": json.dumps({**CHEAP, "inputMode": "image_to_video", "inputImageUrls": []}),
    "no image": json.dumps({**CHEAP, "inputMode": "image_to_video"}),
    "Veo at 5 s": json.dumps({**CHEAP, "duration": 5}),
}
STRANGE = (
    "\x00",
    "\x07\x1b[31m",
    "\u202e\ufeff",
    "\U0001f375" * 1000,
    "'; DROP TABLE tasks; --",
    "<script>",
    "x" * 20_000,
)
SECRETS: Mapping[str, dict[str, str]] = {
    "no key": {},
    "an unknown key": {"Authorization": "Bearer sk_unknown"},
    "an empty key": {"Authorization": "Bearer"},
    "another scheme": {"Authorization": f"Basic {RICH}"},
    "the beginning of a key": {"Authorization": f"Bearer {RICH[:-1]}"},
    "more than a key": {"Authorization": f"Bearer {RICH}-x"},
}
MOMENTS = (0, 1, 29, 31, 60, 600, 86_400)  # seconds between two looks at a task
ENDS = {"": 1, "failed": 2, "failed-late-refund": 2}


def a_new_task_can_be_read_at_once(target: Target) -> None:
    """By its id, pending, with the credits of the receipt; for every example of the spec."""
    seen = set[str]()
    for request in EXAMPLES:
        receipt = target.accepted(request)
        task = target.task(receipt["taskId"])
        told = {
            "taskId": task.get("taskId", task.get("id")),
            **{name: task[name] for name in ("status", "creditsUsed")},
        }
        assert receipt == told, "the snapshot says what the receipt said"
        assert receipt["taskId"] not in seen, "no id is given twice"
        seen.add(receipt["taskId"])


def a_refused_request_changes_nothing(target: Target) -> None:
    """No balance and no ledger, whoever asked and whyever it was refused."""
    before = target.books()
    for body in REFUSED.values():
        target.body(target.send("POST", GENERATE, body=body), 400)
    target.body(target.submit(DEAR, POOR), 402)
    for headers in SECRETS.values():
        target.body(target.raw("POST", GENERATE, headers, json.dumps(CHEAP)), 401)
    assert before == target.books()


def a_402_requires_the_price(target: Target) -> None:
    """What another account is charged for the same request; and more than there is."""
    price = target.accepted(DEAR)["creditsUsed"]
    refusal = target.body(target.submit(DEAR, POOR), 402)
    assert price == refusal.get("required")
    assert target.account(POOR)["balance"] < price


def the_last_credit_can_be_spent(target: Target) -> None:
    """A price that is exactly the balance is affordable, and then nothing is."""
    spent = [target.accepted(CHEAP, POOR)["creditsUsed"] for _ in range(2)]
    assert [9, 9] == spent
    assert 0 == target.account(POOR)["balance"]
    target.body(target.submit(CHEAP, POOR), 402)


def a_task_is_its_owners_alone(target: Target) -> None:
    """To another key it is as if it were not there."""
    task_id = target.accepted(CHEAP)["taskId"]
    unknown = target.body(target.send("GET", NOWHERE, OTHER), 404)
    assert unknown == target.body(target.poll(task_id, OTHER), 404)


def only_a_known_key_opens(target: Target) -> None:
    """Both operations, and a task that is there is not shown either."""
    task_id = target.accepted(CHEAP)["taskId"]
    for headers in SECRETS.values():
        target.body(target.raw("POST", GENERATE, headers, json.dumps(CHEAP)), 401)
        target.body(target.raw("GET", f"/api/ai/tasks/{task_id}", headers), 401)


def a_task_ends_once(target: Target) -> None:
    """From 0 to 1 or from 0 to 2, and there it stays; it has what its status promises."""
    tasks = {target.accepted(CHEAP, scenario=scenario)["taskId"]: end for scenario, end in ENDS.items()}
    history: dict[str, list[int]] = {task_id: [] for task_id in tasks}
    for seconds in MOMENTS:
        target.advance(seconds)
        for task_id in tasks:
            task = target.task(task_id)
            history[task_id].append(task["status"])
            url, code = task.get("videoUrl", task.get("outputVideoUrl")), task.get("errorCode")
            assert {0: (False, False), 1: (True, False), 2: (False, True)}.get(task["status"]) == (
                bool(url),
                bool(code),
            )
    for task_id, end in tasks.items():
        moves = [
            status
            for status, before in zip(history[task_id], [None, *history[task_id]], strict=False)
            if status != before
        ]
        assert [0, end] == moves


def a_completed_task_has_a_video(target: Target) -> None:
    """Behind its URL, and without the key."""
    task_id = target.accepted(CHEAP)["taskId"]
    target.advance(86_400)
    url = target.task(task_id).get("videoUrl")
    assert isinstance(url, str), "a completed task has a URL"
    reply = target.http.get(url)
    assert (200, "video/mp4") == (reply.status_code, reply.headers.get("Content-Type"))
    assert b"ftyp" == reply.content[4:8], "an MP4 begins so"


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


def a_method_that_is_not_allowed_says_which_is(target: Target) -> None:
    """405 carries Allow, with the method of the operation in it."""
    for path, allowed in ((GENERATE, "POST"), (NOWHERE, "GET")):
        for method in {"GET", "PUT", "PATCH", "DELETE", "POST"} - {allowed}:
            reply = target.send(method, path)
            target.body(reply, 405)
            assert allowed in reply.headers.get("Allow", "").split(","), "405 carries Allow"


def every_error_is_an_object_with_error(target: Target) -> None:
    """In JSON, with a sentence in it, whatever went wrong."""
    replies = [(400, target.send("POST", GENERATE, body=body)) for body in REFUSED.values()]
    replies += [(401, target.submit(CHEAP, None)), (401, target.send("GET", NOWHERE, None))]
    replies += [(402, target.submit(DEAR, POOR)), (404, target.send("GET", NOWHERE))]
    replies += [(404, target.send("GET", "/api/ai/nothing")), (405, target.send("PUT", GENERATE))]
    for status, reply in replies:
        message = target.body(reply, status).get("error")
        assert isinstance(message, str), "an error says what went wrong"
        assert message, "an error says something"


def a_strange_prompt_is_a_prompt(target: Target) -> None:
    """Control characters, markup and length are the model's business: accepted, and kept as they are."""
    for prompt in STRANGE:
        task = target.task(target.accepted({**CHEAP, "prompt": prompt})["taskId"])
        assert prompt == task.get("prompt", prompt)


OWN: Mapping[str, Callable[[Target], None]] = {
    function.__name__: function
    for function in (
        a_new_task_can_be_read_at_once,
        a_refused_request_changes_nothing,
        a_402_requires_the_price,
        the_last_credit_can_be_spent,
        a_task_is_its_owners_alone,
        only_a_known_key_opens,
        a_task_ends_once,
        a_completed_task_has_a_video,
        a_failure_is_refunded_once_and_in_full,
        a_method_that_is_not_allowed_says_which_is,
        every_error_is_an_object_with_error,
        a_strange_prompt_is_a_prompt,
        credits_are_conserved,
    )
}
