"""Processes to measure: started quietly, ended by their ids, whatever happens."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from demo.embedded.lifeline import die_with_parent
from demo.processes import kill_session

ROOT = Path(__file__).parent.parent
PROGRAMS = Path(sys.executable).parent
STOP_SECONDS = 15


@contextmanager
def running(
    command: Sequence[str], *, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the block ends; when that fails, its last words are shown."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command lines
            list(command),
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call
        )
    try:
        yield process
    except Exception:
        sys.stderr.write(log.read_text(errors="replace")[-4000:])
        raise
    finally:
        _end(process)


def until(
    condition: Callable[[], object], what: str, *, seconds: float, every: float = 0.02
) -> None:
    """Wait for a condition, looking fifty times a second; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(every)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask, wait, then kill; what a worker's job left in its session is killed too."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    kill_session(process.pid)
