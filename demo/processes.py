"""A command as a process: its output on our terminal, its life tied to ours."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]  # it has no types

from demo.embedded.lifeline import die_with_parent
from demo.terminal import Terminal


class Process:
    """One line of the Procfile, running. The line is one command: no `&&`, no pipes."""

    def __init__(
        self,
        name: str,
        command: str,
        *,
        folder: Path,
        environment: Mapping[str, str],
        terminal: Terminal,
    ) -> None:
        """Describe it; `start` runs it in `folder`."""
        self.name = name
        self._command = command
        self._folder = folder
        self._environment = environment
        self._terminal = terminal
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it (again); call from the main thread (see `lifeline`)."""
        if self._process is not None:
            kill_session(self._process.pid)  # a killed worker's job must not go on beside the next
        # `exec`: the shell fills in $VARIABLES and makes way, so that signals reach the command.
        self._process = subprocess.Popen(  # noqa: S603 - the project's own Procfile
            ["/bin/sh", "-c", f"exec {self._command}"],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C at the terminal is for us; we stop it in order
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call
        )
        self._reader = threading.Thread(
            target=self._show, args=(self._process.stdout,), name=f"{self.name}-output", daemon=True
        )
        self._reader.start()

    def poll(self) -> int | None:
        """Return None while it runs, else its exit code (0 if it was never started)."""
        return 0 if self._process is None else self._process.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM, if it runs; `end` waits."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def end(self, patience: float) -> None:
        """Wait `patience` seconds for its end, then kill it; what it left behind is killed too."""
        if self._process is None:
            return
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._terminal.say(f"{self.name} does not stop by itself: killed", self.name)
            self._process.kill()
            self._process.wait()
        kill_session(self._process.pid)
        if self._reader is not None:
            self._reader.join(1)

    def _show(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self._terminal.say(line.rstrip("\n"), self.name)


def kill_session(session: int) -> None:
    """Kill every process of a session whose leader has ended, such as a killed worker's job."""
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == session:
                process.kill()
        except (psutil.Error, OSError):
            continue  # it has ended meanwhile, or is not ours to ask about
