"""The scenarios of downloading."""

from contextlib import suppress

import httpx
import pytest

from gptimage2_video_mock.scenarios.faults import MIN_PIECE


class TestDownloading:
    def test_the_first_download_is_cut_half_way_and_can_be_resumed(self, under, client):
        scenario = under("cut-download")
        url = scenario.poll(scenario.submit_and_finish()).json()["videoUrl"]
        received = b""
        with client.stream("GET", url) as response:
            size, etag = int(response.headers["Content-Length"]), response.headers["ETag"]
            with pytest.raises(httpx.RemoteProtocolError):  # noqa: PT012 - what came before it is kept
                for piece in response.iter_raw():
                    received += piece
        assert len(received) == size // 2
        rest = client.get(url, headers={"Range": f"bytes={len(received)}-", "If-Range": etag})
        assert rest.status_code == 206
        assert received + rest.content == client.get(url).content

    def test_an_expired_address_stays_so_and_the_task_names_another(self, server, under, client):
        scenario = under("download-expired")
        task_id = scenario.submit_and_finish()
        old = scenario.poll(task_id).json()["videoUrl"]
        assert [403, 403] == [client.get(old).status_code for _ in range(2)]
        server.clock.advance(1)
        new = scenario.poll(task_id).json()["videoUrl"]
        assert (200, 403) == (client.get(new).status_code, client.get(old).status_code)

    def test_a_redirect_leads_to_the_same_video_under_another_host(self, under, client):
        scenario = under("download-redirect")
        redirect = client.get(scenario.poll(scenario.submit_and_finish()).json()["videoUrl"])
        assert (302, "localhost") == (redirect.status_code, redirect.next_request.url.host)
        assert "video/mp4" == client.send(redirect.next_request).headers["Content-Type"]

    def test_a_download_that_is_cut_again_and_again_can_be_resumed_to_its_end(self, under, client):
        scenario = under("download-cut-repeatedly")
        url = scenario.poll(scenario.submit_and_finish()).json()["videoUrl"]
        sizes = []
        while True:
            with client.stream("GET", url, headers={"Range": f"bytes={sum(sizes)}-"}) as response:
                announced, came = int(response.headers["Content-Length"]), 0
                with suppress(httpx.RemoteProtocolError):
                    for piece in response.iter_raw():
                        came += len(piece)
            sizes.append(came)
            if came == announced:
                break
        assert len(sizes) > 2
        assert all(came >= MIN_PIECE for came in sizes[:-1])

    def test_a_head_request_is_never_spoiled(self, under, client):
        scenario = under("download-no-length")
        url = scenario.poll(scenario.submit_and_finish()).json()["videoUrl"]
        assert "Content-Length" in client.head(url).headers
        assert "Content-Length" not in client.get(url).headers
