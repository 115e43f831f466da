"""Part files: off the event loop, and gone when a download ends without a video."""

import asyncio
import os
import threading
from pathlib import Path

import anyio
import pytest

from gptimage2_video import AsyncVideoClient, DownloadFailed, Task, TaskStatus
from gptimage2_video.budget import Budget
from gptimage2_video.effects import HttpRequest
from gptimage2_video.flow.context import FlowContext
from gptimage2_video.flow.download import download
from gptimage2_video.transport.files import PartFile
from support.scripted import reply

VIDEO = bytes(range(256)) * 4000
TAG = {"Content_Type": "video/mp4", "ETag": '"v1"'}
CUT = reply(200, VIDEO[:500_000], length=len(VIDEO), **TAG)
TASK = Task("tsk_1", TaskStatus.COMPLETED, video_url="https://cdn.example.com/1.mp4")
HEADERS = {"content-type": "video/mp4", "content-length": str(len(VIDEO))}
# Each event loop with each transport that runs under it.
RUNNERS = [("asyncio", "httpx"), ("asyncio", "aiohttp"), ("trio", "httpx")]


@pytest.fixture
def target(tmp_path):
    return tmp_path / "cup.mp4"


@pytest.fixture(autouse=True)
def _no_thread_stays(monkeypatch):
    """Trio keeps its own for ten seconds, and other tests count them."""
    before = set(threading.enumerate())
    monkeypatch.setattr("trio._core._thread_cache.IDLE_TIMEOUT", 0.001)
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join()


@pytest.fixture
def small_flushes(monkeypatch):
    monkeypatch.setattr("gptimage2_video.transport.files.FLUSH_BYTES", 50_000)


class WatchedFile:
    """An open file that notes which thread calls which method."""

    def __init__(self, file, note):
        self._file, self._note = file, note

    def __getattr__(self, name):
        self._note(name)
        return getattr(self._file, name)


@pytest.fixture
def calls(monkeypatch, small_flushes):
    """By name of an operation on a file, the threads that did it."""
    threads = {}

    def note(name):
        threads.setdefault(name, set()).add(threading.get_ident())

    def watch(owner, name):
        original = getattr(owner, name)

        def call(*args, **kwargs):
            result = original(*args, **kwargs)
            if name != "fsync" and ".part" not in str(args[0]):
                return result
            note(name)
            return WatchedFile(result, note) if name == "open" else result

        monkeypatch.setattr(owner, name, call)

    for owner, name in ((os, "fsync"), (os, "link"), (Path, "open"), (Path, "unlink"), (Path, "replace")):
        watch(owner, name)
    return threads


@pytest.mark.parametrize(("backend", "transport"), RUNNERS)
def test_a_page_in_place_of_a_video_is_not_read(scripted, target, backend, transport):
    async def main():
        async with AsyncVideoClient("test-key", base_url=scripted.url, transport=transport) as client:
            await client.download(f"{scripted.url}/v.mp4", target)

    scripted.replies = [reply(200, "<html>sorry</html>")]
    with pytest.raises(DownloadFailed, match="its host sent text/html, which is no video"):
        anyio.run(main, backend=backend)
    assert [] == list(target.parent.iterdir())


class TestPartFileOffTheLoop:
    """Nothing that may block is done on its thread."""

    @pytest.fixture(params=RUNNERS, ids="-".join)
    def fetch(self, request, scripted, target):
        backend, transport = request.param

        async def main(overwrite):
            async with AsyncVideoClient("test-key", base_url=scripted.url, transport=transport) as client:
                await client.download(f"{scripted.url}/v.mp4", target, overwrite=overwrite)

        return lambda *, overwrite=False: anyio.run(main, overwrite, backend=backend)

    @pytest.mark.parametrize("overwrite", [False, True])
    def test_a_part_file_is_written_synced_and_renamed_in_threads(self, fetch, scripted, target, calls, overwrite):
        scripted.replies = [CUT, reply(200, VIDEO, **TAG)]
        fetch(overwrite=overwrite)
        assert VIDEO == target.read_bytes()
        renamed = {"replace"} if overwrite else {"link"}
        assert {"open", "unlink", "write", "flush", "truncate", "fsync", "close"} | renamed <= calls.keys()
        assert [] == [name for name, threads in calls.items() if threading.get_ident() in threads]

    def test_and_so_is_one_discarded(self, fetch, scripted, target, calls):
        scripted.replies = [CUT, reply(401)]
        with pytest.raises(DownloadFailed):
            fetch()
        assert {"write", "close", "unlink"} <= calls.keys()
        assert ([], []) == (
            [name for name, threads in calls.items() if threading.get_ident() in threads],
            list(target.parent.iterdir()),
        )


class TestPartFileCancelled:
    """No part file is left, whenever it comes."""

    @pytest.mark.parametrize(("backend", "transport"), RUNNERS)
    def test_by_a_scope_while_bytes_come(self, scripted, target, small_flushes, backend, transport):
        async def main():
            async with AsyncVideoClient("test-key", base_url=scripted.url, transport=transport) as client:
                with anyio.CancelScope() as scope:

                    def cancel(size, _total):
                        if size > 200_000:
                            parts.append(len(list(target.parent.iterdir())))
                            scope.cancel()

                    await client.download(f"{scripted.url}/v.mp4", target, on_progress=cancel)
                return scope.cancelled_caught

        parts = []
        scripted.replies, scripted.hangs = [CUT], True
        assert anyio.run(main, backend=backend)
        assert (1, []) == (parts[0], list(target.parent.iterdir()))

    @pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
    @pytest.mark.parametrize("operation", ["open", "link"])
    def test_by_asyncio_while_a_thread_is_at_the_file(self, scripted, target, monkeypatch, transport, operation):
        """asyncio's own cancellation does not wait for the thread."""
        monkeypatch.setattr("gptimage2_video.transport.files.FLUSH_BYTES", 50_000)
        owner = {"open": Path, "link": os}[operation]
        original = getattr(owner, operation)
        begun, released, ended = threading.Event(), threading.Event(), threading.Event()
        opened, discard = [], PartFile.discard

        def slow(path, *args):
            if ".part" not in str(path):
                return original(path, *args)
            opened.append(path)
            if operation == "open" and len(opened) == 1:  # the probe
                return original(path, *args)
            begun.set()
            released.wait(5)
            try:
                return original(path, *args)
            finally:
                ended.set()

        def discard_meanwhile(part):
            release = threading.Timer(0.1, released.set)
            release.start()
            discard(part)
            release.join()

        async def main():
            async with AsyncVideoClient("test-key", base_url=scripted.url, transport=transport) as client:
                call = asyncio.ensure_future(client.download(f"{scripted.url}/v.mp4", target))
                await asyncio.to_thread(begun.wait, 5)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
                await asyncio.to_thread(ended.wait, 5)

        monkeypatch.setattr(owner, operation, slow)
        monkeypatch.setattr(PartFile, "discard", discard_meanwhile)
        scripted.replies = [reply(200, VIDEO, **TAG)]
        asyncio.run(main())
        assert begun.is_set()
        assert [] == [path for path in target.parent.iterdir() if path != target]
        assert not target.exists() or VIDEO == target.read_bytes()


def test_a_flow_that_is_closed_in_the_middle_of_a_download_leaves_no_part_file(target):
    flow = download(FlowContext("https://example.com", lambda: 0.0, Budget(None)), TASK, part := PartFile(target))
    request = next(flow)
    assert isinstance(request, HttpRequest)
    assert part is request.sink
    assert part.start(200, HEADERS)
    part.write(VIDEO[:1000])
    part.flush()
    assert 1 == len(list(target.parent.iterdir()))
    flow.close()
    assert [] == list(target.parent.iterdir())


def test_bytes_are_kept_until_a_megabyte_is_there(target):
    part = PartFile(target)
    assert part.start(200, HEADERS)
    part.write(b"x" * (1024 * 1024 - 1))
    assert (False, []) == (part.flush_due, list(target.parent.iterdir()))
    part.write(b"x")
    assert part.flush_due
    part.flush()
    assert (False, [1024 * 1024]) == (part.flush_due, [path.stat().st_size for path in target.parent.iterdir()])
    part.discard()


@pytest.mark.parametrize("operation", [PartFile.flush, PartFile.commit])
def test_what_a_thread_does_to_a_discarded_part_file_leaves_nothing(target, operation):
    """Such as one that a cancelled call still had in its queue."""
    part = PartFile(target)
    assert part.start(200, HEADERS)
    part.write(VIDEO[:1000])
    part.discard()
    operation(part)
    assert [] == list(target.parent.iterdir())
