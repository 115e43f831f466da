"""In a notebook values show themselves, both clients work in its running loop, and a line tells how far a task is."""

import base64
import sys
import threading
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import gptimage2_video.notebook
from gptimage2_video import Quote, Task, TaskStatus, Violation, check, quote
from gptimage2_video.notebook import Progress
from support.paths import ROOT

EXAMPLE = ROOT / "examples" / "notebook.ipynb"
DONE = Task("tsk_1", TaskStatus.COMPLETED, video_url="https://cdn.example.com/1.mp4", credits_used=9)


def executed(cells, folder):
    """The cells of a notebook, executed by a real kernel in a folder."""
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    return notebook.cells


def shown(cell, kind="text/html"):
    """What a cell shows, of one kind."""
    return [output["data"].get(kind, "") for output in cell.get("outputs", ()) if "data" in output]


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The code cells of the example, executed, by what they begin with."""
    cells = executed(nbformat.read(EXAMPLE, as_version=4).cells, tmp_path_factory.mktemp("notebook"))
    return [cell for cell in cells if cell.cell_type == "code"]


@pytest.mark.slow
class TestExample:
    def test_what_check_returned_is_a_table(self, example):
        (table,) = shown(example[1])
        assert table.count("<tr>") == 1 + len(check({"prompt": "A", "model": "veo3_fast", "inputMode": "text"})) + 1

    def test_what_quote_returned_is_a_table(self, example):
        assert '<td style="text-align:left">9</td>' in shown(example[2])[0]

    def test_the_client_that_blocks_shows_a_line_and_then_the_video(self, example):
        line, video = example[3].outputs
        assert "completed, " in line["data"]["text/plain"] or "downloading: " in line["data"]["text/plain"]
        assert "<video controls loop muted" in video["data"]["text/html"]
        assert b"ftyp" == base64.b64decode(video["data"]["text/html"].split("base64,")[1].split('"')[0])[4:8]

    def test_the_other_is_awaited_as_it_stands(self, example):
        assert "pending: client.wait(task) continues" in shown(example[4])[0]
        assert '<video controls loop muted style="max-width:100%;max-height:24em" src="http' in shown(example[5])[-1]

    def test_both_have_charged(self, example):
        assert "text/plain" in example[6].outputs[0]["data"]


class TestValues:
    def test_a_video_that_was_saved_is_in_the_notebook(self, tmp_path):
        path = tmp_path / "cup.mp4"
        path.write_bytes(b"video")
        html = Task("tsk_1", TaskStatus.COMPLETED, path=path)._repr_html_()
        assert f'src="data:video/mp4;base64,{base64.b64encode(b"video").decode()}"' in html

    def test_one_that_was_moved_or_is_long_comes_from_the_service(self, tmp_path, monkeypatch):
        path = tmp_path / "cup.mp4"
        task = Task("tsk_1", TaskStatus.COMPLETED, video_url="https://cdn.example.com/1.mp4", path=path)
        assert 'src="https://cdn.example.com/1.mp4"' in task._repr_html_()
        path.write_bytes(b"video")
        monkeypatch.setattr("gptimage2_video.notebook.html._EMBEDDED", 4)
        assert 'src="https://cdn.example.com/1.mp4"' in task._repr_html_()

    @pytest.mark.parametrize("url", [None, "javascript:alert(1)", "data:text/html,x"])
    def test_an_invalid_url_is_not_shown(self, url):
        assert "<video" not in Task("tsk_1", TaskStatus.COMPLETED, video_url=url)._repr_html_()

    @pytest.mark.parametrize(
        ("task", "words"),
        [
            (DONE, "completed, 9 credits"),
            (Task("tsk_1", TaskStatus.PENDING, credits_used=9), "pending: client.wait(task) continues, 9 credits"),
            (Task("tsk_1", TaskStatus(7)), "pending: client.wait(task) continues"),
            (Task("tsk_1", TaskStatus.FAILED), "failed"),
            (
                Task("tsk_1", TaskStatus.FAILED, refunded=True, error_code="EMPTY_RESULT", error_message="no video"),
                "failed (EMPTY_RESULT: no video), refunded",
            ),
            (Task("tsk_1", TaskStatus.FAILED, refunded=False), "failed, not refunded yet"),
        ],
    )
    def test_a_task_tells_how_it_stands(self, task, words):
        assert f"<code>tsk_1</code> {words}</div>" in task._repr_html_()

    def test_nothing_of_a_service_is_markup(self):
        evil = '"><script>alert(1)</script>'
        task = Task(evil, TaskStatus.COMPLETED, video_url=f"https://{evil}", model=evil, path=Path(evil))
        for html in (task._repr_html_(), Task(evil, TaskStatus.FAILED, error_message=evil)._repr_html_()):
            assert "<script>" not in html
        assert "<script>" not in check({"prompt": "A", "model": evil, "inputMode": evil})._repr_html_()
        assert "<script>" not in Quote(None, evil)._repr_html_()

    def test_a_valid_request_has_nothing_to_fix(self):
        valid = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}
        assert "<div>nothing to fix</div>" == check(valid)._repr_html_()
        assert (Violation("type", "", "a request is a JSON object with prompt, model and inputMode"),) == check(None)

    def test_an_unknown_price_is_shown_as_such(self):
        html = quote({"prompt": "A", "model": "wan/2-6-text-to-video", "inputMode": "text_to_video"})._repr_html_()
        assert ">unknown</td>" in html


class Line:
    """A line as IPython's display makes one."""

    def __init__(self):
        self.said, self.third = [], threading.Event()

    def update(self, data, *, raw):
        assert raw
        self.said.append(data["text/plain"])
        if len(self.said) == 3:
            self.third.set()


class TestProgress:
    @pytest.fixture
    def line(self, monkeypatch):
        line = Line()
        monkeypatch.setattr("gptimage2_video.notebook.progress._new_line", lambda: line)
        monkeypatch.setattr("gptimage2_video.notebook.progress.time.monotonic", lambda: 5.0)
        return line

    def test_tells_the_step_and_the_seconds(self, line):
        with Progress() as progress:
            progress.update(Task("tsk_1", TaskStatus.PENDING))
            progress.update(DONE)
            progress.on_bytes(1_000_000, None)
            progress.on_bytes(2_000_000, 4_000_000)
        assert ["tsk_1: pending, 0 s", "tsk_1: completed, 0 s", "downloading: 2.0 of 4.0 MB, 0 s"] == line.said

    def test_the_seconds_go_on_by_themselves(self, line, monkeypatch):
        monkeypatch.setattr("gptimage2_video.notebook.progress._TICK", 0.001)
        with Progress():
            assert line.third.wait(30)
        assert {"submitting, 0 s"} == set(line.said)

    def test_outside_a_notebook_nothing_is_shown(self, capsys):
        with Progress() as progress:
            progress.update(DONE)
            progress.on_bytes(1, 2)
        assert ("", "") == capsys.readouterr()

    def test_nor_where_ipython_is_not_installed(self, monkeypatch, capsys):
        monkeypatch.setitem(sys.modules, "IPython", None)
        with Progress() as progress:
            progress.update(DONE)
        assert ("", "") == capsys.readouterr()


@pytest.mark.slow
def test_a_cell_that_fails_says_why_in_one_sentence(tmp_path):
    code = 'from gptimage2_video import VideoClient\nVideoClient("k").submit("A", model="veo3_fas")'
    with pytest.raises(CellExecutionError, match="did you mean veo3_fast"):
        executed([nbformat.v4.new_code_cell(code)], tmp_path)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Progres'"):
        _ = gptimage2_video.notebook.Progres
