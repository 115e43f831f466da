"""What people read in a browser: a front page, the API reference, the contract itself, and a sample image.

Everything is in the package; the pages forbid themselves any request to another host.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from gptimage2_video_mock.images import cup_png
from gptimage2_video_mock.spec import spec_bytes

_STATIC = Path(__file__).with_name("static")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


async def front(_: web.Request) -> web.StreamResponse:
    """GET /: what this is."""
    return web.FileResponse(_STATIC / "index.html", headers=_HEADERS)


async def docs(_: web.Request) -> web.StreamResponse:
    """GET /docs: the API reference, rendered by RapiDoc."""
    return web.FileResponse(_STATIC / "docs.html", headers=_HEADERS)


async def rapidoc(_: web.Request) -> web.StreamResponse:
    """GET /docs/rapidoc-min.js: the renderer, kept packed as it is most of what a bare install weighs."""
    headers = {**_HEADERS, "Content-Type": "text/javascript", "Content-Encoding": "gzip"}
    return web.FileResponse(_STATIC / "rapidoc-min.js.gz", headers=headers)


async def contract(_: web.Request) -> web.StreamResponse:
    """GET /openapi.yaml: the document that the mock enforces."""
    return web.Response(body=spec_bytes(), content_type="application/yaml", charset="utf-8", headers=_HEADERS)


async def cup(_: web.Request) -> web.StreamResponse:
    """GET /assets/cup.png: an image to make a video from."""
    return web.Response(body=cup_png(), content_type="image/png")


PAGES = (
    ("/", front),
    ("/docs", docs),
    ("/docs/rapidoc-min.js", rapidoc),
    ("/openapi.yaml", contract),
    ("/assets/cup.png", cup),
)
