"""A server process of our own: start, stop, kill, restart."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from demo.embedded.account import Account
from demo.embedded.errors import PortTakenError, ServerFailedError
from demo.embedded.folder import locked, prepare_folder
from demo.embedded.lifeline import die_with_parent
from demo.embedded.ports import free_port, is_taken

START_SECONDS = 60  # a cold, busy machine; the usual start takes 0.05
STOP_SECONDS = 20


class Server(ABC):
    """A server on 127.0.0.1 with its data in one folder, running while the `with` block does.

    Start it from the main thread: it ends with the thread that started it (see `lifeline`).
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    folder_mode: ClassVar[int]

    def __init__(self, data_dir: Path, *, port: int | None = None) -> None:
        """Choose folder and port; nothing happens before `start` or `with`."""
        self.data_dir = data_dir.resolve()
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    @abstractmethod
    def url(self) -> str:
        """Address with credentials; the same after every restart."""

    @property
    def pid(self) -> int:
        """Process id of the server that was started last."""
        if self._process is None:
            raise ServerFailedError(f"{self.name} has not been started.")
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it answers, unless it runs already. Raises ServerError."""
        if self._process is not None and self._process.poll() is None:
            return
        prepare_folder(self.data_dir, name=self.name, mode=self.folder_mode)
        with locked(self.data_dir, name=self.name) as lock:
            if is_taken(self.port):
                raise PortTakenError(
                    f"Port {self.port}, chosen for {self.name}, is used by another program. "
                    "Stop that program or choose another port."
                )
            self._prepare()
            self._process = self._spawn(lock)
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End it cleanly; what it has promised is on disk afterwards."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it and start it again on the same port and data."""
        self.stop()
        self.start()

    def poll(self) -> int | None:
        """Return None while it runs, else its exit code (0 if it was never started)."""
        return 0 if self._process is None else self._process.poll()

    @abstractmethod
    def _prepare(self) -> None:
        """Make the data folder ready; called with the folder locked."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return the program and its arguments."""

    @abstractmethod
    def _answers(self) -> bool:
        """Tell whether a client is served."""

    def _account(self) -> Account | None:
        return None

    def _spawn(self, lock: int) -> subprocess.Popen[bytes]:
        log = self._log_path()
        log.unlink(missing_ok=True)  # it may belong to somebody else
        account = self._account()
        with log.open("wb") as output:
            return subprocess.Popen(  # noqa: S603 - our own command line
                self._command(),
                cwd="/",  # ours may be closed to the account
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(lock,),
                start_new_session=True,  # Ctrl-C at the terminal is for us; we stop it in order
                preexec_fn=die_with_parent(self.stop_signal),  # noqa: PLW1509 - one system call
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=None if account is None else [],
            )

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if process.poll() is not None:
                raise ServerFailedError(f"{self.name} ended at once.\n{self._log_tail()}")
            if time.monotonic() > deadline:
                raise ServerFailedError(f"{self.name} does not answer.\n{self._log_tail()}")
            time.sleep(0.01)

    def _end(self, signum: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signum)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _log_path(self) -> Path:
        return self.data_dir / "server.log"

    def _log_tail(self) -> str:
        lines = self._log_path().read_text(errors="replace").splitlines()
        return "\n".join(["Its last words:", *lines[-8:]])
