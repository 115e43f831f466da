"""Every benchmark, one after the other, into one report: build/bench/report.md.

    python bench/run.py [NAME ...]      all that exist, or those named

A benchmark is a script of this folder that prints its report as Markdown; where it leaves `NAME*.json` and `NAME*.png`
in build/bench, they belong to it. The report holds what each said when it last ran. Nothing is asserted.
"""

import os
import platform
import subprocess
import sys
from importlib.metadata import distributions

from side_by_side import HERE, REPORTS

# Name: what it says in the report. The order is that of the report.
BENCHMARKS = {
    "calls": "What a call costs",
    "engines": "Engines",
    "startup": "Start-up and size",
    "polling": "Polling",
    "scale": "Many tasks at once",
    "rules": "Rules and quotes",
    "manifest": "Long manifests",
    "mock": "The mock",
    "inner": "Generation and tests",
}


def run(name):
    """Run one, show and keep what it prints. Returns its exit code."""
    print(f"\n# {BENCHMARKS[name]}\n", flush=True)
    said = []
    with subprocess.Popen([sys.executable, str(HERE / f"{name}.py")], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            said.append(line)
    if process.returncode == 0:
        (REPORTS / f"{name}.md").write_text("".join(said))
    return process.returncode


def report():
    """The report of all that has run."""
    parts = [f"# Benchmarks\n\n{_machine()}\n"]
    for name, title in BENCHMARKS.items():
        said = REPORTS / f"{name}.md"
        if said.exists():
            plots = "".join(f"![{plot.stem}]({plot.name})\n\n" for plot in sorted(REPORTS.glob(f"{name}*.png")))
            parts.append(f"## {title}\n\n{plots}{said.read_text().strip()}\n")
    installed = sorted({f"{found.metadata['Name']}=={found.version}" for found in distributions()}, key=str.lower)
    parts.append(f"## Versions\n\n{', '.join(installed)}\n")
    return "\n".join(parts)


def _machine():
    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    return f"Python {platform.python_version()} on {system}, {os.cpu_count()} cores. Ratios are medians within one run."


def main(names):
    """Run, report. Returns 1 where one failed, after all have run."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    there = [name for name in BENCHMARKS if (HERE / f"{name}.py").exists()]
    failed = [name for name in names or there if run(name)]
    (REPORTS / "report.md").write_text(report())
    print(f"\n{REPORTS / 'report.md'}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
