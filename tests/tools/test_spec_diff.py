"""`make spec-diff` judges each change of openapi.yaml by who writes the value, and asks for the version that is due.

Each row of CASES is one edit of the real spec, compared in both directions: as it is made, and as it is undone.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tools.spec_diff.__main__ import main
from tools.spec_diff.changes import Change, Side, Unreadable, Verdict, due
from tools.spec_diff.containment import judge, judge_keyword
from tools.spec_diff.operations import compare

from support.paths import ROOT

pytestmark = pytest.mark.slow

SPEC = json.loads(json.dumps(yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))))  # no part is shared
BREAKS, ADDS, HARMLESS = Verdict.BREAKING, Verdict.ADDITION, Verdict.HARMLESS
UNSURE = "nobody can say whether this breaks callers"

SCHEMAS = ("components", "schemas")
GENERATE = ("paths", "/api/ai/video/generate", "post")
GET = ("paths", "/api/ai/tasks/{id}", "get")
PROMPT = (*SCHEMAS, "VideoRequest", "properties", "prompt")
IMAGES = (*SCHEMAS, "ImageToVideoRequest", "allOf", 1, "properties", "inputImageUrls")
RULES = [(*SCHEMAS, "GenerateVideoRequest", *("else",) * depth) for depth in range(3)]  # one chain of conditions
PARTS = (*SCHEMAS, "VideoRequest", "allOf")
RECEIPT = (*SCHEMAS, "TaskReceipt")
SNAPSHOT = (*SCHEMAS, "TaskSnapshot")
TABLE = ("x-model-table", "models")
KLING, SORA, VEO3 = (*TABLE, 0), (*TABLE, 3), (*TABLE, 11)
JSON_BODY = ("content", "application/json")
HEADER = {"description": "Seconds", "schema": {"type": "integer"}}
MODEL = {**SPEC["x-model-table"]["models"][11], "id": "veo-new"}


def at(document, path):
    for step in path:
        document = document[step]
    return document


def put(*path_and_value):
    """An edit that sets a key, or replaces an item of a list."""
    *path, key, value = path_and_value
    return lambda document: at(document, path).__setitem__(key, value)


def drop(*path):
    """An edit that takes a key or an item away."""
    return lambda document: at(document, path[:-1]).__delitem__(path[-1])


def more(*path_and_value):
    """An edit that appends to a list."""
    *path, value = path_and_value
    return lambda document: at(document, path).append(value)


def less(*path_and_value):
    """An edit that takes a value out of a list."""
    *path, value = path_and_value
    return lambda document: at(document, path).remove(value)


def all_of(*edits):
    return lambda document: [edit(document) for edit in edits]


def edited(edit):
    head = json.loads(json.dumps(SPEC))
    edit(head)
    return head


# name: the edit, then what it comes to when it is made, then when it is undone
CASES = {
    # enums
    "a model is gone from both modes": (
        all_of(less(*SCHEMAS, "TextToVideoModel", "enum", "veo3"), less(*SCHEMAS, "ImageToVideoModel", "enum", "veo3")),
        (BREAKS, 'generateVideo request: model "veo3" is no longer accepted'),
        (ADDS, 'generateVideo request: model "veo3" is accepted now'),
    ),
    "a model is gone from one mode": (
        less(*SCHEMAS, "TextToVideoModel", "enum", "veo3"),
        (BREAKS, 'generateVideo request: model "veo3" with inputMode "text_to_video" is no longer accepted'),
        (ADDS, 'generateVideo request: model "veo3" with inputMode "text_to_video" is accepted now'),
    ),
    "a duration is gone": (
        less(*SCHEMAS, "Duration", "enum", 20),
        (BREAKS, "`duration`: 20 is no longer accepted (sora-2-text-to-video,"),
        (ADDS, "`duration`: 20 is accepted now (sora-2-text-to-video,"),
    ),
    "an open string of the request gets a list of values": (
        put(*SCHEMAS, "VideoRequest", "properties", "aspectRatio", "enum", ["16:9", "9:16"]),
        (BREAKS, '`aspectRatio`: the list of values ["16:9", "9:16"] is new'),
        (ADDS, '`aspectRatio`: the list of values ["16:9", "9:16"] is gone'),
    ),
    "an open number of a response gets a list of values": (
        put(*SCHEMAS, "TaskStatus", "enum", [0, 1, 2]),
        (ADDS, "getTask response 200: `status`: the list of values [0, 1, 2] is new"),
        (BREAKS, "getTask response 200: `status`: the list of values [0, 1, 2] is gone"),
    ),
    "a nullable list of values is closed": (
        put(*SNAPSHOT, "properties", "type", "enum", ["image", "video", None]),
        (ADDS, '`type`: the list of values ["image", "video", null] is new'),
        (BREAKS, '`type`: the list of values ["image", "video", null] is gone'),
    ),
    "upstream adds a model": (
        all_of(
            more(*SCHEMAS, "TextToVideoModel", "enum", "veo-new"),
            more(*SCHEMAS, "ImageToVideoModel", "enum", "veo-new"),
            more(*RULES[0], "if", "properties", "model", "enum", "veo-new"),
            more(*TABLE, MODEL),
        ),
        (ADDS, 'generateVideo request: model "veo-new" is accepted now\nmodel table: model "veo-new" is new'),
        (BREAKS, 'generateVideo request: model "veo-new" is no longer accepted\nmodel table: model "veo-new" is gone'),
    ),
    # composition
    "a whole mode is gone": (
        all_of(
            drop(*SCHEMAS, "GenerateVideoRequest", "oneOf", 1),
            drop(*SCHEMAS, "GenerateVideoRequest", "discriminator", "mapping", "image_to_video"),
        ),
        (BREAKS, 'generateVideo request: inputMode "image_to_video" is no longer accepted'),
        (ADDS, 'generateVideo request: inputMode "image_to_video" is accepted now'),
    ),
    "an exclusive choice of disjoint branches becomes a free one": (
        lambda d: at(d, SCHEMAS)["GenerateVideoRequest"].update(
            anyOf=at(d, SCHEMAS)["GenerateVideoRequest"].pop("oneOf")
        ),
        (HARMLESS, "generateVideo request: written in another way, and means the same"),
        (HARMLESS, "generateVideo request: written in another way, and means the same"),
    ),
    "the discriminator is gone": (
        drop(*SCHEMAS, "GenerateVideoRequest", "discriminator"),
        (BREAKS, 'generateVideo request: the discriminator "inputMode" is gone'),
        (ADDS, 'generateVideo request: the discriminator "inputMode" is new'),
    ),
    "the discriminator reads another property": (
        put(*SCHEMAS, "GenerateVideoRequest", "discriminator", "propertyName", "model"),
        (BREAKS, 'the discriminator is "model" now, it was "inputMode"'),
        (BREAKS, 'the discriminator is "inputMode" now, it was "model"'),
    ),
    "a conditional rule is gone": (
        drop(*RULES[0], "then"),
        (ADDS, "`duration`: 5 is accepted now (veo3_fast, veo3, veo3_lite"),
        (BREAKS, "`duration`: 5 is no longer accepted (veo3_fast, veo3, veo3_lite"),
    ),
    "a conditional rule asks for less": (
        put(*RULES[1], "then", "properties", "duration", "enum", [5, 8, 10]),
        (ADDS, "`duration`: 8 is accepted now (kling/v2-1-master-text-to-video,"),
        (BREAKS, "`duration`: 8 is no longer accepted (kling/v2-1-master-text-to-video,"),
    ),
    "a model moves to a stricter rule": (
        all_of(
            less(*RULES[2], "if", "properties", "model", "enum", "wan/2-6-text-to-video"),
            more(*RULES[1], "if", "properties", "model", "enum", "wan/2-6-text-to-video"),
        ),
        (BREAKS, "`duration`: 15 is no longer accepted (wan/2-6-text-to-video)"),
        (ADDS, "`duration`: 15 is accepted now (wan/2-6-text-to-video)"),
    ),
    "a condition on an open property cannot be decided": (
        put(*PARTS, [{"if": {"required": ["resolution"]}, "then": {"required": ["duration"]}}]),
        (BREAKS, "the set of conditions"),
        (ADDS, "the set of conditions"),
    ),
    "a property of the request may also be a number": (
        put(*SCHEMAS, "VideoRequest", "properties", "resolution", {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        (ADDS, "`resolution`: there is a choice of 2 between schemas, before there was no choice"),
        (BREAKS, "`resolution`: there is no choice between schemas, before there was a choice of 2"),
    ),
    "a nullable type is written as a choice": (
        put(*SNAPSHOT, "properties", "id", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (HARMLESS, "getTask response 200: written in another way, and means the same"),
        (HARMLESS, "getTask response 200: written in another way, and means the same"),
    ),
    "nothing can satisfy the request": (
        put(*SCHEMAS, "GenerateVideoRequest", "type", "string"),
        (BREAKS, 'generateVideo request: the type "string" is new'),
        (ADDS, 'generateVideo request: the type "string" is gone'),
    ),
    "a response may have another shape": (
        put(
            *GET, "responses", "200", *JSON_BODY, "schema",
            {"oneOf": [{"$ref": "#/components/schemas/TaskSnapshot"}, {"type": "array"}]},
        ),
        (BREAKS, "getTask response 200: there is a choice of 2 between schemas, before there was no choice"),
        (ADDS, "getTask response 200: there is no choice between schemas, before there was a choice of 2"),
    ),
    "a value is excluded": (
        put(*SCHEMAS, "VideoRequest", "properties", "aspectRatio", "not", {"enum": ["1:1"]}),
        (BREAKS, '`aspectRatio`: the exclusion {"enum": ["1:1"]} is new'),
        (ADDS, '`aspectRatio`: the exclusion {"enum": ["1:1"]} is gone'),
    ),
    "a part of the request is written without a reference": (
        put(*SCHEMAS, "VideoRequest", "properties", "duration", SPEC["components"]["schemas"]["Duration"]),
        (HARMLESS, "descriptions, examples, or parts that no operation uses changed"),
        (HARMLESS, "descriptions, examples, or parts that no operation uses changed"),
    ),
    "a limit moves into a part of its own": (
        all_of(drop(*PROMPT, "minLength"), put(*PARTS, [{"properties": {"prompt": {"minLength": 1}}}])),
        (HARMLESS, "generateVideo request: written in another way, and means the same"),
        (HARMLESS, "generateVideo request: written in another way, and means the same"),
    ),
    # required
    "an optional property of the request becomes required": (
        more(*SCHEMAS, "VideoRequest", "required", "duration"),
        (BREAKS, "generateVideo request: `duration`: is required now"),
        (ADDS, "generateVideo request: `duration`: is no longer required"),
    ),
    "a property of a response becomes optional": (
        less(*RECEIPT, "required", "creditsUsed"),
        (BREAKS, "generateVideo response 200: `creditsUsed`: may be missing now"),
        (ADDS, "generateVideo response 200: `creditsUsed`: is always there now"),
    ),
    "402 no longer says what is required": (
        less(*SCHEMAS, "InsufficientCreditsError", "required", "required"),
        (BREAKS, "generateVideo response 402: `required`: may be missing now"),
        (ADDS, "generateVideo response 402: `required`: is always there now"),
    ),
    # limits
    "a prompt must be longer": (
        put(*PROMPT, "minLength", 3),
        (BREAKS, "generateVideo request: `prompt`: the shortest length is 3 now, it was 1"),
        (ADDS, "generateVideo request: `prompt`: the shortest length is 1 now, it was 3"),
    ),
    "a prompt must not be too long": (
        put(*PROMPT, "maxLength", 2000),
        (BREAKS, "`prompt`: the longest length 2000 is new"),
        (ADDS, "`prompt`: the longest length 2000 is gone"),
    ),
    "the image may be left out": (
        drop(*IMAGES, "minItems"),
        (ADDS, "`inputImageUrls`: the least number of items 1 is gone (image_to_video)"),
        (BREAKS, "`inputImageUrls`: the least number of items 1 is new (image_to_video)"),
    ),
    "images are limited in number": (
        put(*SCHEMAS, "VideoRequest", "properties", "inputImageUrls", "maxItems", 4),
        (BREAKS, "generateVideo request: `inputImageUrls`: the greatest number of items 4 is new"),
        (ADDS, "generateVideo request: `inputImageUrls`: the greatest number of items 4 is gone"),
    ),
    "images are matched by another pattern": (
        put(*SCHEMAS, "ImageUrl", "pattern", "^https://"),
        (BREAKS, UNSURE),
        (BREAKS, UNSURE),
    ),
    "images are matched by no pattern": (
        drop(*SCHEMAS, "ImageUrl", "pattern"),
        (ADDS, "`inputImageUrls[]`: the pattern"),
        (BREAKS, "`inputImageUrls[]`: the pattern"),
    ),
    "a response promises a format": (
        put(*SNAPSHOT, "properties", "createdAt", "format", "date-time"),
        (ADDS, '`createdAt`: the format "date-time" is new'),
        (BREAKS, '`createdAt`: the format "date-time" is gone'),
    ),
    "a charge may be negative": (
        drop(*RECEIPT, "properties", "creditsUsed", "minimum"),
        (BREAKS, "generateVideo response 200: `creditsUsed`: the least value 0 is gone"),
        (ADDS, "generateVideo response 200: `creditsUsed`: the least value 0 is new"),
    ),
    "a lower limit is exchanged for a lower one of another kind": (
        all_of(
            drop(*RECEIPT, "properties", "creditsUsed", "minimum"),
            put(*RECEIPT, "properties", "creditsUsed", "exclusiveMinimum", -5),
        ),
        (BREAKS, "generateVideo response 200: `creditsUsed`: the least value 0 is gone"),
        (ADDS, "generateVideo response 200: `creditsUsed`: the exclusive lower limit -5 is gone"),
    ),
    "a step is told that every whole number has": (
        put(*SCHEMAS, "Duration", "multipleOf", 1),
        (HARMLESS, "generateVideo request: written in another way, and means the same"),
        (HARMLESS, "generateVideo request: written in another way, and means the same"),
    ),
    "a default is told": (
        put(*SCHEMAS, "VideoRequest", "properties", "resolution", "default", "720p"),
        (ADDS, '`resolution`: the default "720p" is new'),
        (BREAKS, '`resolution`: the default "720p" is gone'),
    ),
    "a field is deprecated": (
        put(*SCHEMAS, "VideoRequest", "properties", "resolution", "deprecated", True),
        (ADDS, "`resolution`: the mark of deprecation true is new"),
        (HARMLESS, "`resolution`: the mark of deprecation true is gone"),
    ),
    # types
    "a field of a response may be null": (
        put(*RECEIPT, "properties", "taskId", "type", ["string", "null"]),
        (BREAKS, '`taskId`: the type is ["string", "null"] now, it was "string"'),
        (ADDS, '`taskId`: the type is "string" now, it was ["string", "null"]'),
    ),
    "a charge may be a fraction": (
        put(*RECEIPT, "properties", "creditsUsed", "type", "number"),
        (BREAKS, '`creditsUsed`: the type is "number" now, it was "integer"'),
        (ADDS, '`creditsUsed`: the type is "integer" now, it was "number"'),
    ),
    "a prompt may be null": (
        put(*PROMPT, "type", ["string", "null"]),
        (ADDS, '`prompt`: the type is ["string", "null"] now, it was "string"'),
        (BREAKS, '`prompt`: the type is "string" now, it was ["string", "null"]'),
    ),
    "the items of a list are of another type": (
        put(*SNAPSHOT, "properties", "imageUrls", "items", {"type": "object"}),
        (BREAKS, '`imageUrls[]`: the type is "object" now, it was "string"'),
        (BREAKS, '`imageUrls[]`: the type is "string" now, it was "object"'),
    ),
    # properties
    "a request takes no further properties": (
        put(*SCHEMAS, "VideoRequest", "additionalProperties", False),
        (BREAKS, "generateVideo request: the rule on further properties is false now, it was true"),
        (ADDS, "generateVideo request: the rule on further properties is true now, it was false"),
    ),
    "a response promises no further properties": (
        put(*RECEIPT, "additionalProperties", False),
        (ADDS, "generateVideo response 200: the rule on further properties is false now, it was true"),
        (BREAKS, "generateVideo response 200: the rule on further properties is true now, it was false"),
    ),
    "the messages of a field may be of another type": (
        put(*SCHEMAS, "InvalidRequestDetails", "properties", "fieldErrors", "additionalProperties", {"type": "string"}),
        (BREAKS, "generateVideo response 400: `details.fieldErrors.*`: "),
        (BREAKS, "generateVideo response 400: `details.fieldErrors.*`: "),
    ),
    "a request has a new optional property": (
        put(*SCHEMAS, "VideoRequest", "properties", "seed", {"type": "integer"}),
        (ADDS, "generateVideo request: `seed`: is new"),
        (BREAKS, "generateVideo request: `seed`: is gone"),
    ),
    "a request has a new required property": (
        all_of(
            put(*SCHEMAS, "VideoRequest", "properties", "seed", {"type": "integer"}),
            more(*SCHEMAS, "VideoRequest", "required", "seed"),
        ),
        (BREAKS, "generateVideo request: `seed`: is required now"),
        (BREAKS, "generateVideo request: `seed`: is gone"),
    ),
    "a response has a new property": (
        put(*SNAPSHOT, "properties", "progress", {"type": "integer"}),
        (ADDS, "getTask response 200: `progress`: is new"),
        (BREAKS, "getTask response 200: `progress`: is gone"),
    ),
    "a property of a response takes a name that was a message before": (
        put(*SCHEMAS, "InvalidRequestDetails", "properties", "fieldErrors", "properties", {"prompt": {"type": "null"}}),
        (BREAKS, "generateVideo response 400: `details.fieldErrors.prompt`: is new"),
        (BREAKS, "generateVideo response 400: `details.fieldErrors.prompt`: is gone"),
    ),
    # operations and parameters
    "an operation is gone": (
        all_of(drop("paths", "/api/ai/tasks/{id}"), drop(*GENERATE, "responses", "200", "links")),
        (BREAKS, "GET /api/ai/tasks/{id} is gone"),
        (ADDS, "GET /api/ai/tasks/{id} is new"),
    ),
    "an operation has another method": (
        lambda d: at(d, GET[:-1]).update(post=at(d, GET[:-1]).pop("get")),
        (BREAKS, "GET /api/ai/tasks/{id} is gone"),
        (BREAKS, "POST /api/ai/tasks/{id} is gone"),
    ),
    "an operation has another name": (
        all_of(
            put(*GET, "operationId", "readTask"),
            put(*GENERATE, "responses", "200", "links", "getTask", "operationId", "readTask"),
        ),
        (BREAKS, "getTask: operationId changed"),
        (BREAKS, "readTask: operationId changed"),
    ),
    "an operation is deprecated": (
        put(*GET, "deprecated", True),
        (ADDS, "getTask is deprecated now"),
        (HARMLESS, "getTask is no longer deprecated"),
    ),
    "an operation has a new optional parameter": (
        more(*GET, "parameters", {"name": "wait", "in": "query", "schema": {"type": "integer"}}),
        (ADDS, "getTask query parameter `wait` is new"),
        (BREAKS, "getTask query parameter `wait` is gone"),
    ),
    "an operation has a new required parameter": (
        more(*GET, "parameters", {"name": "account", "in": "header", "required": True, "schema": {"type": "string"}}),
        (BREAKS, "getTask header parameter `account` is new and required"),
        (BREAKS, "getTask header parameter `account` is gone"),
    ),
    "a parameter takes less": (
        put(*GET, "parameters", 0, "schema", "maxLength", 64),
        (BREAKS, "getTask path parameter `id`: the longest length 64 is new"),
        (ADDS, "getTask path parameter `id`: the longest length 64 is gone"),
    ),
    "callbacks are what no rule here judges": (
        put(*GENERATE, "callbacks", {"done": {"{$request.body#/hook}": {"post": {"responses": {}}}}}),
        (BREAKS, UNSURE),
        (BREAKS, UNSURE),
    ),
    # bodies and responses
    "a body may be left out": (
        put(*GENERATE, "requestBody", "required", False),
        (ADDS, "generateVideo request: a body is no longer required"),
        (BREAKS, "generateVideo request: a body is required now"),
    ),
    "a request may be a form": (
        put(*GENERATE, "requestBody", "content", "multipart/form-data", {"schema": {"type": "object"}}),
        (ADDS, "generateVideo request: media type multipart/form-data is new"),
        (BREAKS, "generateVideo request: media type multipart/form-data is gone"),
    ),
    "a response may be plain text": (
        put(*GET, "responses", "404", "content", "text/plain", {"schema": {"type": "string"}}),
        (BREAKS, "getTask response 404: media type text/plain is new"),
        (BREAKS, "getTask response 404: media type text/plain is gone"),
    ),
    "an error is described that was not": (
        put(*GENERATE, "responses", "429", {"description": "Too many requests"}),
        (ADDS, "generateVideo response 429 is new"),
        (ADDS, "generateVideo response 429 is gone"),
    ),
    "a success is answered in another way": (
        put(*GENERATE, "responses", "202", {"description": "Accepted"}),
        (BREAKS, "generateVideo response 202 is new"),
        (BREAKS, "generateVideo response 202 is gone"),
    ),
    "a header is promised": (
        put("components", "responses", "InternalError", "headers", {"Retry-After": HEADER}),
        (ADDS, "getTask response 500: header Retry-After is new"),
        (BREAKS, "getTask response 500: header Retry-After is gone"),
    ),
    "a link is gone": (
        drop(*GENERATE, "responses", "200", "links"),
        (BREAKS, "generateVideo response 200: link getTask is gone"),
        (ADDS, "generateVideo response 200: link getTask is new"),
    ),
    "a link reads another field": (
        put(*GENERATE, "responses", "200", "links", "getTask", "parameters", {"id": "$response.body#/id"}),
        (BREAKS, "generateVideo response 200: link getTask: parameters changed"),
        (BREAKS, "generateVideo response 200: link getTask: parameters changed"),
    ),
    # security and servers
    "an operation is open to all": (
        put(*GET, "security", []),
        (ADDS, "getTask: calling with no credentials is possible now"),
        (BREAKS, "getTask: calling with no credentials is no longer possible"),
    ),
    "another way in is offered": (
        all_of(
            put("components", "securitySchemes", "cookie", {"type": "apiKey", "in": "cookie", "name": "session"}),
            more("security", {"cookie": []}),
        ),
        (ADDS, "generateVideo: calling with cookie is possible now"),
        (BREAKS, "generateVideo: calling with cookie is no longer possible"),
    ),
    "the key is sent in another way": (
        put("components", "securitySchemes", "apiKey", "scheme", "basic"),
        (BREAKS, "security scheme apiKey: scheme is basic now, it was bearer"),
        (BREAKS, "security scheme apiKey: scheme is bearer now, it was basic"),
    ),
    "a server is gone": (
        drop("servers", 1),
        (BREAKS, "the service: server http://localhost:3000 is gone"),
        (ADDS, "the service: server http://localhost:3000 is new"),
    ),
    "another server stands first": (
        lambda d: d["servers"].reverse(),
        (BREAKS, "the first server, which clients call unless told otherwise, is http://localhost:3000 now"),
        (BREAKS, "the first server, which clients call unless told otherwise, is https://gptimage2api.org now"),
    ),
    # the model table
    "a model is new in the table": (
        more(*TABLE, MODEL),
        (ADDS, 'model table: model "veo-new" is new'),
        (BREAKS, 'model table: model "veo-new" is gone'),
    ),
    "a mode is gone from the table": (
        less(*VEO3, "modes", "values", "image_to_video"),
        (BREAKS, 'model table: model "veo3": mode image_to_video is gone'),
        (ADDS, 'model table: model "veo3": mode image_to_video is new'),
    ),
    "a duration is new in the table": (
        more(*VEO3, "durations", "values", 16),
        (ADDS, 'model table: model "veo3": duration 16 is new'),
        (BREAKS, 'model table: model "veo3": duration 16 is gone'),
    ),
    "a resolution is gone from the table": (
        less(*SORA, "resolutions", "values", "720p"),
        (BREAKS, 'model table: model "sora-2-text-to-video": resolution 720p is gone'),
        (ADDS, 'model table: model "sora-2-text-to-video": resolution 720p is new'),
    ),
    "a price rose": (
        put(*SORA, "credits", "rows", 5, "credits", 40),
        (BREAKS, 'model "sora-2-text-to-video": the price of 20 s at 1080p rose from 30 to 40 credits'),
        (ADDS, 'model "sora-2-text-to-video": the price of 20 s at 1080p fell from 40 to 30 credits'),
    ),
    "a price is no longer known": (
        drop(*KLING, "credits", "rows", 1),
        (BREAKS, 'model "kling/v2-1-standard": the price of 10 s is gone'),
        (ADDS, 'model "kling/v2-1-standard": the price of 10 s is new'),
    ),
    "prices are documented": (
        put(*SORA, "credits", "known", "page"),
        (HARMLESS, 'model "sora-2-text-to-video": the prices were known as inferred, now page'),
        (HARMLESS, 'model "sora-2-text-to-video": the prices were known as page, now inferred'),
    ),
    "durations are documented": (
        put(*SORA, "durations", "known", "docs"),
        (BREAKS, "durations were known as inferred, now docs, so that clients refuse all others"),
        (ADDS, "durations were known as docs, now inferred, so that clients refuse no others"),
    ),
    "durations are documented on another page": (
        put(*KLING, "durations", "known", "page"),
        (HARMLESS, "durations were known as docs, now page"),
        (HARMLESS, "durations were known as page, now docs"),
    ),
    "a common duration is new": (
        more("x-model-table", "commonDurations", "values", 25),
        (ADDS, "model table: common: duration 25 is new"),
        (BREAKS, "model table: common: duration 25 is gone"),
    ),
    "a model has another label": (
        put(*VEO3, "label", "Veo 3.1 (full)"),
        (HARMLESS, 'model table: model "veo3": label changed'),
        (HARMLESS, 'model table: model "veo3": label changed'),
    ),
    "a fact of a kind that no rule here judges": (
        put(*VEO3, "region", "eu"),
        (BREAKS, UNSURE),
        (BREAKS, UNSURE),
    ),
    "the models stand in another order": (
        lambda d: at(d, TABLE).reverse(),
        (HARMLESS, "model table: the models stand in another order"),
        (HARMLESS, "model table: the models stand in another order"),
    ),
    "the table is gone": (
        drop("x-model-table"),
        (BREAKS, "the model table is gone"),
        (ADDS, "the model table is new"),
    ),
    # words for people
    "an operation is described in other words": (
        put(*GET, "description", "Read it."),
        (HARMLESS, "getTask: description changed"),
        (HARMLESS, "getTask: description changed"),
    ),
    "a field is described in other words": (
        put(*PROMPT, "description", "What to show."),
        (HARMLESS, "descriptions, examples, or parts that no operation uses changed"),
        (HARMLESS, "descriptions, examples, or parts that no operation uses changed"),
    ),
    "an example is gone": (
        drop(*GENERATE, "requestBody", *JSON_BODY, "examples", "veo3TextToVideo"),
        (HARMLESS, "generateVideo request application/json: examples changed"),
        (HARMLESS, "generateVideo request application/json: examples changed"),
    ),
    "the document is described in other words": (
        put("info", "description", "A service."),
        (HARMLESS, "info: description changed"),
        (HARMLESS, "info: description changed"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("undone", [False, True], ids=["made", "undone"])
def test_each_change_has_its_verdict_and_is_told_in_plain_words(name, undone):
    edit, *expected = CASES[name]
    verdict, phrase = expected[undone]
    documents = [SPEC, edited(edit)]
    changes = compare(*(reversed(documents) if undone else documents))
    told = "\n".join(change.text for change in changes if change.verdict is verdict)
    assert (verdict, True) == (changes[0].verdict, phrase in told), changes


def test_a_document_and_itself_do_not_differ():
    assert [] == compare(SPEC, edited(lambda _: None))


def test_a_new_version_alone_is_no_change():
    assert [] == compare(SPEC, edited(put("info", "version", "9.0.0")))


def test_no_change_of_the_catalogue_tells_more_than_it_must():
    """A model that is gone is one line in the request and none elsewhere: nothing is reported twice."""
    edit = CASES["a model is gone from both modes"][0]
    assert ['generateVideo request: model "veo3" is no longer accepted'] == [
        c.text for c in compare(SPEC, edited(edit))
    ]


def test_jsoncompat_is_overruled_where_it_refuses_to_judge():
    half = {"type": "number", "multipleOf": 0.5}
    assert (BREAKS, False) == judge(Side.REQUEST, half, {"type": "number"})


@pytest.mark.parametrize(
    ("key", "base", "head"),
    [
        ("prefixItems", {"items": {"enum": [1]}, "prefixItems": [{}, {}]}, {"items": {"enum": [1]}, "prefixItems": [{}]}),
        ("minContains", {"contains": {"enum": [1]}}, {"contains": {"enum": [1]}, "minContains": 2}),
    ],
)  # fmt: skip
def test_a_keyword_that_says_nothing_alone_is_judged_beside_its_neighbours(key, base, head):
    array = {"type": "array"}
    assert (BREAKS, True) == judge_keyword(Side.REQUEST, key, array | base, array | head)


WAIT = {"name": "wait", "in": "query", "schema": {"type": "integer"}}
SENDS = ("components", "responses", "InternalError", "headers")


@pytest.mark.parametrize(
    ("before", "after", "verdict", "line"),
    [
        (more(*GET, "parameters", WAIT), more(*GET, "parameters", WAIT | {"required": True}), BREAKS, "getTask query parameter `wait` is required now"),
        (more(*GET, "parameters", WAIT | {"required": True}), more(*GET, "parameters", WAIT), ADDS, "getTask query parameter `wait` is no longer required"),
        (more(*GET, "parameters", WAIT), more(*GET, "parameters", WAIT | {"deprecated": True}), ADDS, "getTask query parameter `wait` is deprecated now"),
        (put(*SENDS, {"Age": HEADER | {"required": True}}), put(*SENDS, {"Age": HEADER}), BREAKS, "getTask response 500: header Age may be missing now"),
        (put(*SENDS, {"Age": HEADER}), put(*SENDS, {"Age": HEADER | {"required": True}}), ADDS, "getTask response 500: header Age is always there now"),
        (put(*GET, "servers", [{"url": "/a"}]), put(*GET, "servers", [{"url": "/b"}, {"url": "/a"}]), BREAKS, "getTask: the first server, which clients call unless told otherwise, is /b now"),
    ],
)  # fmt: skip
def test_what_the_spec_does_not_use_yet_is_judged_as_well(before, after, verdict, line):
    changes = compare(edited(before), edited(after))
    assert (verdict, True) == (changes[0].verdict, (verdict, line) in changes), changes


def test_a_new_property_breaks_callers_who_were_told_that_no_other_would_come():
    closed = put(*RECEIPT, "additionalProperties", False)
    head = edited(all_of(closed, put(*RECEIPT, "properties", "queue", {"type": "string"})))
    assert [(BREAKS, "generateVideo response 200: `queue`: is new")] == compare(edited(closed), head)


def test_two_choices_without_tags_are_compared_as_wholes():
    prompts = [{"anyOf": [{"type": "string", "maxLength": most}, {"type": "integer"}]} for most in (5, 9)]
    base, head = (edited(put(*PROMPT, prompt)) for prompt in prompts)
    told = "generateVideo request: `prompt`: there is a choice of 2 between schemas, before there was a choice of 2"
    assert [(ADDS, told)] == compare(base, head)


RECURSIVE = {"type": "object", "properties": {"again": {"$ref": "#/components/schemas/Duration"}}}


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (put(*SCHEMAS, "Duration", RECURSIVE), "#/components/schemas/Duration refers to itself"),
        (put(*PROMPT, {"$ref": "other.yaml#/prompt"}), "other.yaml#/prompt leads nowhere"),
        (put(*PROMPT, {"$ref": "#/components/nothing"}), "#/components/nothing leads nowhere"),
        (drop(*VEO3, "durations"), "x-model-table is not a table of models as this tool knows it: KeyError('durations')"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_in_a_sentence(edit, sentence):
    with pytest.raises(Unreadable, match=re.escape(sentence)):
        compare(SPEC, edited(edit))


@pytest.mark.parametrize(
    ("base", "verdicts", "expected"),
    [
        ((0, 3, 4), [], (0, 3, 4)),
        ((0, 3, 4), [HARMLESS], (0, 3, 5)),
        ((0, 3, 4), [ADDS, HARMLESS], (0, 3, 5)),
        ((0, 3, 4), [HARMLESS, BREAKS], (0, 4, 0)),
        ((1, 3, 4), [], (1, 3, 4)),
        ((1, 3, 4), [HARMLESS], (1, 3, 5)),
        ((1, 3, 4), [ADDS], (1, 4, 0)),
        ((1, 3, 4), [ADDS, BREAKS], (2, 0, 0)),
    ],
)
def test_the_worst_change_sets_the_version_and_each_step_is_one_lower_while_the_major_is_0(base, verdicts, expected):
    assert expected == due(base, [Change(verdict, "") for verdict in verdicts])


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with the spec and the package, nothing released, as the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    Path("overlay/gptimage2_video").mkdir(parents=True)
    release("0.1.0")
    git("init", "--quiet")
    git("add", ".")
    git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "first")


def git(*arguments):
    subprocess.run(["git", *arguments], check=True)


def release(version, edit=lambda _: None, package=None):
    """Write the spec, edited, and the package in a version."""
    spec = edited(all_of(edit, put("info", "version", version)))
    Path("openapi.yaml").write_text(json.dumps(spec), "utf-8")  # which is YAML as well
    Path("overlay/gptimage2_video/__init__.py").write_text(f'__version__ = "{package or version}"\n', "utf-8")


def ran(capsys, *arguments):
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out if code != 2 else err


@pytest.mark.usefixtures("project")
class TestCommand:
    def test_before_the_first_release_nothing_can_break(self, capsys):
        assert (0, "nothing was released yet, so that 0.1.0 breaks nobody\n") == ran(capsys)

    def test_the_newest_release_is_the_base_and_no_change_needs_no_bump(self, capsys):
        for tag in ("v0.0.9", "v0.1.0", "unrelated"):
            git("tag", tag)
        assert (0, "v0.1.0 (0.1.0) to 0.1.0; due: 0.1.0 or higher\nnothing changed\n") == ran(capsys)

    @pytest.mark.parametrize(
        ("edit", "version", "code"),
        [
            (put(*PROMPT, "minLength", 2), "0.1.9", 1),
            (put(*PROMPT, "minLength", 2), "0.2.0", 0),
            (put(*PROMPT, "minLength", 2), "1.0.0", 0),
            (drop(*PROMPT, "minLength"), "0.1.0", 1),
            (drop(*PROMPT, "minLength"), "0.1.1", 0),
            (put(*PROMPT, "description", "?"), "0.1.0", 1),
            (put(*PROMPT, "description", "?"), "0.1.1", 0),
            (put("info", "title", SPEC["info"]["title"]), "0.0.9", 1),
            (put("info", "title", SPEC["info"]["title"]), "0.1.0", 0),
        ],
    )
    def test_a_version_below_what_is_due_fails_and_a_higher_one_passes(self, capsys, edit, version, code):
        git("tag", "v0.1.0")
        release(version, edit)
        assert code == ran(capsys)[0]

    def test_the_report_groups_the_changes_and_says_what_to_do(self, capsys):
        release(
            "0.1.0", all_of(put(*PROMPT, "minLength", 2), put(*GET, "deprecated", True), put(*VEO3, "label", "Veo"))
        )
        expected = """HEAD (0.1.0) to 0.1.0; due: 0.2.0 or higher

Breaks callers:
  generateVideo request: `prompt`: the shortest length is 2 now, it was 1

Adds:
  getTask is deprecated now

Harmless:
  model table: model "veo3": label changed

Not fit to release: info.version is 0.1.0; raise it to 0.2.0 at least
"""
        assert (1, expected) == ran(capsys, "--base", "HEAD")

    def test_programs_get_the_same_as_one_object(self, capsys):
        release("0.1.1", put(*GET, "deprecated", True))
        code, out = ran(capsys, "--base", "HEAD", "--json")
        expected = {
            "base": "HEAD",
            "base_version": "0.1.0",
            "version": "0.1.1",
            "due": "0.1.1",
            "changes": [{"verdict": "addition", "text": "getTask is deprecated now"}],
            "problems": [],
        }
        assert (0, expected) == (code, json.loads(out))

    def test_two_files_are_compared_without_git_or_the_package(self, capsys):
        Path("openapi.yaml").rename("old.yaml")
        release("0.2.0", put(*PROMPT, "minLength", 2), package="7.7.7")
        assert 0 == ran(capsys, "--base-file", "old.yaml", "--head", "openapi.yaml")[0]

    def test_the_library_and_the_contract_are_released_together(self, capsys):
        release("0.1.0", package="0.1.1")
        code, out = ran(capsys)
        assert (1, True) == (code, "info.version is 0.1.0 and __version__ is 0.1.1" in out)

    @pytest.mark.parametrize(
        ("arguments", "text", "sentence"),
        [
            (["--base", "v9"], None, "git does not know v9; name a revision that it has"),
            (["--base=--output=x"], None, "git does not know --output=x; name a revision that it has"),
            (["--base", "empty"], None, "git does not know openapi.yaml in empty; name a revision that it has"),
            (["--base-file", "nowhere.yaml"], None, "nowhere.yaml cannot be read: No such file or directory"),
            (["--base-file", "given"], b"a: [", "given is not YAML: while parsing a flow node"),
            (["--base-file", "given"], b"\xff\xfe\x00", "given is not text in UTF-8"),
            (["--base-file", "given"], b"just words", "given is not an OpenAPI document"),
            (["--base-file", "given"], b"openapi: 2.0", "given is not an OpenAPI 3 document"),
            (["--base-file", "given"], b"openapi: 3.1.0", "given is not a valid OpenAPI document: at the top, \"info\" is"),
            (["--head", "given"], b"{openapi: 3.1.0, info: {title: a, version: '1'}, paths: {}}", "info.version is '1'; write"),
            (["--head", "given"], b"{openapi: 3.1.0, info: {title: a, version: 1.0.0}, paths: {/a: 5}}", "given is not a valid OpenAPI document: at paths"),
        ],
    )  # fmt: skip
    def test_what_is_no_spec_is_refused_in_one_sentence(self, capsys, arguments, text, sentence):
        if text is not None:
            Path("given").write_bytes(text)
        if "empty" in arguments:
            git("-c", "user.name=t", "-c", "user.email=t@example.com", "rm", "--quiet", "--cached", "openapi.yaml")
            git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "no spec")
            git("tag", "empty")
        code, told = ran(capsys, *(["--base-file", "openapi.yaml"] if "--head" in arguments else []), *arguments)
        assert (2, 1, f"spec-diff: {sentence}") == (code, told.count("\n"), told[: len(sentence) + 11])

    def test_a_package_without_a_version_is_refused(self, capsys):
        Path("overlay/gptimage2_video/__init__.py").write_text("", "utf-8")
        assert (2, True) == ((found := ran(capsys))[0], "has no line __version__" in found[1])

    def test_a_folder_without_history_is_refused(self, capsys):
        shutil.rmtree(".git")
        assert (2, "spec-diff: git does not know this folder's history; name a revision that it has\n") == ran(capsys)

    def test_the_command_is_a_module_that_ends_with_its_exit_code(self):
        command = [sys.executable, "-m", "tools.spec_diff", "--base", "v9"]
        assert 2 == subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode
