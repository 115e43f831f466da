"""Which engine sends, and what holds for each of them over real sockets."""

import asyncio
import gzip
import socket
import threading

import anyio
import httpx
import pytest

from gptimage2_video import AsyncVideoClient, ConnectionFailed, DownloadFailed, InvalidRequest, SubmissionUncertain
from gptimage2_video.effects import HttpRequest, TransportFailure
from gptimage2_video.transport import aiohttp as fast
from gptimage2_video.transport.network import NetworkSettings
from gptimage2_video.transport.select import LoopTransport
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
RECEIPT = {"taskId": "tsk_1", "status": 0, "creditsUsed": 9}
VIDEO = reply(200, b"video", Content_Type="video/mp4")


@pytest.fixture
def keeping():
    """A server that keeps connections open, answers as many requests on each as there are replies, then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener


def url(listener):
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def answering(listener, *connections):
    """Serve the connections in turn, each with its replies; what each request began with comes back."""
    seen = []

    def serve():
        for replies in connections:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as stream:
                seen.append([])
                for answer in replies:
                    head = b"".join(iter(stream.readline, b"\r\n"))
                    length = next(
                        (int(line[15:]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0
                    )
                    stream.read(length)
                    seen[-1].append(head)
                    connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    return seen, thread


def kept(status, body, *fields):
    """The bytes of a reply that leaves the connection open."""
    lines = [f"HTTP/1.1 {status} OK", "Content-Type: application/json", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([*lines, "", body]).encode()


class TestTransportChosen:
    """aiohttp where it is installed and can serve, httpx everywhere else; one argument says otherwise."""

    @pytest.fixture
    def sent_with(self, scripted):
        def send(backend="asyncio", **settings):
            """What tells the engines apart on the wire: httpx names the connection that it wants."""
            scripted.replies = [reply(200, RECEIPT)]

            async def main():
                async with AsyncVideoClient("test-key", base_url=scripted.url, **settings) as client:
                    await client.submit(VEO)

            anyio.run(main, backend=backend)
            return "httpx" if "connection" in scripted.seen[-1].headers else "aiohttp"

        return send

    @pytest.mark.parametrize(("engine", "used"), [("auto", "aiohttp"), ("aiohttp", "aiohttp"), ("httpx", "httpx")])
    def test_by_the_argument(self, sent_with, engine, used):
        assert used == sent_with(transport=engine)

    def test_it_is_made_once_and_off_the_event_loop(self, scripted, monkeypatch):
        makers, create = [], httpx.create_ssl_context
        monkeypatch.setattr("httpx.create_ssl_context", lambda: makers.append(threading.current_thread()) or create())
        scripted.replies = [reply(200, {"status": 1})]

        async def main():
            async with (
                AsyncVideoClient("test-key", base_url=scripted.url) as client,
                anyio.create_task_group() as group,
            ):
                for _ in range(3):
                    group.start_soon(client.get, "tsk_1")

        anyio.run(main)
        assert (1, False) == (len(makers), threading.main_thread() in makers)

    @pytest.mark.parametrize("engine", ["auto", "aiohttp", "httpx"])
    def test_under_trio_it_is_httpx(self, sent_with, engine):
        assert "httpx" == sent_with("trio", transport=engine)

    def test_where_aiohttp_is_not_installed_it_is_httpx(self, sent_with, monkeypatch):
        monkeypatch.setattr("gptimage2_video.transport.select.find_spec", lambda _name: None)
        assert "httpx" == sent_with()

    def test_one_that_is_not_installed_is_refused_with_the_way_to_it(self, monkeypatch):
        monkeypatch.setattr("gptimage2_video.transport.select.find_spec", lambda _name: None)
        with pytest.raises(InvalidRequest, match=r"pip install 'gptimage2-video\[fast\]'"):
            AsyncVideoClient("test-key", transport="aiohttp")

    def test_one_that_there_is_not_is_refused(self):
        with pytest.raises(InvalidRequest, match="transport must be auto, httpx or aiohttp, not 'curl'"):
            AsyncVideoClient("test-key", transport="curl")

    def test_an_http_client_of_the_callers_own_is_no_aiohttp(self):
        with pytest.raises(InvalidRequest, match="an http_client of your own is of httpx"):
            AsyncVideoClient("test-key", http_client=httpx.AsyncClient(), transport="aiohttp")

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_a_client_that_was_closed_before_it_sent_anything_sends_nothing(self, scripted, backend):
        async def main():
            client = AsyncVideoClient("test-key", base_url=scripted.url)
            await client.close()
            with pytest.raises(InvalidRequest, match="closed"):
                await client.submit(VEO)

        anyio.run(main, backend=backend)
        assert [] == scripted.seen

    @pytest.mark.parametrize("engine", [LoopTransport, fast.AiohttpTransport])
    def test_one_that_is_closed_while_a_wait_sleeps_sends_nothing_more(self, scripted, engine):
        """The client looks before each call; a wait that is under way finds out at its next poll."""

        async def main():
            transport = engine("test-key", "test", NetworkSettings.of_environment())
            await transport.close()
            with pytest.raises(RuntimeError, match="closed"):
                await transport.send(HttpRequest("GET", f"{scripted.url}/api/ai/tasks/tsk_1", 30.0))

        asyncio.run(main())
        assert [] == scripted.seen


class TestUrls:
    """An address is sent as it was signed, character by character."""

    SIGNED = "/a%2Fb/~v%7E%20.mp4?sig=x%2By%3D+z&list=1,2;3&path=%2Fetc%C3%BC&empty"

    def test_of_a_video(self, scripted_clients, scripted, tmp_path):
        scripted.replies = [VIDEO]
        scripted_clients().download(scripted.url + self.SIGNED, tmp_path / "v.mp4")
        assert [self.SIGNED] == [seen.path for seen in scripted.seen]

    @pytest.mark.parametrize("where", ["{url}{path}", "{path}"])
    def test_of_a_redirect(self, scripted_clients, scripted, tmp_path, where):
        scripted.replies = [reply(302, Location=where.format(url=scripted.url, path=self.SIGNED)), VIDEO]
        scripted_clients().download(f"{scripted.url}/v.mp4", tmp_path / "v.mp4")
        assert ["/v.mp4", self.SIGNED] == [seen.path for seen in scripted.seen]

    @pytest.mark.parametrize("odd", ["http://127.0.0.1:99999/v.mp4", "http://a..b/v.mp4", f"http://{'a' * 64}.x/v.mp4"])
    def test_an_invalid_one_is_an_error(self, odd, scripted, clock, tmp_path):
        async def main():
            async with AsyncVideoClient("test-key", base_url=scripted.url, transport="aiohttp") as client:
                with pytest.raises(DownloadFailed):
                    await client.download(odd, tmp_path / "v.mp4")

        asyncio.run(main())
        assert [] == list(tmp_path.iterdir())

    @pytest.mark.parametrize("where", ["ftp://127.0.0.1/v.mp4", "file:///etc/passwd", "http://[broken/", "http:///v"])
    def test_a_redirect_to_an_invalid_url_is_not_followed(self, scripted_clients, scripted, tmp_path, where):
        scripted.replies = [reply(302, Location=where)]
        with pytest.raises(DownloadFailed):
            scripted_clients().download(f"{scripted.url}/v.mp4", tmp_path / "v.mp4")
        assert [] == list(tmp_path.iterdir())


class TestResponses:
    """Whatever is wrong with a receipt, its id is not lost; and what is whole is read whole."""

    @pytest.mark.parametrize(
        "receipt",
        [
            reply(200, RECEIPT, length=len('{"taskId": "tsk_1"')),
            b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{"taskId": "tsk_1"\r\nnonsense\r\n',
        ],
        ids=["longer than it says", "a bad chunk"],
    )
    def test_a_receipt_that_breaks_the_rules_of_http_in_one_piece(self, scripted_clients, scripted, receipt):
        scripted.replies = [receipt]
        assert "tsk_1" == scripted_clients().submit(VEO).id

    def test_a_compressed_response_is_decompressed(self, scripted_clients, scripted):
        scripted.replies = [reply(200, gzip.compress(b'{"taskId": "tsk_1"}'), Content_Encoding="gzip")]
        assert "tsk_1" == scripted_clients().submit(VEO).id

    def test_a_badly_compressed_one_is_uncertain(self, scripted_clients, scripted):
        scripted.replies = [reply(200, RECEIPT, Content_Encoding="gzip")]
        with pytest.raises(SubmissionUncertain):
            scripted_clients().submit(VEO)

    def test_one_compressed_twice_in_two_fields_is_not_read(self, scripted_clients, scripted):
        head, body = reply(200, RECEIPT).split(b"\r\n\r\n")
        scripted.replies = [head + b"\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n" + body]
        with pytest.raises(SubmissionUncertain):
            scripted_clients().submit(VEO)

    def test_headers_may_be_long_and_of_any_bytes(self, scripted_clients, scripted):
        scripted.replies = [reply(200, RECEIPT, X_Long="x" * 30_000, X_Odd="\N{LATIN SMALL LETTER U WITH DIAERESIS}")]
        assert "tsk_1" == scripted_clients().submit(VEO).id


class TestSentOnce:
    """The engine repeats nothing by itself, on whichever connection: that is for the conversation to decide."""

    @pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
    def test_a_submission_on_a_kept_connection_that_breaks_is_sent_once(self, keeping, engine):
        seen, thread = answering(keeping, [kept(200, '{"taskId": "tsk_1", "status": 0}'), b""])

        async def main():
            async with AsyncVideoClient("test-key", base_url=url(keeping), transport=engine) as client:
                await client.submit(VEO)
                with pytest.raises(SubmissionUncertain):
                    await client.submit(VEO)

        asyncio.run(main())
        thread.join()
        assert [2] == [len(requests) for requests in seen]

    def test_a_poll_is_retried_by_the_flow_alone(self, scripted_clients, scripted, clock):
        scripted.replies = [b"", reply(200, RECEIPT)]
        scripted_clients().get("tsk_1")
        assert (2, 1) == (len(scripted.seen), len(clock.sleeps))

    def test_cookies_are_not_kept(self, keeping):
        body = '{"taskId": "tsk_1", "status": 0}'
        seen, thread = answering(keeping, [kept(200, body, "Set-Cookie: a=b"), kept(200, body)])

        async def main():
            async with AsyncVideoClient("test-key", base_url=url(keeping), transport="aiohttp") as client:
                await client.get(await client.submit(VEO))

        asyncio.run(main())
        thread.join()
        assert [False, False] == [b"cookie" in head.lower() for head in seen[0]]


class TestNeverSent:
    """What surely did not leave is told as such, so that it may be repeated."""

    def test_a_handshake_that_fails(self, clients, keeping, clock):
        def refuse():
            for _ in range(4):
                connection, _ = keeping.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 400 this is no TLS\r\n\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        with pytest.raises(ConnectionFailed):
            clients(base_url=url(keeping).replace("http:", "https:")).submit(VEO)
        thread.join()
        assert 3 == len(clock.sleeps)

    def test_an_unknown_host(self, clients, clock):
        with pytest.raises(ConnectionFailed):
            clients(base_url="https://nobody.invalid").submit(VEO)
        assert 3 == len(clock.sleeps)

    def test_a_request_that_waited_for_a_free_connection_in_vain(self, keeping, monkeypatch):
        monkeypatch.setattr(fast, "CONNECTIONS", 1)

        async def main():
            engine = fast.AiohttpTransport("test-key", "test", NetworkSettings.of_environment())
            first = asyncio.ensure_future(engine.send(HttpRequest("GET", url(keeping), 60.0)))
            connection, _ = await asyncio.to_thread(keeping.accept)
            second = await engine.send(HttpRequest("POST", url(keeping), 0.05))
            first.cancel()
            with connection, pytest.raises(asyncio.CancelledError):
                await first
            await engine.close()
            return second

        assert TransportFailure(False, "connect timeout after 0.05 s") == asyncio.run(main())


class TestEventLoops:
    """Connections belong to an event loop; a client belongs to its caller."""

    def test_a_client_may_be_used_in_one_loop_after_another(self, scripted):
        scripted.replies = [reply(200, RECEIPT)]
        client = AsyncVideoClient("test-key", base_url=scripted.url, transport="aiohttp")
        tasks = [asyncio.run(client.submit(VEO)) for _ in range(2)]
        asyncio.run(client.close())
        assert ["tsk_1", "tsk_1"] == [task.id for task in tasks]

    def test_cancelling_a_submission_closes_its_connection_and_leaves_no_task(self, keeping):
        async def main():
            async with AsyncVideoClient("test-key", base_url=url(keeping), transport="aiohttp") as client:
                submitting = asyncio.ensure_future(client.submit(VEO))
                connection, _ = await asyncio.to_thread(keeping.accept)
                with connection:
                    await asyncio.to_thread(connection.recv, 65536)
                    submitting.cancel()
                    with pytest.raises(asyncio.CancelledError) as caught:
                        await submitting
                    while await asyncio.to_thread(connection.recv, 65536):
                        pass  # its body, and then the end
                assert {asyncio.current_task()} == asyncio.all_tasks()
                return caught.value.__notes__

        assert ["the submission may have been accepted and charged; look in the dashboard"] == asyncio.run(main())
