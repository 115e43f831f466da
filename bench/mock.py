"""The mock beside other servers of the same contract: requests per second, and the slowest hundredth.

    make bench-mock                  all servers, 5 rounds
    make bench-mock SERVERS="mock steady"

Prism and Steady answer with the examples of `openapi.yaml`; the mock keeps tasks, credits and a request log. Each
server has one core, wrk the other. The candidates take turns in every round, so that a slow moment hits all alike; the
medians over the rounds are told, and the median of the ratios within one round. Processor time per request is what a
busy machine changes least. Nothing is asserted but that every reply was a good one.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from side_by_side import median_ratio, table

ROUNDS = 5
SECONDS = 2  # of each measurement
PATIENCE = 30  # seconds for a server to answer
LIFETIME = "1200"  # seconds after which a server ends, whatever became of this program
CONNECTIONS = (16, 64)
SERVER_CORE, CLIENT_CORE = "0", "1"

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "build" / "bench" / "servers"
PYTHON = str(TOOLS / "python" / "bin" / "python")
PRISM, STEADY = (str(TOOLS / "node_modules" / ".bin" / name) for name in ("prism", "steady"))
SPEC = str(ROOT / "openapi.yaml")
MOCK = [PYTHON, "-m", "gptimage2_video_mock", "--key", "test-key=999999999", "--port"]
SERVERS = {  # the port comes last
    "mock": MOCK,
    "steady": [STEADY, "--log=false", "--reject-on-sdk-error", SPEC, "--port"],
    "prism": [PRISM, "mock", "--errors", "--verboseLevel", "fatal", SPEC, "--port"],
}
BASELINE = "steady"

SUBMIT, POLL = "/api/ai/video/generate", "/api/ai/tasks/"
KEY = "test-key"
VALID = {
    "prompt": "A slow cinematic dolly around a ceramic coffee cup on a kitchen island, morning light, 35mm film",
    "model": "sora-2-text-to-video",
    "inputMode": "text_to_video",
    "aspectRatio": "16:9",
    "duration": 5,
}
INVALID = {  # by what is wrong
    "no prompt": {**VALID, "prompt": ""},
    "model of the other mode": {**VALID, "model": "sora-2-image-to-video"},
    "duration of no such model": {**VALID, "duration": 7},
}


def reply(port, path, body=None):
    """Status and body of one request."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  our own address
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, None


def started(name, port):
    """A server that answers, on the core of its own."""
    command = ["timeout", LIFETIME, "taskset", "--cpu-list", SERVER_CORE, *SERVERS[name], str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            reply(port, POLL + "tsk_0")
        except OSError:
            time.sleep(0.1)
        else:
            return process
    process.terminate()
    raise SystemExit(f"{name} does not answer")


def processor_seconds(group):
    """What the processes of a server took so far, its own and the kernel's on their behalf."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        fields = path.read_text().rpartition(")")[2].split()
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def load(port, connections, seconds, *request):
    """What so many connections get when each asks again as soon as it has its reply."""
    command = ["taskset", "--cpu-list", CLIENT_CORE, "wrk", "--threads=1", f"--connections={connections}"]
    command += [f"--duration={seconds}s", f"--script={ROOT / 'bench' / 'mock.lua'}", f"http://127.0.0.1:{port}"]
    told = subprocess.run([*command, "--", *request], check=True, capture_output=True, text=True).stdout
    result = json.loads(told.splitlines()[-1])
    if result["failed"]:
        raise SystemExit(f"{result['failed']} bad replies to {request[0]} at port {port}")
    return result


def measured(group, port, seconds):
    """Rate, p99 and processor time by operation and connections. Each round asks for a task of its own."""
    task = reply(port, SUBMIT, VALID)[1]["taskId"]
    operations = {"POST": ("POST", SUBMIT, KEY, json.dumps(VALID)), "GET": ("GET", POLL + task, KEY)}
    results = {}
    for name, request in operations.items():
        for connections in CONNECTIONS:
            before = processor_seconds(group)
            result = load(port, connections, seconds, *request)
            result["cpu"] = (processor_seconds(group) - before) / result["requests"] * 1e6
            results[name, connections] = result
    return results


def versions():
    """What is measured, and with what."""
    packages = ("gptimage2-video", "aiohttp", "jsonschema-rs", "uvloop")
    program = "import sys; from importlib.metadata import version; print(*(f'{n} {version(n)}' for n in sys.argv[1:]))"
    for command in (
        (PYTHON, "--version"),
        (PYTHON, "-c", program, *packages),
        ("node", "--version"),
        ("wrk", "--version"),
    ):
        # wrk's exit code is 1 where it tells its version.
        said = subprocess.run(command, check=False, capture_output=True, text=True).stdout
        yield said.partition("\n")[0].partition(" [")[0]
    for package in ("@stdy/cli", "@stoplight/prism-cli"):
        yield f"{package} {json.loads((TOOLS / 'node_modules' / package / 'package.json').read_text())['version']}"


def show(rounds):
    """One table for each operation and number of connections; ratios are to the baseline, where it was measured."""
    for operation, connections in next(iter(rounds[0].values())):
        case, rows = (operation, connections), []
        for name in rounds[0]:
            own = {key: [row[name][case][key] for row in rounds] for key in ("rate", "p99", "cpu")}
            base = {key: [row.get(BASELINE, row[name])[case][key] for row in rounds] for key in own}
            medians = (f"{statistics.median(series):.1f}" for series in own.values())
            rows.append([name, *medians, *(f"{median_ratio(own[key], base[key]):.2f}" for key in ("rate", "cpu"))])
        head = ["", "requests/s", "p99 ms", "CPU us", f"rate to {BASELINE}", f"CPU to {BASELINE}"]
        print(f"{operation} at {connections}:\n\n{table(head, rows)}")


def main(names):
    """Measure and print."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed: apt-get install wrk")
    print("; ".join(versions()))
    ports = {name: 4400 + number for number, name in enumerate(SERVERS) if name in names}
    processes = []
    try:
        for name, port in ports.items():
            processes.append(started(name, port))
            refused = sum(reply(port, SUBMIT, body)[0] == 400 for body in INVALID.values())
            print(f"{name}: refuses {refused} of {len(INVALID)} invalid requests", flush=True)
            measured(processes[-1].pid, port, 1)  # not counted: compilers warm up, pools fill
        groups = {name: process.pid for name, process in zip(ports, processes, strict=True)}  # `timeout` leads one
        rounds = [{name: measured(groups[name], port, SECONDS) for name, port in ports.items()} for _ in range(ROUNDS)]
        show(rounds)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


if __name__ == "__main__":
    main(sys.argv[1:] or list(SERVERS))
