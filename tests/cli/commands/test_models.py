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
        rows = {line.split()[0]: " ".join(line.split()) for line in cli("models").out.splitlines()}
        assert "kling/v2-1-standard image 5, 10 11, 22 docs" == rows["kling/v2-1-standard"]
        assert "veo3 both 8 63 page/docs" == rows["veo3"]

    def test_unknown_values_are_marked_unknown(self, cli):
        rows = {line.split()[0]: " ".join(line.split()) for line in cli("models").out.splitlines()}
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

    def test_an_unknown_mode_is_refused(self, cli):
        assert 2 == cli("models", "--mode", "video_to_video").code
