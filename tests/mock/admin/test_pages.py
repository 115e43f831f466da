"""The playground, the API reference and the contract in a browser."""

import re
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from gptimage2_video_mock.api.spec import spec_bytes
from support.mock_client import raw


class TestPages:
    def test_the_contract_is_served_as_it_is_enforced(self, api):
        response = api.get("/openapi.yaml")
        assert (response.content, response.headers["Content-Type"]) == (spec_bytes(), "application/yaml; charset=utf-8")

    @pytest.mark.parametrize(
        ("path", "policy"),
        [("/", "default-src 'none'; script-src 'self'"), ("/docs", "default-src 'self' 'unsafe-inline'")],
    )
    def test_a_page_needs_no_key_and_forbids_itself_other_hosts(self, server, path, policy):
        response = httpx.get(server.url + path)
        assert (response.status_code, response.headers["Content-Type"].split(";")[0]) == (200, "text/html")
        assert response.headers["Content-Security-Policy"].startswith(policy)
        assert re.findall(r"""(?:src|href|url)=["'](?![/#])[^"']*""", response.text) == []
        assert "//" not in re.sub(r"^ *// .*$", "", response.text, flags=re.MULTILINE)

    def test_the_playground_allows_no_inline_code_and_videos_from_the_cdn_alone(self, server):
        policy = httpx.get(server.url).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        port = urlsplit(server.cdn_url).port
        assert f"media-src {server.cdn_url} http://localhost:{port};" in policy

    def test_everything_that_the_pages_point_to_is_there(self, server):
        links = [
            link
            for path in ("/", "/docs")
            for link in re.findall(r'(?:src|href|spec-url)="(/[^"]*)"', httpx.get(server.url + path).text)
        ]
        assert {"/docs", "/docs/rapidoc-min.js", "/openapi.yaml", "/assets/cup.png", "/playground/main.js"} <= set(
            links
        )
        assert {httpx.get(server.url + link).status_code for link in links} == {200}

    def test_every_module_that_the_playground_imports_is_there_and_is_a_script(self, server):
        loaded, pending = set(), {"/playground/main.js"}
        while pending:
            path = pending.pop()
            response = httpx.get(server.url + path)
            actual = (path, response.status_code, response.headers["Content-Type"])
            assert actual == (path, 200, "text/javascript; charset=utf-8")
            loaded.add(path)
            imports = re.findall(r'^(?:import|export|\}).*? from "([^"]+)";$', response.text, re.MULTILINE)
            pending |= {urljoin(path, name) for name in imports} - loaded
        assert len(loaded) > 20

    def test_the_files_of_the_playground_come_packed_to_those_who_unpack(self, server):
        url = f"{server.url}/playground/frame.css"
        packed = httpx.get(url, headers={"Accept-Encoding": "gzip"})
        plain = httpx.get(url, headers={"Accept-Encoding": "identity"})
        assert (packed.headers["Content-Encoding"], "Content-Encoding" in plain.headers) == ("gzip", False)
        assert packed.text == plain.text

    @pytest.mark.parametrize(
        "path", ["/playground/", "/playground/index.html", "/playground/../docs.html", "/playground/%2e%2e/docs.html"]
    )
    def test_no_other_file_is_served(self, server, path):
        assert b" 404 " in raw(server.url, f"GET {path} HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n".encode())

    def test_the_renderer_is_a_script_and_comes_packed(self, server):
        response = httpx.get(f"{server.url}/docs/rapidoc-min.js")
        actual = response.headers["Content-Type"], response.headers["Content-Encoding"]
        assert (actual, response.text[:14]) == (("text/javascript", "gzip"), "/*! RapiDoc 9.")
