"""`make contract`: the command against the embedded mock with a large budget, plainly and under scenarios.

In each of these scenarios the mock behaves as the documentation allows: another spelling, fields that are null, failed
tasks that are refunded late. The reports are in build/contract. Exit code 1 where anything is found, or where a check
of those that need no failed task was not run.
"""

import json
import os
import sys
import time

from gptimage2_video_cli.main import main as command
from gptimage2_video_mock import MockServer
from profiles import BUILD
from target import OTHER, POOR, RICH

SCENARIOS = ("", "quickstart", "null-fields", "failed", "failed-late-refund")
CREDITS = "20000"
ACCOUNTS = {RICH: 10**9, OTHER: 10**9, POOR: 3}
OPTIONS = ("--rate", "1000", "--poll-interval", "0.2", "--image", "https://example.com/cup.jpg", "--seed", "20260422")
OTHERS = {"output-video-url", "spelling-quickstart", "failed-says-why", "failed-refunded"}  # what scenarios show


def not_run(name: str) -> set[str]:
    """The checks that a run did not make."""
    report = json.loads((BUILD / "contract" / (name or "mock") / "report.json").read_text("utf-8"))
    return {check["id"] for check in report["checks"] if check["outcome"] == "not run"}


def main() -> int:
    """All of it; 0 where nothing is found and every check was made."""
    begun = time.monotonic()
    os.environ |= {"GPTIMAGE2_API_KEY": RICH, "GPTIMAGE2_OTHER_KEY": OTHER, "GPTIMAGE2_POOR_KEY": POOR}
    os.environ |= {"GPTIMAGE2_JOURNAL": "off"}
    failed = []
    for name in SCENARIOS:
        with MockServer(ACCOUNTS, speed=300) as server:
            url = server.scenario_url(name) if name else server.url
            folder = str(BUILD / "contract" / (name or "mock"))
            examples = ("--max-examples", "10" if name else "200")
            if command(
                ["contract", "--base-url", url, "--max-credits", CREDITS, "--report", folder, *OPTIONS, *examples]
            ):
                failed.append(name or "mock")
    missing = set[str].intersection(*map(not_run, SCENARIOS)) | (not_run("") - OTHERS)
    print(f"\n{time.monotonic() - begun:.0f} s; not run: {', '.join(sorted(missing)) or 'none'}")
    print(f"failed: {', '.join(failed)}" if failed else "the contract is kept")
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
