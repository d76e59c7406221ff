"""`python -m demo` (`make demo`): everything real, on this machine, with one command."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from demo.run import PROJECT, Demo, DemoError


def main() -> int:
    """Run until Ctrl-C; the exit code says whether that went well."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--procfile", type=Path, default=PROJECT / "Procfile")
    parser.add_argument("--data", type=Path, default=PROJECT / "var", help="what the demo keeps")
    arguments = parser.parse_args()
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: stop.set())
    demo = Demo(procfile=arguments.procfile, data=arguments.data, inherited=os.environ, stop=stop)
    try:
        demo.run()
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
