"""The judges of the matrix can fail: a program that saw or did the wrong thing, in whatever language, is found out.

The matrix itself needs the languages' own tools and is `make polyglot`; this needs none of them.
"""

import copy
import json

import httpx
import jsonschema_rs
import pytest
from conversation import EXAMPLES, FIRST, KEY, SPEC, misbehaved, misseen, moving, objects, truth
from matrix import HERE, Language, Outcome, languages, run
from report import Row, table
from verdicts import KINDS, VECTORS, judged

from gptimage2_video_mock import MockServer
from polyglot import CREDITS, Walk, chosen, lay_out_spec, told_by_file, unrefused

pytestmark = pytest.mark.slow

SUBMIT = "/api/ai/video/generate"
PARTS = {
    "rules": ["accepted"],
    "prices": ["credits"],
    "errors": ["error", "status", "message", "required", "retryAfter", "fieldErrors", "formErrors"],
    "snapshots": ["task"],
}
RIGHT = [{"id": case["id"], "actual": case["expected"]} for kind in PARTS for case in VECTORS[kind]]
WRONG_BODIES = ['{"prompt": "x"}', json.dumps(EXAMPLES[FIRST])[:-1] + ', "inputMode": "text_to_video"}']


@pytest.fixture(scope="module")
def server():
    with MockServer({KEY: CREDITS}) as running:
        yield running


@pytest.fixture(scope="module")
def seen(server):
    return truth(server)


class TestWhatAProgramSaw:
    def test_the_truth_itself_is_right(self, seen):
        """And the name of an error's type may be told beside it."""
        cases = [{"case": name, "saw": {**saw, "type": "T"}} for name, saw in seen.items()]
        assert [] == list(misseen(cases, seen))

    def test_every_example_of_the_spec_is_a_case(self, seen):
        assert seen.keys() >= EXAMPLES.keys()
        models = {(body["model"], body["inputMode"]) for body in EXAMPLES.values()}
        table_ = SPEC["x-model-table"]["models"]
        assert {(row["id"], mode) for row in table_ for mode in row["modes"]["values"]} == models

    @pytest.mark.parametrize("change", ["left out", "told twice", "unknown", "another value", "a fact more", "null"])
    def test_anything_else_is_found(self, seen, change):
        cases = [{"case": name, "saw": copy.deepcopy(saw)} for name, saw in seen.items()]
        match change:
            case "left out":
                del cases[3]
            case "told twice":
                cases.append(cases[3])
            case "unknown":
                cases.append({"case": "nobody-knows", "saw": {}})
            case "another value":
                cases[3]["saw"]["creditsUsed"] += 1
            case "a fact more":
                cases[3]["saw"]["more"] = 1
            case "null":
                cases[3]["saw"] = None
        assert 1 == len(list(misseen(cases, seen)))

    @pytest.mark.parametrize("line", ["no JSON", "[]", '"text"'])
    def test_a_line_that_is_no_object_is_an_error(self, line):
        with pytest.raises(ValueError, match=r".+"):
            list(objects(line))


def converse(server, submissions, key=KEY):
    """Submit all that a program has to, in raw bodies."""
    for scenario, body in submissions:
        url = server.scenario_url(scenario) if scenario != "reference" else server.url
        try:
            httpx.post(url + SUBMIT, content=body, headers={"Authorization": f"Bearer {key}"})
        except httpx.RemoteProtocolError:
            assert scenario == "lost-reply"


def dutiful():
    """What a program that does its duty submits: scenario and body."""
    first = EXAMPLES[FIRST]
    plain = [*EXAMPLES.values(), {**first, "prompt": ""}, first]
    codes = "failed unknown-error-code integer-error-code"
    names = f"{codes} unknown-status quickstart extra-fields null-fields missing-fields"
    more = [(name, first) for name in (*names.split(), "insufficient-credits", "submit-500", "lost-reply")]
    return [(name, json.dumps(body)) for name, body in [("reference", body) for body in plain] + more]


class TestWhatAProgramDid:
    @pytest.fixture
    def server(self, server):
        server.reset()
        return server

    def refuse_one(self, server):
        """The submission with a wrong key is the one of these that is not debited."""
        *most, unauthorized = [told for told in dutiful() if told[0] == "reference"]
        converse(server, most + [told for told in dutiful() if told[0] != "reference"])
        converse(server, [unauthorized], key="wrong-key")

    def test_a_dutiful_program_is_found_innocent(self, server):
        self.refuse_one(server)
        assert [] == list(misbehaved(server))

    def test_a_submission_that_is_repeated_is_found(self, server):
        """This is what costs money."""
        self.refuse_one(server)
        converse(server, [("lost-reply", json.dumps(EXAMPLES[FIRST]))])
        too_often, debits = misbehaved(server)
        assert too_often.startswith("a submission was sent 1 times too often, under lost-reply: ")
        assert "the mock debited 30 tasks, expected 29" == debits

    @pytest.mark.parametrize("body", WRONG_BODIES, ids=["other fields", "a field twice"])
    def test_a_body_that_is_not_the_example_is_found(self, server, body):
        self.refuse_one(server)
        converse(server, [("reference", body)])
        assert 1 == len(list(misbehaved(server)))

    def test_a_key_at_the_host_of_the_videos_is_found(self, server):
        self.refuse_one(server)
        httpx.get(f"{server.cdn_url}/videos/tsk_1.mp4", headers={"Authorization": f"Bearer {KEY}"})
        assert ["the key went to the host of the videos: /videos/tsk_1.mp4"] == list(misbehaved(server))

    def test_a_task_is_pending_until_it_was_looked_at(self, server):
        with moving(server), httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {KEY}"}) as http:
            for _ in range(3):
                task = http.post(SUBMIT, json=EXAMPLES[FIRST]).json()["taskId"]
                statuses = [http.get(f"/api/ai/tasks/{task}").json()["status"]]
                while statuses[-1] == 0:
                    statuses.append(http.get(f"/api/ai/tasks/{task}").json()["status"])
                assert [0, 1] == sorted(set(statuses))


class TestVerdicts:
    def test_all_that_is_expected_is_agreed(self):
        """Where a fact is null, an empty one is as good."""
        verdicts = judged(RIGHT, PARTS)
        assert (len(RIGHT), len(RIGHT), []) == verdicts
        assert set(PARTS) == set(KINDS)

    @pytest.mark.parametrize(
        ("name", "part", "value"),
        [
            ("kling-standard-takes-five-seconds", "accepted", 1),
            ("kling-standard-takes-five-seconds", "accepted", None),
            ("wan-text-has-no-known-price", "credits", 0),
            ("submission-403-is-forbidden", "error", "APIError"),
            ("submission-400-names-the-prompt", "fieldErrors", {"prompt": []}),
            ("a-pending-task-in-the-reference-spelling", "task", {}),
        ],
    )
    def test_another_value_is_found(self, name, part, value):
        """Null and 0 are two things, and so are true and 1."""
        told = copy.deepcopy(RIGHT)
        (wrong,) = [line for line in told if line["id"] == name]
        wrong["actual"] = {**wrong["actual"], part: value}
        verdicts = judged(told, PARTS)
        assert len(RIGHT) - 1 == verdicts.agreed
        assert verdicts.problems[0].startswith(f"{name}: {part}: said {value!r}, expected ")

    def test_a_case_left_out_is_not_agreed(self):
        assert len(RIGHT) - 1 == judged(RIGHT[1:], PARTS).agreed

    def test_a_case_told_twice_or_unknown_is_a_problem(self):
        twice = judged([*RIGHT, RIGHT[0], {"id": "nobody-knows", "actual": {}}], PARTS)
        assert 2 == len(twice.problems)

    def test_only_what_is_claimed_is_judged(self):
        snapshots = [told for told in RIGHT if told["id"] in {case["id"] for case in VECTORS["snapshots"]}]
        assert (len(snapshots), len(snapshots), []) == judged(snapshots, {"snapshots": ["task"]})


class TestWhatMustNotCompile:
    SOURCE = 'fine();\nwrong("pair"); // refused: no such pair\n'

    @pytest.mark.parametrize(
        ("code", "said", "problems"),
        [
            (1, "pair.go:2:1: there is no such pair", 0),
            (1, "pair.go(2,1): there is no such pair", 0),
            (1, "--> refused/pair.go:2:1\nno such pair", 0),
            (0, "pair.go:2:1: there is no such pair", 1),
            (1, "pair.go:1:1: there is no such pair", 1),
            (1, "pair.go:21:1: there is no such pair", 1),
            (1, "pair.go:2:1: it is Tuesday", 1),
            (127, "no such program", 1),
        ],
    )
    def test_the_compiler_must_name_the_line_and_the_reason(self, tmp_path, code, said, problems):
        """A compiler that fails for another reason proves nothing."""
        file = tmp_path / "pair.go"
        file.write_text(self.SOURCE, "utf-8")
        assert problems == len(list(unrefused(file, Outcome(code, 0.0, "", said))))

    def test_what_is_said_of_one_file_is_not_said_of_another(self):
        """Of files that are compiled together; one that is not named was not refused."""
        said = "2 errors\nrefused/a.ts(1,2): no such pair\n  in a pair\nrefused/ba.ts(3,4): no images\n"
        expected = {
            "a.ts": "refused/a.ts(1,2): no such pair\n  in a pair\n",
            "ba.ts": "refused/ba.ts(3,4): no images\n",
        }
        assert {**expected, "c.ts": ""} == told_by_file(Outcome(1, 0.0, "", said), ["a.ts", "ba.ts", "c.ts"])

    def test_a_file_that_does_not_say_what_is_wrong_with_it_is_a_problem(self, tmp_path):
        file = tmp_path / "pair.go"
        file.write_text("wrong();\n", "utf-8")
        assert ["0 lines say what is refused, expected 1"] == list(unrefused(file, Outcome(1, 0.0, "", "")))


class TestLanguages:
    def test_each_folder_of_a_language_can_be_read(self):
        """And claims only what the vectors have; a language that is only tried is never run."""
        for language in languages():
            assert set(language.claims) <= set(PARTS), language.name
            assert language.name.startswith("others/") == ("conversation" not in language.steps)

    def test_the_languages_of_the_promise_are_there(self):
        names = {language.name for language in languages()}
        assert names >= {"typescript", "go", "java", "rust", "ruby", "php"}
        assert 4 <= sum(name.startswith("others/") for name in names)

    def test_nothing_of_the_matrix_is_outside_the_folders_that_have_a_description(self):
        folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name not in ("__pycache__", "others")}
        assert folders == {language.name for language in languages() if "/" not in language.name}

    def test_one_can_be_chosen_by_name(self):
        assert ["go"] == [language.name for language in chosen(["go"])]
        assert all(language.name.startswith("others/") for language in chosen(["others"]))
        assert ["go", "java", "php", "ruby", "rust", "typescript"] == [language.name for language in chosen([])]

    def test_a_language_that_there_is_not_is_an_error(self):
        with pytest.raises(ValueError, match="there is no language cobol; there are go, "):
            chosen(["go", "cobol"])

    def test_a_tool_that_is_missing_is_named(self):
        language = Language("x", "X", "x 1", ("bash", "no-such-tool"), {})
        assert ["no-such-tool"] == language.missing

    @pytest.mark.parametrize(("ci", "problems"), [("", 0), ("true", 1)])
    def test_a_missing_tool_skips_a_language_here_and_fails_it_in_ci(self, monkeypatch, server, seen, ci, problems):
        """There a toolchain that nobody installed must not look like a pass."""
        monkeypatch.setenv("CI", ci)
        walk = Walk(Language("x", "X", "x 1", ("no-such-tool",), {}), server, seen)
        walk.build(fresh=False)
        row = walk.converse()
        assert ("no no-such-tool", problems) == (row.skipped, len(row.problems))

    def test_a_step_that_fails_is_told_with_all_it_said(self, tmp_path, monkeypatch):
        monkeypatch.setattr("matrix.BUILD", tmp_path)
        language = Language("x", "X", "x 1", (), {})
        language.build.mkdir()
        outcome = run(language, "echo out; echo $SPEC >&2; false | true; echo never", {"SPEC": "there"})
        assert (1, "out\n", "there\n") == (outcome.code, outcome.out, outcome.said)
        assert "    out\n    there" == outcome.tail

    def test_the_table_says_what_failed_and_what_was_skipped(self):
        rows = [
            Row("go", "Go", "x 1", {"generate": 1.26}, agreed=455, claimed=456, refused=3, lines=50, notes="good"),
            Row("php", "PHP", "y 2", skipped="no php"),
            Row("c", "C", "z 3", problems=["it broke"]),
        ]
        go, php, c = table(rows).splitlines()[2:]
        assert "| Go | x 1 | 1.3 s |  | 3 |  | 455 of 456 | 50 lines | good |" == go
        assert php.endswith("| skipped: no php |")
        assert c.endswith("| FAILED |")


def test_each_schema_of_the_spec_stands_by_itself(tmp_path, monkeypatch):
    """Validators of other languages get no reference out of the file."""
    monkeypatch.setattr("polyglot.SCHEMAS", tmp_path)
    monkeypatch.setattr("polyglot.SPEC_JSON", tmp_path / "openapi.json")
    lay_out_spec()
    assert SPEC == json.loads((tmp_path / "openapi.json").read_text("utf-8"))
    for name in SPEC["components"]["schemas"]:
        schema = json.loads((tmp_path / f"{name}.json").read_text("utf-8"))
        jsonschema_rs.Draft202012Validator(schema)
        assert "#/components" not in json.dumps(schema)
