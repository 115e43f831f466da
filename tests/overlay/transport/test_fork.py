"""A client in the child of a fork: connections of its own, no lock that a thread held, and a budget."""

import asyncio
import copy
import gc
import json
import multiprocessing
import os
import pickle
import socket
import threading
from contextlib import contextmanager, suppress

import httpx
import pytest

from gptimage2_video import AsyncVideoClient, BudgetExceeded, InvalidRequest, Journal, VideoClient, WaitTimeout
from gptimage2_video.effects import HttpRequest
from gptimage2_video.journal import JournalBudget
from gptimage2_video.polling import PollRateLimiter
from gptimage2_video.transport.aiohttp import AiohttpTransport
from gptimage2_video.transport.network import NetworkSettings
from support.certificates import server_context, write_authority
from support.forks import Child

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]

CHILDREN = 4


def request(name):
    return {"prompt": name, "model": "veo3_fast", "inputMode": "text_to_video"}


def submit(client, owner, count):
    """The id of each of some submissions, by its prompt."""
    names = [f"{owner} {number}" for number in range(count)]
    return {name: client.submit(request(name)).id for name in names}


def accepted(server):
    """The ids that the server gave, by prompt, in the order in which whole requests arrived."""
    posts = [seen for seen in server.requests if seen.method == "POST"]
    return sorted((json.loads(seen.body)["prompt"], json.loads(seen.reply_body)["taskId"]) for seen in posts)


class TestConnections:
    """Parent and children read each its own responses, and the server sees each request whole and once."""

    def test_children_and_parent_submit_at_the_same_time(self, client, server):
        tasks = submit(client, "before", 2)
        children = [Child(lambda owner=f"child {number}": submit(client, owner, 5)) for number in range(CHILDREN)]
        tasks |= submit(client, "parent", 5)
        for child in children:
            tasks |= child.result()
        assert (2 + 5 + 5 * CHILDREN, accepted(server)) == (len(tasks), sorted(tasks.items()))

    def test_forks_while_other_threads_are_submitting(self, server):
        tasks = {}
        with VideoClient("test-key", base_url=server.url, max_credits=10_000) as client:
            threads = [
                threading.Thread(target=lambda owner=f"thread {number}": tasks.update(submit(client, owner, 20)))
                for number in range(3)
            ]
            for thread in threads:
                thread.start()
            owners = [f"child {number}" for number in range(CHILDREN)]
            children = [Child(lambda owner=owner: submit(client, owner, 5)) for owner in owners]
            for thread in threads:
                thread.join()
            for child in children:
                tasks |= child.result()
        assert (3 * 20 + 5 * CHILDREN, accepted(server)) == (len(tasks), sorted(tasks.items()))

    @pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
    @pytest.mark.parametrize("loop_factory", ["asyncio", "uvloop"])
    def test_forks_of_a_running_event_loop_with_requests_in_flight(self, server, transport, loop_factory):
        async def several(client, owner):
            names = [f"{owner} {number}" for number in range(10)]
            submitted = await asyncio.gather(*(client.submit(request(name)) for name in names))
            return dict(zip(names, [task.id for task in submitted], strict=True))

        async def in_child(client, owner):
            async with client:
                return await several(client, owner)

        async def main():
            async with AsyncVideoClient("test-key", base_url=server.url, transport=transport) as client:
                tasks, children = await several(client, "before"), []
                in_flight = asyncio.ensure_future(several(client, "parent"))
                for number in range(CHILDREN):
                    await asyncio.sleep(0)
                    children.append(Child(lambda owner=f"child {number}": asyncio.run(in_child(client, owner))))
                tasks |= await in_flight | await several(client, "after")
                for child in children:
                    tasks |= await asyncio.to_thread(child.result)
                return tasks

        make_loop = pytest.importorskip("uvloop").new_event_loop if loop_factory == "uvloop" else None
        with asyncio.Runner(loop_factory=make_loop) as runner:
            tasks = runner.run(main())
        assert (3 * 10 + 10 * CHILDREN, accepted(server)) == (len(tasks), sorted(tasks.items()))

    @pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_a_child_that_drops_everything_leaves_a_request_in_flight_alone(
        self, monkeypatch, tmp_path, transport, scheme
    ):
        """Closing or collecting an inherited connection could write to it, or take it out of the parent's loop."""
        monkeypatch.setenv("SSL_CERT_FILE", str(write_authority(tmp_path / "authority.pem")))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"

            def accept():
                connection, _ = listener.accept()
                return server_context().wrap_socket(connection, server_side=True) if scheme == "https" else connection

            async def main():
                client = AsyncVideoClient("test-key", base_url=url, transport=transport)
                submitting = asyncio.ensure_future(client.submit(request("A cup")))
                connection = await asyncio.to_thread(accept)
                with connection:
                    received = b""
                    while b'"A cup"' not in received:
                        received += await asyncio.to_thread(connection.recv, 65536)

                    async def drop():
                        await client.close()
                        with suppress(RuntimeError):  # it awaits something on its way out
                            submitting.get_coro().close()
                        gc.collect()

                    await asyncio.to_thread(Child(lambda: asyncio.run(drop())).result)
                    body = b'{"taskId": "tsk_1", "status": 0}'
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                    task = await submitting
                    await client.close()
                    return task.id, await asyncio.to_thread(connection.recv, 65536)

            assert ("tsk_1", b"") == asyncio.run(main())

    def test_a_child_that_closes_the_client_does_not_close_its_parents(self, client, server):
        submit(client, "before", 1)
        Child(client.close).result()
        submit(client, "after", 1)
        assert 1 == len({seen.headers["Host"] for seen in server.requests})
        assert 2 == len(accepted(server))

    def test_one_that_was_closed_stays_closed_in_a_child(self, client, server):
        submit(client, "before", 1)
        client.close()
        with pytest.raises(InvalidRequest, match="closed"):
            Child(lambda: submit(client, "child", 1)).result()

    def test_a_client_that_has_sent_nothing_yet(self, client, server):
        children = [Child(lambda owner=f"child {number}": submit(client, owner, 1)) for number in range(2)]
        tasks = submit(client, "parent", 1)
        for child in children:
            tasks |= child.result()
        assert accepted(server) == sorted(tasks.items())

    def test_an_engine_that_has_sent_nothing_yet(self, server):
        engine = AiohttpTransport("test-key", "test", NetworkSettings.of_environment())
        get = HttpRequest("GET", f"{server.url}/api/ai/tasks/tsk_1", 30.0)
        assert 404 == Child(lambda: asyncio.run(engine.send(get)).status).result()

    def test_a_child_has_children_of_its_own(self, client, server):
        tasks = submit(client, "parent", 1)

        def in_child():
            return submit(client, "child", 1) | Child(lambda: submit(client, "grandchild", 1)).result()

        tasks |= Child(in_child).result()
        assert accepted(server) == sorted(tasks.items())


def test_where_there_is_no_fork_a_connection_is_no_file(client, server, monkeypatch):
    """As on Windows, where the system knows no file of its number."""
    asked = {}
    monkeypatch.setattr("gptimage2_video.transport.fork._IS_FORKING", False)
    monkeypatch.setattr("gptimage2_video.transport.fork._CONNECTIONS", asked)
    assert (1, {}) == (len(submit(client, "one", 1)), asked)


class TestClientOfTheCallersOwn:
    def test_in_a_child_nothing_is_sent_with_it(self, httpx_clients, server, tmp_path):
        client = httpx_clients(http_client=httpx_clients.http(), max_credits=100, journal=Journal(tmp_path / "j.db"))
        submit(client, "parent", 1)

        def in_child():
            with pytest.raises(InvalidRequest, match="the http_client is from before a fork") as caught:
                submit(client, "child", 1)
            client.close()
            return client.credits_committed, caught.value.violations[0].field

        assert (9, "http_client") == Child(in_child).result()
        assert ["parent 0"] == [prompt for prompt, _ in accepted(server)]
        assert ["pending", "refused"] == [one.state for one in Journal(tmp_path / "j.db").submissions()]

    def test_one_that_a_child_makes_is_used(self, httpx_clients, server):
        def in_child():
            with httpx.Client(headers={"X-Mine": "1"}) as http:
                return submit(VideoClient("test-key", base_url=server.url, http_client=http), "child", 1)

        assert accepted(server) == [] != sorted(Child(in_child).result().items()) == accepted(server)


@contextmanager
def held(use_lock):
    """A thread that is within a lock for as long as this lasts; `use_lock` is called with what blocks there."""
    inside, leave = threading.Event(), threading.Event()

    def block(*_):
        inside.set()
        leave.wait()
        return False

    thread = threading.Thread(target=use_lock, args=(block,))
    thread.start()
    inside.wait()
    try:
        yield
    finally:
        leave.set()
        thread.join()


class TestLocks:
    """A thread that stayed behind in the parent holds nothing in the child."""

    def test_of_the_budget(self, client):
        class Quote:
            def __init__(self, block):
                self.block = block

            @property
            def credits(self):
                self.block()
                return 0

        with held(lambda block: client._context.budget.reserve(Quote(block))):
            assert 1 == len(Child(lambda: submit(client, "child", 1)).result())

    def test_of_the_rate_limiter_where_nobody_waits_any_more(self, clients):
        limiter = PollRateLimiter(1.0)
        client = clients(poll_rate_limiter=limiter)
        task = client.submit(request("A cup"))

        list(limiter.acquire(lambda: 0.0, lambda _: True))

        def poll(block):
            list(limiter.acquire(lambda: 0.0, block))

        def in_child():
            with pytest.raises(WaitTimeout):
                client.wait(task, timeout=5)
            return len(limiter._waiting)

        with held(poll):
            assert 0 == Child(in_child).result()


class TestBudget:
    def test_of_a_client_goes_on_in_each_process_by_itself(self, clients):
        client = clients(max_credits=20)
        submit(client, "parent", 1)

        def in_child():
            submit(client, "child", 1)
            with pytest.raises(BudgetExceeded):
                submit(client, "child", 1)
            return client.credits_committed

        assert [18, 18] == [child.result() for child in [Child(in_child), Child(in_child)]]
        assert 9 == client.credits_committed

    def test_of_a_journal_holds_for_all_processes_together(self, clients, server, tmp_path):
        client = clients(journal=JournalBudget(Journal(tmp_path / "j.db"), "campaign", 30))
        submit(client, "parent", 1)

        def in_child():
            try:
                submit(client, "child", 1)
            except BudgetExceeded:
                return 0
            return 1

        assert 2 == sum(child.result() for child in [Child(in_child) for _ in range(CHILDREN)])
        assert 3 == len(accepted(server))


class TestPickle:
    """A client stays in its process; the error says what goes to another one."""

    @pytest.mark.parametrize("serialize", [pickle.dumps, copy.copy, copy.deepcopy])
    @pytest.mark.parametrize("cls", [VideoClient, AsyncVideoClient])
    def test_it_is_refused(self, cls, serialize):
        with pytest.raises(TypeError, match=f"{cls.__name__} cannot be pickled or copied.*make one in each process"):
            serialize(cls("test-key"))

    def test_a_spawned_process_is_not_given_one(self):
        with VideoClient("test-key") as client, pytest.raises(TypeError, match="make one in each process"):
            multiprocessing.get_context("spawn").Process(target=print, args=(client,)).start()

    def test_a_journal_goes_along_as_its_path(self, clients, tmp_path):
        journal = Journal(tmp_path / "j.db")
        submit(clients(journal=journal), "one", 1)
        assert 1 == len(list(pickle.loads(pickle.dumps(journal)).submissions()))
