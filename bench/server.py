"""The server of the benchmarks: every API of `contenders`, with fixed JSON, as fast as Python serves it.

    python bench/server.py     prints its URL; ends with its standard input, so with whoever started it

Lives here: one reply a route. Not here: any behaviour; what is measured against it is the cost of a client.
"""

import asyncio
import gc
import json
import os
import socket
import sys

from granian.constants import Interfaces
from granian.server.embed import Server

ID = "01J9XA5M2R9W4QZC4PYJF3N7ND"
PROMPT = "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film"
NOW = "2026-04-22T09:00:00.000Z"
VEO = "publishers/google/models/veo-3.1-fast-generate-preview"
GOOGLE = {"name": f"{VEO}/operations/{ID}"}

_VIDEO = {
    "id": ID,
    "object": "video",
    "model": "sora-2",
    "status": "queued",
    "progress": 0,
    "created_at": 1776848400,
    "size": "1280x720",
    "seconds": "8",
    "prompt": PROMPT,
}
_PREDICTION = {
    "id": ID,
    "model": "some/video",
    "version": "v1",
    "input": {"prompt": PROMPT, "duration": 5},
    "logs": "",
    "output": None,
    "error": None,
    "status": "starting",
    "created_at": NOW,
    "urls": {"get": f"/v1/predictions/{ID}", "cancel": f"/v1/predictions/{ID}/cancel"},
}
_LUMA = {
    "id": ID,
    "state": "queued",
    "failure_reason": None,
    "created_at": NOW,
    "assets": None,
    "model": "ray-2",
    "request": {"generation_type": "video", "model": "ray-2", "prompt": PROMPT, "duration": "5s"},
}
_JOB = {
    "id": ID,
    "status": "queued",
    "created_at": NOW,
    "started_at": None,
    "completed_at": None,
    "expires_at": NOW,
    "queue_position": 1,
    "progress": None,
    "outputs": [],
    "error": None,
    "urls": {
        "self": f"/api/v2/jobs/{ID}",
        "events": f"/api/v2/jobs/{ID}/events",
        "cancel": f"/api/v2/jobs/{ID}/cancel",
    },
}
_SNAPSHOT = {
    "taskId": ID,
    "type": "video",
    "status": 0,
    "model": "sora-2-text-to-video",
    "prompt": PROMPT,
    "imageUrls": [],
    "videoUrl": None,
    "errorCode": None,
    "errorMessage": None,
    "creditsUsed": 5,
    "creditsRefunded": False,
    "createdAt": NOW,
    "updatedAt": NOW,
}

_CREATED = {("POST", "/api/v2/jobs"): 201}  # all else is answered with 200


def _routes(url):
    """Reply by method and path."""
    fal = f"{url}/some/video/requests/{ID}"
    queued = {"request_id": ID, "response_url": fal, "status_url": f"{fal}/status", "cancel_url": f"{fal}/cancel"}
    cost = {"estimatedCost": {"credits": 5}}
    return {
        ("POST", "/api/ai/video/generate"): {"taskId": ID, "status": 0, "creditsUsed": 5},
        ("GET", f"/api/ai/tasks/{ID}"): _SNAPSHOT,
        ("POST", "/v1/videos"): _VIDEO,
        ("GET", f"/v1/videos/{ID}"): _VIDEO,
        ("POST", "/v1/predictions"): _PREDICTION,
        ("GET", f"/v1/predictions/{ID}"): _PREDICTION,
        ("POST", "/some/video"): queued,
        ("GET", f"/some/video/requests/{ID}/status"): {"status": "IN_QUEUE", "queue_position": 1, **queued},
        ("POST", "/v1/text_to_video"): {"id": ID, **cost},
        ("GET", f"/v1/tasks/{ID}"): {"id": ID, "status": "PENDING", "createdAt": NOW, **cost},
        ("POST", "/generations/video"): _LUMA,
        ("GET", f"/generations/{ID}"): _LUMA,
        ("POST", f"/v1beta1/{VEO}:predictLongRunning"): GOOGLE,
        ("POST", f"/v1beta1/{VEO}:fetchPredictOperation"): GOOGLE,
        ("POST", "/api/v2/jobs"): _JOB,
        ("GET", f"/api/v2/jobs/{ID}"): _JOB,
    }


def application(url):
    """An ASGI application."""
    replies = {route: json.dumps(reply).encode() for route, reply in _routes(url).items()}
    missing = b'{"error": "no such route"}'

    async def serve(scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        route = scope["method"], scope["path"]
        body = replies.get(route, missing)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        status = _CREATED.get(route, 200) if route in replies else 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return serve


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def main():
    """Serve on the last core, until standard input ends."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    quiet = {"log_enabled": False, "websockets": False}
    # Each contender keeps connections open; with the default of 128 in all, those of others would hold one up.
    room = {"backlog": 4096, "backpressure": 8192}
    server = Server(application(url), address="127.0.0.1", port=port, interface=Interfaces.ASGINL, **quiet, **room)
    serving = asyncio.create_task(server.serve())
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            break
    gc.collect()
    gc.freeze()  # else its collections show in the slowest calls of the clients
    print(url, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.stop()
    await serving


if __name__ == "__main__":
    asyncio.run(main())
