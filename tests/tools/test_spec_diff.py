"""`make spec-diff` judges each change of openapi.yaml, by oasdiff and by rules of our own, and says which version is due.

Each row of CASES is one edit of the real spec, compared in both directions: as it is made, and as it is undone.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tools.spec_diff import oasdiff
from tools.spec_diff.__main__ import main
from tools.spec_diff.changes import Change, Unreadable, Verdict, due
from tools.spec_diff.oasdiff import STRICTER, compare

from support.own_models import ROWS, spec_of
from support.paths import ROOT

pytestmark = pytest.mark.slow
needs_oasdiff = pytest.mark.skipif(
    not oasdiff.PROGRAM.exists() and os.environ.get("CI") != "true", reason="oasdiff is not installed (make oasdiff)"
)

VALUES = [row for row in ROWS if "values" in row["durations"]]
SPEC = json.loads(json.dumps(spec_of(VALUES)))  # no part is shared
BREAKS, ADDS, HARMLESS = Verdict.BREAKING, Verdict.ADDITION, Verdict.HARMLESS
OASDIFF, OURS, NOBODY = "oasdiff", "ours", "nobody"
OUR_RULES = {"model-table", "additionalProperties", "not", "links", "servers", "callbacks", "words"}
WORDS = "descriptions, examples, or parts that no operation uses changed"

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
IDS = [row["id"] for row in VALUES]
KLING, SORA, VEO3 = ((*TABLE, IDS.index(name)) for name in ("kling/v2-1-standard", "sora-2-text-to-video", "veo3"))
JSON_BODY = ("content", "application/json")
HEADER = {"description": "Seconds", "schema": {"type": "integer"}}
MODEL = {**SPEC["x-model-table"]["models"][IDS.index("veo3")], "id": "veo-new"}


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


# name: the edit, then the verdict, who judges it and by which rule or in which words: when it is made, when it is undone
CASES = {
    # enums
    "a model is gone from both modes": (
        all_of(less(*SCHEMAS, "TextToVideoModel", "enum", "veo3"), less(*SCHEMAS, "ImageToVideoModel", "enum", "veo3")),
        (BREAKS, OASDIFF, "request-property-enum-value-removed"), (ADDS, OASDIFF, "request-property-enum-value-added"),
    ),
    "a model is gone from one mode": (
        less(*SCHEMAS, "TextToVideoModel", "enum", "veo3"),
        (BREAKS, OASDIFF, "request-property-enum-value-removed"), (ADDS, OASDIFF, "request-property-enum-value-added"),
    ),
    "a duration is gone": (
        less(*SCHEMAS, "Duration", "enum", 20),
        (BREAKS, OASDIFF, "request-property-enum-value-removed"), (ADDS, OASDIFF, "request-property-enum-value-added"),
    ),
    "an open string of the request gets a list of values": (
        put(*SCHEMAS, "VideoRequest", "properties", "aspectRatio", "enum", ["16:9", "9:16"]),
        (BREAKS, OASDIFF, "request-property-became-enum"), (ADDS, OASDIFF, "request-property-became-not-enum"),
    ),
    "an open number of a response gets a list of values": (
        put(*SCHEMAS, "TaskStatus", "enum", [0, 1, 2]),
        (ADDS, OASDIFF, "response-property-became-enum"), (BREAKS, OASDIFF, "response-property-became-not-enum"),
    ),
    "a nullable list of values is closed": (
        put(*SNAPSHOT, "properties", "type", "enum", ["image", "video", None]),
        (ADDS, OASDIFF, "response-property-became-enum"), (BREAKS, OASDIFF, "response-property-became-not-enum"),
    ),
    "upstream adds a model": (
        all_of(
            more(*SCHEMAS, "TextToVideoModel", "enum", "veo-new"),
            more(*SCHEMAS, "ImageToVideoModel", "enum", "veo-new"),
            more(*RULES[0], "if", "properties", "model", "enum", "veo-new"),
            more(*TABLE, MODEL),
        ),
        (ADDS, OASDIFF, "request-property-enum-value-added"), (BREAKS, OASDIFF, "request-property-enum-value-removed"),
    ),
    # composition
    "a whole mode is gone": (
        all_of(
            drop(*SCHEMAS, "GenerateVideoRequest", "oneOf", 1),
            drop(*SCHEMAS, "GenerateVideoRequest", "discriminator", "mapping", "image_to_video"),
        ),
        (BREAKS, OASDIFF, "request-body-one-of-removed"), (ADDS, OASDIFF, "request-body-discriminator-mapping-added"),
    ),
    "an exclusive choice of disjoint branches becomes a free one": (
        lambda d: at(d, SCHEMAS)["GenerateVideoRequest"].update(
            anyOf=at(d, SCHEMAS)["GenerateVideoRequest"].pop("oneOf")
        ),
        (BREAKS, OASDIFF, "request-body-one-of-removed"), (BREAKS, OASDIFF, "request-body-any-of-removed"),
    ),
    "the discriminator is gone": (
        drop(*SCHEMAS, "GenerateVideoRequest", "discriminator"),
        (BREAKS, OASDIFF, "request-body-discriminator-removed"), (ADDS, OASDIFF, "request-body-discriminator-added"),
    ),
    "the discriminator reads another property": (
        put(*SCHEMAS, "GenerateVideoRequest", "discriminator", "propertyName", "model"),
        (BREAKS, OASDIFF, "request-body-discriminator-property-name-changed"),
        (BREAKS, OASDIFF, "request-body-discriminator-property-name-changed"),
    ),
    "a conditional rule is gone": (
        drop(*RULES[0], "then"),
        (ADDS, OASDIFF, "request-body-then-removed"), (BREAKS, OASDIFF, "request-body-then-added"),
    ),
    "a conditional rule asks for less": (
        put(*RULES[1], "then", "properties", "duration", "enum", [5, 8, 10]),
        (ADDS, OASDIFF, "request-property-enum-value-added"), (BREAKS, OASDIFF, "request-property-enum-value-removed"),
    ),
    "a model moves to a stricter rule": (
        all_of(
            less(*RULES[2], "if", "properties", "model", "enum", "wan/2-6-text-to-video"),
            more(*RULES[1], "if", "properties", "model", "enum", "wan/2-6-text-to-video"),
        ),
        (BREAKS, OASDIFF, "request-property-enum-value-removed"),
        (BREAKS, OASDIFF, "request-property-enum-value-removed"),
    ),
    "a condition is added within a part, where merging loses it": (
        put(*PARTS, [{"if": {"required": ["resolution"]}, "then": {"required": ["duration"]}}]),
        (BREAKS, NOBODY, "POST /api/ai/video/generate changed; no rule judges this"),
        (BREAKS, NOBODY, "POST /api/ai/video/generate changed; no rule judges this"),
    ),
    "a property of the request may also be a number": (
        put(*SCHEMAS, "VideoRequest", "properties", "resolution", {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        (ADDS, OASDIFF, "request-property-list-of-types-widened"),
        (BREAKS, OASDIFF, "request-property-list-of-types-narrowed"),
    ),
    "a nullable type is written as a choice": (
        put(*SNAPSHOT, "properties", "id", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (BREAKS, OASDIFF, "response-property-list-of-types-widened"),
        (ADDS, OASDIFF, "response-property-list-of-types-narrowed"),
    ),
    "nothing can satisfy the request": (
        put(*SCHEMAS, "GenerateVideoRequest", "type", "string"),
        (BREAKS, OASDIFF, "request-body-type-changed"), (ADDS, OASDIFF, "request-body-type-generalized"),
    ),
    "a response may have another shape": (
        put(
            *GET, "responses", "200", *JSON_BODY, "schema",
            {"oneOf": [{"$ref": "#/components/schemas/TaskSnapshot"}, {"type": "array"}]},
        ),
        (BREAKS, OASDIFF, "response-body-wrapped-in-one-of-original-preserved"),
        (ADDS, OASDIFF, "response-body-one-of-removed"),
    ),
    "a value is excluded": (
        put(*SCHEMAS, "VideoRequest", "properties", "aspectRatio", "not", {"enum": ["1:1"]}),
        (BREAKS, OURS, "VideoRequest aspectRatio not is stricter now"),
        (ADDS, OURS, "VideoRequest aspectRatio not is looser now"),
    ),
    "a part of the request is written without a reference": (
        put(*SCHEMAS, "VideoRequest", "properties", "duration", SPEC["components"]["schemas"]["Duration"]),
        (HARMLESS, OURS, WORDS), (HARMLESS, OURS, WORDS),
    ),
    "a limit moves into a part of its own": (
        all_of(drop(*PROMPT, "minLength"), put(*PARTS, [{"properties": {"prompt": {"minLength": 1}}}])),
        (BREAKS, NOBODY, "POST /api/ai/video/generate changed; no rule judges this"),
        (BREAKS, NOBODY, "POST /api/ai/video/generate changed; no rule judges this"),
    ),
    # required
    "an optional property of the request becomes required": (
        more(*SCHEMAS, "VideoRequest", "required", "duration"),
        (BREAKS, OASDIFF, "request-property-became-required"), (ADDS, OASDIFF, "request-property-became-optional"),
    ),
    "a property of a response becomes optional": (
        less(*RECEIPT, "required", "creditsUsed"),
        (BREAKS, OASDIFF, "response-property-became-optional"), (ADDS, OASDIFF, "response-property-became-required"),
    ),
    "402 no longer says what is required": (
        less(*SCHEMAS, "InsufficientCreditsError", "required", "required"),
        (BREAKS, OASDIFF, "response-property-became-optional"), (ADDS, OASDIFF, "response-property-became-required"),
    ),
    # limits
    "a prompt must be longer": (
        put(*PROMPT, "minLength", 3),
        (BREAKS, OASDIFF, "request-property-min-length-increased"),
        (ADDS, OASDIFF, "request-property-min-length-decreased"),
    ),
    "a prompt must not be too long": (
        put(*PROMPT, "maxLength", 2000),
        (BREAKS, OASDIFF, "request-property-max-length-set"), (ADDS, OASDIFF, "request-property-max-length-unset"),
    ),
    "the image may be left out": (
        drop(*IMAGES, "minItems"),
        (ADDS, OASDIFF, "request-property-min-items-unset"), (BREAKS, OASDIFF, "request-property-min-items-set"),
    ),
    "images are limited in number": (
        put(*SCHEMAS, "VideoRequest", "properties", "inputImageUrls", "maxItems", 4),
        (BREAKS, OASDIFF, "request-property-max-items-set"), (ADDS, OASDIFF, "request-property-max-items-unset"),
    ),
    "images are matched by another pattern": (
        put(*SCHEMAS, "ImageUrl", "pattern", "^https://"),
        (BREAKS, OASDIFF, "request-property-pattern-changed"), (BREAKS, OASDIFF, "request-property-pattern-changed"),
    ),
    "images are matched by no pattern": (
        drop(*SCHEMAS, "ImageUrl", "pattern"),
        (ADDS, OASDIFF, "request-property-pattern-removed"), (BREAKS, OASDIFF, "request-property-pattern-added"),
    ),
    "a response promises a format": (
        put(*SNAPSHOT, "properties", "createdAt", "format", "date-time"),
        (ADDS, OASDIFF, "response-property-type-specialized"), (BREAKS, OASDIFF, "response-property-type-changed"),
    ),
    "a charge may be negative": (
        drop(*RECEIPT, "properties", "creditsUsed", "minimum"),
        (BREAKS, OASDIFF, "response-property-min-unset"), (ADDS, OASDIFF, "response-property-min-set"),
    ),
    "a lower limit is exchanged for a lower one of another kind": (
        all_of(
            drop(*RECEIPT, "properties", "creditsUsed", "minimum"),
            put(*RECEIPT, "properties", "creditsUsed", "exclusiveMinimum", -5),
        ),
        (BREAKS, OASDIFF, "response-property-min-unset"), (BREAKS, OASDIFF, "response-property-exclusive-min-unset"),
    ),
    "a step is told that every whole number has": (
        put(*SCHEMAS, "Duration", "multipleOf", 1),
        (BREAKS, OASDIFF, "request-property-multiple-of-set"), (ADDS, OASDIFF, "request-property-multiple-of-unset"),
    ),
    "a default is told": (
        put(*SCHEMAS, "VideoRequest", "properties", "resolution", "default", "720p"),
        (ADDS, OASDIFF, "request-property-default-value-added"),
        (BREAKS, OASDIFF, "request-property-default-value-removed"),
    ),
    "a field is deprecated": (
        put(*SCHEMAS, "VideoRequest", "properties", "resolution", "deprecated", True),
        (ADDS, OASDIFF, "request-property-deprecated"), (ADDS, OASDIFF, "request-property-reactivated"),
    ),
    # types
    "a field of a response may be null": (
        put(*RECEIPT, "properties", "taskId", "type", ["string", "null"]),
        (BREAKS, OASDIFF, "response-property-became-nullable"),
        (ADDS, OASDIFF, "response-property-became-not-nullable"),
    ),
    "a charge may be a fraction": (
        put(*RECEIPT, "properties", "creditsUsed", "type", "number"),
        (BREAKS, OASDIFF, "response-property-type-generalized"), (ADDS, OASDIFF, "response-property-type-specialized"),
    ),
    "a prompt may be null": (
        put(*PROMPT, "type", ["string", "null"]),
        (ADDS, OASDIFF, "request-property-became-nullable"), (BREAKS, OASDIFF, "request-property-became-not-nullable"),
    ),
    "the items of a list are of another type": (
        put(*SNAPSHOT, "properties", "imageUrls", "items", {"type": "object"}),
        (BREAKS, OASDIFF, "response-property-type-changed"), (BREAKS, OASDIFF, "response-property-type-changed"),
    ),
    # properties
    "a request takes no further properties": (
        put(*SCHEMAS, "VideoRequest", "additionalProperties", False),
        (BREAKS, OURS, "VideoRequest additionalProperties is stricter now"),
        (BREAKS, OASDIFF, "new-required-request-property"),
    ),
    "a response promises no further properties": (
        put(*RECEIPT, "additionalProperties", False),
        (ADDS, OURS, "200 application/json schema additionalProperties is stricter now"),
        (BREAKS, OURS, "200 application/json schema additionalProperties is looser now"),
    ),
    "the messages of a field may be of another type": (
        put(*SCHEMAS, "InvalidRequestDetails", "properties", "fieldErrors", "additionalProperties", {"type": "string"}),
        (BREAKS, OASDIFF, "response-property-type-changed"), (BREAKS, OASDIFF, "response-property-type-changed"),
    ),
    "a request has a new optional property": (
        put(*SCHEMAS, "VideoRequest", "properties", "seed", {"type": "integer"}),
        (ADDS, OASDIFF, "new-optional-request-property"), (BREAKS, OASDIFF, "request-property-removed"),
    ),
    "a request has a new required property": (
        all_of(
            put(*SCHEMAS, "VideoRequest", "properties", "seed", {"type": "integer"}),
            more(*SCHEMAS, "VideoRequest", "required", "seed"),
        ),
        (BREAKS, OASDIFF, "new-required-request-property"), (BREAKS, OASDIFF, "request-property-removed"),
    ),
    "a response has a new property": (
        put(*SNAPSHOT, "properties", "progress", {"type": "integer"}),
        (ADDS, OASDIFF, "response-optional-property-added"), (BREAKS, OASDIFF, "response-optional-property-removed"),
    ),
    "a property of a response takes a name that was a message before": (
        put(*SCHEMAS, "InvalidRequestDetails", "properties", "fieldErrors", "properties", {"prompt": {"type": "null"}}),
        (ADDS, OASDIFF, "response-optional-property-added"), (BREAKS, OASDIFF, "response-optional-property-removed"),
    ),
    # operations and parameters
    "an operation is gone": (
        all_of(drop("paths", "/api/ai/tasks/{id}"), drop(*GENERATE, "responses", "200", "links")),
        (BREAKS, OASDIFF, "api-path-removed-without-deprecation"), (ADDS, OASDIFF, "endpoint-added"),
    ),
    "an operation has another method": (
        lambda d: at(d, GET[:-1]).update(post=at(d, GET[:-1]).pop("get")),
        (BREAKS, OASDIFF, "api-removed-without-deprecation"), (BREAKS, OASDIFF, "api-removed-without-deprecation"),
    ),
    "an operation has another name": (
        all_of(
            put(*GET, "operationId", "readTask"),
            put(*GENERATE, "responses", "200", "links", "getTask", "operationId", "readTask"),
        ),
        (BREAKS, OASDIFF, "api-operation-id-removed"), (BREAKS, OASDIFF, "api-operation-id-removed"),
    ),
    "an operation is deprecated": (
        put(*GET, "deprecated", True),
        (ADDS, OASDIFF, "endpoint-deprecated"), (ADDS, OASDIFF, "endpoint-reactivated"),
    ),
    "an operation has a new optional parameter": (
        more(*GET, "parameters", {"name": "wait", "in": "query", "schema": {"type": "integer"}}),
        (ADDS, OASDIFF, "new-optional-request-parameter"), (BREAKS, OASDIFF, "request-parameter-removed"),
    ),
    "an operation has a new required parameter": (
        more(*GET, "parameters", {"name": "account", "in": "header", "required": True, "schema": {"type": "string"}}),
        (BREAKS, OASDIFF, "new-required-request-parameter"), (BREAKS, OASDIFF, "request-parameter-removed"),
    ),
    "a parameter takes less": (
        put(*GET, "parameters", 0, "schema", "maxLength", 64),
        (BREAKS, OASDIFF, "request-parameter-max-length-set"), (ADDS, OASDIFF, "request-parameter-max-length-unset"),
    ),
    "callbacks are what no rule judges": (
        put(*GENERATE, "callbacks", {"done": {"{$request.body#/hook}": {"post": {"responses": {}}}}}),
        (BREAKS, OURS, "POST /api/ai/video/generate callbacks changed; no rule judges this"),
        (BREAKS, OURS, "POST /api/ai/video/generate callbacks changed; no rule judges this"),
    ),
    # bodies and responses
    "a body may be left out": (
        put(*GENERATE, "requestBody", "required", False),
        (ADDS, OASDIFF, "request-body-became-optional"), (BREAKS, OASDIFF, "request-body-became-required"),
    ),
    "a request may be a form": (
        put(*GENERATE, "requestBody", "content", "multipart/form-data", {"schema": {"type": "object"}}),
        (ADDS, OASDIFF, "request-body-media-type-added"), (BREAKS, OASDIFF, "request-body-media-type-removed"),
    ),
    "a response may be plain text": (
        put(*GET, "responses", "404", "content", "text/plain", {"schema": {"type": "string"}}),
        (ADDS, OASDIFF, "response-media-type-added"), (BREAKS, OASDIFF, "response-media-type-removed"),
    ),
    "an error is described that was not": (
        put(*GENERATE, "responses", "429", {"description": "Too many requests"}),
        (ADDS, OASDIFF, "response-non-success-status-added"), (ADDS, OASDIFF, "response-non-success-status-removed"),
    ),
    "a success is answered in another way": (
        put(*GENERATE, "responses", "202", {"description": "Accepted"}),
        (BREAKS, OASDIFF, "response-success-status-added"), (BREAKS, OASDIFF, "response-success-status-removed"),
    ),
    "a header is promised": (
        put("components", "responses", "InternalError", "headers", {"Retry-After": HEADER}),
        (ADDS, OASDIFF, "response-header-added"), (ADDS, OASDIFF, "optional-response-header-removed"),
    ),
    "a link is gone": (
        drop(*GENERATE, "responses", "200", "links"),
        (BREAKS, OURS, "POST /api/ai/video/generate 200 link getTask is gone"),
        (ADDS, OURS, "POST /api/ai/video/generate 200 link getTask is new"),
    ),
    "a link reads another field": (
        put(*GENERATE, "responses", "200", "links", "getTask", "parameters", {"id": "$response.body#/id"}),
        (BREAKS, OURS, "POST /api/ai/video/generate 200 link getTask changed"),
        (BREAKS, OURS, "POST /api/ai/video/generate 200 link getTask changed"),
    ),
    # security and servers
    "an operation is open to all": (
        put(*GET, "security", []),
        (ADDS, OASDIFF, "api-security-anonymous-access-added"),
        (BREAKS, OASDIFF, "api-security-anonymous-access-removed"),
    ),
    "another way in is offered": (
        all_of(
            put("components", "securitySchemes", "cookie", {"type": "apiKey", "in": "cookie", "name": "session"}),
            more("security", {"cookie": []}),
        ),
        (ADDS, OASDIFF, "api-security-component-added"), (BREAKS, OASDIFF, "api-security-removed"),
    ),
    "the key is sent in another way": (
        put("components", "securitySchemes", "apiKey", "scheme", "basic"),
        (BREAKS, OASDIFF, "api-security-component-http-scheme-changed"),
        (BREAKS, OASDIFF, "api-security-component-http-scheme-changed"),
    ),
    "a server is gone": (
        drop("servers", 1),
        (BREAKS, OURS, "server http://localhost:3000 is gone"), (ADDS, OURS, "server http://localhost:3000 is new"),
    ),
    "another server stands first": (
        lambda d: d["servers"].reverse(),
        (BREAKS, OURS, "the first server, which clients call unless told otherwise, is http://localhost:3000 now"),
        (BREAKS, OURS, "the first server, which clients call unless told otherwise, is https://gptimage2api.org now"),
    ),
    # the model table
    "a model is new in the table": (
        more(*TABLE, MODEL),
        (ADDS, OURS, 'model "veo-new" is new'), (BREAKS, OURS, 'model "veo-new" is gone'),
    ),
    "a mode is gone from the table": (
        less(*VEO3, "modes", "values", "image_to_video"),
        (BREAKS, OURS, 'model "veo3": mode image_to_video is gone'),
        (ADDS, OURS, 'model "veo3": mode image_to_video is new'),
    ),
    "a duration is new in the table": (
        more(*VEO3, "durations", "values", 16),
        (ADDS, OURS, 'model "veo3": duration 16 is new'), (BREAKS, OURS, 'model "veo3": duration 16 is gone'),
    ),
    "a resolution is gone from the table": (
        less(*SORA, "resolutions", "values", "720p"),
        (BREAKS, OURS, 'model "sora-2-text-to-video": resolution 720p is gone'),
        (ADDS, OURS, 'model "sora-2-text-to-video": resolution 720p is new'),
    ),
    "a price rose": (
        put(*SORA, "credits", "rows", 5, "credits", 40),
        (BREAKS, OURS, 'model "sora-2-text-to-video": the price of 20 s at 1080p rose from 30 to 40 credits'),
        (ADDS, OURS, 'model "sora-2-text-to-video": the price of 20 s at 1080p fell from 40 to 30 credits'),
    ),
    "a price is no longer known": (
        drop(*KLING, "credits", "rows", 1),
        (BREAKS, OURS, 'model "kling/v2-1-standard": the price of 10 s is gone'),
        (ADDS, OURS, 'model "kling/v2-1-standard": the price of 10 s is new'),
    ),
    "prices are documented": (
        put(*SORA, "credits", "known", "page"),
        (HARMLESS, OURS, 'model "sora-2-text-to-video": the certainty of prices changed from inferred to page'),
        (HARMLESS, OURS, 'model "sora-2-text-to-video": the certainty of prices changed from page to inferred'),
    ),
    "durations are documented": (
        put(*SORA, "durations", "known", "docs"),
        (BREAKS, OURS, 'model "sora-2-text-to-video": the certainty of durations changed from inferred to docs, so that clients refuse all others'),
        (ADDS, OURS, 'model "sora-2-text-to-video": the certainty of durations changed from docs to inferred, so that clients refuse no others'),
    ),
    "durations are documented on another page": (
        put(*KLING, "durations", "known", "page"),
        (HARMLESS, OURS, 'model "kling/v2-1-standard": the certainty of durations changed from docs to page'),
        (HARMLESS, OURS, 'model "kling/v2-1-standard": the certainty of durations changed from page to docs'),
    ),
    "a common duration is new": (
        more("x-model-table", "commonDurations", "values", 25),
        (ADDS, OURS, "common duration 25 is new"), (BREAKS, OURS, "common duration 25 is gone"),
    ),
    "a model has another label": (
        put(*VEO3, "label", "Veo 3.1 (full)"),
        (HARMLESS, OURS, 'model "veo3": label changed from Veo 3.1 to Veo 3.1 (full)'),
        (HARMLESS, OURS, 'model "veo3": label changed from Veo 3.1 (full) to Veo 3.1'),
    ),
    "a fact of a kind that no rule judges": (
        put(*VEO3, "region", "eu"),
        (BREAKS, OURS, 'model "veo3": region changed; no rule judges this'),
        (BREAKS, OURS, 'model "veo3": region changed; no rule judges this'),
    ),
    "the models stand in another order": (
        lambda d: at(d, TABLE).reverse(),
        (HARMLESS, OURS, WORDS), (HARMLESS, OURS, WORDS),
    ),
    "the table is gone": (
        drop("x-model-table"),
        (BREAKS, OURS, "the model table is gone"), (ADDS, OURS, "the model table is new"),
    ),
    # words for people
    "an operation is described in other words": (
        put(*GET, "description", "Read it."),
        (HARMLESS, OURS, WORDS), (HARMLESS, OURS, WORDS),
    ),
    "a field is described in other words": (
        put(*PROMPT, "description", "What to show."),
        (HARMLESS, OURS, WORDS), (HARMLESS, OURS, WORDS),
    ),
    "an example is gone": (
        drop(*GENERATE, "requestBody", *JSON_BODY, "examples", "veo3TextToVideo"),
        (HARMLESS, OURS, WORDS), (HARMLESS, OURS, WORDS),
    ),
    "the document is described in other words": (
        put("info", "description", "A service."),
        (HARMLESS, OURS, WORDS), (HARMLESS, OURS, WORDS),
    ),
}  # fmt: skip


def judge(change):
    return NOBODY if change.rule == "unjudged" else OURS if change.rule in OUR_RULES else OASDIFF


@needs_oasdiff
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("undone", [False, True], ids=["made", "undone"])
def test_each_change_has_its_verdict_and_its_judge(name, undone):
    edit, *rows = CASES[name]
    verdict, expected, phrase = rows[undone]
    documents = [SPEC, edited(edit)]
    changes = compare(*(reversed(documents) if undone else documents))
    worst = [change for change in changes if change.verdict is changes[0].verdict]
    assert (verdict, True) == (
        worst[0].verdict,
        any(judge(c) == expected and phrase in (c.rule if expected is OASDIFF else c.text) for c in worst),
    ), changes


@needs_oasdiff
@pytest.mark.parametrize("edit", [lambda _: None, put("info", "version", "9.0.0")])
def test_a_document_and_itself_in_another_version_do_not_differ(edit):
    assert [] == compare(SPEC, edited(edit))


@needs_oasdiff
def test_a_model_that_is_gone_from_the_table_is_one_line():
    expected = [Change(BREAKS, 'model table: model "kling/v2-1-standard" is gone', "model-table")]
    assert expected == compare(SPEC, edited(drop(*KLING)))


def with_durations(fact):
    """The spec with one model more, and all that follows from its row."""
    row = {**next(row for row in ROWS if row["id"] == "x-range-without-prices"), "durations": fact}
    return json.loads(json.dumps(spec_of([*VALUES, row])))


@needs_oasdiff
@pytest.mark.parametrize(
    ("before", "after", "verdict", "changes"),
    [
        ({"min": 3, "max": 15}, {"min": 4, "max": 15}, BREAKS, ["duration 3 is gone"]),
        ({"min": 3, "max": 15}, {"min": 3, "max": 16}, ADDS, ["duration 16 is new"]),
        ({"values": [4, 6]}, {"min": 4, "max": 6}, ADDS, ["duration 5 is new"]),
        ({"min": 4, "max": 6}, {"values": [4, 6]}, BREAKS, ["duration 5 is gone"]),
        ({"values": [7]}, {"values": [7, 9]}, ADDS, ["duration 9 is new"]),
    ],
)
def test_what_follows_from_the_durations_of_a_row_is_judged_by_the_row(before, after, verdict, changes):
    """In the chain of conditions a row with durations of its own moves those after it, which breaks nobody."""
    specs = [with_durations({**fact, "known": "page"}) for fact in (before, after)]
    expected = [
        Change(verdict, f'model table: model "x-range-without-prices": {text}', "model-table") for text in changes
    ]
    assert expected == compare(*specs)


@needs_oasdiff
@pytest.mark.parametrize("fact", [{"min": 3, "max": 15}, {"values": [7]}])
def test_a_new_model_adds_whichever_durations_it_has(fact):
    found = compare(SPEC, with_durations({**fact, "known": "page"}))
    assert ({ADDS}, 2) == ({change.verdict for change in found}, len(found))


@needs_oasdiff
def test_a_duration_that_is_not_documented_any_more_is_refused_where_it_is_not_common():
    base, head = (with_durations({"values": [5, 7], "known": known}) for known in ("page", "inferred"))
    expected = 'model table: model "x-range-without-prices": duration 7 is not accepted any more'
    assert Change(BREAKS, expected, "model-table") in compare(base, head)


@needs_oasdiff
@pytest.mark.parametrize("end", STRICTER)
def test_the_rules_that_are_stricter_here_are_rules_of_oasdiff(end):
    listed = subprocess.run([oasdiff.PROGRAM, "checks", "changelog", "--format=json"], capture_output=True, check=True)
    assert any(rule["id"].endswith(end) for rule in json.loads(listed.stdout))


WAIT = {"name": "wait", "in": "query", "schema": {"type": "integer"}}
AGE = ("components", "responses", "InternalError", "headers")
CLOSED = put(*RECEIPT, "additionalProperties", False)
QUEUE = put(*RECEIPT, "properties", "queue", {"type": "string"})
MESSAGES = (*SCHEMAS, "InvalidRequestDetails", "properties", "fieldErrors", "additionalProperties")
FURTHER = (*SCHEMAS, "VideoRequest", "additionalProperties")
VARIABLE = {"url": "https://{host}.example", "variables": {"host": {"default": "a"}}}


@needs_oasdiff
@pytest.mark.parametrize(
    ("before", "after", "verdict", "rule"),
    [
        (more(*GET, "parameters", WAIT), more(*GET, "parameters", WAIT | {"required": True}), BREAKS, "request-parameter-became-required"),
        (more(*GET, "parameters", WAIT | {"required": True}), more(*GET, "parameters", WAIT), ADDS, "request-parameter-became-optional"),
        (more(*GET, "parameters", WAIT), more(*GET, "parameters", WAIT | {"deprecated": True}), ADDS, "request-parameter-deprecated"),
        (put(*AGE, {"Age": HEADER | {"required": True}}), put(*AGE, {"Age": HEADER}), BREAKS, "response-header-became-optional"),
        (put(*AGE, {"Age": HEADER}), put(*AGE, {"Age": HEADER | {"required": True}}), BREAKS, "unjudged"),
        (put(*GET, "servers", [{"url": "/a"}]), put(*GET, "servers", [{"url": "/b"}, {"url": "/a"}]), BREAKS, "servers"),
        (put(*GET[:-1], "servers", [{"url": "/a"}]), put(*GET[:-1], "servers", [{"url": "/b"}]), BREAKS, "servers"),
        (put("servers", [VARIABLE]), put("servers", [VARIABLE | {"variables": {"host": {"default": "b"}}}]), BREAKS, "servers"),
        (CLOSED, all_of(CLOSED, QUEUE), ADDS, "response-optional-property-added"),
        (put(*MESSAGES, True), put(*MESSAGES, {"type": "array"}), ADDS, "additionalProperties"),
        (put(*MESSAGES, {"type": "array"}), put(*MESSAGES, True), BREAKS, "additionalProperties"),
        (put(*MESSAGES, {"type": "array"}), drop(*MESSAGES), BREAKS, "additionalProperties"),
        (put(*MESSAGES, False), put(*MESSAGES, {"type": "array"}), BREAKS, "additionalProperties"),
        (put(*FURTHER, True), put(*FURTHER, {"type": "string"}), BREAKS, "additionalProperties"),
        (put(*PROMPT, "not", {"enum": ["a"]}), put(*PROMPT, "not", {"enum": ["b"]}), BREAKS, "not"),
        (put("webhooks", {}), put("webhooks", {"done": {"post": {"responses": {}}}}), BREAKS, "webhooks"),
    ],
)  # fmt: skip
def test_what_the_spec_does_not_use_yet_is_judged_as_well(before, after, verdict, rule):
    changes = compare(edited(before), edited(after))
    assert (verdict, True) == (changes[0].verdict, rule in {c.rule for c in changes if c.verdict is verdict}), changes


@needs_oasdiff
@pytest.mark.parametrize("key", ["externalDocs", "x-note"])
def test_words_beside_an_operation_are_harmless(key):
    assert [Change(HARMLESS, WORDS, "words")] == compare(SPEC, edited(put(*GET, key, {"url": "https://example.com"})))


@needs_oasdiff
def test_a_further_property_without_a_type_is_still_a_schema():
    assert [] == compare(edited(put(*FURTHER, True)), edited(drop(*FURTHER)))[1:]


@needs_oasdiff
@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (put(*PROMPT, {"$ref": "other.yaml#/prompt"}), "oasdiff cannot compare these documents: Error: failed to load"),
        (put(*PROMPT, {"$ref": "#/components/nothing"}), "oasdiff cannot compare these documents: Error: failed to load"),
        (put("x-model-table", "models", [{"id": "a", "durations": {}}]), "x-model-table is not a table of models as this tool knows it: KeyError('known')"),
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
    assert expected == due(base, [Change(verdict, "", "") for verdict in verdicts])


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

    @needs_oasdiff
    def test_the_newest_release_is_the_base_and_no_change_needs_no_bump(self, capsys):
        for tag in ("v0.0.9", "v0.1.0", "unrelated"):
            git("tag", tag)
        assert (0, "v0.1.0 (0.1.0) to 0.1.0; due: 0.1.0 or higher\nnothing changed\n") == ran(capsys)

    @needs_oasdiff
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

    @needs_oasdiff
    def test_the_report_groups_the_changes_and_says_what_to_do(self, capsys):
        edits = drop(*GENERATE, "responses", "200", "links"), put(*GET, "deprecated", True), put(*VEO3, "label", "Veo")
        release("0.1.0", all_of(*edits))
        expected = """HEAD (0.1.0) to 0.1.0; due: 0.2.0 or higher

Breaks callers:
  POST /api/ai/video/generate 200 link getTask is gone

Adds:
  getTask: endpoint deprecated

Harmless:
  model table: model "veo3": label changed from Veo 3.1 to Veo

Not fit to release: info.version is 0.1.0; raise it to 0.2.0 at least
"""
        assert (1, expected) == ran(capsys, "--base", "HEAD")

    @needs_oasdiff
    def test_the_base_may_be_a_file_and_needs_no_git(self, capsys):
        shutil.rmtree(".git")
        Path("openapi.yaml").rename("old.yaml")
        release("0.2.0", put(*PROMPT, "minLength", 2))
        assert 0 == ran(capsys, "--base", "old.yaml")[0]

    def test_the_library_and_the_contract_are_released_together(self, capsys):
        release("0.1.0", package="0.1.1")
        code, out = ran(capsys)
        assert (1, True) == (code, "info.version is 0.1.0 and __version__ is 0.1.1" in out)

    def test_where_oasdiff_is_missing_one_sentence_says_how_to_get_it(self, capsys, monkeypatch):
        monkeypatch.setattr(oasdiff, "PROGRAM", Path("nowhere/oasdiff"))
        sentence = "oasdiff is not installed; `make oasdiff` installs it, for which Go 1.21 or newer must be there"
        assert (2, f"spec-diff: {sentence}\n") == ran(capsys, "--base", "HEAD")

    @pytest.mark.parametrize(
        ("base", "text", "sentence"),
        [
            ("v9", None, "git cannot show this: fatal: invalid object name 'v9'"),
            ("--output=x", None, "git cannot show this: fatal: "),
            ("empty", None, "git cannot show this: fatal: path 'openapi.yaml' exists on disk, but not in 'empty'"),
            ("given", b"a: [", "given is not YAML: while parsing a flow node"),
            ("given", b"\xff\xfe\x00", "given cannot be read: 'utf-8' codec can't decode byte 0xff"),
            ("given", b"just words", "given is not an OpenAPI 3 document"),
            ("given", b"openapi: 2.0", "given is not an OpenAPI 3 document"),
            ("given", b"openapi: 3.1.0", "given is not an OpenAPI 3 document"),
            ("given", b"{openapi: 3.1.0, info: {title: a, version: '1'}, paths: {}}", "info.version is '1'; write three"),
            pytest.param(
                "given", b"{openapi: 3.1.0, info: {title: a, version: 1.0.0}, paths: {/a: 5}}",
                "oasdiff cannot compare these documents: Error: failed to load base spec", marks=needs_oasdiff,
            ),
        ],
    )  # fmt: skip
    def test_what_is_no_spec_is_refused_in_one_sentence(self, capsys, base, text, sentence):
        if text is not None:
            Path("given").write_bytes(text)
        if base == "empty":
            git("-c", "user.name=t", "-c", "user.email=t@example.com", "rm", "--quiet", "--cached", "openapi.yaml")
            git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "no spec")
            git("tag", "empty")
        code, error = ran(capsys, f"--base={base}")
        assert (2, 1, f"spec-diff: {sentence}") == (code, error.count("\n"), error[: len(sentence) + 11])
        assert not Path("x:openapi.yaml").exists()

    def test_a_spec_that_is_missing_is_refused(self, capsys):
        Path("openapi.yaml").unlink()
        expected = "spec-diff: openapi.yaml cannot be read: [Errno 2] No such file or directory: 'openapi.yaml'\n"
        assert (2, expected) == ran(capsys)

    def test_a_package_without_a_version_is_refused(self, capsys):
        Path("overlay/gptimage2_video/__init__.py").write_text("", "utf-8")
        assert (2, True) == ((found := ran(capsys))[0], "has no line __version__" in found[1])

    def test_a_folder_without_history_is_refused(self, capsys):
        shutil.rmtree(".git")
        code, error = ran(capsys)
        assert (2, 1, True) == (
            code,
            error.count("\n"),
            error.startswith("spec-diff: git cannot tag this: fatal: not a"),
        )

    def test_the_command_is_a_module_that_ends_with_its_exit_code(self):
        command = [sys.executable, "-m", "tools.spec_diff", "--base", "v9"]
        assert 2 == subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode
