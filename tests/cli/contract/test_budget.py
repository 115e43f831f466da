"""The budget of `contract --max-credits` holds, whatever a server charges, loses or says."""

import json

import pytest

from gptimage2_video_mock.api.handlers import json_response
from support.broken_servers import answering, changed, charging, renamed, scenario, without

pytestmark = pytest.mark.slow

# The scenarios in which a charge may go unreported; the others make no difference to a budget.
SCENARIOS = (
    *("reference", "quickstart", "null-fields", "failed", "failed-late-refund", "insufficient-credits", "lost-reply"),
    *("submit-500", "submit-503-html", "submit-429", "submit-502-accepted", "submit-201", "submit-cut-headers"),
    *("submit-cut-body", "submit-cut-after-id", "poll-500", "poll-503-html", "poll-429", "cut-poll"),
)


async def loses_the_first(exchange):
    response = await exchange.answer()
    return exchange.abort() if response.status == 200 else response


async def charges_and_fails(exchange):
    response = await exchange.answer()
    return json_response(500, {"error": "oops"}) if response.status == 200 else response


async def charges_and_refuses(exchange):
    response = await exchange.answer()
    return json_response(400, {"error": "no", **json.loads(response.body)}) if response.status == 200 else response


SERVERS = {
    "good": {},
    "twice": {"submit": charging(2)},
    "lost": {"submit": loses_the_first},
    "fails": {"submit": charges_and_fails},
    "refuses": {"submit": charges_and_refuses},
    "no-charge": {"submit": changed(without("creditsUsed"), 200)},
    "no-id": {"submit": changed(without("taskId"), 200)},
    "renamed": {"submit": changed(renamed("creditsUsed", "credits"), 200)},
    "text": {"submit": changed(lambda body: {**body, "creditsUsed": "5"}, 200)},
    "negative": {"submit": changed(lambda body: {**body, "creditsUsed": -5}, 200)},
    "forbidden": {"submit": answering(403, {"error": "no"}, lambda status: status == 200)},
    "html": {"submit": answering(200, "<p>Thanks!", lambda status: status == 200, "text/html")},
    "odd-status": {"poll": changed(lambda body: {**body, "status": 7}, 200)},
}


@pytest.mark.parametrize(
    ("name", "limit"), [("good", 0), *((name, n) for name in (*SERVERS, *SCENARIOS) for n in (12, 60))]
)
def test_it_is_never_exceeded_and_the_worst_case_never_below_the_debits(cli, server, monkeypatch, name, limit):
    url = scenario(monkeypatch, server, **SERVERS[name]) if name in SERVERS else server.scenario_url(name)
    outcome = cli.against(url)(
        "contract", "--json", "--max-credits", str(limit), "--timeout", "100", "--image", "https://example.com/cup.jpg"
    )
    debited = sum(entry.credits for entry in server.ledger("test-key") if entry.kind == "debit")
    assert debited <= outcome.object["totals"]["worst_case_cost"] <= limit
