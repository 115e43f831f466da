"""A server that is held to the contract, as the own checks see it: HTTP, three keys, and the mock's control plane.

Nothing of the mock is imported here, so that any server with `/mock/account`, `/mock/clock` and `/mock/reset` can stand
behind the URL. An answer that is no answer fails the check that asked, with a sentence.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

GENERATE = "/api/ai/video/generate"
RICH, OTHER, POOR = "test-key", "test-key-2", "test-key-poor"
ACCOUNTS = {RICH: 10**9, OTHER: 10**9, POOR: 18}  # 18 is exactly twice the price of CHEAP
CHEAP = {"prompt": "A cup", "model": "veo3_fast", "inputMode": "text_to_video"}  # 9 credits
DEAR = {**CHEAP, "model": "veo3"}  # 63


@dataclass(frozen=True, slots=True)
class Target:
    """Where the server is, and who asks it."""

    http: httpx.Client
    url: str

    def send(self, method: str, path: str, key: str | None = RICH, body: str | bytes = b"") -> httpx.Response:
        """One request. `key` None sends no Authorization."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return self.raw(method, path, headers, body)

    def raw(self, method: str, path: str, headers: dict[str, str], body: str | bytes = b"") -> httpx.Response:
        """One request with these headers. A body says that it is JSON."""
        if body:
            headers = {**headers, "Content-Type": "application/json"}
        try:
            return self.http.request(method, self.url + path, headers=headers, content=body)
        except (httpx.NetworkError, httpx.RemoteProtocolError, httpx.TimeoutException) as error:
            raise AssertionError(f"{method} {path} has no answer: {error}") from None

    def submit(self, request: Any, key: str | None = RICH, scenario: str = "") -> httpx.Response:
        """Submit anything at all; values without a JSON form are written as Python's json does."""
        prefix = f"/scenarios/{scenario}" if scenario else ""
        return self.send("POST", prefix + GENERATE, key, json.dumps(request))

    def accepted(self, request: Any, key: str = RICH, scenario: str = "") -> dict[str, Any]:
        """Submit what must be accepted; its receipt."""
        receipt = self.body(self.submit(request, key, scenario), 200)
        assert set() == {"taskId", "status", "creditsUsed"} - receipt.keys(), "a receipt is complete"
        assert isinstance(receipt["taskId"], str), "a task id is text"
        assert receipt["taskId"], "a task id is not empty"
        assert isinstance(receipt["creditsUsed"], int), "credits are a whole number"
        return receipt

    def poll(self, task_id: str, key: str | None = RICH) -> httpx.Response:
        """Ask for a task."""
        return self.send("GET", f"/api/ai/tasks/{quote(task_id, safe='')}", key)

    def task(self, task_id: str, key: str = RICH) -> dict[str, Any]:
        """Ask for a task that must be there; its snapshot."""
        snapshot = self.body(self.poll(task_id, key), 200)
        assert "status" in snapshot, "a snapshot has a status"
        return snapshot

    def body(self, reply: httpx.Response, status: int) -> dict[str, Any]:
        """The JSON object in a reply that must have this status."""
        assert status == reply.status_code, reply.text
        assert "application/json" == reply.headers.get("Content-Type", "").partition(";")[0], "replies are JSON"
        try:
            value = reply.json()
        except ValueError:
            value = None
        assert isinstance(value, dict), "a reply holds an object"
        return value

    def account(self, key: str) -> dict[str, Any]:
        """The control plane's view of an account: `balance`, `ledger`."""
        return self.body(self.send("GET", "/mock/account", key), 200)

    def accounts(self) -> dict[str, dict[str, Any]]:
        """All accounts."""
        return {key: self.account(key) for key in ACCOUNTS}

    def advance(self, seconds: float) -> None:
        """Step the server's clock."""
        self.body(self.send("POST", "/mock/clock", body=json.dumps({"advance": seconds})), 200)

    def reset(self) -> None:
        """Accounts as at the start, and no task."""
        self.body(self.send("POST", "/mock/reset"), 200)
