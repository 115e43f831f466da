"""The manifest of a batch: what is read from a file, and every mistake with the number of its line."""

import gc
import json
import unicodedata
from hashlib import sha256
from itertools import islice

import pytest

from gptimage2_video_cli.batch.manifest import Line, Problem, iter_lines

VEO = {"prompt": "A cup", "model": "veo3_fast"}
IMAGE = "https://example.com/cup.png"


@pytest.fixture
def manifest(tmp_path):
    """Writes a file and reads it: the valid lines, and the problems as people see them."""

    def write(*rows, name="shots.jsonl", text=None):
        path = tmp_path / name
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        content = "".join(f"{line}\n" for line in lines) if text is None else text
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        items = list(iter_lines(path))
        problems = [f"{item.severity}: {item}" for item in items if isinstance(item, Problem)]
        return [item for item in items if isinstance(item, Line)], problems

    return write


def only(found):
    """The one valid line."""
    lines, problems = found
    assert (1, []) == (len(lines), problems)
    return lines[0]


class TestJsonLines:
    def test_a_line_is_a_request_in_wire_names_with_its_mode_and_price(self, manifest):
        line = only(manifest(VEO))
        assert (1, 9, {**VEO, "inputMode": "text_to_video"}) == (line.number, line.quote, line.request)

    def test_id_and_file_are_no_part_of_the_request(self, manifest):
        line = only(manifest({**VEO, "id": "cup-1", "file": "my cup.mp4"}))
        assert ("cup-1", "my cup.mp4", {"prompt", "model", "inputMode"}) == (line.key, line.file, set(line.request))

    def test_an_image_makes_it_image_to_video(self, manifest):
        assert "image_to_video" == only(manifest({**VEO, "inputImageUrls": [IMAGE]})).request["inputMode"]

    def test_a_model_that_only_takes_images_is_told_that_one_is_missing(self, manifest):
        assert "needs an image" in manifest({"prompt": "A cup", "model": "kling/v2-1-standard"})[1][0]

    def test_a_mode_that_is_given_stays(self, manifest):
        row = {**VEO, "inputMode": "image_to_video", "inputImageUrls": [IMAGE]}
        assert row == only(manifest(row)).request

    def test_a_mode_of_null_is_inferred(self, manifest):
        assert "text_to_video" == only(manifest({**VEO, "inputMode": None})).request["inputMode"]

    def test_controls_of_a_provider_pass_and_have_no_price(self, manifest):
        line = only(manifest({**VEO, "x-camera": {"zoom": 1.5}}))
        assert ({"zoom": 1.5}, None) == (line.request["x-camera"], line.quote)

    def test_blank_lines_and_a_byte_order_mark_are_nothing_but_lines_still_count(self, manifest):
        text = "\ufeff\n" + json.dumps({**VEO, "id": "a"}) + "\r\n   \n\n" + json.dumps({**VEO, "id": "b"})
        lines, _ = manifest(text=text)
        assert [("a", 2), ("b", 5)] == [(line.key, line.number) for line in lines]

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            ("{", "invalid JSON: Expecting property name enclosed in double quotes at column 2"),
            ('{"prompt": NaN}', "invalid JSON: NaN is not a JSON value"),
            ('{"prompt": -Infinity}', "invalid JSON: -Infinity is not a JSON value"),
            (f'{{"x-seed": {"9" * 5000}}}', "invalid JSON: Exceeds the limit"),
            ("[" * 100_000, "invalid JSON: "),
            ("[1]", "not a JSON object"),
            ('"A cup"', "not a JSON object"),
            ("{}", "prompt is missing"),
            ('{"prompt": "A cup", "model": "veo3_fast", "prompt": "A boat"}', "a field appears twice"),
            ('{"prompt": "A cup", "model": "veo3_fast", "weight": 1e999}', "weight cannot be sent"),
            (r'{"prompt": "\ud800", "model": "veo3_fast"}', "prompt cannot be sent"),
            ({**VEO, "model": "veo-3"}, "did you mean veo3"),
            ({"prompt": "A cup", "model": 3}, "model must be text, not 3"),
            ({**VEO, "prompt": ""}, "the prompt is empty"),
            ({**VEO, "duration": 5}, "always 8 seconds"),
            ({**VEO, "prompt": "", "duration": 5}, "the prompt is empty; say what the video shows; veo3_fast clips"),
        ],
    )
    def test_a_line_that_is_no_request_is_named_with_its_number(self, manifest, row, why):
        lines, problems = manifest({**VEO, "id": "before"}, row, {**VEO, "id": "after"})
        errors = [problem for problem in problems if problem.startswith("error")]
        assert (["before", "after"], 1) == ([line.key for line in lines], len(errors))
        assert errors[0].startswith(f"error: line 2: {why}") or why in errors[0]

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("aspect_ratio", "aspectRatio"),
            ("input_mode", "inputMode"),
            ("Duration", "duration"),
            ("image", "inputImageUrls"),
            ("image_urls", None),
            ("imageUrl", "inputImageUrls"),
            ("mode", "inputMode"),
            ("ratio", "aspectRatio"),
            ("PROMPT", "prompt"),
        ],
    )
    def test_a_misspelt_field_is_not_taken_for_a_control_of_a_provider(self, manifest, name, meant):
        lines, problems = manifest({**VEO, name: "16:9"})
        if meant is None:
            assert (1, []) == (len(lines), problems)
        else:
            assert ([], [f"error: line 1: {name} is not a field of the API; use {meant}"]) == (lines, problems)

    def test_what_is_hardly_meant_so_is_a_warning_and_the_line_good(self, manifest):
        lines, problems = manifest({**VEO, "aspectRatio": "wide"})
        assert 1 == len(lines)
        assert problems[0].startswith("warning: line 1: the aspect ratio 'wide' is not of the form W:H")


class TestIds:
    def test_a_line_without_an_id_keeps_its_own_when_it_moves(self, manifest):
        cup, boat = VEO, {**VEO, "prompt": "A boat"}
        ids = {line.request["prompt"]: line.key for line in manifest(cup, boat)[0]}
        again = {line.request["prompt"]: line.key for line in manifest(boat, {**VEO, "prompt": "A fox"}, cup)[0]}
        assert ids == {prompt: again[prompt] for prompt in ids}

    def test_the_order_of_fields_and_an_inferred_mode_change_no_id(self, manifest):
        reordered = {"inputMode": "text_to_video", **dict(reversed(VEO.items()))}
        assert only(manifest(VEO)).key == only(manifest(reordered)).key

    def test_another_request_has_another_id(self, manifest):
        assert only(manifest(VEO)).key != only(manifest({**VEO, "prompt": "A cup "})).key

    def test_equal_requests_are_counted_and_warned_of(self, manifest):
        lines, problems = manifest(VEO, {**VEO, "id": "mine"}, VEO)
        digest = lines[0].key
        assert [digest, "mine", f"{digest}-3"] == [line.key for line in lines]
        assert [
            f"warning: line {number}: the same request as line 1; both will be submitted and paid for"
            for number in (2, 3)
        ] == problems

    def test_a_number_may_be_an_id(self, manifest):
        assert "7" == only(manifest({**VEO, "id": 7})).key

    def test_the_same_id_twice_is_refused_even_as_text_and_number(self, manifest):
        lines, problems = manifest({**VEO, "id": 7}, {**VEO, "prompt": "A boat", "id": "7"})
        assert (1, ["error: line 2: the id '7' is used by line 1 as well"]) == (len(lines), problems)

    @pytest.mark.parametrize("wrong", [True, 1.5, [], {}, "", "  "])
    def test_an_id_is_text_or_a_whole_number(self, manifest, wrong):
        assert ([], ["error: line 1: id must be text or a whole number"]) == manifest({**VEO, "id": wrong})

    @pytest.mark.parametrize("wrong", ["x" * 201, "a\nb", "a\x1b[2J", "\ud800", "a\u202eb"])
    def test_an_id_is_short_and_printable(self, manifest, wrong):
        assert "id must be printable and at most 200 characters long" in manifest({**VEO, "id": wrong})[1][0]


class TestFiles:
    def test_an_id_that_is_a_name_makes_the_file(self, manifest):
        assert "cup-1.mp4" == only(manifest({**VEO, "id": "cup-1"})).file

    @pytest.mark.parametrize("key", ["../up", "a/b", "a b", "Tür", "-rf", ".hidden", "con", "COM1", "x" * 101, "a.b"])
    def test_any_other_id_makes_a_plain_name_with_a_digest(self, manifest, key):
        name = only(manifest({**VEO, "id": key})).file
        stem, _, digest = name.removesuffix(".mp4").rpartition("-")
        assert sha256(key.encode()).hexdigest()[:8] == digest
        assert (True, True, False) == (name.isascii(), len(name) < 120, name.startswith((".", "-")))
        assert stem.replace("_", "").isalnum()

    def test_long_ids_that_begin_alike_have_files_of_their_own(self, manifest):
        lines, problems = manifest({**VEO, "id": "x" * 150 + "1"}, {**VEO, "id": "x" * 150 + "2", "prompt": "A boat"})
        assert ([], 2) == (problems, len({line.file for line in lines}))

    def test_a_name_of_any_language_is_good(self, manifest):
        assert "Tür 1 вид.mp4" == only(manifest({**VEO, "file": "Tür 1 вид.mp4"})).file

    @pytest.mark.parametrize(
        "wrong",
        [
            "../cup.mp4",
            "/etc/cup.mp4",
            "a/cup.mp4",
            "a\\cup.mp4",
            "..mp4",
            ".cup.mp4",
            "-cup.mp4",
            " cup.mp4",
            ".mp4",
            "cup",
            "cup.MP4",
            "cup.mp4\n",
            "cup.mp4/",
            "cup.mp4.exe",
            "c:cup.mp4",
            "cup\0.mp4",
            "cup\x1b.mp4",
            "cup\u202e4pm.mp4",
            "\ud800.mp4",
            "what?.mp4",
            *("con.mp4", "aux .mp4", "com1.tar.mp4", "LPT².mp4", "conin$.mp4"),
            "NUL.mp4",
            "Com1.mp4",
            "lpt9.cup.mp4",
            "",
            5,
            ["cup.mp4"],
        ],
    )
    def test_a_file_that_is_no_plain_name_everywhere_is_refused(self, manifest, wrong):
        lines, problems = manifest({**VEO, "file": wrong})
        assert [] == lines
        assert problems[0].startswith("error: line 1: file must be a plain name that ends in .mp4")

    @pytest.mark.parametrize("name", ["console.mp4", "com10.mp4", "cup..mp4", "nul-1.mp4"])
    def test_what_only_looks_like_a_device_is_good(self, manifest, name):
        assert name == only(manifest({**VEO, "file": name})).file

    def test_a_name_is_as_long_as_file_systems_take_it_in_bytes(self, manifest):
        fits, too_long = "ü" * 98 + ".mp4", "ü" * 99 + ".mp4"
        assert fits == only(manifest({**VEO, "file": fits})).file
        assert ["error: line 1: file must be at most 200 bytes long"] == manifest({**VEO, "file": too_long})[1]

    @pytest.mark.parametrize(
        "other", ["cup ü.mp4", "CUP Ü.mp4", unicodedata.normalize("NFD", "cup ü.mp4"), "cup Ü.mp4"]
    )
    def test_two_lines_have_no_file_that_is_the_same_somewhere(self, manifest, other):
        lines, problems = manifest({**VEO, "file": "cup ü.mp4"}, {**VEO, "prompt": "A boat", "file": other})
        assert (1, [f"error: line 2: the file {other!r} is used by line 1 as well"]) == (len(lines), problems)

    def test_the_file_of_an_id_may_not_be_that_of_another_line(self, manifest):
        lines, problems = manifest({**VEO, "file": "cup.mp4"}, {**VEO, "prompt": "A boat", "id": "Cup"})
        assert (1, ["error: line 2: the file 'Cup.mp4' is used by line 1 as well"]) == (len(lines), problems)


class TestCsv:
    def lines(self, manifest, text):
        return manifest(text=text, name="shots.CSV")

    def test_a_row_is_what_the_same_line_of_json_would_be(self, manifest):
        text = (
            "id,prompt,model,duration,resolution,aspectRatio,inputImageUrls,x-camera,x-seed\n"
            f'cup-1,"A cup, ""blue""",sora-2-image-to-video,5,720p,16:9,{IMAGE},"{{""zoom"": 1.5}}",007\n'
        )
        line = only(self.lines(manifest, text))
        assert {
            "prompt": 'A cup, "blue"',
            "model": "sora-2-image-to-video",
            "duration": 5,
            "resolution": "720p",
            "aspectRatio": "16:9",
            "inputImageUrls": [IMAGE],
            "x-camera": {"zoom": 1.5},
            "x-seed": "007",
            "inputMode": "image_to_video",
        } == line.request
        assert "cup-1" == line.key

    def test_it_has_the_id_that_json_would_give_it(self, manifest):
        assert only(manifest(VEO)).key == only(self.lines(manifest, "prompt,model\nA cup,veo3_fast\n")).key

    def test_an_empty_cell_is_no_value(self, manifest):
        assert set(VEO) | {"inputMode"} == set(
            only(self.lines(manifest, "prompt,model,duration,x-seed\nA cup,veo3_fast,,\n")).request
        )

    def test_a_row_may_end_early(self, manifest):
        assert 9 == only(self.lines(manifest, "prompt,model,duration\nA cup,veo3_fast\n")).quote

    def test_several_images_are_a_list_of_json(self, manifest):
        text = f'prompt,model,inputImageUrls\nA cup,veo3,"[""{IMAGE}"", ""{IMAGE}""]"\n'
        lines, _ = self.lines(manifest, text)
        assert [IMAGE, IMAGE] == lines[0].request["inputImageUrls"]

    def test_text_is_not_read_as_json(self, manifest):
        request = only(self.lines(manifest, "prompt,model,id\n42,veo3_fast,true\n")).request
        assert "42" == request["prompt"]

    def test_a_byte_order_mark_and_blank_lines_are_nothing(self, manifest):
        lines, _ = self.lines(manifest, "\ufeffprompt,model\r\n\r\nA cup,veo3_fast\r\n\r\nA boat,veo3\r\n")
        assert [("A cup", 3), ("A boat", 5)] == [(line.request["prompt"], line.number) for line in lines]

    @pytest.mark.parametrize("row", ["A cup,veo3_fast,5", "A cup,veo3_fast,"])
    def test_more_cells_than_columns_are_refused(self, manifest, row):
        found = self.lines(manifest, f"prompt,model\n{row}\n")
        assert ([], ["error: line 2: more cells than columns"]) == found

    def test_a_misspelt_column_is_named_for_each_line(self, manifest):
        _, problems = self.lines(manifest, "prompt,model,aspect_ratio\nA cup,veo3,16:9\nA boat,veo3,\n")
        assert ["error: line 2: aspect_ratio is not a field of the API; use aspectRatio"] == problems

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "the first line must name the columns, including prompt"),
            ("A cup,veo3_fast\n", "the first line must name the columns, including prompt"),
            ("prompt,model,prompt\nA cup,veo3_fast,A boat\n", "a column appears twice"),
            ('prompt,model\nA cup,"veo3"fast\n', "line 2: "),
            ('prompt,model\nA cup,"veo3\n', "line 2: "),
        ],
    )
    def test_a_file_that_is_no_table_is_refused_as_a_whole(self, manifest, text, why):
        with pytest.raises(ValueError, match=f"^{why}"):
            self.lines(manifest, text)


@pytest.mark.parametrize("name", ["shots.jsonl", "shots.csv"])
def test_what_is_no_utf8_is_refused_as_a_whole(manifest, name):
    with pytest.raises(ValueError, match="codec can't decode"):
        manifest(text="prompt,model\nTür,veo3\n".encode("utf-16"), name=name)


def test_an_empty_file_has_no_lines(manifest):
    assert ([], []) == manifest(text="\n")


def living():
    """How many lines there are in this process."""
    return sum(type(thing) is Line for thing in gc.get_objects())


class TestIterLines:
    """A manifest of any length is checked in the memory of a few lines; `unique` adds the names of all."""

    @pytest.mark.parametrize("unique", [True, False])
    def test_a_line_is_checked_before_the_next_ones_are_read(self, tmp_path, unique):
        path = tmp_path / "shots.jsonl"
        path.write_bytes(json.dumps(VEO).encode() + b"\n" + b" " * 1_000_000 + b"\n\xff")
        found = iter_lines(path, unique=unique)
        assert 1 == next(found).number
        with pytest.raises(ValueError, match="codec can't decode"):
            next(found)

    @pytest.mark.parametrize("unique", [True, False])
    @pytest.mark.parametrize("name", ["shots.jsonl", "shots.csv"])
    def test_no_line_is_kept_once_it_is_checked(self, tmp_path, unique, name):
        path = tmp_path / name
        row = json.dumps(VEO) if name == "shots.jsonl" else "A cup,veo3_fast"
        path.write_text("prompt,model\n" * (name == "shots.csv") + f"{row}\n" * 20)
        gc.collect()
        before = living()
        found = iter_lines(path, unique=unique)
        for _ in islice(found, 12):
            pass
        assert 1 >= living() - before, "the generator holds no more than the line that it gave last"

    def test_a_line_by_itself_has_nothing_in_common_with_others(self, tmp_path):
        path = tmp_path / "shots.jsonl"
        path.write_text(json.dumps({**VEO, "id": "cup", "file": "cup.mp4"} | {"x-seed": 1}) + "\n")
        path.write_text(path.read_text() * 2)
        assert [1, 2] == [line.number for line in iter_lines(path, unique=False)]
        assert ["", "error"] == [getattr(found, "severity", "") for found in iter_lines(path)]
