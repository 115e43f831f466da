"""The second server does what the documentation says, and each fault changes one thing and nothing else."""

import http.client
import io
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from second_server import FAULTS, SecondServer
from second_server.service import FAILED, MODELS, VIDEO

ROOT = Path(__file__).parents[2]
IMAGE_URL = "https://example.com/cup.jpg"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TEXT: dict[str, Any] = {"prompt": "A cup", "model": "veo3_lite", "inputMode": "text_to_video", "duration": 8}
IMAGE = {**TEXT, "inputMode": "image_to_video", "inputImageUrls": [IMAGE_URL]}
KLING = {**IMAGE, "model": "kling/v2-1-standard", "duration": 5}
HAILUO = {**TEXT, "model": "hailuo/02-text-to-video-standard"}
REFUSED: dict[str, dict[str, Any]] = {
    "unknown model": {**TEXT, "model": "veo9"},
    "text model in image mode": {**IMAGE, "model": "sora-2-text-to-video", "duration": 5},
    "image model in text mode": {**KLING, "inputMode": "text_to_video"},
    "no image": {**TEXT, "inputMode": "image_to_video"},
    "veo at 5 s": {**TEXT, "duration": 5},
    "kling at 15 s": {**KLING, "duration": 15},
    "hailuo at 15 s": {**HAILUO, "duration": 15},
    "empty prompt": {**TEXT, "prompt": ""},
    "no URL": {**IMAGE, "inputImageUrls": ["cup.jpg"]},
    "prompt of a wrong type": {**TEXT, "prompt": 5},
    "duration of a wrong type": {**TEXT, "duration": "8"},
    "resolution of a wrong type": {**TEXT, "resolution": 720},
    "images of a wrong type": {**IMAGE, "inputImageUrls": IMAGE_URL},
}
VALID: dict[str, dict[str, Any]] = {
    f"valid {name} {mode}": {"prompt": "Café", "model": name, "inputMode": mode, "inputImageUrls": [IMAGE_URL]}
    | {"duration": next(iter(model.credits))}
    for name, model in MODELS.items()
    for mode in model.modes
} | {
    "valid longest": {**KLING, "duration": 10},
    "valid in 1080p": {**TEXT, "model": "sora-2-text-to-video", "duration": 5, "resolution": "1080p"},
    "valid without a duration": {name: value for name, value in TEXT.items() if name != "duration"},
    "valid with a control": {**TEXT, "seed": 5},
}


class Client:
    """Plain HTTP without redirects, whose observations are the same for two servers that behave the same."""

    def __init__(self, server: SecondServer) -> None:
        self.server = server
        self.seen: dict[str, str] = {}

    def send(
        self, method: str, url: str, key: str | None = None, body: object = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and content; 0 where the connection ended without a response."""
        base = urlsplit(url if "://" in url else self.server.base_url + url)
        connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=10)
        authorization = {} if key is None else {"Authorization": key if " " in key else f"Bearer {key}"}
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        json_type = {} if body is None else {"Content-Type": "application/json"}
        try:
            connection.request(method, base.path, content, json_type | authorization | headers)
            response = connection.getresponse()
            try:
                received = response.read()
            except http.client.IncompleteRead as cut:
                received = cut.partial + b"(cut)"
            return response.status, {name.lower(): value for name, value in response.getheaders()}, received
        except http.client.RemoteDisconnected:
            return 0, {}, b""
        finally:
            connection.close()

    def see(self, label: str, *request: Any, **headers: str) -> Any:
        """Send, note what is observed under the label, and return the document."""
        status, answered, content = self.send(*request, **headers)
        names = ("allow", "accept-ranges", "content-range", "content-type", "location", "www-authenticate")
        told = [f"{name}={answered[name]}" for name in names if name in answered]
        self.seen[label] = self.plain(f"{status} {' '.join(told)} {content!r}")
        try:
            document = json.loads(content.decode("utf-8-sig").removesuffix("\n0"))
        except ValueError:
            return {}
        return document.get("data", document) if isinstance(document, dict) else {}

    def plain(self, text: str) -> str:
        """The text without what differs between two right servers."""
        for name, key in self.server.keys._asdict().items():
            text = text.replace(key, name)
        text = re.sub(r":\d{4,5}/", ":PORT/", text)
        text = re.sub(r"tsk_[0-9A-Z]{26}", "task", text)
        return DATE.sub(
            lambda found: (
                "date" if abs(datetime.fromisoformat(found[0]) - datetime.now(UTC)) < timedelta(minutes=10) else "past"
            ),
            text,
        )


def visit(server: SecondServer) -> dict[str, str]:
    """Go through all that the service does, and return what is observed at each step."""
    client, keys, service = Client(server), server.keys, server.service
    generate, tasks = "/api/ai/video/generate", "/api/ai/tasks/"
    service.seconds_per_task = 3600.0
    authorize(client)
    for label, refused in REFUSED.items():
        client.see(label, "POST", generate, keys.rich, refused)
    client.see("no JSON", "POST", generate, keys.rich, b"{")
    client.see("no object", "POST", generate, keys.rich, [])
    client.see("large body", "POST", generate, keys.rich, b" " * 2**21)
    client.see("too few credits", "POST", generate, keys.poor, TEXT)
    client.see("no key, submission", "POST", generate, None, {**TEXT, "prompt": "Without a key"})
    client.seen["charged for refusals"] = str(sum(server.charged.values()))
    for label, valid in VALID.items():
        client.see(label, "POST", generate, keys.other, valid)
    client.seen["charged"] = str(server.charged[keys.other])

    receipt = client.see("receipt", "POST", generate, keys.rich, TEXT)
    again = client.see("same submission", "POST", generate, keys.rich, TEXT)
    client.seen["two tasks"] = str(receipt.get("taskId") != again.get("taskId"))
    task = tasks + str(receipt.get("taskId", "tsk_none"))
    pending = [client.see(f"pending, poll {n}", "GET", task, keys.rich) for n in (1, 2)]
    client.see("pending, HEAD", "HEAD", task, keys.rich)
    service.seconds_per_task = 0.0
    ended = [client.see(f"ended, poll {n}", "GET", task, keys.rich) for n in (1, 2, 3)]
    shots = [shot for shot in pending + ended if shot]
    client.seen["ids"] = (
        "the receipt's" if {shot.get("taskId") for shot in shots} <= {receipt.get("taskId")} else "others"
    )
    client.seen["dates"] = "in order" if all(map(in_order, shots)) else "not in order"
    client.seen["created"] = (
        "once" if len({shot["createdAt"] for shot in shots if "createdAt" in shot}) <= 1 else "moves"
    )
    client.see("another's task", "GET", task, keys.other)
    client.see("no key, task", "GET", task)
    client.see("DELETE", "DELETE", task, keys.rich)
    client.see("OPTIONS", "OPTIONS", task, keys.rich)
    client.see("GET generate", "GET", generate, keys.rich)
    client.see("unknown path", "GET", "/api/ai", keys.rich)
    made = service.tasks[-1].id if service.tasks else "none"
    fetch(client, f"{service.cdn}/videos/{made}.mp4")
    return client.seen


def authorize(client: Client) -> None:
    key = client.server.keys.rich
    tried = {
        "right key": key,
        "lower-case scheme": f"bearer {key}",
        "no key": None,
        "wrong key": "sk_test_wrong",
        "key in another case": key.upper(),
        "key prefix": key[:20],
        "key suffix": f"{key}x",
        "Basic": f"Basic {key}",
    }
    for label, authorization in tried.items():
        client.see(label, "GET", "/api/ai/tasks/tsk_unknown", authorization)


def fetch(client: Client, url: str) -> None:
    client.see("video", "GET", url)
    client.see("video, range", "GET", url, Range="bytes=100-199")
    client.see("video, last bytes", "GET", url, Range="bytes=-100")
    client.see("video, range behind the end", "GET", url, Range="bytes=9999999-")
    client.see("video, HEAD", "HEAD", url)


def in_order(snapshot: dict[str, Any]) -> bool:
    return str(snapshot.get("createdAt")) <= str(snapshot.get("updatedAt"))


PENDING_POLLS = {"pending, poll 1", "pending, poll 2"}
ENDED_POLLS = {"ended, poll 1", "ended, poll 2", "ended, poll 3"}
POLLS = PENDING_POLLS | ENDED_POLLS
HEAD = {"pending, HEAD"}
RANGES = {"video, range", "video, last bytes"}
VIDEOS = RANGES | {"video", "video, range behind the end", "video, HEAD"}
RECEIPTS = {*VALID, "receipt", "same submission"}
UNKNOWN_TASK = {"right key", "lower-case scheme", "another's task"}
WRONG_KEYS = {"wrong key", "key in another case", "key prefix", "key suffix", "Basic"}
NO_KEY = {"no key", "no key, submission", "no key, task"}
CHARGED = {"charged for refusals"}
RULES = {*REFUSED, "no JSON", "no object"}
ERRORS = RULES | UNKNOWN_TASK | WRONG_KEYS | NO_KEY
ERRORS |= {"large body", "too few credits", "DELETE", "GET generate", "unknown path"}
ONE_DURATION = {f"valid {name} {mode}" for name in ("veo3", "veo3_fast", "veo3_lite") for mode in MODELS[name].modes}
ONE_DURATION |= {"valid without a duration", "valid with a control", "valid longest", "receipt", "same submission"}


def each(labels: set[str], *faults: str) -> dict[str, set[str]]:
    return dict.fromkeys(faults, labels)


# What differs from the right server, and so also what does not.
CHANGES: dict[str, set[str]] = {
    "unknown-model-accepted": CHARGED | {"unknown model"},
    "text-model-in-image-mode": CHARGED | {"text model in image mode"},
    "image-model-in-text-mode": CHARGED | {"image model in text mode"},
    "no-image-in-image-mode": CHARGED | {"no image"},
    "veo-at-five-seconds": CHARGED | {"veo at 5 s"},
    "kling-at-fifteen-seconds": CHARGED | {"kling at 15 s"},
    "hailuo-at-fifteen-seconds": CHARGED | {"hailuo at 15 s"},
    "empty-prompt-accepted": CHARGED | {"empty prompt"},
    "image-not-an-url": CHARGED | {"no URL"},
    "wrong-types-accepted": CHARGED | {f"{name} of a wrong type" for name in ("prompt", "duration", "resolution")},
    "unknown-property-refused": {"charged", "valid with a control"},
    "model-withdrawn": {"charged", "valid veo3_fast text_to_video", "valid veo3_fast image_to_video"},
    "seedance-refuses-images": {"charged", "valid bytedance/seedance-1.5-pro image_to_video"},
    "duration-required": {"charged", "valid without a duration"},
    **each({"too few credits"}, "required-missing", "required-zero", "insufficient-is-400"),
    **each(RULES, "invalid-is-500", "invalid-is-422"),
    "field-errors-as-text": {*REFUSED},
    **each(ERRORS, "errors-with-200", "error-as-object"),
    **each(UNKNOWN_TASK, "traceback-in-error", "unknown-task-pending"),
    "large-body-is-500": {"large body"},
    "key-in-another-case": {"key in another case"},
    "key-prefix-accepted": {"key prefix"},
    "key-suffix-accepted": {"key suffix"},
    "any-scheme-accepted": {"Basic"},
    "task-readable-without-key": {"no key, task"},
    "task-of-another-readable": {"another's task"},
    "submission-without-key": CHARGED | {"no key, submission"},
    "wrong-key-is-500": WRONG_KEYS,
    "key-in-error": WRONG_KEYS | NO_KEY,
    **each(RECEIPTS, "receipt-completed", "receipt-without-price", "receipt-with-503"),
    **each(RECEIPTS | POLLS | HEAD | {"two tasks"}, "receipt-without-id", "receipt-lost"),
    **each(POLLS | HEAD | {"ids"}, "receipt-of-another-id", "task-lost"),
    **each({"two tasks"}, "duplicate-task-id", "same-submission-is-one-task"),
    "submission-redirected": RULES
    | {*RECEIPTS, *POLLS, *HEAD, *VIDEOS, "charged", "large body", "too few credits", "two tasks"},
    "price-tenfold": RECEIPTS | POLLS | {"charged", "too few credits"},
    "price-of-longest": RECEIPTS - ONE_DURATION | {"charged"},
    **each(RECEIPTS | POLLS, "fractional-price", "data-wrapper"),
    "numbers-as-text": RECEIPTS | POLLS | {"too few credits"},
    "price-changes": ENDED_POLLS,
    "task-vanishes": ENDED_POLLS | {"ids"},
    "not-found-now-and-then": {"pending, poll 2", "ended, poll 1", "ended, poll 3", "ids"},
    "gateway-page": {"pending, poll 2", "ended, poll 1", "ended, poll 3", "lower-case scheme"},
    **each(ENDED_POLLS | VIDEOS, "task-never-ends", "status-aborted"),
    **each(ENDED_POLLS | VIDEOS, "failed-not-refunded", "refund-taken-back"),
    "task-pending-again": ENDED_POLLS - {"ended, poll 1"},
    **each(POLLS, "prompt-of-another", "model-of-another", "type-image", "status-as-word"),
    "id-of-another": {"ids"},
    **each(ENDED_POLLS, "completed-without-video", "completed-is-empty", "completed-is-null"),
    **each(ENDED_POLLS, "completed-and-refunded", "video-url-relative"),
    "video-under-another-name": POLLS,
    **each(POLLS, "date-that-is-none", "dates-as-numbers", "dates-without-timezone", "clock-an-hour-behind"),
    "updated-before-created": {"dates"},
    "created-moves": {"created"},
    "pending-is-empty-202": PENDING_POLLS | HEAD,
    **each(POLLS, "json-cut", "transfer-cut", "price-not-a-number"),
    "poll-redirected": POLLS | HEAD | UNKNOWN_TASK,
    **each(ERRORS | RECEIPTS | POLLS, "json-after-mark", "bytes-after-json"),
    **each(ERRORS | RECEIPTS | POLLS | HEAD, "json-as-text", "charset-latin"),
    "any-method-reads": {"DELETE"},
    "allow-missing": {"DELETE", "GET generate"},
    **each(VIDEOS, "video-missing", "video-wants-key", "video-is-page", "video-of-unknown-type"),
    "video-empty": VIDEOS,
    "video-cut": RANGES | {"video"},
    "range-ignored": RANGES | {"video, range behind the end"},
    "range-off-by-one": RANGES,
    "video-gone-at-once": VIDEOS - {"video"},
}


@pytest.fixture(scope="module")
def right() -> dict[str, str]:
    with SecondServer() as server:
        return visit(server)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_what_it_says_and_nothing_else(name: str, right: dict[str, str]) -> None:
    with SecondServer(name) as server:
        wrong = visit(server)
    assert CHANGES[name] == {label for label, seen in right.items() if seen != wrong[label]}


def test_the_faults_are_those_of_the_issue_of_public_reports_and_inventions_each_with_a_sentence_and_a_source() -> None:
    assert sorted(CHANGES) == sorted(FAULTS)
    assert [] == [fault for fault in FAULTS.values() if not re.fullmatch(r"[A-Z`].*\.", fault.sentence)]
    thread = re.compile(r"https://github\.com/[^/]+/[^/]+/(issues|pull)/\d+")
    kinds = [re.sub(thread, "public report", fault.source) for fault in FAULTS.values()]
    assert {"issue 18", "public report", "documentation"} == set(kinds)
    assert kinds.count("issue 18") >= 20
    assert kinds.count("public report") >= 23
    assert kinds.count("documentation") >= 10


def test_two_right_servers_behave_the_same(right: dict[str, str]) -> None:
    with SecondServer() as server:
        assert right == visit(server)


def test_what_is_asked_for_rightly_is_answered_as_documented(right: dict[str, str]) -> None:
    start = '200 content-type=application/json b\'{"taskId": "task", '
    snapshot = (
        '"type": "video", "status": %d, "model": "veo3_lite", "prompt": "A cup", "imageUrls": [], "videoUrl": %s, '
        '"errorCode": null, "errorMessage": null, "creditsUsed": 5, "creditsRefunded": false, '
        '"createdAt": "date", "updatedAt": "date"}\''
    )
    ended = start + snapshot % (1, '"http://127.0.0.1:PORT/videos/task.mp4"')
    expected = {
        "receipt": start + '"status": 0, "creditsUsed": 5}\'',
        "two tasks": "True",
        "pending, poll 1": start + snapshot % (0, "null"),
        "pending, HEAD": "200 content-type=application/json b''",
        **dict.fromkeys(ENDED_POLLS, ended),
        "ids": "the receipt's",
        "dates": "in order",
        "created": "once",
        "OPTIONS": "204 allow=GET, HEAD, OPTIONS b''",
        "video": f"200 accept-ranges=bytes content-type=video/mp4 {VIDEO!r}",
        "video, range": "206 accept-ranges=bytes content-range=bytes 100-199/4681 content-type=video/mp4 "
        f"{VIDEO[100:200]!r}",
        "video, range behind the end": "416 content-range=bytes */4681 b''",
    }
    assert expected == {label: right[label] for label in expected}


def test_what_is_refused_is_refused_as_documented_and_costs_nothing(right: dict[str, str]) -> None:
    unauthorized = '401 content-type=application/json www-authenticate=Bearer b\'{"error": "Unauthorized"}\''
    expected = {
        **dict.fromkeys(WRONG_KEYS | NO_KEY, unauthorized),
        **dict.fromkeys(UNKNOWN_TASK, '404 content-type=application/json b\'{"error": "Task not found"}\''),
        "too few credits": '402 content-type=application/json b\'{"error": "Insufficient credits", "required": 5}\'',
        "empty prompt": '400 content-type=application/json b\'{"error": "Invalid request", "details": '
        '{"formErrors": [], "fieldErrors": {"prompt": ["Prompt is required"]}}}\'',
        "charged for refusals": "0",
        "DELETE": '405 allow=GET, HEAD, OPTIONS content-type=application/json b\'{"error": "Method not allowed"}\'',
    }
    assert expected == {label: right[label] for label in expected}
    assert {"400"} == {right[label][:3] for label in RULES}


def test_each_problem_of_a_submission_is_told_by_its_field() -> None:
    body = {"prompt": "", "model": "veo9", "inputMode": "film", "inputImageUrls": ["x"], "duration": 7, "resolution": 1}
    with SecondServer() as server:
        *_, content = Client(server).send("POST", "/api/ai/video/generate", server.keys.rich, body)
    assert [*body] == [*json.loads(content)["details"]["fieldErrors"]]


@pytest.mark.parametrize(
    ("credits_used", "body"),
    [
        (11, KLING),
        (22, KLING | {"duration": 10}),
        (67, TEXT | {"model": "kling/v2-1-master-text-to-video", "duration": 5}),
        (5, TEXT | {"model": "sora-2-text-to-video", "duration": 5, "resolution": "720p"}),
        (8, TEXT | {"model": "sora-2-text-to-video", "duration": 5, "resolution": "1080p"}),
        (30, TEXT | {"model": "sora-2-text-to-video", "duration": 20, "resolution": "1080p"}),
        (96, TEXT | {"model": "sora-2-pro-text-to-video", "duration": 20, "resolution": "1080p"}),
        (13, HAILUO | {"duration": 5}),
        (21, HAILUO | {"duration": 10.0}),
        (63, TEXT | {"model": "veo3"}),
        (5, IMAGE),
    ],
)
def test_a_task_costs_what_the_price_table_says(credits_used: int, body: dict[str, Any]) -> None:
    with SecondServer() as server:
        *_, content = Client(server).send("POST", "/api/ai/video/generate", server.keys.spare, body)
        assert credits_used == json.loads(content)["creditsUsed"]
        assert {"rich": 0, "other": 0, "poor": 0, "spare": credits_used} == dict(
            zip(server.keys._fields, server.charged.values(), strict=True)
        )


def test_a_failed_task_is_refunded_in_full() -> None:
    with SecondServer(failing=True, seconds_per_task=0) as server:
        client = Client(server)
        receipt = client.see("receipt", "POST", "/api/ai/video/generate", server.keys.rich, TEXT)
        task = client.see("failed", "GET", f"/api/ai/tasks/{receipt['taskId']}", server.keys.rich)
        assert (FAILED, "EMPTY_RESULT", None, True) == tuple(
            task[name] for name in ("status", "errorCode", "videoUrl", "creditsRefunded")
        )
        assert 0 == server.charged[server.keys.rich]


def test_the_video_can_be_played_and_is_as_long_as_the_longest_that_can_be_asked_for() -> None:
    av = pytest.importorskip("av")
    with av.open(io.BytesIO(VIDEO)) as container:
        frames = [frame.time for frame in container.decode(video=0)]
    assert list(range(20)) == frames


@pytest.fixture
def raw() -> Iterator[socket.socket]:
    with SecondServer() as server, socket.create_connection(("127.0.0.1", urlsplit(server.base_url).port or 0)) as raw:
        yield raw


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (b"400", b"nonsense\r\n\r\n"),
        (b"400", b"GET / FTP/1.1\r\n\r\n"),
        (b"411", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (b"411", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        (b"404", b"PURGE / HTTP/1.1\r\nConnection: close\r\n\r\n"),
    ],
)
def test_what_is_hardly_http_gets_an_error_in_json_and_the_connection_ends(
    status: bytes, sent: bytes, raw: socket.socket
) -> None:
    raw.sendall(sent)
    received = b"".join(iter(lambda: raw.recv(4096), b""))
    assert [b"HTTP/1.1", status] == received.split()[:2]
    assert ["error"] == [*json.loads(received.partition(b"\r\n\r\n")[2])]


@pytest.mark.process
def test_the_module_serves_a_fault_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "tests.contract.second_server", "--fault", "task-lost"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        connection = http.client.HTTPConnection(urlsplit(told["base_url"]).netloc, timeout=10)
        connection.request(
            "GET", "/api/ai/tasks/tsk_unknown", headers={"Authorization": f"Bearer {told['keys']['rich']}"}
        )
        status = connection.getresponse().status
        connection.close()
        process.send_signal(signal.SIGINT)
    assert 404 == status
    assert 130 == process.returncode


@pytest.mark.process
@pytest.mark.parametrize(
    ("sentence", "options"),
    [
        ("There is no fault 'no-such'; --list prints them all.", ["--fault", "no-such"]),
        ("99999 is not a port.", ["--port", "99999"]),
    ],
)
def test_a_wrong_option_is_told_in_one_sentence(sentence: str, options: list[str]) -> None:
    command = [sys.executable, "-m", "tests.contract.second_server", *options]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (2, f"second_server: error: {sentence}") == (process.returncode, process.stderr.splitlines()[-1])
