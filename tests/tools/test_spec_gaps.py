"""What the spec documents of responses has a class, a reading and a scenario, or is named for a person to decide."""

import copy

import pytest
import yaml
from tools.spec_gaps import UNREAD, gaps

from support.paths import ROOT

SPEC = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
ERROR = {"type": "object", "properties": {"error": {"type": "string"}}}


def test_all_that_is_documented_is_read():
    assert [] == gaps(SPEC), "a person must decide about these"


def test_what_is_left_to_raw_is_documented():
    assert [] == sorted(UNREAD - SPEC["components"]["schemas"]["TaskSnapshot"]["properties"].keys())


def document_status(spec, path, method, status, schema):
    content = {"application/json": {"schema": schema}}
    spec["paths"][path][method]["responses"][status] = {"description": "No.", "content": content}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            lambda spec: spec["paths"]["/api/ai/tasks/{id}"]["get"].update(operationId="readTask"),
            ["operation readTask is sent by nothing: overlay/gptimage2_video/flow/requests.py"],
        ),
        (
            lambda spec: spec["components"]["schemas"]["GenerateVideoRequest"]["discriminator"]["mapping"].update(
                video_to_video="#/components/schemas/VideoToVideoRequest"
            ),
            ["mode video_to_video is not known: overlay/gptimage2_video/fields.py and clients/typescript/src/rules.ts"],
        ),
        (
            lambda spec: document_status(spec, "/api/ai/video/generate", "post", "409", ERROR),
            [
                "409 of generateVideo has no error class: overlay/gptimage2_video/errors.py, flow/responses.py and "
                "clients/typescript/src/errors.ts",
            ],
        ),
        (
            lambda spec: document_status(spec, "/api/ai/tasks/{id}", "get", "410", ERROR),
            [
                "410 of getTask has no error class: overlay/gptimage2_video/errors.py, flow/responses.py and "
                "clients/typescript/src/errors.ts",
                "410 of getTask has no scenario poll-410: mock/gptimage2_video_mock/scenarios",
            ],
        ),
        (lambda spec: document_status(spec, "/api/ai/tasks/{id}", "get", "502", ERROR), []),
        (
            lambda spec: spec["components"]["schemas"]["TaskSnapshot"]["properties"]["prompt"].update(
                type=["string", "integer", "null"]
            ),
            ["TaskSnapshot.prompt is not read where it is of type integer: overlay/gptimage2_video/task.py"],
        ),
        (
            lambda spec: spec["components"]["schemas"]["TaskReceipt"]["properties"].update(estimate={"type": "number"}),
            ["TaskReceipt.estimate is not read where it is of type number: overlay/gptimage2_video/task.py"],
        ),
        (
            lambda spec: spec["components"]["schemas"]["InsufficientCreditsError"]["properties"].update(
                balance={"type": "integer"}
            ),
            [
                "balance of generateVideo's 402 is not read where it is of type integer: "
                "overlay/gptimage2_video/flow/responses.py"
            ],
        ),
        (
            lambda spec: spec["components"]["schemas"]["TaskStatus"]["x-statuses"].append(
                {"value": 3, "name": "CANCELLED"}
            ),
            [
                "task status 3 CANCELLED is not known: overlay/gptimage2_video/task.py and "
                "clients/typescript/src/task.ts",
                "task status 3 CANCELLED is not known: mock/gptimage2_video_mock/service/tasks.py, with a scenario",
            ],
        ),
    ],
)
def test_what_nothing_reads_is_named_with_its_place(edit, expected):
    spec = copy.deepcopy(SPEC)
    edit(spec)
    assert expected == gaps(spec)
