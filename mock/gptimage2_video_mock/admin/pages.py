"""What people read in a browser: the playground, the API reference, the contract itself, and a sample image.

Everything is in the package; the pages forbid themselves any request to another host, and the playground any script or
style but its own files. The playground reads its data from `admin_api` and the API.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from gptimage2_video_mock.api.handlers import cdn_url
from gptimage2_video_mock.api.spec import spec_bytes
from gptimage2_video_mock.service.images import cup_png

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from gptimage2_video_mock.api.state import ServerState

_STATIC = Path(__file__).resolve().parent.with_name("static")
_PLAYGROUND = _STATIC / "playground"
_CONTENT_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_COMMON_POLICY = "base-uri 'none'; frame-ancestors 'none'"
# RapiDoc writes styles of its own, and its page a script.
_DOCS_POLICY = f"default-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; {_COMMON_POLICY}"
# Videos come from the CDN, which one scenario redirects to another name of this machine. What is shown came over the
# wire, so no string may ever become markup or script.
_PLAYGROUND_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "media-src {cdn} http://localhost:{port}; form-action 'none'; require-trusted-types-for 'script'; "
    f"trusted-types 'none'; {_COMMON_POLICY}"
)


async def playground(state: ServerState, request: web.Request) -> web.StreamResponse:
    """GET /: the playground."""
    cdn = cdn_url(request, state)
    response = _static_response(request, _PLAYGROUND / "index.html")
    policy = _PLAYGROUND_POLICY.format(cdn=cdn, port=cdn.rpartition(":")[2])
    response.headers["Content-Security-Policy"] = policy
    return response


async def playground_file(_: ServerState, request: web.Request) -> web.StreamResponse:
    """GET /playground/...: its styles and modules. Only these paths lead here."""
    return _static_response(request, _STATIC / request.path.removeprefix("/"))


async def docs(_: ServerState, __: web.Request) -> web.StreamResponse:
    """GET /docs: the API reference, rendered by RapiDoc."""
    return web.FileResponse(_STATIC / "docs.html", headers={**_HEADERS, "Content-Security-Policy": _DOCS_POLICY})


async def rapidoc(_: ServerState, __: web.Request) -> web.StreamResponse:
    """GET /docs/rapidoc-min.js: the renderer, compressed, as it is most of what a bare install weighs."""
    headers = {**_HEADERS, "Content-Type": "text/javascript", "Content-Encoding": "gzip"}
    return web.FileResponse(_STATIC / "rapidoc-min.js.gz", headers=headers)


async def contract(_: ServerState, __: web.Request) -> web.StreamResponse:
    """GET /openapi.yaml: the document that the mock enforces."""
    return web.Response(body=spec_bytes(), content_type="application/yaml", charset="utf-8", headers=_HEADERS)


async def cup(_: ServerState, __: web.Request) -> web.StreamResponse:
    """GET /assets/cup.png: an image to make a video from."""
    return web.Response(body=cup_png(), content_type="image/png")


def _static_response(request: web.Request, path: Path) -> web.Response:
    plain, compressed = _plain_and_gzip(path)
    headers = {**_HEADERS, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        plain = compressed
    return web.Response(body=plain, content_type=_CONTENT_TYPES[path.suffix], charset="utf-8", headers=headers)


@cache
def _plain_and_gzip(path: Path) -> tuple[bytes, bytes]:
    content = path.read_bytes()
    return content, gzip.compress(content, mtime=0)


def _playground_paths() -> list[str]:
    files = (path for path in _PLAYGROUND.rglob("*") if path.suffix in _CONTENT_TYPES and path.name != "index.html")
    return sorted(f"/{path.relative_to(_STATIC).as_posix()}" for path in files)


PAGES: Mapping[str, Callable[[ServerState, web.Request], Awaitable[web.StreamResponse]]] = {
    "/": playground,
    **dict.fromkeys(_playground_paths(), playground_file),
    "/docs": docs,
    "/docs/rapidoc-min.js": rapidoc,
    "/openapi.yaml": contract,
    "/assets/cup.png": cup,
}
