"""`models`: the model table, without a key."""

import pytest

from gptimage2_video import MODELS
from support.commandline import CommandLine


@pytest.fixture
def cli(capsys, monkeypatch):
    return CommandLine(capsys, monkeypatch)


class TestModels:
    def test_the_table_has_every_model_uncut(self, cli):
        outcome = cli("models")
        assert (0, "") == (outcome.code, outcome.err)
        assert set(MODELS) == set(outcome.out.split()) & set(MODELS)

    def test_a_row_has_modes_durations_credits_and_how_well_they_are_known(self, cli):
        rows = {line.split()[0]: " ".join(line.split()) for line in cli("models").out.splitlines() if line}
        assert "kling/v2-1-standard image 5, 10 11, 22 docs" == rows["kling/v2-1-standard"]
        assert "veo3 both 8 63 page/docs" == rows["veo3"]

    def test_unknown_values_are_marked_unknown(self, cli):
        rows = {line.split()[0]: " ".join(line.split()) for line in cli("models").out.splitlines() if line}
        assert "wan/2-6-text-to-video text unknown unknown" == rows["wan/2-6-text-to-video"]

    def test_prices_by_resolution_have_a_line_each(self, cli):
        lines = [line.strip() for line in cli("models").out.splitlines()]
        assert "1080p 8, 15, 30" in lines

    def test_the_table_fits_80_columns(self, cli):
        assert max(len(line) for line in cli("models").out.splitlines()) <= 80

    @pytest.mark.parametrize("mode", ["text_to_video", "image_to_video"])
    def test_mode_selects_the_models_that_support_it(self, cli, mode):
        listed = cli("models", "--mode", mode, "--json").object
        assert [model.id for model in MODELS.values() if mode in model.modes] == [model["id"] for model in listed]

    def test_json_has_null_for_what_is_unknown(self, cli):
        listed = {model["id"]: model for model in cli("models", "--json").object}
        assert (None, None) == tuple(listed["wan/2-6-text-to-video"][name] for name in ("durations", "prices"))
        assert [{"duration": 8, "resolution": None, "credits": 63}] == listed["veo3"]["prices"]

    def test_what_else_is_known_of_a_family_is_below_the_table(self, cli):
        assert "Hailuo 02: a clip of 5 s may be 6 s long (inferred)" == cli("models").out.splitlines()[-1]
        assert "Hailuo" not in cli("models", "--mode", "image_to_video").out
        rows = {row["id"]: row["note"] for row in cli("models", "--json").object}
        note = {"text": "a clip of 5 s may be 6 s long", "known": "inferred", "date": None}
        assert (note, None) == (rows["hailuo/02-text-to-video-pro"], rows["veo3"])

    def test_a_family_is_found_in_any_case(self, cli):
        assert {"Veo 3.1"} == {row["family"] for row in cli("models", "--family", "veo", "--json").object}
        outcome = cli("models", "--family", "pika")
        assert (2, True) == (outcome.code, "no family has pika in its name; they are Kling 2.1, " in outcome.err)

    def test_by_price_the_cheapest_is_first_and_an_unknown_one_last(self, cli):
        lowest = [
            min((price["credits"] for price in row["prices"] or ()), default=None)
            for row in cli("models", "--sort", "price", "--json").object
        ]
        known = [price for price in lowest if price is not None]
        assert sorted(known) + [None] * (len(lowest) - len(known)) == lowest

    def test_an_unknown_mode_is_refused(self, cli):
        assert 2 == cli("models", "--mode", "video_to_video").code
