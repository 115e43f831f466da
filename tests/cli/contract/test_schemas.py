"""The contract as `contract` reads it."""

from gptimage2_video_cli.contract.schemas import spec


def test_a_path_outside_the_spec_is_no_operation():
    assert [None, None] == [spec().operation("GET", "/other"), spec().operation("PUT", "/api/ai/video/generate")]
