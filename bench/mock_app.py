"""The other end of the scale for `bench/mock.py`: an ASGI application that validates as the mock does, and no more.

It has the mock's validator and keys, and neither books, nor tasks, nor scenarios, nor a request log: every valid
submission gets the same receipt, and every task is the same.
"""

import json

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from gptimage2_video_mock.api.spec import spec
from gptimage2_video_mock.api.validation import InvalidRequest, RequestValidator

VALIDATOR = RequestValidator(spec())
PATHS = spec()["paths"]
TASK = PATHS["/api/ai/tasks/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]["completed"]
RECEIPT = {"taskId": "tsk_01J9XA5M2R9W4QZC4PYJF3N7ND", "status": 0, "creditsUsed": 12}


def answer(status, payload):
    """A reply in JSON."""
    return Response(json.dumps(payload), status, media_type="application/json")


async def submit(request):
    """401, 400, or the one receipt."""
    if request.headers.get("Authorization") != "Bearer test-key":
        return answer(401, {"error": "Unauthorized"})
    try:
        VALIDATOR.read(await request.body())
    except InvalidRequest as refusal:
        return answer(400, {"error": "Invalid request", "details": refusal.details})
    return answer(200, RECEIPT)


async def poll(request):
    """401, or the one task under the id that was asked for."""
    if request.headers.get("Authorization") != "Bearer test-key":
        return answer(401, {"error": "Unauthorized"})
    return answer(200, {**TASK["value"], "taskId": request.path_params["id"]})


app = Starlette(routes=[Route("/api/ai/video/generate", submit, methods=["POST"]), Route("/api/ai/tasks/{id}", poll)])
