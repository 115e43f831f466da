"""The work queue: when an attempt at a line is made, and again after a crash.

Lives here: all of DBOS. Not here: what an attempt does (`attempt`), and money and order, which are the ledger's.

DBOS repeats an attempt whose process was killed. That is welcome for waiting and downloading; the ledger keeps it from
repeating a submission.
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
from .options import BatchOptions
from .workers import HEARTBEAT_INTERVAL, HEARTBEAT_TIMEOUT, WorkerRegistry

# Every version of this program can run the attempts of every other: they hold no more than a key and a number.
_APPLICATION_VERSION: Final = "1"
_NAME: Final = "gptimage2-video"
_LISTENER_INTERVAL: Final = 0.1  # seconds; nothing is listened for, but `stop` waits for it

Handler = Callable[[str, int], Awaitable[None]]
_handlers: Final[list[Handler]] = []


@DBOS.workflow(name="line", max_recovery_attempts=None)
async def attempt_line(key: str, attempt: int) -> None:
    """An attempt as DBOS stores it: no request, no API key, no result."""
    await _handlers[-1](key, attempt)


class WorkQueue:
    """DBOS over the database of the ledger.

    Args:
        ledger: The ledger of the batch.
        registry: The other workers; None where no other process can be one.
        handler: Makes an attempt, from the key of a line and the number of the attempt.
        options: Of which concurrency, rate and dequeue_interval count.
    """

    def __init__(
        self, ledger: Ledger, registry: WorkerRegistry | None, handler: Handler, options: BatchOptions
    ) -> None:
        self._queue = f"{_NAME}:{ledger.name}"
        self._registry, self._handler, self._options = registry, handler, options
        self._client: DBOSClient | None = None
        self._url = ledger.engine.url.render_as_string(hide_password=False)
        self._steady_since = self._last_heartbeat = 0.0
        config: DBOSConfig = {
            "name": _NAME,
            "system_database_url": self._url,
            "application_version": _APPLICATION_VERSION,
            "executor_id": registry.id if registry else "alone",
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": _LISTENER_INTERVAL,
        }
        _silence_dbos()
        DBOS(config=config)

    async def start(self) -> None:
        """Begin to make attempts, those of an earlier run of this process first."""
        _handlers[:] = [self._handler]
        await asyncio.to_thread(self._register)
        DBOS.listen_queues([self._queue])
        DBOS.launch()

    def _register(self) -> None:
        """Create the queue before DBOS is launched, which polls for a later one only once a second."""
        DBOS.migrate(self._url)
        self._client = DBOSClient(system_database_url=self._url, application_name=_NAME)
        self._client.register_queue(
            self._queue,
            global_concurrency=self._options.concurrency if self._registry else None,
            worker_concurrency=None if self._registry else self._options.concurrency,
            limiter=_limiter(self._options.rate),
            polling_interval_sec=self._options.dequeue_interval,
            on_conflict="always_update",
        )

    def enqueue(self, connection: sa.Connection, key: str, attempt: int) -> None:
        """Enqueue an attempt, in the transaction of this connection."""
        options: EnqueueOptions = {
            "queue_name": self._queue,
            "workflow_name": "line",
            "workflow_id": f"{self._queue}:{key}:{attempt}",
            "app_version": _APPLICATION_VERSION,
        }
        cast("DBOSClient", self._client).enqueue_in_transaction(connection, options, key, attempt)

    def recover_dead_workers(self, registry: WorkerRegistry) -> None:
        """Send a heartbeat when one is due, and take over the attempts of workers that send none."""
        now = time.monotonic()
        if now - self._last_heartbeat < HEARTBEAT_INTERVAL:
            return
        if now - self._last_heartbeat > 2 * HEARTBEAT_INTERVAL:
            self._steady_since = now  # the database was unavailable, for the others as well
        registry.heartbeat()
        self._last_heartbeat = time.monotonic()
        steady = now - self._steady_since > HEARTBEAT_TIMEOUT
        for worker in registry.expired(timeout=HEARTBEAT_TIMEOUT if steady else HEARTBEAT_TIMEOUT * 1000):
            DBOS._recover_pending_workflows([worker])  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  no public way
            registry.remove(worker)

    def stop(self) -> None:
        """Make no more attempts. Interrupted ones are made by the next process."""
        if self._client:
            self._client.destroy()
        DBOS.destroy(workflow_completion_timeout_sec=0)


def _silence_dbos() -> None:
    """Log nothing of DBOS unless debugging: the ledger reports an unavailable database in one line."""
    debug = os.environ.get("GPTIMAGE2_DEBUG") == "1"
    logger = logging.getLogger("dbos")
    logger.handlers, logger.propagate = [logging.StreamHandler() if debug else logging.NullHandler()], False


def _limiter(rate: float | None) -> Any:
    """The rate in portions of about a quarter of a second, so that a second's worth does not leave at once."""
    if rate is None:
        return None
    portion = max(round(rate / 4), 1)
    return {"limit": portion, "period": portion / rate}
