"""Reading an account, with a worker that is killed in the middle: real processes, really killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types
import pytest

from demo.embedded import PostgresServer, ValkeyServer
from demo.standin.faults import Fault
from demo.standin.server import StandIn
from tests.install import Install, end_group, running, until
from tests.scrobbling import make_scrobbles

pytestmark = pytest.mark.slow

MANY = 3_000
ACCOUNTS = {"lastfm": "/lastfm", "listenbrainz": "/listenbrainz"}


@pytest.fixture
def install(
    own_postgres: PostgresServer, own_valkey: ValkeyServer, standin: StandIn, tmp_path: Path
) -> Iterator[Install]:
    standin.scrobbles.add("ida", make_scrobbles(MANY))
    with running(own_postgres, own_valkey, standin, tmp_path / "log") as started:
        yield started


@pytest.mark.parametrize("service", ACCOUNTS)
def test_a_worker_killed_while_it_reads_loses_nothing(install: Install, service: str) -> None:
    world = install.standin.world
    visitor = install.visitor()
    assert visitor.sign_in("empty").ok
    world.faults.add(Fault(kind="latency", match=ACCOUNTS[service], seconds=0.3))
    worker = install.start_worker()
    assert visitor.post("/imports/accounts", service=service, account="ida").status_code == 303
    until(lambda: rows_done(install) >= 400, "some pages are staged", seconds=60)
    for child in psutil.Process(worker.pid).children(recursive=True):
        os.kill(child.pid, signal.SIGKILL)
    end_group(worker, signal.SIGKILL)
    worker.wait(10)
    done, calls = rows_done(install), len(world.log.matching(ACCOUNTS[service]))
    assert done < MANY
    assert install.query("SELECT count(*) FROM play_reports") == [(0,)], "nothing is half-stored"
    world.faults.clear()
    install.start_worker()
    until(lambda: status(install) == "COMPLETED", "another worker goes on", seconds=150)
    assert install.query("SELECT receipt FROM imports") == [({"new": MANY},)]
    assert install.query("SELECT sum(plays) FROM daily_listening") == [(MANY,)]
    per_page = 200 if service == "lastfm" else 500
    again = len(world.log.matching(ACCOUNTS[service])) - calls
    assert again <= (MANY - done) // per_page + 4, "it went on where it was"


def rows_done(install: Install) -> int:
    return int(install.query("SELECT coalesce(max(rows_done), 0) FROM imports")[0][0])


def status(install: Install) -> str:
    return str(install.query("SELECT status FROM imports")[0][0])
