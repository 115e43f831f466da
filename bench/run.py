"""Every benchmark, one after the other, into one report: build/bench/report.md.

    python bench/run.py [NAME ...]      all, or those named

A benchmark is a script of this folder that prints its report as Markdown. The report holds what each said when it last
ran, and its plot. Nothing is asserted.
"""

import os
import platform
import subprocess
import sys

from side_by_side import HERE, REPORTS

TITLES = {
    "calls": "What a call costs",
    "engines": "Engines",
    "startup": "Start-up and size",
    "polling": "Polling",
    "loop": "The event loop",
    "mock": "The mock",
}


def run(name):
    """Run one, show and keep what it prints. Returns its exit code."""
    print(f"\n# {TITLES[name]}\n", flush=True)
    with subprocess.Popen([sys.executable, str(HERE / f"{name}.py")], stdout=subprocess.PIPE, text=True) as process:
        said = []
        for line in process.stdout:
            print(line, end="", flush=True)
            said.append(line)
    if process.returncode == 0:
        (REPORTS / f"{name}.md").write_text("".join(said))
    return process.returncode


def main(names):
    """Run, report. Returns 1 where one failed, after all have run."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    failed = [name for name in names or TITLES if run(name)]
    parts = [f"# Benchmarks\n\nPython {platform.python_version()} on {platform.platform()}, {os.cpu_count()} cores.\n"]
    for name, title in TITLES.items():
        if (said := REPORTS / f"{name}.md").exists():
            plot = f"![{name}]({name}.png)\n\n" if (REPORTS / f"{name}.png").exists() else ""
            parts.append(f"## {title}\n\n{plot}{said.read_text().strip()}\n")
    (REPORTS / "report.md").write_text("\n".join(parts))
    print(f"\n{REPORTS / 'report.md'}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
