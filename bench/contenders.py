"""What is measured side by side: how each client submits and polls, sync and async, against the server of `server.py`.

A function a client, called with the server's URL and `sync` or `async`; it gives the two calls. Retries are off where
the client can do so. Imports stand inside the functions, as each is measured in a process of its own.
"""

import os
from dataclasses import dataclass
from operator import attrgetter

ID = "01J9XA5M2R9W4QZC4PYJF3N7ND"
PROMPT = "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film"
MODEL = "sora-2-text-to-video"
KEY = "test-key"
BODY = {"prompt": PROMPT, "model": MODEL, "inputMode": "text_to_video", "aspectRatio": "16:9", "duration": 5}


SUBMIT, POLL = "/api/ai/video/generate", f"/api/ai/tasks/{ID}"
AUTHORIZATION = {"Authorization": f"Bearer {KEY}"}


def bare_httpx(url, twin):
    """The floor: the same JSON, and nothing else."""
    import httpx

    if twin == "sync":
        http = httpx.Client(headers=AUTHORIZATION)
        return (
            lambda: http.post(url + SUBMIT, json=BODY).raise_for_status().json(),
            lambda: http.get(url + POLL).raise_for_status().json(),
        )
    http = httpx.AsyncClient(headers=AUTHORIZATION)

    async def post():
        return (await http.post(url + SUBMIT, json=BODY)).raise_for_status().json()

    async def get():
        return (await http.get(url + POLL)).raise_for_status().json()

    return post, get


def bare_aiohttp(url, _twin):
    """The floor of aiohttp: a session as the manual shows it, but without its limit of 100 connections."""
    import aiohttp

    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=AUTHORIZATION)

    async def read(sent):
        async with sent as response:
            return await response.json()

    return lambda: read(session.post(url + SUBMIT, json=BODY)), lambda: read(session.get(url + POLL))


def generated(url, twin):
    """The generated client alone, without the overlay."""
    from gptimage2_video_api.api.tasks import get_task
    from gptimage2_video_api.api.video import generate_video
    from gptimage2_video_api.client import AuthenticatedClient
    from gptimage2_video_api.models.text_to_video_request import TextToVideoRequest

    client = AuthenticatedClient(url, KEY)
    body = TextToVideoRequest.from_dict(BODY)
    name = "sync_detailed" if twin == "sync" else "asyncio_detailed"
    submit, poll = getattr(generate_video, name), getattr(get_task, name)
    return lambda: submit(client=client, body=body), lambda: poll(ID, client=client)


def ours(url, twin, transport="httpx"):
    """VideoClient and AsyncVideoClient, over httpx as the floor is."""
    if twin == "sync":
        from gptimage2_video import VideoClient

        client = VideoClient(KEY, base_url=url)
    else:
        from gptimage2_video import AsyncVideoClient

        client = AsyncVideoClient(KEY, base_url=url, transport=transport)
    return lambda: client.submit(PROMPT, model=MODEL, aspect_ratio="16:9", duration=5), lambda: client.get(ID)


def ours_aiohttp(url, twin):
    """The same over aiohttp, the extra [fast]."""
    return ours(url, twin, transport="aiohttp")


def replicate(url, twin):
    """Retries reads by itself; there is no way to switch that off."""
    from replicate import Client

    predictions = Client(KEY, base_url=url).predictions
    create, get = attrgetter(*(("create", "get") if twin == "sync" else ("async_create", "async_get")))(predictions)
    given = {"prompt": PROMPT, "aspect_ratio": "16:9", "duration": 5}
    return lambda: create(version="v1", input=given), lambda: get(ID)


def openai(url, twin):
    """Its API of videos; a submission is a form, not JSON."""
    import warnings

    from openai import AsyncOpenAI, OpenAI

    warnings.simplefilter("ignore", DeprecationWarning)  # the API of videos is being shut down
    client = (OpenAI if twin == "sync" else AsyncOpenAI)(api_key=KEY, base_url=f"{url}/v1", max_retries=0)
    create = client.videos.create
    return (
        lambda: create(prompt=PROMPT, model="sora-2", seconds="8", size="1280x720"),
        lambda: client.videos.retrieve(ID),
    )


def fal_client(url, twin):
    """Its URL is https in the code, so the constant is replaced. A poll is one `status` of a request."""
    import fal_client.client as module

    module.QUEUE_URL_FORMAT = f"{url}/"
    module.MAX_ATTEMPTS = 1
    client = (module.SyncClient if twin == "sync" else module.AsyncClient)(key=KEY)
    given = {"prompt": PROMPT, "aspect_ratio": "16:9", "duration": 5}
    return lambda: client.submit("some/video", given), lambda: client.status("some/video", ID)


def google_genai(url, twin):
    """Veo: an operation, and one look at it, in enterprise mode, the only one in which this version submits videos."""
    from google.genai import Client, types

    http = types.HttpOptions(base_url=url, retry_options=types.HttpRetryOptions(attempts=1))
    client = Client(vertexai=True, api_key=KEY, http_options=http)
    client = client if twin == "sync" else client.aio
    model, source = "veo-3.1-fast-generate-preview", types.GenerateVideosSource(prompt=PROMPT)
    operation = types.GenerateVideosOperation(name=f"publishers/google/models/{model}/operations/{ID}")
    config = types.GenerateVideosConfig(aspect_ratio="16:9", duration_seconds=8)
    return (
        lambda: client.models.generate_videos(model=model, source=source, config=config),
        lambda: client.operations.get(operation),
    )


def comfy(url, twin):
    """A workflow's job, and one look at it."""
    os.environ["COMFY_BASE_URL"] = url
    from comfy_sdk import AsyncComfy, Comfy

    client = (Comfy if twin == "sync" else AsyncComfy)(api_key=KEY)
    node = {"class_type": "TextToVideo", "inputs": {"prompt": PROMPT, "aspect_ratio": "16:9", "duration": 5}}
    workflow = client.workflows.from_json({"1": node})
    return lambda: client.submit(workflow), lambda: client.jobs.get(ID)


@dataclass(frozen=True)
class Contender:
    """A client: how it is called, from which distribution it comes, the module that its users import, its twins."""

    start: object
    distribution: str
    module: str
    twins: tuple[str, ...] = ("sync", "async")


# The first is the floor.
CONTENDERS = {
    "bare httpx": Contender(bare_httpx, "httpx", "httpx"),
    "bare aiohttp": Contender(bare_aiohttp, "aiohttp", "aiohttp", ("async",)),
    "generated client": Contender(generated, "gptimage2-video", "gptimage2_video_api.client"),
    "gptimage2-video": Contender(ours, "gptimage2-video", "gptimage2_video"),
    "gptimage2-video, aiohttp": Contender(ours_aiohttp, "gptimage2-video", "gptimage2_video", ("async",)),
    "replicate": Contender(replicate, "replicate", "replicate"),
    "comfy-sdk": Contender(comfy, "comfy-sdk", "comfy_sdk"),
    "fal-client": Contender(fal_client, "fal-client", "fal_client"),
    "google-genai": Contender(google_genai, "google-genai", "google.genai"),
    "openai": Contender(openai, "openai", "openai"),
}
