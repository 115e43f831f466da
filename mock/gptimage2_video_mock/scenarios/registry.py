"""The registry of scenarios: how the service may misbehave, chosen by the base URL `/scenarios/NAME`.

A scenario is a row of a table and nothing else: no handler knows any of them. Rows for one operation are in `submit`,
`poll` and `download`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gptimage2_video_mock.api.snapshots import (
    both_spellings,
    early_complete,
    extra_fields,
    missing_fields,
    null_fields,
    other_id,
    quickstart,
    unknown_status,
)
from gptimage2_video_mock.scenarios.download import DOWNLOAD
from gptimage2_video_mock.scenarios.faults import drop_response
from gptimage2_video_mock.scenarios.poll import POLL
from gptimage2_video_mock.scenarios.scenario import Scenario
from gptimage2_video_mock.scenarios.submit import SUBMIT
from gptimage2_video_mock.service.tasks import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "reference"

_FAILS = Outcome(error_code="EMPTY_RESULT", error_message="The provider reported success but returned no video.")

_TABLE = (
    Scenario(
        name=DEFAULT,
        about="Behaves as documented, with the field names of the reference page; the same as no scenario.",
    ),
    Scenario(name="quickstart", about="A task has the field names of the quickstart page.", serialize=quickstart),
    Scenario(
        name="null-fields",
        about="Every field of a task but its status and its video's URL is null or absent.",
        serialize=null_fields,
    ),
    Scenario(
        name="missing-fields",
        about="A task has its status and, once there is one, its video's URL, and no other field.",
        serialize=missing_fields,
    ),
    Scenario(
        name="extra-fields",
        about="A task has undocumented fields, nested ones too.",
        serialize=extra_fields,
    ),
    Scenario(name="both-spellings", about="A task has the fields of both pages at once.", serialize=both_spellings),
    Scenario(name="other-id", about="A task's snapshot has another id than the requested one.", serialize=other_id),
    Scenario(name="unknown-status", about="A pending task has the undocumented status 7.", serialize=unknown_status),
    Scenario(
        name="done-then-pending",
        about="Before its end a task is completed for 6 seconds, without a video, and then pending again.",
        serialize=early_complete,
    ),
    Scenario(name="failed", about="Every task fails and is refunded at once.", outcome=_FAILS),
    Scenario(
        name="failed-late-refund",
        about="Every task fails and is refunded 6 seconds of the clock later.",
        outcome=replace(_FAILS, refund_delay=6.0),
    ),
    Scenario(
        name="unknown-error-code",
        about="Every task fails with an undocumented code, and without a message.",
        outcome=Outcome(error_code="NSFW_2"),
    ),
    Scenario(
        name="integer-error-code",
        about="Every task fails with a code that is a number.",
        outcome=Outcome(error_code=1304, error_message="The provider refused the prompt."),
    ),
    Scenario(
        name="insufficient-credits",
        about="No balance is enough: every valid submission is refused with 402.",
        outcome=Outcome(affordable=False),
    ),
    Scenario(
        name="lost-reply",
        about="Accepts and debits every submission, then drops the connection without a reply.",
        submit=drop_response,
    ),
    *SUBMIT,
    *POLL,
    *DOWNLOAD,
)
SCENARIOS: Mapping[str, Scenario] = {scenario.name: scenario for scenario in _TABLE}
