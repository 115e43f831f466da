"""What only the async client can do: run under asyncio or trio, side by side, and be cancelled."""

import asyncio

import anyio
import anyio.lowlevel
import httpx
import pytest

from gptimage2_video import AsyncVideoClient, VideoClient

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_video_comes_under_either_event_loop(server, tmp_path, backend):
    async def main():
        async with AsyncVideoClient("test-key", base_url=server.url) as client:
            return await client.generate(VEO, save_to=tmp_path / "cup.mp4")

    assert tmp_path / "cup.mp4" == anyio.run(main, backend=backend).path


def test_many_tasks_side_by_side_keep_one_budget(server):
    async def main():
        async with AsyncVideoClient("test-key", base_url=server.url, max_credits=45) as client:
            return await asyncio.gather(*(client.generate(VEO) for _ in range(6)), return_exceptions=True)

    ended = asyncio.run(main())
    assert ["BudgetExceeded"] == [type(one).__name__ for one in ended if isinstance(one, Exception)]
    assert 955 == server.balance("test-key")


def test_cancelling_a_wait_leaves_no_task_and_tells_the_id(server):
    async def main():
        async with AsyncVideoClient("test-key", base_url=server.url) as client:
            receipt = await client.submit(VEO)
            waiting = asyncio.ensure_future(client.wait(receipt, on_update=print))
            await anyio.lowlevel.checkpoint()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await waiting
            assert {asyncio.current_task()} == asyncio.all_tasks()
            return receipt.id, caught.value.__notes__

    task_id, notes = asyncio.run(main())
    assert [f"task {task_id} continues at the service: wait for it again by its id"] == notes


def test_cancelling_a_submission_says_that_it_may_have_been_charged():
    async def hang(_request):
        await anyio.sleep_forever()

    async def main():
        http = httpx.AsyncClient(transport=httpx.MockTransport(hang))
        async with http, AsyncVideoClient("test-key", http_client=http) as client:
            submitting = asyncio.ensure_future(client.submit(VEO))
            for _ in range(5):
                await anyio.lowlevel.checkpoint()
            submitting.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await submitting
            return caught.value.__notes__

    assert ["the submission may have been accepted and charged; look in the dashboard"] == asyncio.run(main())


class Noting:
    """A recorder in memory."""

    def __init__(self):
        self.states = []

    def write(self, record):
        self.states.append(record.state)

    async def write_async(self, record):
        self.write(record)


class TestWithAnotherJournal:
    """Many parts of one program, each with a journal of its own, over the connections of one client."""

    def test_each_writes_to_its_own_and_all_keep_one_budget(self, server):
        first, second = Noting(), Noting()

        async def main():
            async with AsyncVideoClient("test-key", base_url=server.url, max_credits=18, journal=first) as client:
                await client.submit(VEO)
                await client.with_journal(second).submit(VEO)
                return client.credits_committed

        assert 18 == asyncio.run(main())
        assert [["sending", "pending"]] * 2 == [first.states, second.states]

    def test_the_same_without_await(self, server):
        first, second = Noting(), Noting()
        with VideoClient("test-key", base_url=server.url, max_credits=18, journal=first) as client:
            client.submit(VEO)
            client.with_journal(second).submit(VEO)
            assert 18 == client.credits_committed
        assert [["sending", "pending"]] * 2 == [first.states, second.states]
