"""What openapi.yaml documents of responses, and nothing here has a class, a reading or a scenario for yet."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gptimage2_video.effects import HttpResponse
from gptimage2_video.errors import APIError
from gptimage2_video.fields import IMAGE, TEXT
from gptimage2_video.flow.responses import api_error
from gptimage2_video.task import Task, TaskStatus
from gptimage2_video_mock.scenarios.registry import SCENARIOS
from gptimage2_video_mock.service.tasks import TaskStatus as MockTaskStatus

# Kept in `Task.raw` alone: results of image tasks, and dates that decide nothing.
UNREAD: Final = {"imageUrls", "outputImageUrls", "updatedAt", "completedAt"}
_TASK: Final = "overlay/gptimage2_video/task.py"
_RESPONSES: Final = "overlay/gptimage2_video/flow/responses.py"
# What the mock answers without a scenario.
_REGULAR: Final = {"generateVideo": {400, 401, 402}, "getTask": {401, 404}}
_PHASES: Final = {"generateVideo": "submit", "getTask": "poll"}
_SAMPLES: Final[dict[str, Any]] = {
    "string": "x",
    "integer": 7,
    "number": 7.5,
    "boolean": True,
    "array": ["x"],
    "object": {"x": ["x"]},
}


def gaps(spec: Mapping[str, Any]) -> list[str]:
    """What a person must decide, a sentence each; empty where all that is documented is read."""
    return [
        *_requests(spec),
        *_statuses(spec),
        *_task_statuses(spec),
        *_task_fields(spec),
        *_error_fields(spec),
    ]


def _requests(spec: Mapping[str, Any]) -> Iterator[str]:
    operations = [operation["operationId"] for path in spec["paths"].values() for operation in path.values()]
    for operation in operations:
        if operation not in _PHASES:
            yield f"operation {operation} is sent by nothing: overlay/gptimage2_video/flow/requests.py"
    for mode in spec["components"]["schemas"]["GenerateVideoRequest"]["discriminator"]["mapping"]:
        if mode not in (TEXT, IMAGE):
            yield f"mode {mode} is not known: overlay/gptimage2_video/fields.py and clients/typescript/src/rules.ts"


def _responses(spec: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """Each documented refusal of a known operation: the operation, its status and its schema."""
    for path in spec["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status.isdecimal() and int(status) >= 400 and operation["operationId"] in _PHASES:
                    content = _target(response, spec).get("content", {})
                    schema = content.get("application/json", {}).get("schema", {})
                    yield operation["operationId"], int(status), _target(schema, spec)


def _statuses(spec: Mapping[str, Any]) -> Iterator[str]:
    for operation, status, _ in _responses(spec):
        if type(_error(operation, status)) is APIError:
            places = "overlay/gptimage2_video/errors.py, flow/responses.py and clients/typescript/src/errors.ts"
            yield f"{status} of {operation} has no error class: {places}"
        scenario = f"{_PHASES[operation]}-{status}"
        if status not in _REGULAR[operation] and not any(name.startswith(scenario) for name in SCENARIOS):
            yield f"{status} of {operation} has no scenario {scenario}: mock/gptimage2_video_mock/scenarios"


def _task_statuses(spec: Mapping[str, Any]) -> Iterator[str]:
    places = {
        f"{_TASK} and clients/typescript/src/task.ts": TaskStatus,
        "mock/gptimage2_video_mock/service/tasks.py, with a scenario": MockTaskStatus,
    }
    for place, statuses in places.items():
        known = {(int(status), status.name) for status in statuses}
        for status in spec["components"]["schemas"]["TaskStatus"]["x-statuses"]:
            if (status["value"], status["name"]) not in known:
                yield f"task status {status['value']} {status['name']} is not known: {place}"


def _task_fields(spec: Mapping[str, Any]) -> Iterator[str]:
    """The fields of receipts and snapshots that make no difference to a task."""
    for schema in ("TaskReceipt", "TaskSnapshot"):
        for name, json_type in _fields(spec["components"]["schemas"][schema], spec):
            if name not in (*UNREAD, "status"):
                without, given = ({"status": 2, **more} for more in ({}, {name: _SAMPLES[json_type]}))
                if Task.from_json(without) == Task.from_json(given):
                    yield f"{schema}.{name} is not read where it is of type {json_type}: {_TASK}"


def _error_fields(spec: Mapping[str, Any]) -> Iterator[str]:
    """The fields of refusals that make no difference to an error."""
    for operation, status, schema in _responses(spec):
        for name, json_type in _fields(schema, spec):
            samples = [_SAMPLES[json_type]]
            if json_type == "object":  # of which any part may be what is read
                parts = _fields(_target(schema["properties"][name], spec), spec)
                samples = [{part: _SAMPLES[part_type]} for part, part_type in parts]
            plain = vars(_error(operation, status)) | {"body": None}
            if all(plain == vars(_error(operation, status, {name: sample})) | {"body": None} for sample in samples):
                yield f"{name} of {operation}'s {status} is not read where it is of type {json_type}: {_RESPONSES}"


def _fields(schema: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each property with each type that it may have, null aside."""
    for name, property_schema in schema.get("properties", {}).items():
        types = _target(property_schema, spec).get("type", "object")
        yield from ((name, each) for each in ([types] if isinstance(types, str) else types) if each != "null")


def _error(operation: str, status: int, body: Mapping[str, Any] | None = None) -> APIError:
    task_id = "tsk_1" if operation == "getTask" else None
    return api_error(HttpResponse(status, {}, json.dumps(body or {}).encode()), task_id)


def _target(schema: Mapping[str, Any], spec: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema
    while "$ref" in found:
        target: Any = spec
        for step in found["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        found = target
    return found
