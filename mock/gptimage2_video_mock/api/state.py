"""The state that all requests of a server share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gptimage2_video_mock.api.own_models import with_models
from gptimage2_video_mock.api.request_log import RequestLog
from gptimage2_video_mock.api.spec import spec
from gptimage2_video_mock.api.validation import RequestValidator
from gptimage2_video_mock.service.clock import Clock
from gptimage2_video_mock.service.prices import PriceList
from gptimage2_video_mock.service.service import Service
from gptimage2_video_mock.service.videos import VideoCache

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from typing import Any


# Those of one format are the same in all servers, and take a tenth of a second to encode.
_VIDEOS = VideoCache()


@dataclass(slots=True)
class ServerState:
    """What all requests of a server share.

    `cdn_url` is where videos are, without a slash at its end; `{host}` in it is the host that the client asked for.
    """

    service: Service
    validator: RequestValidator
    videos: VideoCache = _VIDEOS
    log: RequestLog = field(default_factory=RequestLog)
    triggered: set[Hashable] = field(default_factory=set["Hashable"])
    cdn_url: str = ""

    @classmethod
    def create(
        cls,
        accounts: Mapping[str, int],
        *,
        speed: float,
        task_seconds: float,
        models: Sequence[Mapping[str, Any]] = (),
    ) -> ServerState:
        """A fresh state: credits by key, the clock's speed, seconds of the clock per task, rows of a models file."""
        document = with_models(spec(), models) if models else spec()
        service = Service(accounts, PriceList(document["x-model-table"]), Clock(speed), task_seconds)
        return cls(service, RequestValidator(document))

    def reset(self) -> None:
        """As new, except for the clock and the videos."""
        self.service.reset()
        self.log.clear()
        self.triggered.clear()
