"""Exports, and bringing them back, when processes die in the middle: real ones, really killed."""

import io
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import psutil  # type: ignore[import-untyped]  # it has no types
import pytest

from demo.embedded import PostgresServer, ValkeyServer
from demo.standin.server import StandIn
from tests.install import Install, Visitor, end_group, running, until

pytestmark = pytest.mark.slow

MINUTES_2 = 120
# The first part waits for this one's fate, which is to have never been.
HOLD_WRITING = (
    "INSERT INTO export_parts SELECT id, 0, '' FROM exports;"
    "DELETE FROM export_parts WHERE body = ''"
)
HOLD_MERGING = "LOCK TABLE plays IN SHARE MODE"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND {}"
PLAYS = "SELECT count(*), min(ended_at), max(ended_at) FROM plays WHERE user_id = {}"


@pytest.fixture
def install(
    own_postgres: PostgresServer, own_valkey: ValkeyServer, standin: StandIn, tmp_path: Path
) -> Iterator[Install]:
    with running(own_postgres, own_valkey, standin, tmp_path / "log") as started:
        yield started


@pytest.fixture
def visitor(install: Install) -> Visitor:
    visitor = install.visitor()
    assert visitor.sign_in("tiny").ok
    return visitor


def one(install: Install, sql: str) -> object:
    return install.query(sql)[0][0]


def kill(worker: subprocess.Popen[bytes]) -> None:
    """Kill a worker and the process of its job."""
    for child in psutil.Process(worker.pid).children(recursive=True):
        os.kill(child.pid, signal.SIGKILL)
    end_group(worker, signal.SIGKILL)
    worker.wait(10)


def await_waiting(install: Install, queries: str) -> None:
    waiting = WAITING.format(queries)
    until(lambda: one(install, waiting) == 1, "it waits in the middle", seconds=60)


def await_status(install: Install, table: str) -> None:
    status = f"SELECT status FROM {table} ORDER BY id DESC LIMIT 1"  # noqa: S608 - our own names
    until(lambda: one(install, status) == "COMPLETED", f"{table} completed", seconds=MINUTES_2)


def download(visitor: Visitor) -> bytes:
    found = re.search(r"/exports/\d+/archive\.zip", visitor.get("/exports").text)
    assert found
    reply = visitor.get(found.group())
    assert reply.ok
    return reply.content


def make(install: Install, visitor: Visitor) -> bytes:
    assert visitor.post("/exports").status_code == 303
    install.start_worker()
    await_status(install, "exports")
    return download(visitor)


def test_a_worker_killed_while_writing_is_followed_by_another(
    install: Install, visitor: Visitor
) -> None:
    assert visitor.post("/exports").status_code == 303
    with install.holding(HOLD_WRITING):
        worker = install.start_worker()
        await_waiting(install, "query LIKE 'INSERT INTO export_parts%'")
        kill(worker)
    assert one(install, "SELECT count(*) FROM export_parts") == 0
    assert "archive.zip" not in visitor.get("/exports").text
    archive = make(install, visitor)
    assert install.query("SELECT attempt, lines_done = lines_total FROM exports") == [(2, True)]
    with ZipFile(io.BytesIO(archive)) as package:
        assert package.testzip() is None
        assert json.loads(package.read("backspin.json"))["listener"]["username"] == "ida-moe"


def test_a_worker_killed_while_bringing_back_is_followed_by_another(
    install: Install, visitor: Visitor
) -> None:
    archive = make(install, visitor)
    for worker in install.processes[1:]:
        kill(worker)
    other = install.visitor()
    assert other.sign_in("empty").ok
    other_id = one(install, "SELECT id FROM users WHERE spotify_id = 'empty'")
    files = {"files": ("backspin.zip", archive, "application/zip")}
    address = re.sub(
        r"^https?://[^/]+", "", other.post("/imports", files=files).headers["Location"]
    )
    assert other.post(f"{address}/start").status_code == 303
    with install.holding(HOLD_MERGING):
        worker = install.start_worker()
        await_waiting(install, "query NOT LIKE 'LOCK%'")
        kill(worker)
    until(lambda: one(install, WAITING.format("true")) == 0, "its connection ended", seconds=30)
    nothing = f"SELECT count(*) FROM play_reports WHERE user_id = {other_id}"  # noqa: S608 - a number
    assert one(install, nothing) == 0
    install.start_worker()
    await_status(install, "imports")
    mine = one(install, "SELECT id FROM users WHERE spotify_id = 'tiny'")
    assert install.query(PLAYS.format(other_id)) == install.query(PLAYS.format(mine))
    assert one(install, "SELECT count(*) FROM import_lines") == 0
