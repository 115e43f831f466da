"""The clock of both clients: a module of its own, so that a test can put another clock in its place."""

import time

import anyio

now = time.monotonic  # seconds on a clock that never goes back
sleep = time.sleep
async_sleep = anyio.sleep  # under asyncio or trio
