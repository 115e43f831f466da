"""The durable engine: when an attempt at a line is made, and again after a crash.

Lives here: all of DBOS. Not here: what an attempt does (`line`), and money and order, which are the ledger's.

DBOS executes an attempt anew that was running when its process was killed. That is welcome for waiting and fetching; a
submission is kept from it by the ledger.
"""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions

from .ledger import Ledger
from .workers import BEAT, SILENCE, Crew

# Every version of this program can go on with the attempts of every other: they hold no more than a key and a number.
_ATTEMPT_VERSION: Final = "1"
_DEQUEUE_SECONDS: Final = 0.2
# Nobody here listens, but a stop waits for this, in seconds.
_LISTEN_SECONDS: Final = 0.1
_NAME: Final = "gptimage2-video"

Make = Callable[[str, int], Awaitable[None]]
_makers: Final[list[Make]] = []


@DBOS.workflow(name="line", max_recovery_attempts=None)
async def line(key: str, attempt: int) -> None:
    """An attempt at a line, as the engine holds it: no request, no key, no result."""
    await _makers[-1](key, attempt)


class Durable:
    """DBOS over the database of the ledger.

    Args:
        ledger: The books of the batch.
        crew: The other workers; None where no other process can be.
        make: Makes an attempt, from the key of a line and the number of the attempt.
        concurrency: Attempts at once, over all workers.
        rate: Attempts begun per second, over all workers; None for no limit.
    """

    def __init__(self, ledger: Ledger, crew: Crew | None, make: Make, *, concurrency: int, rate: float | None) -> None:
        self._queue = f"{_NAME}:{ledger.name}"
        self._concurrency, self._rate, self._crew, self._make = concurrency, rate, crew, make
        self._client: DBOSClient | None = None
        self._url = ledger.engine.url.render_as_string(hide_password=False)
        self._steady_since = self._beaten = 0.0
        config: DBOSConfig = {
            "name": _NAME,
            "system_database_url": self._url,
            "application_version": _ATTEMPT_VERSION,
            "executor_id": crew.id if crew else "alone",
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": _LISTEN_SECONDS,
        }
        _quieten()
        DBOS(config=config)

    async def start(self) -> None:
        """Begin to make attempts, those of an earlier run of this process first."""
        _makers[:] = [self._make]
        await asyncio.to_thread(self._register)
        DBOS.listen_queues([self._queue])
        DBOS.launch()

    def _register(self) -> None:
        """Have the queue there before the engine is, which looks but once a second for one that comes later."""
        DBOS.migrate(self._url)
        self._client = DBOSClient(system_database_url=self._url, application_name=_NAME)
        self._client.register_queue(
            self._queue,
            global_concurrency=self._concurrency if self._crew else None,
            worker_concurrency=None if self._crew else self._concurrency,
            limiter=_limiter(self._rate),
            polling_interval_sec=_DEQUEUE_SECONDS,
            on_conflict="always_update",
        )

    def enqueue(self, connection: sa.Connection, key: str, attempt: int) -> None:
        """Have an attempt made, once the transaction of this connection is through."""
        workflow_id = f"{self._queue}:{key}:{attempt}"
        options: EnqueueOptions = {
            "queue_name": self._queue,
            "workflow_name": "line",
            "workflow_id": workflow_id,
            "app_version": _ATTEMPT_VERSION,
        }
        cast("DBOSClient", self._client).enqueue_in_transaction(connection, options, key, attempt)

    def look_after(self, crew: Crew) -> None:
        """Give a sign of life, and take over from those who give none."""
        now = time.monotonic()
        if now - self._beaten < BEAT:
            return
        if now - self._beaten > 2 * BEAT:
            self._steady_since = now  # while the database was away, nobody could give one
        crew.beat()
        self._beaten = time.monotonic()
        patience = SILENCE if now - self._steady_since > SILENCE else SILENCE * 1000
        for silent in crew.silent(patience=patience):
            DBOS._recover_pending_workflows([silent])  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  no public way
            crew.bury(silent)

    def stop(self) -> None:
        """Make no more attempts. Those that are cut off are made by the next process."""
        if self._client:
            self._client.destroy()
        DBOS.destroy(workflow_completion_timeout_sec=0)


def _quieten() -> None:
    """Say nothing unless asked to: what DBOS has to say of a database that is away, the ledger says in one line."""
    loud = os.environ.get("GPTIMAGE2_DEBUG") == "1"
    logger = logging.getLogger("dbos")
    logger.handlers, logger.propagate = [logging.StreamHandler() if loud else logging.NullHandler()], False


def _limiter(rate: float | None) -> Any:
    """The rate in portions of about a quarter of a second, so that a second's worth does not leave at once."""
    if rate is None:
        return None
    portion = max(round(rate / 4), 1)
    return {"limit": portion, "period": portion / rate}
