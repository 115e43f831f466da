"""Requests to the mock that its tests share: a valid body, the key, and bytes over a socket."""

import socket
from urllib.parse import urlsplit

GENERATE = "/api/ai/video/generate"
TEXT = {"prompt": "A cup", "model": "sora-2-text-to-video", "inputMode": "text_to_video", "duration": 5}


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def raw(url, request):
    """What a server sends in reply to these bytes until it closes."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def post_request(body, *headers, key="test-key"):
    head = [f"POST {GENERATE} HTTP/1.1", "Host: mock", f"Authorization: Bearer {key}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


class ScenarioClient:
    """A base URL and the calls that a client makes of it."""

    def __init__(self, server, client, name):
        self.base, self.client, self.server = server.scenario_url(name), client, server

    def submit(self, body=None):
        return self.client.post(self.base + GENERATE, json=body or TEXT)

    def poll(self, task_id):
        return self.client.get(f"{self.base}/api/ai/tasks/{task_id}")

    def submit_and_finish(self):
        task_id = self.submit().json()["taskId"]
        self.server.clock.advance(60)
        return task_id
