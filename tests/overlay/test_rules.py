"""`check`, `quote` and the keywords: what the vectors do not say, above all the sentences."""

import pytest

from gptimage2_video import MODELS, InvalidRequest, TextToVideoRequest, check, quote

VEO = {"prompt": "A cup", "model": "veo3", "inputMode": "text_to_video"}
IMAGE = {**VEO, "inputMode": "image_to_video", "inputImageUrls": ["https://example.com/cup.jpg"]}


WAYS_OUT = "send a newer one with allow_unknown_model, or with a row of your own (GPTIMAGE2_MODELS or load_models)"


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({**VEO, "duration": 5}, "veo3 clips are always 8 seconds; drop duration or set it to 8"),
        ({**VEO, "model": "sora-2-text-to-video", "duration": 7}, "sora-2-text-to-video clips are 5, 10, 15 or 20 seconds; choose one"),
        ({**VEO, "model": "sora-2-text-to-video", "duration": 15}, "the price table of sora-2-text-to-video has no 15 s (5, 10 or 20 are priced); the price is unknown"),
        ({**IMAGE, "model": "kling/v2-1-pro", "duration": 15}, "kling/v2-1-pro clips are 5 or 10 seconds; choose one"),
        ({**VEO, "model": "veo-3"}, f"there is no model 'veo-3' (did you mean veo3?); {WAYS_OUT}"),
        ({**VEO, "model": "Sora-2-Text-To-Video"}, f"there is no model 'Sora-2-Text-To-Video' (did you mean sora-2-text-to-video?); {WAYS_OUT}"),
        ({**VEO, "inputMode": "video"}, "there is no mode 'video'; the modes are text_to_video and image_to_video"),
        ({**VEO, "model": "kling/v2-1-pro"}, "kling/v2-1-pro does image_to_video only; use that, or choose kling/v2-1-master-text-to-video for text_to_video"),
        ({**IMAGE, "inputImageUrls": []}, "image_to_video needs an image; give the http or https URL of one"),
        ({**IMAGE, "inputImageUrls": ["~/cup.jpg"]}, "'~/cup.jpg' is not an http or https URL; local files cannot be sent, so put the image where the service can fetch it"),
        ({**IMAGE, "inputImageUrls": ["data:image/png;base64," + "A" * 90]}, f"'data:image/png;base64,{'A' * 34}... is not an http or https URL; data: URLs are not accepted, so put the image where the service can fetch it"),
        ({**IMAGE, "inputImageUrls": ["https://a.example", "https://b.example"]}, "only the first image is used; drop the others"),
        ({**VEO, "inputImageUrls": ["https://a.example"]}, "text_to_video does not use images; drop them, or use image_to_video"),
        ({**VEO, "resolution": "4k"}, "the price table of veo3 has no resolution '4k'; the price is unknown"),
        ({**VEO, "model": "sora-2-text-to-video", "resolution": "4k"}, "the price table of sora-2-text-to-video has no resolution '4k' (720p or 1080p are priced); the price is unknown"),
        ({**VEO, "aspectRatio": "wide"}, "the aspect ratio 'wide' is not of the form W:H; write it like 16:9"),
        ({**VEO, "prompt": ""}, "the prompt is empty; say what the video shows"),
        ({**VEO, "prompt": " "}, "the prompt is only white space; say what the video shows"),
        ({**VEO, "duration": "8"}, "duration must be a whole number, not '8'"),
        ({"model": "veo3", "inputMode": "text_to_video"}, "prompt is missing: What the video shows"),
        ([], "a request is a JSON object with prompt, model and inputMode"),
    ],
)  # fmt: skip
def test_each_sentence_tells_the_fix(request_, sentence):
    assert [sentence] == [str(violation) for violation in check(request_)]


def test_where_no_model_is_close_all_are_told():
    assert [f"there is no model '?' (the models are {', '.join(MODELS)}); {WAYS_OUT}"] == [
        str(it) for it in check({**VEO, "model": "?"})
    ]


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), object(), "\ud800", {1, 2}, b"x", {"a": {"b": {1}}}],
    ids=["nan", "inf", "an object", "half a character", "a set", "bytes", "a set deep inside"],
)
def test_what_has_no_json_form_is_refused_under_its_name(value):
    assert [("not_json", "x-seed")] == [(found.code, found.field) for found in check({**VEO, "x-seed": value})]


def test_a_value_that_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    assert ["not_json"] == [violation.code for violation in check({**VEO, "x-seed": loop})]


@pytest.mark.parametrize("value", [10**5000, [10**5000]], ids=["a number", "a list"])
def test_a_value_too_large_to_show_is_refused_without_being_shown(value):
    expected = f"prompt must be text, not a value of type {type(value).__name__} that is too large to show"
    assert expected == str(check({**VEO, "prompt": value})[0])


def test_a_text_in_any_script_is_sound():
    assert () == check({**VEO, "prompt": "Eine Tasse \U0001f375", "x-negativePrompt": "ö"})


@pytest.mark.parametrize("name", [None, 5, True])
def test_a_name_that_json_turns_into_text_is_a_control_of_a_provider(name):
    request = {**VEO, name: 1}
    assert () == check(request)
    assert (None, f"the price table does not cover {name}") == quote(request)


def test_a_subclass_is_what_its_base_is():
    class Text(str):
        __slots__ = ()

    class Whole(int):
        pass

    request = {Text("prompt"): Text("A cup"), "model": Text("veo3"), "inputMode": Text("text_to_video")}
    assert () == check({**request, "duration": Whole(8)})
    assert 63 == quote({**request, "duration": Whole(8)}).credits


def test_a_generated_request_is_checked_as_a_mapping_is():
    assert ["duration_not_offered"] == [
        found.code for found in check(TextToVideoRequest("A cup", "veo3", "text_to_video", duration=5))
    ]


def test_a_request_is_not_changed_by_being_checked():
    request = {**IMAGE, "inputImageUrls": ("https://a.example",), "x-seed": 1}
    before = dict(request)
    check(request)
    assert before == request


@pytest.mark.parametrize(
    ("request_", "price"),
    [
        (VEO, (63, "price table (docs); what was charged is in credits_used")),
        ({**VEO, "x-seed": 1}, (None, "the price table does not cover x-seed")),
        ({**VEO, "model": "wan/2-6-text-to-video"}, (None, "no price of wan/2-6-text-to-video is published")),
        ({**VEO, "model": "hailuo/02-text-to-video-pro"}, (None, "hailuo/02-text-to-video-pro is priced at 5 s: 24, 10 s: 48; choose one of these combinations to get a price")),
        ({**VEO, "prompt": ""}, (None, "the request is invalid: the prompt is empty; say what the video shows")),
        (None, (None, "the request is invalid: a request is a JSON object with prompt, model and inputMode")),
    ],
)  # fmt: skip
def test_a_quote_says_where_it_comes_from_or_why_there_is_none(request_, price):
    assert price == quote(request_)


def test_an_error_collects_every_violation():
    request = {"prompt": "", "model": "veo3", "inputMode": "text_to_video", "duration": 5}
    assert "the prompt is empty" in str(error := InvalidRequest(check(request)))
    assert "veo3 clips are always 8 seconds" in str(error)
