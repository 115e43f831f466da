"""Each snippet runs, and sends the body of the form."""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gptimage2_video_cli.main import main
from gptimage2_video_mock import MockServer
from support.clients import FakeClock

pytestmark = pytest.mark.browser

PROMPT = """-It's "quoted" $HOME `id` \\ and\nnew, <b>é</b> ${1}"""
BODIES = {
    "text": {
        "prompt": PROMPT,
        "model": "hailuo/02-text-to-video-standard",
        "inputMode": "text_to_video",
        "duration": 5,
    },
    "image": {
        "prompt": "Steam",
        "model": "veo3_fast",
        "inputMode": "image_to_video",
        "inputImageUrls": ["https://example.com/a-cup's.png"],
        "aspectRatio": "16:9",
    },
    "extra": {
        "prompt": "A cup",
        "model": "wan/2-6-text-to-video",
        "inputMode": "text_to_video",
        "resolution": "1080p",
        "x-seed": 7,
        "x-audio": True,
        "x-style": {"name": "it's", "tags": [None, 1.5]},
    },
}
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
STUB = """export class VideoClient {
  constructor(options) { this.options = options; }
  async generate(...args) { console.log(JSON.stringify({ ...this.options, arguments: args })); return {}; }
}
"""


@pytest.fixture
def server(clock: FakeClock):
    """One whose clock advances while clients sleep, and stands still for the page."""
    with MockServer() as running:
        clock.followers.append(running.clock.advance)
        yield running


@pytest.fixture
def snippet(open_page, server):
    """The code for a body in a language."""
    playground = open_page(server)

    def code(body: dict, language: str) -> str:
        playground.edit_body(body)
        playground.pick("language", language.lower())
        return playground.page.locator("#snippet").inner_text()

    return code


def sent(server: MockServer) -> list:
    return [json.loads(record.body) for record in server.requests if record.method == "POST"]


def environment(code: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The code without its first lines, which set the environment."""
    head, _, rest = code.partition("\n\n")
    for line in head.splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        monkeypatch.setenv(name, value)
    return rest


def test_curl(snippet, server):
    for body in BODIES.values():
        done = subprocess.run(["bash", "-c", snippet(body, "curl")], capture_output=True, text=True)
        assert "taskId" in done.stdout, done.stderr
    assert [*BODIES.values()] == sent(server)


def test_the_command_line(snippet, server, monkeypatch, tmp_path):
    for name, body in BODIES.items():
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        [program, *arguments] = shlex.split(environment(snippet(body, "CLI"), monkeypatch).replace("\\\n", ""))
        assert ("gptimage2-video", 0) == (program, main(arguments))
        assert Path("video.mp4").stat().st_size > 1000
    assert [*BODIES.values()] == sent(server)


def test_python(snippet, server, monkeypatch, tmp_path):
    monkeypatch.setenv("GPTIMAGE2_API_KEY", "test-key")
    for name, body in BODIES.items():
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        exec(snippet(body, "Python"), {})  # noqa: S102  what a person would run
        assert Path("video.mp4").stat().st_size > 1000
    assert [*BODIES.values()] == sent(server)


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
def test_typescript(snippet, server, open_page, tmp_path):
    """With a client that prints its arguments, from which the real one's `buildRequest` builds the body."""
    package = tmp_path / "node_modules" / "gptimage2-video"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"type": "module", "exports": "./index.js"}')
    (package / "index.js").write_text(STUB)
    page = open_page(server).page
    for body in BODIES.values():
        (tmp_path / "snippet.mjs").write_text(snippet(body, "TypeScript"))
        done = subprocess.run([NODE, "snippet.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
        call = json.loads(done.stdout.splitlines()[0])
        built = page.evaluate(
            """async ([prompt, { saveTo, ...options }]) =>
                (await import("/playground/client/request.js")).buildRequest(prompt, options)""",
            call["arguments"],
        )
        assert (server.url, body) == (call["baseUrl"], built)


def test_a_body_without_keywords_is_passed_whole_or_left_to_curl(snippet, server, monkeypatch):
    body = {"prompt": 3, "model": "veo3"}
    assert "Send it with curl." in snippet(body, "CLI")
    assert '{"prompt": 3, "model": "veo3"}' in snippet(body, "Python")
    assert 'generate({"prompt":3,"model":"veo3"}' in snippet(body, "TypeScript")
