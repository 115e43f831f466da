"""`make drift`: a page that says what the spec says, one thing changed in it, and what is told of it.

The page is written from the spec, so that a new model or price needs no edit here.
"""

import json
import re
from pathlib import Path

import pytest
from tools.drift.__main__ import main
from tools.drift.spec import Spec, clip

from gptimage2_video import MODELS
from support.scripted import reply

SPEC = Spec()
SUBMIT, POLL = SPEC.operations
FLAT, PRICE = next((model, prices[0]) for model, prices in SPEC.prices.items() if len(prices) == 1)
TIMED, (SHORT, LONG) = next((model, prices) for model, prices in SPEC.prices.items() if len(prices) == 2)
SIZED, SIZES = next((model, prices) for model, prices in SPEC.prices.items() if prices and "resolution" in prices[0])
UNPRICED = next(model for model, prices in SPEC.prices.items() if not prices)
LABEL = MODELS[TIMED].label.partition(",")[0]


def table(head, *rows):
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (head, ["---"] * len(head), *rows))


def names(prefix):
    return [key.removeprefix(prefix) for key in SPEC.facts if key.startswith(prefix)]


def cells(kind):
    return [(f"`{name}`", "What it is.") for name in names(kind)]


def in_a_cell(prices):
    return ", ".join(f"{clip(price.get('resolution'), price['duration'])}: {price['credits']}" for price in prices)


PAGE = f"""---
title: All of it
---

# Generate video

`{SUBMIT}` is charged when it is accepted.

## Fields

{table(("Field", "Description"), *cells("field/ImageToVideoRequest/"))}

## Models

{table(("Model", "Modes"), *((f"`{id_}`", " and ".join(row["modes"]["values"])) for id_, row in SPEC.models.items()))}

## Prices

{table(("Id", "Credits"), *((model, in_a_cell(prices)) for model, prices in SPEC.prices.items()))}

## Example

```js
await fetch(`${{base}}/api/ai/video/generate`, {{
  method: "POST", headers: {{ Authorization: `Bearer ${{key}}` }}, // a comment
  body: JSON.stringify({{ prompt: "It's a cup", model: "{FLAT}", duration: {PRICE["duration"]} }}),
}});
```

## Responses

{table(("Status", "Meaning"), *((status, "Something.") for status in SPEC.operations[SUBMIT]))}

# Get a task

`{POLL}`

## Statuses

{table(("Next", "Value"), *(("Wait.", value) for value in names("status/task/")))}

## Error codes

{table(("Code", "Meaning"), *cells("error code/"))}

```json
{{"taskId": "tsk_1", "status": 2, "errorCode": "{names("error code/")[0]}", "createdAt": "2026-04-22T09:00:00.000Z"}}
```
"""
INFERRED = [
    key for key, fact in SPEC.facts.items() if fact.is_inferred and key.startswith(("field/Image", "duration/"))
]


TEXT_ONLY = next(model for model, row in SPEC.models.items() if row["modes"]["values"] == ["text_to_video"])
GONE = {f"gone: error code/{name}: no page states it any more" for name in names("error code/")}
IN_TIME = (SHORT["credits"], LONG["credits"])
SECONDS = (f"{SHORT['duration']} s", f"{LONG['duration']} s")
LAYOUTS = {
    "a column for each duration": table(("Model", *SECONDS), (TIMED, *IN_TIME)),
    "a label for the id": table(("Model", *SECONDS), (LABEL, *IN_TIME)),
    "a row for each duration": table(("Model", "Length", "Price"), *zip((TIMED, ""), SECONDS, IN_TIME, strict=True)),
    "the model in the heading": f"### {LABEL}\n\n{table(('Duration', 'Credits'), *zip(SECONDS, IN_TIME, strict=True))}",
    "all in one cell": table(
        ("Model", "Credits"), (f"`{TIMED}`", f"{SECONDS[0]} = {IN_TIME[0]}, {SECONDS[1]} = {IN_TIME[1]}")
    ),
    "the other way round": table(
        ("Model", "Cost"), (TIMED, f"{IN_TIME[0]} credits ({SECONDS[0]}), {IN_TIME[1]} ({SECONDS[1]})")
    ),
    "without durations": table(("Model", "Credits"), (TIMED, f"{IN_TIME[0]} / {IN_TIME[1]}")),
    "durations beside": table(
        ("Model", "Seconds", "Credits", "USD"), (TIMED, " or ".join(SECONDS), "{} / {}".format(*IN_TIME), "$1")
    ),
}


@pytest.fixture
def drift(tmp_path, monkeypatch, capsys):
    """Compares a page that a person has read before. Gives the exit code and the first line of each difference."""
    monkeypatch.chdir(tmp_path)
    Path("seen.json").write_text(json.dumps({"ignored": [f"{key}*" for key in INFERRED], "pages": {}}))

    def run(text, *options, name="page.md"):
        Path(name).write_text(text, "utf-8")
        code = main([name, "--seen", "seen.json", *options])
        out = capsys.readouterr().out
        assert "\x1b" not in out
        told = out.partition("differences: ")[0].splitlines()
        return code, [line.partition(" (")[0] for line in told if not line.startswith(" ")]

    run(PAGE, "--record")
    return run


@pytest.fixture
def with_more(drift):
    """What is told of the page with a snippet at its end, but that there is more text."""

    def run(snippet):
        _, lines = drift(f"{PAGE}\n## More\n\n{snippet}\n")
        return [line for line in lines if " text: " not in line]

    return run


class TestWhatChanged:
    def test_nothing(self, drift):
        assert (0, []) == drift(PAGE)

    def test_a_page_that_nobody_has_read_is_shown_section_by_section(self, drift):
        code, lines = drift(PAGE, name="another.md")
        assert (1, "new text: another.md / Generate video") == (code, lines[0])

    def test_a_table_with_its_columns_in_another_order_says_the_same(self, drift):
        turned = [f"| {price} | {model} |" for model, price in re.findall(r"\| (\S+) \| ([^|]*\d s: [^|]*) \|", PAGE)]
        text = re.sub(r"\| (Id|---|\S+) \| (Credits|---|[^|]*\d s: [^|]*) \|", r"| \2 | \1 |", PAGE)
        assert turned
        assert (0, []) == drift(text)

    def test_text_that_changed_is_shown_with_its_section_alone(self, drift):
        assert (1, ["changed text: page.md / Generate video"]) == drift(PAGE.replace("is charged", "is free"))

    def test_text_of_a_cell_that_is_not_compared_is_text(self, drift):
        assert (1, ["changed text: page.md / Get a task / Statuses"]) == drift(PAGE.replace("Wait.", "Wait a minute."))

    def test_a_section_that_is_gone(self, drift):
        assert (1, True) == ((told := drift(PAGE.partition("## Error codes")[0]))[0], GONE <= set(told[1]))

    def test_what_is_recorded_as_read_is_no_difference_any_more(self, drift):
        changed = PAGE.replace("is charged", "is free")
        assert [0, 0] == [drift(changed, "--record")[0], drift(changed)[0]]

    def test_a_page_does_not_steer_the_terminal(self, drift):
        assert "changed text: page.md / Generate video" in drift(PAGE.replace("is charged", "\x1b[2J"))[1]

    def test_a_difference_that_the_record_ignores(self, drift):
        Path("seen.json").write_text(Path("seen.json").read_text().replace('"ignored": [', '"ignored": ["model/new*",'))
        assert (0, []) == drift(PAGE.replace(f"`{FLAT}` |", f"`{FLAT}`, `new/1-model` |"))

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (f"`{FLAT}` |", f"`{FLAT}`, `new/1-model` |", "new: model/new/1-model: the page says so"),
            ("| `prompt` |", "| `xSeed` | |\n| `prompt` |", "new: field/ImageToVideoRequest/xSeed: the page says so"),
            ("| 400 |", "| 429 | |\n| 400 |", f"new: status/{SUBMIT}/429: the page says so"),
            ("| Wait. | 1 |", "| Wait. | 1 |\n| Wait. | 3 |", "new: status/task/3: the page says so"),
            ("| `EMPTY_RESULT` |", "| `EMPTY` | |\n| `EMPTY_RESULT` |", "new: error code/EMPTY: the page says so"),
            (
                f"`{POLL}`",
                f"`{POLL}` `DELETE /api/ai/tasks/{{id}}`",
                "new: endpoint/DELETE /api/ai/tasks/{id}: the page says so",
            ),
            (
                "text_to_video |",
                "text_to_video and video_to_video |",
                f"new: mode/{TEXT_ONLY}/video_to_video: the page says so",
            ),
            (
                f"s: {PRICE['credits']} |",
                f"s: {PRICE['credits'] + 1} |",
                f"changed: price/{FLAT}/{PRICE['duration']} s: the page says {PRICE['credits'] + 1}",
            ),
        ],
    )
    def test_one_cell_is_told_as_such_and_nothing_else(self, drift, old, new, expected):
        code, lines = drift(PAGE.replace(old, new, 1))
        assert (1, [expected]) == (code, [line for line in lines if "text: " not in line])


class TestLayoutsOfPrices:
    @pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
    def test_the_same_prices_are_no_difference_and_another_one_is(self, with_more, layout):
        assert [] == with_more(layout)
        changed = f"changed: price/{TIMED}/{LONG['duration']} s: the page says {LONG['credits'] + 1}"
        assert [changed] == with_more(re.sub(rf"\b{LONG['credits']}\b", str(LONG["credits"] + 1), layout))

    def test_prices_of_each_resolution(self, with_more):
        by_size = {
            size: [p["credits"] for p in SIZES if p["resolution"] == size] for size in (p["resolution"] for p in SIZES)
        }
        row = [", ".join(map(str, prices)) for prices in by_size.values()]
        for layout in (
            table(("Model", *by_size), (SIZED, *row)),
            table(
                ("Model", "Credits"),
                (SIZED, "; ".join(f"{size}: {cell}" for size, cell in zip(by_size, row, strict=True))),
            ),
            table(("Model", "Resolution", "Credits"), *((SIZED, *pair) for pair in zip(by_size, row, strict=True))),
        ):
            assert [] == with_more(layout)
            assert 1 == len(with_more(layout.replace(str(SIZES[-1]["credits"]), "9999")))

    def test_a_range_is_each_of_its_seconds(self, with_more):
        known, low = {SHORT["duration"], LONG["duration"]}, SHORT["duration"]
        new = [second for second in range(low, low + 4) if second not in known]
        told = with_more(table(("Model", "Seconds"), (TIMED, f"{low} to {low + 3} s")))
        assert [f"new: duration/{TIMED}/{second}: the page says so" for second in new] == told

    def test_durations_that_the_spec_infers_are_confirmed(self, with_more):
        Path("seen.json").write_text(Path("seen.json").read_text().replace("duration/", "-"))
        assert f"confirmed: duration/{SIZED}/{SIZES[0]['duration']}: the page says so" in with_more("")

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            (("Unheard 3", 8), ["new: model/Unheard 3: the page says so", "new: price/Unheard 3/all: the page says 8"]),
            ((f"`{UNPRICED}`", "7 credits"), [f"new: price/{UNPRICED}/all: the page says 7"]),
            ((f"`{FLAT}`", "1 to 99 credits"), [f"new: price/{FLAT}/all: the page says 1, 99"]),
            ((f"`{FLAT}`", "$0.11"), []),
        ],
    )
    def test_what_fits_no_clip_is_told_as_it_stands(self, with_more, row, expected):
        known = [(TIMED, f"{SHORT['credits']}, {LONG['credits']}")] * 2
        assert sorted(expected) == sorted(with_more(table(("Model", "Credits"), *known, row)))


class TestSamples:
    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ('{"prompt": "A", "model": "veo9"}', "new: sample/model veo9: the page says there is no model 'veo9'"),
            (f"{{prompt: 'A', model: '{FLAT}', duration: 7}}", "new: sample/duration 7: the page says"),
            ("dict(json={'taskId': 'tsk_1', 'status': 3})", "new: status/task/3: the page says so"),
            ('{"taskId": "tsk_1", "errorCode": "LATE", "status": 2}', "new: error code/LATE: the page says so"),
            (
                "interface Task { taskId: string; status?: number; eta: number }",
                "new: field/TaskReceipt/eta: the page says so",
            ),
            (
                "await fetch('/api/ai/image/generate', {prompt: 'A', model: 'b-1'})",
                "new: endpoint//api/ai/image/generate",
            ),
            ("} ] { broken: [1, {", None),
            ('{"name": "A", "colour": 7}', None),
        ],
    )
    def test_objects_are_held_to_the_spec(self, with_more, code, expected):
        told = with_more(f"```\n{code}\n```")
        assert [expected or True] * bool(expected) == [told[0][: len(expected)]] if expected else [] == told


class TestUnusable:
    @pytest.mark.parametrize(
        "text",
        ["", "<html></html>", "<" * 5000, "# Sign in\n\nE-mail", "| Parameter |\n|---|\n| `prompt` |\n| `model` |"],
    )
    def test_another_page_is_neither_no_difference_nor_everything_gone(self, drift, text, capsys):
        assert (2, []) == drift(text)

    def test_a_page_from_the_network_and_no_key_goes_with_it(self, drift, scripted, capsys, monkeypatch):
        monkeypatch.setenv("GPTIMAGE2_API_KEY", "test-key")
        scripted.replies = [reply(302, Location="/moved"), reply(200, PAGE)]
        assert 1 == main([f"{scripted.url}/docs", "--seen", "seen.json"])
        assert [("/docs", None), ("/moved", None)] == [
            (one.path, one.headers.get("authorization")) for one in scripted.seen
        ]

    @pytest.mark.parametrize(
        ("page", "words"),
        [
            ("gone.md", "No such file or directory"),
            ("http://127.0.0.1:9/docs", "refused"),
            ("http://me:hush-hush@127.0.0.1:9/docs", "needs no password"),
            ("http://[::1/docs", "cannot be read"),
            ("latin.md", "can't decode"),
        ],
    )
    def test_what_cannot_be_read_is_one_sentence(self, drift, page, words, capsys):
        Path("latin.md").write_bytes(b"\xff\xfe\xfd")
        assert 2 == main([page, "--seen", "seen.json"])
        error = capsys.readouterr().err
        assert (1, True, False) == (error.count("\n"), words in error, "hush" in error)

    def test_an_answer_that_is_no_page(self, drift, scripted, capsys):
        scripted.replies = [reply(503, "ill")]
        assert 2 == main([scripted.url, "--seen", "seen.json"])
        assert "the server answers 503" in capsys.readouterr().err

    def test_misuse(self):
        with pytest.raises(SystemExit, match="2"):
            main([])
