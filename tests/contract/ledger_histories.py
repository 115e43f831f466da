"""Credits over random histories: a state machine that keeps accounts of its own and compares.

Balance before - `creditsUsed` + refunds = balance after, after every step, for every account; and whatever failed is
refunded in the end. The server's clock is only moved by `advance`.
"""

from typing import Any, ClassVar, NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from strategies import priced, valid
from target import ACCOUNTS, CHEAP, Target

KEYS = st.sampled_from(list(ACCOUNTS))
INVALID = [{**CHEAP, "prompt": ""}, {**CHEAP, "duration": 5}, {**CHEAP, "inputMode": "image_to_video"}, [], None]
NEXT = {0: {0, 1, 2}, 1: {1}, 2: {2}}  # where a status may go
LONG = 86_400  # seconds, after which everything has ended and every refund is there


class AcceptedTask(NamedTuple):
    """A task that was accepted."""

    key: str
    credits: int
    fails: bool


class Histories(RuleBasedStateMachine):
    """Submissions, refusals, looks and time, in any order."""

    server: ClassVar[Target]
    task_ids = Bundle("task_ids")

    def __init__(self) -> None:
        super().__init__()
        self.server.reset()
        self.opening = {key: account["balance"] for key, account in self.server.accounts().items()}
        self.tasks: dict[str, AcceptedTask] = {}
        self.statuses: dict[str, int] = {}

    @rule(
        target=task_ids,
        request=valid() | priced(),
        key=KEYS,
        scenario=st.sampled_from(["", "failed", "failed-late-refund"]),
    )
    def submit(self, request: dict[str, Any], key: str, scenario: str) -> Any:
        before = self.server.account(key)["balance"]
        reply = self.server.submit(request, key, scenario)
        if reply.status_code == 402:
            assert before < self.server.body(reply, 402).get("required", 0), "a 402 is not for what can be paid"
            return multiple()
        receipt = self.server.body(reply, 200)
        assert receipt["creditsUsed"] <= before, "nobody spends what is not there"
        assert receipt["taskId"] not in self.tasks, "no id is given twice"
        self.tasks[receipt["taskId"]] = AcceptedTask(key, receipt["creditsUsed"], scenario != "")
        return receipt["taskId"]

    @rule(request=st.sampled_from(INVALID), key=KEYS)
    def refuse(self, request: Any, key: str) -> None:
        self.server.body(self.server.submit(request, key), 400)

    @rule(task_id=task_ids, stranger=KEYS)
    def look(self, task_id: str, stranger: str) -> None:
        owner = self.tasks[task_id].key
        status = self.server.task(task_id, owner)["status"]
        assert status in NEXT[self.statuses.get(task_id, 0)]
        self.statuses[task_id] = status
        if stranger != owner:
            self.server.body(self.server.poll(task_id, stranger), 404)

    @rule(seconds=st.sampled_from([1, 5, 31, 60, 3600]))
    def advance(self, seconds: int) -> None:
        self.server.advance(seconds)

    @invariant()
    def the_ledgers_agree(self) -> None:
        for key, account in self.server.accounts().items():
            mine = {task_id: task for task_id, task in self.tasks.items() if task.key == key}
            debits, refunds = (_rows(account, kind) for kind in ("debit", "refund"))
            assert sorted((task_id, task.credits) for task_id, task in mine.items()) == debits
            assert len({task_id for task_id, _ in refunds}) == len(refunds), "a refund comes once"
            assert [] == [row for row in refunds if row[0] not in mine or (row[1], True) != mine[row[0]][1:]]
            assert self.opening[key] - _sum(debits) + _sum(refunds) == account["balance"]

    def teardown(self) -> None:
        self.server.advance(LONG)
        self.the_ledgers_agree()
        lasting = {
            key: sum(task.credits for task in self.tasks.values() if (key, False) == (task.key, task.fails))
            for key in ACCOUNTS
        }
        closing = {key: account["balance"] for key, account in self.server.accounts().items()}
        assert {key: self.opening[key] - lasting[key] for key in ACCOUNTS} == closing, "what failed is refunded"


def _rows(account: dict[str, Any], kind: str) -> list[tuple[str, int]]:
    return sorted((row["taskId"], row["credits"]) for row in account["ledger"] if row["kind"] == kind)


def _sum(rows: list[tuple[str, int]]) -> int:
    return sum(moved for _, moved in rows)


def credits_are_conserved(target: Target) -> None:
    """Over random histories of three accounts; a twentieth as many histories as the profile has examples."""

    class Bound(Histories):
        server = target

    run_state_machine_as_test(Bound, settings=settings(max_examples=max(settings.default.max_examples // 20, 4)))
