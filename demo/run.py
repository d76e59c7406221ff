"""The demo from start to end: servers, release, processes, and down again in order."""

import http.client
import shlex
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from demo.embedded import (
    Server,
    ServerError,
    create_database,
    free_port,
    is_taken,
    postgres,
    prepare_folder,
    valkey,
)
from demo.environment import (
    Addresses,
    WrongPortError,
    build_environment,
    chosen_port,
    keep_secrets,
    uses_real_spotify,
)
from demo.processes import Process
from demo.procfile import plan
from demo.supervisor import HopelessError, describe, supervise
from demo.terminal import Terminal, wants_colour

PROJECT = Path(__file__).resolve().parent.parent
DATABASE = "backspin"
PATIENCE = 10.0  # seconds; a stopping worker gives its job 6 before it hands it back


class DemoError(Exception):
    """The demo cannot go on; the text is for the person at the terminal."""


class Demo:
    """One run of the demo."""

    def __init__(
        self, *, procfile: Path, data: Path, inherited: Mapping[str, str], stop: threading.Event
    ) -> None:
        """`inherited` is the environment we were started in; `stop`, once set, ends the run."""
        self._folder = procfile.resolve().parent
        self._plan = plan(procfile.read_text())
        self._data = data.resolve()
        self._inherited = inherited
        self._stop = stop
        self._terminal = Terminal(sys.stdout, colour=wants_colour(sys.stdout, inherited))
        self._servers: list[Server] = []

    def run(self) -> None:
        """Run until told to stop. Raises DemoError, by then with everything stopped."""
        try:
            port = free_web_port(self._inherited)
            prepare_folder(self._data, name="The demo", mode=0o711)
            with ExitStack() as stack:
                addresses = self._start_servers(stack, port)
                environment = self._environment(addresses)
                self._release(environment)
                if not self._stop.is_set():
                    self._serve(environment, addresses)
                self._terminal.say("Stopping the databases.")
        except (ServerError, HopelessError, WrongPortError) as error:
            raise DemoError(str(error)) from error
        self._terminal.say("Everything has stopped. Your data is kept.")

    def _start_servers(self, stack: ExitStack, port: int) -> Addresses:
        database_url = self._inherited.get("DATABASE_URL")
        if not database_url:
            server = self._start(postgres(self._data / "postgres"), stack)
            database_url = create_database(server.url, DATABASE, exist_ok=True)
        redis_url = self._inherited.get("REDIS_URL")
        if not redis_url:
            redis_url = self._start(valkey(self._data / "valkey"), stack).url
        return Addresses(
            port=port,
            database_url=database_url,
            redis_url=redis_url,
            # The archive's links to pictures hold this address: the same each time, if possible.
            standin_port=None if uses_real_spotify(self._inherited) else free_port(port + 1),
        )

    def _start(self, server: Server, stack: ExitStack) -> Server:
        self._terminal.say(f"Starting {server.name}.")
        self._servers.append(stack.enter_context(server))
        return server

    def _environment(self, addresses: Addresses) -> dict[str, str]:
        return build_environment(
            self._inherited,
            addresses=addresses,
            secret_values=keep_secrets(self._data / "demo-secrets.json"),
            programs=Path(sys.executable).parent,
        )

    def _release(self, environment: Mapping[str, str]) -> None:
        if self._plan.release is None or self._stop.is_set():
            return
        release = self._process("release", self._plan.release, self._folder, environment)
        release.start()
        while release.poll() is None and not self._stop.wait(0.05):
            pass
        release.ask_to_stop()
        release.end(PATIENCE)
        code = release.poll()
        if code and not self._stop.is_set():
            raise DemoError(f"The release command failed ({describe(code)}); see its lines above.")

    def _serve(self, environment: Mapping[str, str], addresses: Addresses) -> None:
        standin = self._standin(environment, addresses.standin_port)
        processes = [
            self._process(name, command, self._folder, environment)
            for name, command in self._plan.processes.items()
        ]
        try:
            for process in [*standin, *processes]:
                process.start()
            supervise(
                [*self._servers, *standin, *processes],
                stop=self._stop,
                say=self._terminal.say,
                each_look=self._greeting(environment, addresses),
            )
        finally:
            self._terminal.say("Stopping.")
            end_together(processes)
            end_together(standin)

    def _standin(self, environment: Mapping[str, str], port: int | None) -> list[Process]:
        if port is None:
            return []
        state = shlex.quote(str(self._data / "standin.json"))
        command = f"python -m demo.standin --port {port} --state {state}"
        return [self._process("standin", command, PROJECT, environment)]

    def _process(
        self, name: str, command: str, folder: Path, environment: Mapping[str, str]
    ) -> Process:
        return Process(
            name, command, folder=folder, environment=environment, terminal=self._terminal
        )

    def _greeting(self, environment: Mapping[str, str], addresses: Addresses) -> Callable[[], None]:
        """Return what says hello once, as soon as the web process answers."""
        said = threading.Event()

        def greet() -> None:
            if not said.is_set() and web_answers(addresses.port):
                said.set()
                self._terminal.say(greeting(environment, addresses, self._data))

        return greet


def free_web_port(inherited: Mapping[str, str]) -> int:
    """Return the port that the person chose. Raises DemoError when it is taken."""
    port = chosen_port(inherited)
    if is_taken(port):
        raise DemoError(
            f"Port {port} is used by another program: stop that one, "
            f"or choose another port, for example PORT={port + 10} make demo."
        )
    return port


def end_together(processes: Sequence[Process]) -> None:
    """Ask all to stop, then wait for all; together they have PATIENCE seconds."""
    for process in processes:
        process.ask_to_stop()
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        process.end(max(deadline - time.monotonic(), 0))


def web_answers(port: int) -> bool:
    """Tell whether something speaks HTTP there, whatever it says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def greeting(environment: Mapping[str, str], addresses: Addresses, data: Path) -> str:
    """Return what a person needs to know, once it runs."""
    spotify = "the real Spotify" if addresses.standin_port is None else "a stand-in for Spotify"
    return "\n".join(
        [
            "",
            f"  Backspin is ready:  {environment['PUBLIC_URL']}",
            "",
            f"  Sign-in goes to {spotify}. Data is kept in {data}.",
            "  Ctrl-C stops everything.",
            "",
        ]
    )
