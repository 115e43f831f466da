"""`drift`: pages written for the tests, one thing changed in each, and what is told of it."""

import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import gptimage2_video_cli.drift.fetch as fetch_module
from gptimage2_video_cli.contract.openapi import document
from gptimage2_video_cli.drift import page
from support.commandline import CommandLine
from support.drift_pages import ALL, GENERATE, PAGES, PRICING, QUICKSTART, TASKS, copy_pages, edited, told
from support.scripted import reply

pytestmark = pytest.mark.slow

REQUEST, RECEIPT = "POST /api/ai/video/generate", "GET /api/ai/tasks/{id}"


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    copy_pages()
    return CommandLine(capsys, monkeypatch)


def differences(cli, *pages):
    return told(cli("drift", "--json", *(pages or ALL)))


class TestNoDifference:
    def test_pages_that_say_what_the_spec_says(self, cli):
        outcome = cli("drift", *ALL)
        assert (0, "") == (outcome.code, outcome.err)
        assert outcome.out.startswith("no difference between 4 pages and the spec in what was compared\ncompared:\n")

    @pytest.mark.parametrize("name", ALL)
    def test_what_one_page_does_not_say_is_no_difference(self, cli, name):
        assert (0, []) == ((outcome := cli("drift", "--json", name)).code, told(outcome))

    def test_the_summary_tells_how_much_of_each_kind_was_compared(self, cli):
        compared = cli("drift", "--json", *ALL).object["compared"]
        assert {"statements": 23, "covered": 17, "facts": 17} == compared["price"]
        assert (16, 12, 2) == tuple(compared[kind]["covered"] for kind in ("model", "status", "error code"))

    def test_a_kind_that_no_page_speaks_of_is_told_as_not_covered(self, cli):
        outcome = cli("drift", GENERATE)
        assert "  price: not covered by these pages\n" in outcome.out
        assert ["price", "error code"] == cli("drift", GENERATE, "--json").object["not_covered"]

    def test_a_table_moved_to_the_end_of_the_page(self, cli):
        head, table, tail = _cut(Path(GENERATE).read_text(), "## Models\n", "## Example\n")
        Path(GENERATE).write_text(f"{head}{tail}\n{table}")
        assert [] == differences(cli)

    def test_a_table_moved_to_another_page_and_under_another_heading(self, cli):
        head, table, tail = _cut(Path(GENERATE).read_text(), "## Models\n", "## Example\n")
        Path(GENERATE).write_text(head + tail)
        Path(QUICKSTART).write_text(Path(QUICKSTART).read_text() + table.replace("## Models", "## What there is"))
        assert [] == differences(cli)

    def test_a_table_with_its_columns_in_another_order(self, cli):
        edited(
            TASKS,
            ("<tr><th>Value<th>Name<th>What to do", "<tr><th>What to do<th>Name<th>Status"),
            ("<tr><td>0<td>PENDING<td>Keep polling.", "<tr><td>Keep polling.<td>PENDING<td>0"),
            ("<tr><td>1<td>COMPLETED<td>Read <code>videoUrl</code>.", "<tr><td>Read on.<td>COMPLETED<td>1"),
            ("<tr><td>2<td>FAILED<td>Read <code>errorCode</code>.", "<tr><td>Read why.<td>FAILED<td>2"),
        )
        outcome = cli("drift", "--json", *ALL)
        assert (0, 12) == (outcome.code, outcome.object["compared"]["status"]["covered"])


def _cut(text, first, after):
    start, end = text.index(first), text.index(after)
    return text[:start], text[start:end], text[end:]


WAN_PRICES = "\n## Wan\n\n| Model | Duration | Credits |\n|---|---|---|\n| `wan/2-6-text-to-video` | 5 s | 30 |\n"
SORA_LABELLED = ("<th>720p</th><th>1080p</th>", "<th>720p (5 / 10 / 20 s)</th><th>1080p</th>")
CASES = [
    (
        "a model in the table",
        GENERATE,
        ("`veo3_lite` |", "`veo3_lite`, `veo3_ultra` |"),
        [("added", "model/veo3_ultra")],
    ),
    (
        "a model of a new family",
        GENERATE,
        ("| Seedance |", "| Runway | `runway/gen-5-text-to-video` | |\n| Seedance |"),
        [("added", "model/runway/gen-5-text-to-video")],
    ),
    (
        "a model whose id is like no other",
        GENERATE,
        ("| Seedance |", "| Luma | `luma/ray-2` | |\n| Seedance |"),
        [("added", "model/luma/ray-2")],
    ),
    (
        "a model in a sentence",
        QUICKSTART,
        ("# Quickstart\n", "# Quickstart\n\nNew: `kling/v3-pro`.\n"),
        [("added", "model/kling/v3-pro")],
    ),
    (
        "a model in a sample",
        GENERATE,
        ('"model": "sora-2-text-to-video"', '"model": "omni-1"'),
        [("added", "model/omni-1")],
    ),
    ("a model gone", GENERATE, (", `veo3_lite` |", " |"), [("removed", "model/veo3_lite")]),
    (
        "a mode told otherwise",
        GENERATE,
        ("Kling Standard and Pro are image-to-video only", "Kling Standard and Pro take both modes"),
        [("changed", "mode/kling/v2-1-pro"), ("changed", "mode/kling/v2-1-standard")],
    ),
    (
        "a mode that the API did not have",
        GENERATE,
        ("`text_to_video` or `image_to_video`;", "`text_to_video`, `image_to_video` or `video_to_video`;"),
        [("changed", "mode/inputMode")],
    ),
    (
        "another fixed duration",
        GENERATE,
        ("Veo is fixed at `8`", "Veo is fixed at `10`"),
        [("changed", f"duration/{model}") for model in ("veo3", "veo3_fast", "veo3_lite")],
    ),
    (
        "other common durations",
        GENERATE,
        ("or `20`", "or `30`"),
        [("changed", "duration/common values")],
    ),
    (
        "a duration in a sample",
        GENERATE,
        ('model: "veo3", inputMode: "text_to_video", duration: 8', 'model: "veo3", duration: 12'),
        [("changed", "duration/veo3")],
    ),
    ("a price", PRICING, ("<td>63 flat</td>", "<td>70 flat</td>"), [("changed", "price/veo3/8 s")]),
    (
        "a price of two models that share a row",
        PRICING,
        ("<td>24</td><td>48</td>", "<td>24</td><td>50</td>"),
        [("changed", f"price/hailuo/02-{mode}-to-video-pro/10 s") for mode in ("image", "text")],
    ),
    (
        "one of three prices without durations",
        PRICING,
        ("<td>24 / 48 / 96</td>", "<td>24 / 48 / 90</td>"),
        [("changed", "price/sora-2-pro-text-to-video/1080p in order")],
    ),
    (
        "a price no longer told",
        PRICING,
        ("<td>11</td><td>22</td>", "<td>11</td><td></td>"),
        [("changed", "duration/kling/v2-1-standard"), ("removed", "price/kling/v2-1-standard/10 s")],
    ),
    (
        "all prices of a model no longer told",
        PRICING,
        ("<tr><td>Veo 3.1 Lite</td><td>5 flat</td></tr>\n", ""),
        [("removed", "price/veo3_lite")],
    ),
    (
        "a longer clip with its price",
        PRICING,
        ("<td>63 flat</td>", "<td>8 s 63, 16 s 120</td>"),
        [("changed", "duration/veo3"), ("added", "price/veo3/16 s")],
    ),
    (
        "the first prices of a model",
        QUICKSTART,
        ("# Quickstart\n", f"# Quickstart\n{WAN_PRICES}"),
        [("newly stated", "duration/wan/2-6-text-to-video"), ("newly stated", "price/wan/2-6-text-to-video/5 s")],
    ),
    (
        "a field that was inferred",
        GENERATE,
        ("| `duration` |", "| `resolution` | string | Such as `720p` |\n| `duration` |"),
        [("newly stated", "field/request/resolution")],
    ),
    (
        "a field renamed in table and samples",
        GENERATE,
        ("aspectRatio", "frameShape"),
        [("added", "field/request/frameShape"), ("removed", "field/request/aspectRatio")],
    ),
    (
        "a field of the task renamed",
        TASKS,
        ("errorMessage", "failureReason"),
        [("added", "field/task/failureReason"), ("removed", "field/task/errorMessage")],
    ),
    (
        "a field in a sample alone",
        QUICKSTART,
        ('"creditsUsed": 3,', '"creditsUsed": 3, "queuePosition": 4,'),
        [("added", "field/task/queuePosition")],
    ),
    (
        "a field of the receipt",
        GENERATE,
        ('"status": 0, "creditsUsed": 12', '"status": 0, "creditsUsed": 12, "estimatedSeconds": 60'),
        [("added", "field/receipt/estimatedSeconds")],
    ),
    (
        "a task status",
        TASKS,
        ("<tr><td>2<td>FAILED", "<tr><td>3<td>CANCELLED<td>Stop.\n<tr><td>2<td>FAILED"),
        [("added", "status/task/3")],
    ),
    (
        "a task status with another word",
        TASKS,
        ("<td>COMPLETED<td>", "<td>SUCCEEDED<td>"),
        [("changed", "status/task/1")],
    ),
    (
        "a status of a reply",
        GENERATE,
        ("| 500 |", "| 429 | too many requests |\n| 500 |"),
        [("added", f"status/{REQUEST}/429")],
    ),
    (
        "a status of a reply gone",
        TASKS,
        ("<li><code>404</code> Task not found</li>", ""),
        [("removed", f"status/{RECEIPT}/404")],
    ),
    (
        "an error code in its table",
        TASKS,
        ("<tr><td><code>STORAGE_ERROR", "<tr><td><code>PROMPT_REJECTED</code><td>Why.\n<tr><td><code>STORAGE_ERROR"),
        [("added", "error code/PROMPT_REJECTED")],
    ),
    (
        "an error code in a sample",
        TASKS,
        ('"errorCode": "EMPTY_RESULT"', '"errorCode": "TIMED_OUT"'),
        [("added", "error code/TIMED_OUT")],
    ),
    (
        "an error code gone",
        TASKS,
        ("STORAGE_ERROR", "EMPTY_RESULT"),
        [("removed", "error code/STORAGE_ERROR")],
    ),
]


class TestDifferences:
    @pytest.mark.parametrize(
        ("name", "edit", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
    )
    def test_one_change_of_a_page_is_told_as_such_and_nothing_else(self, cli, name, edit, expected):
        edited(name, edit)
        assert (1, expected) == ((outcome := cli("drift", "--json", *ALL)).code, told(outcome))

    @pytest.mark.parametrize("name", [GENERATE, QUICKSTART])
    def test_markdown_and_the_html_that_it_becomes_say_the_same(self, cli, name):
        rendered = page._html(Path(name).read_text())
        Path("rendered.html").write_text(rendered)
        facts = [
            cli("drift", "--json", name).object["compared"],
            cli("drift", "--json", "rendered.html").object["compared"],
        ]
        assert facts[0] == facts[1]

    def test_prices_that_get_their_durations_are_newly_stated_and_keep_their_numbers(self, cli):
        edited(PRICING, SORA_LABELLED)
        found = cli("drift", "--json", PRICING).object["differences"]
        assert {"newly stated"} == {one["change"] for one in found}
        assert [("30", "30"), ("inferred",)] == [("30", "30"), tuple({one["known"] for one in found})]
        assert {("5", "5"), ("10", "10"), ("20", "20"), ("16", "16"), ("32", "32"), ("64", "64")} == {
            (one["page_says"], one["spec_says"]) for one in found if one["kind"] == "price"
        }

    def test_a_difference_tells_what_both_say_how_well_it_is_known_where_and_what_to_do(self, cli):
        edited(PRICING, ("<td>63 flat</td>", "<td>70 flat</td>"))
        lines = cli("drift", *ALL).out.splitlines()
        assert [
            "Prices, in credits:",
            "  changed: price/veo3/8 s",
            "    page: 70",
            "          pricing.html, under “Veo 3.1”",
            "    spec: 63 (known: docs)",
            "    next: correct #/x-model-table/models/11/credits, and mark it as known from the documentation",
            "1 difference between 4 pages and the spec",
        ] == lines[:7]

    def test_what_the_page_says_in_markdown_has_its_line(self, cli):
        edited(GENERATE, ("| 500 |", "| 429 | too many requests |\n| 500 |"))
        line = Path(GENERATE).read_text().splitlines().index("| 429 | too many requests |") + 1
        (place,) = cli("drift", "--json", GENERATE).object["differences"][0]["places"]
        assert (GENERATE, line, "Responses") == (place["page"], place["line"], place["heading"])

    def test_one_name_gone_and_one_come_is_perhaps_a_new_name(self, cli):
        edited(TASKS, ("errorMessage", "failureReason"))
        come, gone = cli("drift", "--json", *ALL).object["differences"]
        assert gone["next"].endswith("; perhaps now called failureReason")
        assert come["next"].endswith("; perhaps a new name of errorMessage")

    def test_many_places_are_counted(self, cli):
        edited(
            GENERATE,
            ('"veo3"', '"veo9"'),
            ("## Responses", "`veo9` `veo9`\n\n`veo9`\n\n`veo9`\n\n`veo9`\n\n## Responses"),
        )
        assert "          and 2 more places\n" in cli("drift", GENERATE).out

    def test_a_difference_may_be_passed_over_by_its_key(self, cli):
        edited(PRICING, ("<td>63 flat</td>", "<td>70 flat</td>"), ("<td>9 flat</td>", "<td>10 flat</td>"))
        outcome = cli("drift", *ALL, "--ignore", "price/veo3*/8 s")
        assert (0, True) == (outcome.code, "ignored: price/veo3/8 s, price/veo3_fast/8 s" in outcome.out)
        assert 1 == cli("drift", *ALL, "--ignore", "price/veo3/8 s").code

    def test_two_pages_that_contradict_each_other_differ_where_one_is_not_the_spec(self, cli):
        edited(QUICKSTART, ("# Quickstart\n", "# Quickstart\n\n| Model | Credits |\n|---|---|\n| `veo3` | 64 |\n"))
        assert [("changed", "price/veo3/8 s")] == differences(cli)


class TestNotTheDocumentation:
    @pytest.mark.parametrize("name", ["login.html", "other-service.md"])
    def test_another_page_is_neither_no_difference_nor_everything_removed(self, cli, name):
        outcome = cli("drift", str(PAGES / name))
        assert (65, "") == (outcome.code, outcome.out)
        assert f"{name}: this does not look like the documentation of the API, so nothing was compared" in outcome.err

    @pytest.mark.parametrize("text", ["", " \n", "<html></html>", "\x00\x01", "<table><tr><td>", "<" * 5000])
    def test_a_page_without_text_is_not_the_documentation(self, cli, text):
        Path("page.html").write_text(text)
        assert 65 == cli("drift", "page.html").code

    def test_one_such_page_among_others_stops_the_comparison(self, cli):
        edited(PRICING, ("<td>63 flat</td>", "<td>70 flat</td>"))
        outcome = cli("drift", "--json", *ALL, str(PAGES / "login.html"))
        assert (65, "NotDocumentation") == (outcome.code, outcome.object["error"]["type"])
        assert PRICING not in outcome.object["error"]["message"]

    def test_what_is_required_and_not_covered_is_a_failure(self, cli):
        outcome = cli("drift", GENERATE, "--require", "price", "--require", "error-code", "--require", "model")
        sentence = "error: the pages cover less than half of what --require names: price, error-code\n"
        assert (65, sentence) == (outcome.code, outcome.err)
        assert 0 == cli("drift", *ALL, "--require", "price", "--require", "error-code").code

    def test_a_page_that_lost_most_of_what_is_required_is_a_failure_too(self, cli):
        head, _, tail = _cut(Path(PRICING).read_text(), "<tr><td>Hailuo", "<p>Wan")
        Path(PRICING).write_text(head + tail)
        assert (0, 65) == (cli("drift", *ALL).code, cli("drift", *ALL, "--require", "price").code)


class TestPagesFromTheNetwork:
    def test_a_url_is_read_and_no_key_goes_with_it(self, cli, scripted):
        scripted.replies = [reply(200, (PAGES / TASKS).read_bytes(), Content_Type="text/html; charset=utf-8")]
        outcome = cli.against(scripted.url)("drift", f"{scripted.url}/docs/tasks", "--json")
        assert (0, f"{scripted.url}/docs/tasks") == (outcome.code, outcome.object["pages"][0]["page"])
        assert [("GET", None, None)] == [
            (seen.method, seen.headers.get("authorization"), seen.headers.get("cookie")) for seen in scripted.seen
        ]
        assert not [value for seen in scripted.seen for value in seen.headers.values() if "test-key" in value]

    @pytest.mark.parametrize(
        ("path", "kind"), [("/page", "text/markdown"), ("/page.md", "text/plain"), ("/page", "text/plain")]
    )
    def test_markdown_is_known_by_its_type_its_name_or_itself(self, cli, scripted, path, kind):
        scripted.replies = [reply(200, (PAGES / GENERATE).read_bytes(), Content_Type=kind)]
        outcome = cli("drift", scripted.url + path, "--json")
        assert (0, 14) == (outcome.code, outcome.object["compared"]["field"]["covered"])

    def test_a_redirect_is_followed(self, cli, scripted):
        scripted.replies = [reply(302, Location="/moved"), reply(200, (PAGES / TASKS).read_bytes())]
        assert (0, ["/docs", "/moved"]) == (
            cli("drift", f"{scripted.url}/docs").code,
            [it.path for it in scripted.seen],
        )

    @pytest.mark.parametrize(
        ("answer", "code", "words"),
        [
            (reply(302, Location="/again"), 2, "it redirects more than 5 times"),
            (reply(302, Location="ftp://127.0.0.1/page"), 2, "cannot be read"),
            (reply(404, "gone"), 2, "the server answers 404"),
            (
                reply(200, b"%PDF", Content_Type="application/pdf"),
                2,
                "it is application/pdf, neither HTML nor Markdown",
            ),
            (reply(200, b"x", Content_Type=""), 2, "it is of no kind"),
            (reply(200, b"\xff\xfe\xfd"), 2, "it is no text in utf-8"),
            (reply(200, b"x", Content_Type="text/html; charset=utf-8888"), 2, "no text in utf-8"),
            (reply(503, "ill"), 4, "the server answers 503; try again later"),
            (reply(429, "slow down"), 4, "the server answers 429; try again later"),
            (b"", 4, "try again later"),
            (reply(200, b"half", length=100), 4, "try again later"),
        ],
    )
    def test_an_answer_that_is_no_page_is_one_sentence(self, cli, scripted, answer, code, words):
        scripted.replies = [answer]
        outcome = cli("drift", f"{scripted.url}/docs")
        assert (code, "", True) == (outcome.code, outcome.out, words in outcome.err)
        assert 1 == outcome.err.count("\n")

    def test_nobody_there(self, cli):
        outcome = cli("drift", "http://127.0.0.1:9/docs", "--json")
        assert (4, "PageUnreachable") == (outcome.code, outcome.object["error"]["type"])

    def test_a_password_in_the_url_is_refused_and_not_shown(self, cli):
        outcome = cli("drift", "http://me:hush-hush@127.0.0.1:9/docs")
        assert (2, False) == (outcome.code, "hush" in outcome.out + outcome.err)

    def test_no_url_at_all(self, cli):
        assert 2 == cli("drift", "http://[::1/docs").code

    def test_a_page_that_has_no_end(self, cli, scripted, monkeypatch):
        monkeypatch.setattr(fetch_module, "MOST_BYTES", 1000)
        scripted.replies = [reply(200, b"x" * 1001)]
        assert (2, True) == ((outcome := cli("drift", scripted.url)).code, "longer than 1,000 bytes" in outcome.err)

    def test_a_page_that_takes_for_ever(self, cli, scripted, monkeypatch):
        times = iter([0.0, 1000.0])
        monkeypatch.setattr(fetch_module, "time", SimpleNamespace(monotonic=lambda: next(times)))
        scripted.replies = [reply(200, b"slow")]
        assert (4, True) == ((outcome := cli("drift", scripted.url)).code, "not whole after 60 s" in outcome.err)


class TestFiles:
    def test_stdin_is_html_or_markdown(self, cli, monkeypatch):
        for name, seen in ((TASKS, 13), (GENERATE, 14)):
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((PAGES / name).read_bytes())))
            outcome = cli("drift", "-", "--json")
            assert ("stdin", seen) == (
                outcome.object["pages"][0]["page"],
                outcome.object["compared"]["field"]["covered"],
            )

    def test_a_closed_stdin(self, cli, monkeypatch):
        monkeypatch.setattr(sys, "stdin", None)
        assert (2, "error: stdin cannot be read: it is closed\n") == cli("drift", "-")[::2]

    def test_no_such_file(self, cli):
        assert (2, "error: gone.md cannot be read: No such file or directory\n") == cli("drift", "gone.md")[::2]

    @pytest.mark.parametrize(
        "words", [(), (GENERATE, GENERATE), (GENERATE, "--require", "weather"), ("ftp://host/page",)]
    )
    def test_misuse(self, cli, words):
        assert 2 == cli("drift", *words).code

    def test_a_file_too_long_to_be_a_page(self, cli, monkeypatch):
        monkeypatch.setattr(fetch_module, "MOST_BYTES", 1000)
        assert (2, True) == ((outcome := cli("drift", GENERATE)).code, "longer than 1,000 bytes" in outcome.err)

    def test_a_page_says_its_own_encoding(self, cli):
        html = (
            Path(TASKS)
            .read_text()
            .replace("<title>", '<meta charset="windows-1252"><title>')
            .replace("Any message", "Ä")
        )
        Path(TASKS).write_bytes(html.encode("windows-1252", "replace"))
        assert 0 == cli("drift", TASKS).code

    def test_without_the_extra_it_says_what_to_install(self, cli, monkeypatch):
        monkeypatch.setattr("gptimage2_video_cli.drift.command._EXTRA", ("no_such_package",))
        outcome = cli("drift", GENERATE)
        assert (2, True) == (outcome.code, outcome.err.endswith("pip install 'gptimage2-video[drift]'\n"))

    def test_a_package_without_the_document_says_so(self, monkeypatch):
        monkeypatch.setattr("gptimage2_video_cli.contract.openapi._PATHS", ())
        with pytest.raises(RuntimeError, match=r"openapi\.yaml is neither"):
            document.__wrapped__()

    def test_the_other_commands_load_nothing_of_it(self):
        script = "import sys; from gptimage2_video_cli.main import main; main(['drift', '--help']); print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        assert set() == {"markdown_it", "selectolax", "yaml", "httpx"} & set(loaded.split())
