"""`drift` on tables, lists and sentences as pages may have them: the layout of the real ones may change."""

from pathlib import Path

import pytest

from gptimage2_video import MODELS
from gptimage2_video_cli.main import main
from support.commandline import CommandLine
from support.drift_pages import QUICKSTART, copy_pages, told

# Right as they stand.
PRICE_LAYOUTS = {
    "a row for each clip": """
| Model | Duration | Price (credits) |
|---|---|---|
| `kling/v2-1-standard` | 5 s | 11 |
| | 10 seconds | 22 |
""",
    "models in the head": """
| | `kling/v2-1-standard` | `kling/v2-1-pro` |
|---|---|---|
| 5 s | 11 | 21 |
| 10 s | 22 | 42 |
""",
    "labels in the head": """
| Credits | Kling 2.1 Standard | Kling 2.1 Pro |
|---|---|---|
| 5 s | 11 | 21 |
| 10 s | 22 | 42 |
""",
    "all in one cell": """
| Model | Credits |
|---|---|
| `kling/v2-1-standard` | 5 s: 11, 10 s: 22 |
""",
    "prices before their durations": """
| Model | Credits |
|---|---|
| kling/v2-1-standard | 11 credits (5 s), 22 credits (10 s) |
""",
    "durations in a column of their own": """
| Model | Seconds | Credits | USD |
|---|---|---|---|
| `kling/v2-1-standard` | 5 or 10 | 11 / 22 | $0.11 / $0.22 |
""",
    "durations in the head": """
| Model | Credits for 5 / 10 s |
|---|---|
| `kling/v2-1-standard` | 11, 22 |
""",
    "the model in the heading": """
### Kling 2.1 Standard

| Duration | Credits |
|---|---|
| 5 s | 11 |
| 10 s | 22 |
""",
    "the id in the heading": """
### `kling/v2-1-standard`

| Duration | Credits |
|---|---|
| 5 | 11 |
| 10 | 22 |
""",
    "the family in the heading": """
### Kling 2.1

| Variant | 5 s credits | 10 s credits |
|---|---|---|
| Standard | 11 | 22 |
""",
    "a list under the model": """
### Kling 2.1 Standard

- **Credits:** 5 s 11, 10 s 22
- Resolution: told by nobody
""",
    "a cell that spans rows": """
<table><tr><th>Family</th><th>Model</th><th>5 s</th><th>10 s</th></tr>
<tr><td rowspan="2">Kling 2.1</td><td>Standard</td><td>11</td><td>22</td></tr>
<tr><td>Pro</td><td>21</td><td>42</td></tr>
</table>
""",
    "a head that spans columns": """
<table><tr><th colspan="x">Model</th><th colspan="2">Credits for 5 / 10 s</th></tr>
<tr><td>Kling 2.1 Standard<table><tr><th>not</th></tr><tr><td>here</td></tr></table></td>
<td colspan="2">11 / 22</td></tr></table>
""",
}
MODE_LAYOUTS = {
    "a list under the model": """
### `kling/v2-1-pro`

- Modes: image only
- Durations: 5 s, 10 s

### Veo 3.1

- Modes: both
- Duration: 8 s
""",
    "a column": """
| Id | Capabilities | Durations |
|---|---|---|
| `kling/v2-1-pro` | Image only | 5 s, 10 s |
| `veo3` | Text & image | 8 (fixed) |
""",
    "names of the API": """
| Model | Modes | Length |
|---|---|---|
| `kling/v2-1-pro` | `image_to_video` | 5, 10 |
| `veo3` | both | 8 s |
""",
    "marks": """
| Model | Text-to-video | Image-to-video |
|---|---|---|
| `kling/v2-1-pro` | | ✓ |
| `veo3` | yes | yes |
""",
    "ids under their modes": """
| Family | Text to video | Image to video |
|---|---|---|
| Kling 2.1 | | `kling/v2-1-pro` |
| Veo 3.1 | `veo3` | `veo3` |
""",
    "a note": """
| Model | Note |
|---|---|
| `kling/v2-1-pro` | Supports only image-to-video. |
| `veo3` | Takes both modes; always 8 s. |
""",
    "arrows": """
| Model ID | Display name | Modes | Length |
|---|---|---|---|
| `kling/v2-1-pro` | Kling V2.1 Pro | image → video | |
| `veo3` | Veo 3.1 | text → video, image → video | 8 |
""",
    "sentences": """
`kling/v2-1-pro` is image_to_video only. Veo 3.1 supports both text-to-video and image-to-video. Veo 4 takes both modes.
""",
}
UNREAD = {
    "2 credits per second": "| Model | Credits |\n|---|---|\n| `kling/v2-1-pro` | 2 credits per second |",
    "a range of durations: 30": "| Model | 5-10 s |\n|---|---|\n| `kling/v2-1-pro` | 30 |",
    "4-12 s": "| Model | Duration |\n|---|---|\n| `kling/v2-1-pro` | 4-12 s |",
    "Kling 3 Standard": "| Model | 8 s |\n|---|---|\n| Veo 3.1 | 63 |\n| Kling 3 Standard | 30 |",
    "no model that the spec knows": "| What | Credits |\n|---|---|\n| Kling 3 Standard | 30 |",
    "fit no object of the spec: apples, pears": "| Field | Type |\n|---|---|\n| `apples` | int |\n| `pears` | int |",
}


@pytest.fixture
def with_more(capsys, monkeypatch, tmp_path):
    """What is told of the quickstart page with a snippet at its end: the differences, and the whole report."""
    monkeypatch.chdir(tmp_path)
    copy_pages()

    text = Path(QUICKSTART).read_text()

    def hold(snippet):
        Path(QUICKSTART).write_text(f"{text}\n## More\n\n{snippet}\n")
        outcome = CommandLine(capsys, monkeypatch)("drift", "--json", QUICKSTART)
        return told(outcome), outcome.object

    return hold


@pytest.mark.parametrize("layout", PRICE_LAYOUTS.values(), ids=PRICE_LAYOUTS)
def test_prices_are_read_wherever_their_durations_stand(with_more, layout):
    found, report = with_more(layout)
    assert ([], []) == (found, report["unparsed"])
    assert 2 <= report["compared"]["price"]["covered"]


@pytest.mark.parametrize("layout", PRICE_LAYOUTS.values(), ids=PRICE_LAYOUTS)
def test_another_price_is_told_wherever_it_stands(with_more, layout):
    assert "22" in layout
    found, _ = with_more(layout.replace("22", "23"))
    assert [("changed", "price/kling/v2-1-standard/10 s")] == found


@pytest.mark.parametrize("layout", MODE_LAYOUTS.values(), ids=MODE_LAYOUTS)
def test_modes_and_durations_are_read_however_they_are_told(with_more, layout):
    found, report = with_more(layout)
    assert [] == found
    assert 3 <= report["compared"]["mode"]["covered"]


@pytest.mark.parametrize("layout", MODE_LAYOUTS.values(), ids=MODE_LAYOUTS)
def test_another_mode_is_told_however_it_is(with_more, layout):
    found, _ = with_more(layout.replace("kling/v2-1-pro", "kling/v2-1-master-text-to-video"))
    assert ("changed", "mode/kling/v2-1-master-text-to-video") in found


@pytest.mark.parametrize(("words", "snippet"), UNREAD.items(), ids=UNREAD)
def test_what_cannot_be_compared_is_told_as_not_understood(with_more, words, snippet):
    found, report = with_more(snippet)
    assert ([], True) == (found, any(words in one["reason"] for one in report["unparsed"]))


def test_statuses_of_a_task_in_a_list(with_more):
    found, _ = with_more("- `0` PENDING: keep polling\n- `3` CANCELLED: stop")
    assert [("added", "status/task/3")] == found


def test_fields_in_a_list_are_read_as_those_in_a_table(with_more):
    names = ("taskId", "type", "status", "model", "prompt", "videoUrl", "errorCode", "errorMessage", "progress")
    items = "\n".join(f"- `{name}` (string): what it is" for name in names)
    assert [("added", "field/task/progress")] == with_more(items)[0]


def test_error_codes_in_a_list_under_their_heading(with_more):
    codes = "### Error codes\n\n- `EMPTY_RESULT` nothing came\n- `STORAGE_ERROR` lost\n- `QUOTA_SPENT` no more today"
    assert [("added", "error code/QUOTA_SPENT")] == with_more(codes)[0]


SEVERAL = """
| Family | Model IDs | Notes |
|---|---|---|
| Kling 2.1 | kling/v2-1-standard, kling/v2-1-master-text-to-video | Standard is image-to-video only; Master {0} only |
| Veo 3.1 | `veo3` | Flat price for 8-second clips; both text and image. |
"""


@pytest.mark.parametrize(("mode", "changed"), [("text-to-video", []), ("image-to-video", ["mode/{}"])])
def test_a_note_on_one_variant_says_nothing_of_the_others_in_its_row(with_more, mode, changed):
    found, _ = with_more(SEVERAL.format(mode))
    assert [("changed", key.format("kling/v2-1-master-text-to-video")) for key in changed] == found


NOTED = "| Model ID | Credits per call | Rule |\n|---|---|---|\n| `kling/v2-1-pro` | 21, {0} | 5s = 21, 10s = {0}. |"


def test_prices_in_a_note_are_read_beside_those_without_durations(with_more):
    assert [] == with_more(NOTED.format(42))[0]
    names = ("10 s", "in order")
    assert [("changed", f"price/kling/v2-1-pro/{name}") for name in names] == sorted(with_more(NOTED.format(40))[0])


BEHIND = (
    "| Model ID | Credits per call |\n|---|---|\n| `sora-2-text-to-video` | 5, 10, 20 at 720p; 8, 15, {} at 1080p |"
)


def test_a_resolution_behind_its_prices(with_more):
    assert [] == with_more(BEHIND.format(30))[0]
    assert [("changed", "price/sora-2-text-to-video/1080p in order")] == with_more(BEHIND.format(33))[0]


def test_statuses_on_the_buttons_of_a_page_belong_to_the_operation_of_its_section(with_more):
    buttons = "".join(f"<h4><button>{status}</button></h4>" for status in (200, 401, 404, 429, 500))
    found, _ = with_more(f"<h3>GET /api/ai/tasks/{{id}}</h3>{buttons}")
    assert [("added", "status/GET /api/ai/tasks/{id}/429")] == found


@pytest.mark.parametrize(("heading", "read"), [("Image models", 0), ("GPT Image 2 API", 1), ("Image and video", 1)])
def test_a_section_on_images_alone_is_passed_over(with_more, heading, read):
    found, _ = with_more(f"### {heading}\n\n`kling/v9-pro`")
    assert [("added", "model/kling/v9-pro")] * read == found


def test_of_much_that_is_not_understood_the_first_is_shown(with_more, capsys):
    rows = "".join(f"\n| Kling {number} Ultra | 5 |" for number in range(3, 16))
    with_more(f"| Model | 8 s |\n|---|---|\n| Veo 3.1 | 63 |{rows}")
    main(["drift", QUICKSTART])
    assert "not understood: 3 more places; --json has them all\n" in capsys.readouterr().out


SORA = MODELS["sora-2-text-to-video"]
SORA_LAYOUTS = {
    "all in one cell": """
| Model | Credits |
|---|---|
| `sora-2-text-to-video` | 720p: 5 s 5, 10 s 10, 20 s 20; 1080p: 5 s 8, 10 s 15, 20 s 30 |
""",
    "prices before their clips": """
| Model | Credits |
|---|---|
| `sora-2-text-to-video` | 720p: 5 (5 s), 10 (10 s), 20 (20 s); 1080p: 8 (5 s), 15 (10 s), 30 (20 s) |
""",
    "clips in brackets": """
| Model | Credits |
|---|---|
| `sora-2-text-to-video` | 5 (5 s, 720p), 10 (10 s, 720p), 20 (20 s, 720p) |
| | 8 (1080p, 5 s), 15 (1080p, 10 s), 30 (1080p, 20 s) |
""",
    "a row for each resolution": """
| Model | Resolution | 5 s | 10 s | 20 s |
|---|---|---|---|---|
| `sora-2-text-to-video` | 720p | 5 | 10 | 20 |
| | 1080p | 8 | 15 | 30 |
""",
    "a column for each clip": """
| Slug | 720p 5 s | 720p 10 s | 720p 20 s | 1080p 5 s | 1080p 10 s | 1080p 20 s |
|---|---|---|---|---|---|---|
| `sora-2-text-to-video` | 5 | 10 | 20 | 8 | 15 | 30 |
""",
}


@pytest.mark.parametrize("layout", SORA_LAYOUTS.values(), ids=SORA_LAYOUTS)
def test_each_price_of_a_resolution_is_told_with_its_duration(with_more, layout):
    """They are only inferred, so that a page which tells them is news, with the same numbers."""
    _, report = with_more(layout)
    prices = {one["name"]: (one["change"], one["page_says"]) for one in report["differences"] if one["kind"] == "price"}
    expected = {f"{price.resolution} {price.duration} s": ("newly stated", str(price.credits)) for price in SORA.prices}
    assert expected == prices


@pytest.mark.parametrize(
    "text",
    [
        "The file `sora-2-preview.png` and https://example.com/kling-3-pro are no models, nor is `sora-2`.",
        "120 seconds is typical, 404 pages is not. Status pages: see `STATUS_PAGE`.",
        "| Header | Value |\n|---|---|\n| `Authorization` | the key |",
        '```\n} ] { broken: [1, { "prompt": \n```',
        "```ts\ninterface Task { taskId: string; status?: number; videoUrl: string | null }\n```",
    ],
)
def test_what_only_looks_like_a_statement_is_none(with_more, text):
    found, report = with_more(text)
    assert ([], []) == (found, report["unparsed"])
