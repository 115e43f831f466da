"""The life of a task: what the command finds wrong in it, from the receipt to the video."""

import json
from itertools import chain, repeat

import pytest
from aiohttp import web

from gptimage2_video_mock.api.handlers import json_response
from support.broken_servers import answering, changed, scenario

pytestmark = pytest.mark.slow

COMPLETED = {"status": 1}


def codes(cli, *arguments):
    data = cli("contract", "--json", "--max-credits", "12", "--timeout", "100", *arguments).object
    return {finding["code"]: finding["title"] for finding in data["findings"]}


def when_ended(change):
    return changed(lambda body: change(body) if body.get("status") == 1 else body, 200)


def after(polls, change, statuses=(0, 1)):
    """The mock's own snapshot, and another after as many of these statuses."""
    seen = []

    async def hook(exchange):
        response = await exchange.answer()
        body = json.loads(response.body)
        if response.status != 200:
            return response
        seen.extend([body["status"]] * (body["status"] in statuses))
        return change(body) if len(seen) > polls else response

    return hook


async def readable_by_anyone(exchange):
    response = await exchange.answer()
    if response.status == 401 and not exchange.request.path.endswith("0" * 26):
        return json_response(200, {"status": 0})
    return response


class TestTask:
    @pytest.mark.parametrize(
        ("code", "hooks"),
        [
            ("receipt-pending", {"submit": changed(lambda body: {**body, "status": 1}, 200)}),
            ("receipt-readable", {"poll": answering(404, {"error": "Task not found"})}),
            ("receipt-readable", {"poll": after(2, lambda _: json_response(404, {"error": "Task not found"}))}),
            ("task-ends", {"poll": changed(lambda body: {**body, "status": 0}, 200)}),
            ("task-ends", {"poll": changed(lambda body: {**body, "status": "running"}, 200)}),
            ("ended-stays", {"poll": after(3, lambda body: json_response(200, {**body, "status": 0}), [1])}),
            ("ended-stays", {"poll": after(3, lambda body: json_response(200, {**body, "status": 2}), [1])}),
            ("receipt-readable", {"submit": changed(lambda body: {**body, "taskId": "\ud800"}, 200)}),
            ("schema", {"poll": changed(lambda body: {**body, "status": "\ud800"}, 200)}),
            ("video-served", {"poll": when_ended(lambda body: {**body, "videoUrl": "http://["})}),
            ("no-key", {"poll": readable_by_anyone}),
            ("completed-not-refunded", {"poll": when_ended(lambda body: {**body, "creditsRefunded": True})}),
            ("task-id", {"poll": changed(lambda body: {**body, "taskId": "tsk_2"}, 200)}),
            ("snapshot-credits", {"poll": changed(lambda body: {**body, "creditsUsed": 4}, 200)}),
            ("snapshot-model", {"poll": changed(lambda body: {**body, "model": "veo3"}, 200)}),
            ("snapshot-prompt", {"poll": changed(lambda body: {**body, "prompt": body.get("prompt", "")[:9]}, 200)}),
            ("dates", {"poll": changed(lambda body: {**body, "createdAt": "yesterday"}, 200)}),
            ("dates", {"poll": changed(lambda body: {**body, "createdAt": "2026-04-22T09:00:00"}, 200)}),
            ("dates", {"poll": changed(lambda body: {**body, "updatedAt": "2020-04-22T09:00:00Z"}, 200)}),
            ("failed-refunded", {"poll": changed(lambda body: {**body, "status": 2, "errorCode": "X"}, 200)}),
            ("failed-says-why", {"poll": changed(lambda body: {**body, "status": 2}, 200)}),
        ],
    )
    def test_a_difference_is_found(self, cli, server, monkeypatch, code, hooks):
        assert code in codes(cli.against(scenario(monkeypatch, server, **hooks)))

    def test_a_refund_that_is_taken_back_is_found(self, cli, server, monkeypatch):
        told = chain([True], repeat(False))
        failed = changed(lambda body: {**body, "status": 2, "errorCode": "X", "creditsRefunded": next(told)}, 200)
        title = codes(cli.against(scenario(monkeypatch, server, poll=failed)))["ended-stays"]
        assert f"{server.ledger('test-key')[0].task_id} is refunded no more" in title

    def test_the_finding_of_one_that_never_ends_has_its_id(self, cli, server, monkeypatch):
        cli.against(scenario(monkeypatch, server, poll=changed(lambda body: {**body, "status": 0}, 200)))
        title = codes(cli)["task-ends"]
        assert f"task {server.ledger('test-key')[0].task_id} has the status 0 after 100 s" in title

    def test_it_may_be_there_a_while_after_its_receipt_which_is_a_notice(self, cli, server, monkeypatch):
        late = iter([404] * 5)

        async def hook(exchange):
            response = await exchange.answer()
            known = json.loads(response.body).get("status") is not None
            return json_response(404, {"error": "Task not found"}) if known and next(late, None) else response

        assert ["readable-at-once"] == list(codes(cli.against(scenario(monkeypatch, server, poll=hook))))

    def test_the_same_request_again_is_another_task(self, cli, server, monkeypatch):
        data = cli("contract", "--json", "--max-credits", "24").object
        assert 3 == len({it["task_id"] for it in data["submissions"]})
        assert 2 == len({it["description"] for it in data["submissions"]})
        again = changed(lambda body: {**body, "taskId": server.ledger("test-key")[0].task_id}, 200)
        cli.against(scenario(monkeypatch, server, submit=again))
        assert "task-id-unique" in codes(cli, "--max-credits", "24")


class TestVideo:
    @pytest.mark.parametrize(
        ("code", "reply"),
        [
            ("video-served", lambda _: web.Response(status=404)),
            ("video-served", lambda _: web.Response(status=401)),
            ("video-is-video", lambda _: web.Response(text="<h1>Wait", content_type="text/html")),
            ("video-is-video", lambda _: web.Response(text="<h1>Wait", content_type="video/mp4")),
            ("video-whole", lambda _: web.Response(body=b"", content_type="video/mp4")),
            ("video-range", lambda video: web.Response(body=video, content_type="video/mp4")),
        ],
    )
    def test_what_is_served_in_its_place_is_found(self, cli, server, monkeypatch, code, reply):
        async def hook(exchange):
            return reply(bytes((await exchange.answer()).body))

        assert code in codes(cli.against(scenario(monkeypatch, server, download=hook)))

    def test_an_address_that_expires_is_a_notice(self, cli, server, monkeypatch):
        downloads = []

        async def hook(exchange):
            downloads.append(exchange)
            return await exchange.answer() if len(downloads) == 1 else web.Response(status=403)

        assert ["video-expires"] == list(codes(cli.against(scenario(monkeypatch, server, download=hook))))

    def test_it_is_fetched_without_the_key_and_a_part_of_it(self, cli, server):
        assert {} == codes(cli)
        fetched = [it for it in server.requests if "/videos/" in it.path]
        assert [(None, None), (None, "bytes=4-7")] == [
            (it.headers.get("Authorization"), it.headers.get("Range")) for it in fetched
        ]


class TestOtherKeys:
    def test_another_account_sees_no_task_and_a_poor_one_pays_none(self, cli, server, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_OTHER_KEY", "test-key-2")
        monkeypatch.setenv("GPTIMAGE2_POOR_KEY", "test-key-poor")
        data = cli("contract", "--json", "--max-credits", "60").object
        outcomes = {it["id"]: it["outcome"] for it in data["checks"]}
        names = ("task-of-another", "insufficient-credits", "required-is-quote")
        assert ["passed"] * 3 == [outcomes[name] for name in names]
        assert 3 == server.balance("test-key-poor")
