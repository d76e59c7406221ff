"""Real servers for tests, as pytest fixtures: `pytest_plugins = ["tests.servers"]`.

One PostgreSQL and one Valkey serve the whole session; DATABASE_URL and REDIS_URL, when set, are
used instead. Tests that break servers ask for `own_postgres` and `own_valkey`.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import environ  # noqa: TID251 - which servers to test with is the environment's to say
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types
import pytest

from demo.embedded import PostgresServer, ValkeyServer, postgres, valkey


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionServer:
    """A server that runs for the whole session."""

    url: str


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[SessionServer]:
    """Give PostgreSQL; its url is for a role that may create databases."""
    if url := environ.get("DATABASE_URL"):
        yield SessionServer(url=url)
        return
    with scratch_folder() as folder, postgres(folder, durable=False) as server:
        yield SessionServer(url=server.url)


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[SessionServer]:
    """Give Valkey; tests empty it as they need."""
    if url := environ.get("REDIS_URL"):
        yield SessionServer(url=url)
        return
    with scratch_folder() as folder, valkey(folder, persist=False) as server:
        yield SessionServer(url=server.url)


@pytest.fixture
def own_postgres(scratch: Path) -> Iterator[PostgresServer]:
    """Start a PostgreSQL for this test alone, to break and restart on the same data and port."""
    with postgres(scratch / "own-postgres", durable=False) as server:
        yield server


@pytest.fixture
def own_valkey(scratch: Path) -> Iterator[ValkeyServer]:
    """Start a Valkey for this test alone, to break and restart on the same data and port."""
    with valkey(scratch / "own-valkey") as server:
        yield server


@pytest.fixture
def scratch() -> Iterator[Path]:
    """Make a folder that PostgreSQL, another user if we are root, can enter; not so `tmp_path`."""
    with scratch_folder() as folder:
        yield folder


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Create a folder that other users can enter, and remove it with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix="backspin-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def await_end(processes: list[psutil.Process], *, seconds: float = 20) -> list[psutil.Process]:
    """Wait until all have ended; returns those that have not. The dead that nobody buries count."""
    deadline = time.monotonic() + seconds
    while (alive := [one for one in processes if _lives(one)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return alive


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
