"""How hard Hypothesis tries, by occasion, as its profiles. All are derandomized, so that a failure is everybody's."""

import os
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis.configuration import set_hypothesis_home_dir

BUILD = Path(__file__).resolve().parents[2] / "build"
EXAMPLES = {"brief": 200, "contract": 600, "selftest": 25}
STEPS = {"brief": 20, "contract": 30, "selftest": 15}

set_hypothesis_home_dir(BUILD / "hypothesis")
for _name, _examples in EXAMPLES.items():
    settings.register_profile(
        _name,
        max_examples=_examples,
        stateful_step_count=STEPS[_name],
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate] if _name == "selftest" else [Phase.explicit, Phase.generate, Phase.shrink],
    )


def environment() -> dict[str, str]:
    """The environment of a child process that must leave its caches in build/ too."""
    return {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(BUILD / "hypothesis")}
