"""`python -m tests.contract.second_server --fault NAME --port N` serves until it is interrupted."""

import argparse
import json
import signal
import sys

from . import FAULTS, SecondServer

parser = argparse.ArgumentParser(prog="second_server", description=__doc__)
parser.add_argument("--fault", metavar="NAME", help="one of those that --list prints; right without it")
parser.add_argument("--port", type=int, default=0, help="any free one by default")
parser.add_argument("--seconds-per-task", type=float, default=0.05, metavar="SECONDS")
parser.add_argument("--list", action="store_true", help="print the faults and end")
options = parser.parse_args()
if options.list:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `--list | head` ends without a traceback
    for fault in FAULTS.values():
        print(f"{fault.name}: {fault.sentence} ({fault.source})")
    sys.exit()
if options.fault is not None and options.fault not in FAULTS:
    parser.error(f"There is no fault {options.fault!r}; --list prints them all.")
try:
    with SecondServer(options.fault, seconds_per_task=options.seconds_per_task, port=options.port) as server:
        print(json.dumps({"base_url": server.base_url, "keys": server.keys._asdict()}), flush=True)
        signal.pause()
except OSError as error:
    sys.exit(f"Port {options.port} cannot be used: {error.strerror}.")
except OverflowError:
    parser.error(f"{options.port} is not a port.")
except KeyboardInterrupt:
    sys.exit(130)
