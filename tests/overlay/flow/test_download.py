"""Downloads: whole or not at all, resumed, without the key, and never over a file that nobody gave up."""

import errno
import os
from pathlib import Path

import av
import httpx
import pytest

from gptimage2_video import DownloadFailed, InvalidRequest, Task, TaskFailed, TaskStatus
from support.full_disk import full_disk
from support.scripted import reply

VEO = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
VIDEO = bytes(range(256)) * 40
TAG = {"Content_Type": "video/mp4", "ETag": '"v1"'}
WHOLE = reply(200, VIDEO, **TAG)
FLUSH = "gptimage2_video.transport.files.PartFile.flush"
CUT = reply(200, VIDEO[:4000], length=len(VIDEO), **TAG)


def rest(start, **headers):
    span = f"bytes {start}-{len(VIDEO) - 1}/{len(VIDEO)}"
    return reply(206, VIDEO[start:], **{**TAG, "Content_Range": span, **headers})


@pytest.fixture
def target(tmp_path):
    return tmp_path / "cup.mp4"


@pytest.fixture
def fetch(scripted_clients, scripted, target):
    """Download from the scripted server, which stands for a CDN, into `target`."""

    def run(*replies, **options):
        scripted.replies = list(replies)
        return scripted_clients().download(f"{scripted.url}/v.mp4", target, **options)

    return run


def test_generate_leaves_a_playable_video_of_the_asked_length(client, target):
    task = client.generate(VEO, save_to=target)
    assert target == task.path
    with av.open(str(target)) as video:
        assert 8.0 == video.duration / av.time_base
    assert [target] == list(target.parent.iterdir()), "nothing else is left beside it"


def test_a_wait_saves_where_it_is_asked_to(client, target):
    task = client.wait(client.submit(VEO), save_to=target)
    assert (target, True) == (task.path, target.stat().st_size > 1000)


@pytest.mark.parametrize("what", ["task", "id", "url"])
def test_a_task_an_id_or_a_url_leads_to_the_video(client, target, what):
    task = client.generate(VEO)
    given = {"task": task, "id": task.id, "url": task.video_url}[what]
    assert target == client.download(given, str(target))
    assert target.stat().st_size > 1000


def test_progress_is_reported_in_bytes(fetch, target):
    progress = []
    fetch(WHOLE, on_progress=lambda done, whole: progress.append((done, whole)))
    assert (len(VIDEO), len(VIDEO)) == progress[-1]
    assert VIDEO == target.read_bytes()


def test_the_key_never_goes_to_the_host_of_the_video(httpx_clients, server, target):
    http = httpx_clients.http(headers={"Authorization": "Bearer of-my-own"}, auth=("me", "secret"))
    httpx_clients(http_client=http).generate(VEO, save_to=target)
    api, cdn = ([seen for seen in server.requests if seen.side == side] for side in ("api", "cdn"))
    assert {"Bearer test-key"} == {seen.headers.get("Authorization") for seen in api}
    assert [None] == [seen.headers.get("Authorization") for seen in cdn]


def test_a_cdn_may_redirect_to_another_host(scripted_clients, scripted, server, clients, target):
    url = clients().generate(VEO).video_url
    scripted.replies = [reply(302, Location=url)]
    assert target == scripted_clients().download(f"{scripted.url}/v.mp4", target)
    assert "authorization" not in scripted.seen[0].headers


@pytest.mark.parametrize("spelling", ["/v.mp4", "v.mp4", "//{host}/v.mp4", "http://{host}/v.mp4", ["/v.mp4", "/2.mp4"]])
def test_the_key_goes_to_no_address_of_a_video_not_even_on_the_host_of_the_api(
    scripted_clients, scripted, target, spelling
):
    host = scripted.url.removeprefix("http://")
    url = spelling.format(host=host) if isinstance(spelling, str) else spelling
    scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 1, "videoUrl": url}), WHOLE]
    assert target == scripted_clients().wait("tsk_1", save_to=target).path
    keys = [(seen.path, seen.headers.get("authorization")) for seen in scripted.seen]
    assert [("/api/ai/tasks/tsk_1", "Bearer test-key"), ("/v.mp4", None)] == keys


class TestDownloadResumed:
    """A broken connection costs the rest, not the whole."""

    def test_the_scenario_of_the_mock(self, clients, server, target):
        clients(base_url=server.scenario_url("cut-download")).generate(VEO, save_to=target)
        with av.open(str(target)) as video:
            assert 8.0 == video.duration / av.time_base

    def test_only_the_rest_is_requested(self, fetch, scripted, target):
        fetch(CUT, rest(4000))
        assert VIDEO == target.read_bytes()
        asked = scripted.seen[1].headers
        assert ("bytes=4000-", '"v1"', "identity") == (asked["range"], asked["if-range"], asked["accept-encoding"])

    def test_a_date_serves_where_there_is_no_strong_tag(self, fetch, scripted, target):
        date = "Sun, 22 Nov 2026 10:00:00 GMT"
        cut = reply(200, VIDEO[:4000], length=len(VIDEO), Content_Type="video/mp4", ETag='W/"v1"', Last_Modified=date)
        fetch(cut, rest(4000))
        assert date == scripted.seen[1].headers["if-range"]
        assert VIDEO == target.read_bytes()

    def test_without_proof_that_it_is_the_same_video_it_is_begun_anew(self, fetch, scripted, target):
        fetch(reply(200, b"old" * 1000, length=len(VIDEO), Content_Type="video/mp4"), WHOLE)
        assert "range" not in scripted.seen[1].headers
        assert VIDEO == target.read_bytes()

    @pytest.mark.parametrize(
        "second",
        [
            WHOLE,
            rest(5000),
            rest(4000, Content_Range="bytes of some kind"),
            reply(416, Content_Range="bytes */3"),
        ],
    )
    def test_a_video_that_changed_meanwhile_is_begun_anew(self, fetch, target, second):
        fetch(reply(200, b"o" * 4000, length=len(VIDEO), **TAG), second, WHOLE)
        assert VIDEO == target.read_bytes()

    def test_every_attempt_that_brings_bytes_renews_the_retries(self, fetch, scripted, target):
        pieces = [
            reply(
                206,
                VIDEO[n : n + 1000],
                length=len(VIDEO) - n,
                Content_Range=f"bytes {n}-{len(VIDEO) - 1}/10240",
                **TAG,
            )
            for n in range(4000, 10000, 1000)
        ]
        fetch(CUT, *pieces, rest(10000))
        assert VIDEO == target.read_bytes()

    def test_from_a_host_that_sends_less_than_the_rest_the_remainder_is_requested(self, fetch, scripted, target):
        less = reply(206, VIDEO[4000:5000], Content_Range=f"bytes 4000-4999/{len(VIDEO)}", **TAG)
        fetch(CUT, less, rest(5000))
        assert "bytes=5000-" == scripted.seen[2].headers["range"]
        assert VIDEO == target.read_bytes()

    @pytest.mark.parametrize("passing", [b"", reply(404), reply(429), reply(500), reply(503, "<html>")])
    def test_a_transient_failure_is_retried(self, fetch, target, passing):
        fetch(passing, passing, WHOLE)
        assert VIDEO == target.read_bytes()

    def test_an_expired_url_is_read_from_the_task_again(self, scripted_clients, scripted, target):
        new = reply(200, {"taskId": "tsk_1", "status": 1, "videoUrl": f"{scripted.url}/new.mp4"})
        scripted.replies = [CUT, reply(403), new, rest(4000)]
        task = Task("tsk_1", TaskStatus.COMPLETED, video_url=f"{scripted.url}/old.mp4")
        scripted_clients().download(task, target)
        assert ["/old.mp4", "/old.mp4", "/api/ai/tasks/tsk_1", "/new.mp4"] == [seen.path for seen in scripted.seen]
        assert VIDEO == target.read_bytes()


class TestDownloadFailed:
    """The error says that the video exists; nothing half-written stays; an existing file stays as it is."""

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (CUT[:-4000], "connection broken|peer closed connection"),
            (reply(200, b"", **TAG), "its host sent nothing"),
            (reply(200, "<html>sorry</html>"), "its host sent text/html, which is no video"),
            (reply(200, {"error": "sorry"}), "its host sent application/json, which is no video"),
            (reply(401), "its host answered 401"),
            (reply(200, VIDEO, Content_Encoding="gzip, gzip", **TAG), "its host compressed it more than once"),
            (reply(204), "its host answered 204"),
            (rest(0), "its host answered 206"),
            (reply(410), "its URL has expired .410."),
            (reply(500), "its host answered 500"),
            (reply(302, Location="/v.mp4"), "redirects"),
        ],
    )
    def test_the_error_says_why(self, fetch, scripted, target, answer, reason):
        target.write_bytes(b"good")
        with pytest.raises(DownloadFailed, match=reason) as caught:
            fetch(answer, overwrite=True)
        assert f"{scripted.url}/v.mp4" == caught.value.url
        assert "download it again, which costs nothing" in str(caught.value)
        assert (b"good", [target]) == (target.read_bytes(), list(target.parent.iterdir()))

    @pytest.mark.parametrize("address", ["ftp://example.com/v.mp4", "javascript:alert(1)", "/v.mp4"])
    def test_an_invalid_url_is_not_requested(self, client, target, address):
        task = Task("tsk_1", TaskStatus.COMPLETED, video_url=address)
        with pytest.raises(DownloadFailed, match="its URL is not a web address"):
            client.download(task, target)

    def test_a_video_without_an_end_is_given_up(self, fetch, target, monkeypatch):
        monkeypatch.setattr("gptimage2_video.transport.files.MAX_VIDEO_BYTES", 5000)
        with pytest.raises(DownloadFailed, match=r"larger than .* GiB; aborted"):
            fetch(WHOLE)
        assert [] == list(target.parent.iterdir())

    def test_a_body_that_is_no_video_is_not_even_read(self, httpx_clients, target):
        class Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
            def __iter__(self):
                raise AssertionError("it is read")

            __aiter__ = __iter__

        def answer(_request):
            return httpx.Response(200, headers={"Content-Type": "text/html"}, stream=Endless())

        client = httpx_clients(http_client=httpx_clients.http(transport=httpx.MockTransport(answer)))
        with pytest.raises(DownloadFailed, match="its host sent text/html, which is no video"):
            client.download("https://cdn.example.com/v.mp4", target)

    def test_an_invalid_host_is_raised_with_the_task_id(self, client, target):
        task = Task("tsk_1", TaskStatus.COMPLETED, video_url="http://[broken/v.mp4")
        with pytest.raises(DownloadFailed) as caught:
            client.download(task, target)
        assert "tsk_1" == caught.value.task_id

    def test_a_completed_task_without_a_url_is_an_error(self, scripted_clients, scripted, target):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 1})]
        with pytest.raises(DownloadFailed, match="names no URL for it"):
            scripted_clients().download("tsk_1", target)

    def test_a_pending_task_has_no_video_yet(self, client, target):
        with pytest.raises(DownloadFailed, match="the task is still pending"):
            client.download(client.submit(VEO), target)

    def test_a_failed_task_has_none_at_all(self, scripted_clients, scripted, target):
        scripted.replies = [reply(200, {"taskId": "tsk_1", "status": 2})]
        with pytest.raises(TaskFailed):
            scripted_clients().download("tsk_1", target)

    @pytest.mark.parametrize("call", ["open", "write", "commit", "fsync", "link"])
    def test_a_full_disk_is_raised_with_the_task_and_leaves_nothing(self, client, target, monkeypatch, call):
        """Be it while the video comes or when it is whole."""
        task = client.generate(VEO)

        def full(path, *_, **__):
            if call == "open" and ".part" not in str(path):
                return opened(path, *_, **__)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        opened = Path.open
        if call == "open":
            monkeypatch.setattr("gptimage2_video.transport.files.PartFile.probe", lambda _: None)
        if call in ("open", "write"):
            monkeypatch.setattr("gptimage2_video.transport.files.FLUSH_BYTES", 1)
        place = {"open": "pathlib.Path.open", "write": FLUSH, "commit": FLUSH, "fsync": "os.fsync", "link": "os.link"}
        monkeypatch.setattr(place[call], full)
        if call == "link":  # as on a file system without hard links
            monkeypatch.setattr("pathlib.Path.rename", full)
        with pytest.raises(DownloadFailed, match="No space left on device") as caught:
            client.download(task, target)
        assert (task.id, task.video_url) == (caught.value.task_id, caught.value.url)
        assert [] == list(target.parent.iterdir())

    @pytest.mark.parametrize("call", ["write", "close"])
    def test_a_file_that_even_fails_to_close_is_removed(self, fetch, scripted, target, monkeypatch, call):
        """What it could not write it writes again when it is closed; a network's disk may be found full only then."""
        monkeypatch.setattr("gptimage2_video.transport.files.PartFile.probe", lambda _: None)
        monkeypatch.setattr(Path, "open", lambda path, mode: full_disk(path, mode, call))
        with pytest.raises(DownloadFailed, match="No space left on device") as caught:
            fetch(reply(200, b"less than the buffer of a file", **TAG))
        assert f"{scripted.url}/v.mp4" == caught.value.url
        assert [] == list(target.parent.iterdir())

    def test_a_part_file_that_cannot_be_removed_hides_no_reason(self, fetch, target, monkeypatch):
        """Windows removes no file that another program has open."""
        fetch(WHOLE)

        def in_use(*_, **__):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        monkeypatch.setattr(Path, "replace", in_use)
        monkeypatch.setattr(Path, "unlink", in_use)
        monkeypatch.setattr("gptimage2_video.transport.files.PartFile.probe", lambda _: None)
        with pytest.raises(DownloadFailed, match="Permission denied"):
            fetch(WHOLE, overwrite=True)
        assert VIDEO == target.read_bytes()

    def test_a_video_that_has_its_name_is_saved_even_where_the_part_file_stays(self, fetch, target, monkeypatch):
        def in_use(_):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        monkeypatch.setattr("gptimage2_video.transport.files.PartFile.probe", lambda _: None)
        monkeypatch.setattr(Path, "unlink", in_use)
        fetch(WHOLE)
        assert VIDEO == target.read_bytes()

    def test_an_interruption_leaves_nothing_half_written(self, client, target):
        task = client.generate(VEO)

        def interrupt(_done, _whole):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt) as caught:
            client.download(task, target, on_progress=interrupt)
        assert [] == list(target.parent.iterdir())
        assert task.id in caught.value.__notes__[0]


class TestDownloadTarget:
    """The target is tried before anything is sent or paid for."""

    @pytest.mark.parametrize(
        ("place", "reason"),
        [
            ("there.mp4", "it exists; name another file, or allow overwriting"),
            ("folder", "it is a folder; name a file"),
            ("", "it is a folder; name a file"),
            ("/", "it is a folder; name a file"),
            ("missing/cup.mp4", "No such file or directory"),
            ("there.mp4/cup.mp4", "Not a directory"),
            ("x" * 300, "File name too long"),
        ],
    )
    @pytest.mark.parametrize("call", ["generate", "wait", "download"])
    def test_a_target_that_cannot_be_is_refused(self, client, server, tmp_path, call, place, reason):
        (tmp_path / "there.mp4").write_bytes(b"good")
        (tmp_path / "folder").mkdir()
        before = sorted(tmp_path.iterdir())
        place = tmp_path / place
        attempt = {
            "generate": lambda: client.generate(VEO, save_to=place),
            "wait": lambda: client.wait("tsk_1", save_to=place),
            "download": lambda: client.download("tsk_1", place),
        }
        with pytest.raises(InvalidRequest, match=reason):
            attempt[call]()
        assert (before, b"good") == (sorted(tmp_path.iterdir()), (tmp_path / "there.mp4").read_bytes())
        assert [] == server.requests

    def test_a_folder_that_cannot_be_written_is_refused(self, client, server, target, monkeypatch):
        def denied(*_):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        monkeypatch.setattr(Path, "open", denied)
        with pytest.raises(InvalidRequest, match="Permission denied"):
            client.generate(VEO, save_to=target)
        assert [] == server.requests

    def test_an_existing_file_is_replaced_where_that_is_allowed(self, fetch, target):
        target.write_bytes(b"old")
        fetch(WHOLE, overwrite=True)
        assert VIDEO == target.read_bytes()

    def test_a_file_that_comes_into_being_meanwhile_is_left_alone(self, fetch, target):
        with pytest.raises(DownloadFailed, match="File exists"):
            fetch(WHOLE, on_progress=lambda *_: target.write_bytes(b"theirs"))
        assert (b"theirs", [target]) == (target.read_bytes(), list(target.parent.iterdir()))

    @pytest.mark.parametrize("meanwhile", [False, True])
    def test_a_file_system_without_hard_links_does_too(self, fetch, target, monkeypatch, meanwhile):
        def unsupported(*_):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr("os.link", unsupported)
        if meanwhile:
            with pytest.raises(DownloadFailed, match="the file has come into being meanwhile"):
                fetch(WHOLE, on_progress=lambda *_: target.write_bytes(b"theirs"))
        else:
            fetch(WHOLE)
        assert (b"theirs" if meanwhile else VIDEO) == target.read_bytes()
        assert [target] == list(target.parent.iterdir())

    def test_the_file_has_the_permissions_that_files_get_here(self, fetch, target):
        fetch(WHOLE)
        other = target.with_name("other")
        other.touch()
        assert other.stat().st_mode == target.stat().st_mode


def test_an_encoded_video_has_no_known_length(fetch, target):
    import gzip

    packed = gzip.compress(VIDEO)
    progress = []
    fetch(reply(200, packed, Content_Encoding="gzip", **TAG), on_progress=lambda *seen: progress.append(seen))
    assert VIDEO == target.read_bytes()
    assert {None} == {whole for _, whole in progress}


def test_a_video_without_a_length_is_taken_to_its_end(httpx_clients, target):
    def answer(_request):
        return httpx.Response(200, headers={"Content-Type": "application/octet-stream"}, stream=Stream())

    class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            yield VIDEO

        async def __aiter__(self):
            yield VIDEO

    client = httpx_clients(http_client=httpx_clients.http(transport=httpx.MockTransport(answer)))
    client.download("https://cdn.example.com/v.mp4", target)
    assert VIDEO == target.read_bytes()
