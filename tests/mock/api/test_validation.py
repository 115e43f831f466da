"""What the mock accepts, and the messages of what it refuses."""

import copy
import itertools
import json

import pytest
from jsonschema import Draft202012Validator

from gptimage2_video_mock.api.spec import spec
from gptimage2_video_mock.api.validation import InvalidRequest, RequestValidator
from support.mock_client import TEXT

IMAGE = {
    "prompt": "A cup",
    "model": "kling/v2-1-pro",
    "inputMode": "image_to_video",
    "inputImageUrls": ["https://example.com/cup.png"],
}


@pytest.fixture(scope="module")
def validator():
    return RequestValidator(spec())


def refusal(validator, body):
    with pytest.raises(InvalidRequest) as caught:
        validator.read(body if isinstance(body, bytes) else json.dumps(body).encode())
    return caught.value


class TestValidation:
    def test_the_verdict_is_that_of_the_specs_schema_by_an_independent_validator(self, validator):
        schema = {"$ref": "#/components/schemas/GenerateVideoRequest", "components": spec()["components"]}
        oracle = Draft202012Validator(schema)
        models = ["sora-2-text-to-video", "kling/v2-1-pro", "hailuo/02-text-to-video-pro", "veo3", "sora-3", 7]
        images = [None, [], ["https://example.com/a.png"], ["data:image/png;base64,AAAA"], "https://example.com"]
        cases = itertools.product(
            models, ["text_to_video", "image_to_video", "video", None], [None, 5, 8, 7, "5"], images
        )
        verdicts = set()
        for model, mode, duration, urls in cases:
            given = {"prompt": "x", "model": model, "inputMode": mode, "duration": duration, "inputImageUrls": urls}
            body = {name: value for name, value in given.items() if value is not None}
            expected = oracle.is_valid(body)
            verdicts.add(expected)
            if expected:
                assert validator.read(json.dumps(body).encode()) == body
            else:
                assert refusal(validator, body).field_errors, body
        assert verdicts == {True, False}

    @pytest.mark.parametrize(
        "example",
        spec()["paths"]["/api/ai/video/generate"]["post"]["requestBody"]["content"]["application/json"][
            "examples"
        ].values(),
    )
    def test_every_example_of_the_spec_is_accepted(self, validator, example):
        assert validator.read(json.dumps(example["value"]).encode()) == example["value"]

    @pytest.mark.parametrize("body", [{**TEXT, "prompt": ""}, {name: TEXT[name] for name in TEXT if name != "prompt"}])
    def test_a_missing_prompt_is_worded_as_documented(self, validator, body):
        expected = {"formErrors": [], "fieldErrors": {"prompt": ["Prompt is required"]}}
        assert refusal(validator, body).details == expected

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({**TEXT, "inputMode": "video"}, {"inputMode": ["Must be one of text_to_video, image_to_video"]}),
            ({**TEXT, "inputMode": ["x"]}, {"inputMode": ["Must be one of text_to_video, image_to_video"]}),
            ({**TEXT, "model": "veo3", "duration": 10}, {"duration": ["Must be one of 8"]}),
            ({**TEXT, "aspectRatio": 1.7}, {"aspectRatio": ["Must be of type string"]}),
            ({**IMAGE, "inputImageUrls": []}, {"inputImageUrls": ["InputImageUrls is required"]}),
            ({**IMAGE, "inputImageUrls": None}, {"inputImageUrls": ["Must be of type array"]}),
            ({"model": "veo3"}, {"inputMode": ["InputMode is required"], "prompt": ["Prompt is required"]}),
        ],
    )
    def test_each_broken_rule_is_told_under_its_field_and_once(self, validator, body, expected):
        assert refusal(validator, body).field_errors == expected

    def test_an_image_url_that_is_none_is_told_with_the_pattern_and_without_the_value(self, validator):
        [message] = refusal(validator, {**IMAGE, "inputImageUrls": ["file:///secret"]}).field_errors["inputImageUrls"]
        assert message.startswith("Must match ^")
        assert "secret" not in message

    def test_a_wrong_mode_for_the_model_is_told_under_the_model(self, validator):
        errors = refusal(validator, {**TEXT, "model": "kling/v2-1-pro"}).field_errors
        assert list(errors) == ["model"]

    @pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"7"])
    def test_a_body_that_is_no_object_is_a_form_error(self, validator, body):
        assert refusal(validator, body).form_errors == ["The body must be a JSON object"]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"\xff\xfe",
            b"\xef\xbb\xbf{}",
            b'{"prompt": NaN}',
            b'{"prompt": -Infinity}',
            b'{"prompt": "a", "prompt": "b"}',
            b'{"prompt": "\\ud800"}',
            b'{"x": {"\\udc00": 1}}',
            b"[" * 200_000,
            b'{"a":' * 200_000,
            b'{"duration": ' + b"9" * 5000 + b"}",
        ],
        ids=lambda body: repr(body[:20]),
    )
    def test_a_body_that_is_no_json_is_refused_whole(self, validator, body):
        [message] = refusal(validator, body).form_errors
        assert message.startswith("The body is not usable JSON: ")

    @pytest.mark.parametrize("extra", [b"1e999", b"[" * 500 + b"]" * 500, b'"\\ud83d\\ude00"', b"9" * 400])
    def test_odd_but_valid_json_in_a_further_property_is_accepted(self, validator, extra):
        body = json.dumps(TEXT).encode()[:-1] + b', "extra": ' + extra + b"}"
        assert validator.read(body)["prompt"] == "A cup"

    def test_a_rule_that_the_spec_may_gain_one_day_is_enforced_and_worded(self):
        document = copy.deepcopy(spec())
        document["components"]["schemas"]["VideoRequest"]["properties"]["prompt"]["maxLength"] = 3
        errors = refusal(RequestValidator(document), TEXT).field_errors
        assert errors == {"prompt": ["Must be valid, but the value is longer than 3 characters"]}

    def test_an_infinite_duration_is_refused_and_not_an_accident(self, validator):
        assert "duration" in refusal(validator, json.dumps(TEXT).replace(": 5", ": 1e999").encode()).field_errors
