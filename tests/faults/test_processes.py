"""What must survive the death of processes and servers: real ones, really killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types
import pytest

from demo.embedded import PostgresServer, ValkeyServer
from demo.standin.profiles import PROFILES
from demo.standin.server import StandIn
from tests.install import Install, Visitor, end_group, running, until
from tests.pages import check_page

pytestmark = pytest.mark.slow

MINUTES_2 = 120
MEDIUM = next(profile for profile in PROFILES if profile.key == "medium")


@pytest.fixture
def install(
    own_postgres: PostgresServer, own_valkey: ValkeyServer, standin: StandIn, tmp_path: Path
) -> Iterator[Install]:
    with running(own_postgres, own_valkey, standin, tmp_path / "log") as started:
        yield started


def begin_large_sync(install: Install) -> Visitor:
    """Sign the large listener in, slowly enough that there is a middle to be killed in."""
    install.standin.world.faults.latency = 0.15
    visitor = install.visitor()
    assert visitor.sign_in("large").ok
    until(lambda: pages_kept(install) > 20, "the sync is in the middle", seconds=30)
    return visitor


def pages_kept(install: Install) -> int:
    return int(install.query("SELECT count(*) FROM sync_pages")[0][0])


def is_complete(visitor: Visitor) -> bool:
    return visitor.sync()["status"] == "COMPLETED"


def assert_large_library_is_whole(install: Install) -> None:
    counts = install.query("SELECT kind, count(*) FROM library_items GROUP BY kind ORDER BY kind")
    assert counts == [("followed_artist", 200), ("saved_album", 300), ("saved_track", 3000)]
    events = install.query("SELECT count(*), count(DISTINCT (kind, item_id)) FROM library_events")
    assert events == [(3500, 3500)], "nothing is stored twice"
    entries = install.query(
        "SELECT count(*), sum(jsonb_array_length(entries)) FROM playlist_versions"
    )
    assert entries == [(40, 5000)], "nothing is stored twice"


def assert_little_was_fetched_twice(install: Install) -> None:
    calls = [(c.path, c.query) for c in install.standin.world.log if c.path.startswith("/v1/me/t")]
    repeated = len(calls) - len(set(calls))
    # What was in the air or in memory, and page 1, which is looked at again at the end.
    assert repeated <= 4 + 16 + 1


def test_a_killed_worker_loses_nothing(install: Install) -> None:
    worker = install.start_worker()
    visitor = begin_large_sync(install)
    end_group(worker, signal.SIGKILL)
    worker.wait(5)
    install.start_worker()
    until(lambda: is_complete(visitor), "another worker went on", seconds=MINUTES_2)
    assert_large_library_is_whole(install)
    assert_little_was_fetched_twice(install)


def test_a_killed_job_is_gone_on_with(install: Install) -> None:
    worker = install.start_worker()
    visitor = begin_large_sync(install)
    horse = next(
        child
        for child in psutil.Process(worker.pid).children(recursive=True)
        if len(child.threads()) > 2
    )
    os.kill(horse.pid, signal.SIGKILL)
    until(lambda: is_complete(visitor), "the worker tried again", seconds=MINUTES_2)
    assert_large_library_is_whole(install)


def test_ending_all_processes_politely_loses_nothing(install: Install) -> None:
    worker = install.start_worker()
    visitor = begin_large_sync(install)
    web = install.processes[0]
    for process in (web, worker):
        end_group(process, signal.SIGTERM)
    for process in (web, worker):
        process.wait(30)
    install.start_web()
    install.start_worker()
    until(lambda: is_complete(visitor), "it went on after the restart", seconds=MINUTES_2)
    assert_large_library_is_whole(install)


def test_the_next_request_works_after_postgresql_restarted(install: Install) -> None:
    visitor = install.visitor()
    visitor.sign_in("tiny")
    assert visitor.get("/library/tracks").ok
    install.postgres.restart()
    assert visitor.get("/library/tracks").ok


def test_postgresql_being_away_is_a_page(install: Install) -> None:
    visitor = install.visitor()
    visitor.sign_in("tiny")
    install.postgres.stop()
    reply = visitor.get("/library/tracks")
    assert reply.status_code == 503
    check_page(reply.text)
    install.postgres.start()
    assert visitor.get("/library/tracks").ok


def test_without_redis_pages_read_and_a_sync_is_kept(install: Install) -> None:
    visitor = install.visitor()
    visitor.sign_in("medium")
    install.valkey.stop()
    until(
        lambda: "job queue cannot be reached" in visitor.get("/dashboard").text,
        "a notice",
        seconds=15,
    )
    assert visitor.get("/library/tracks").ok
    other = install.visitor()
    assert other.get("/").ok
    # The first sync waits in the queue that is gone: nothing is lost with it.
    reply = visitor.post("/syncs")
    assert reply.status_code == 303
    check_page(visitor.get(reply.headers["Location"]).text)
    install.valkey.start()
    install.start_worker()
    until(lambda: is_complete(visitor), "it started by itself", seconds=MINUTES_2)
    saved = install.query("SELECT count(*) FROM library_items WHERE kind = 'saved_track'")
    assert saved == [(MEDIUM.tracks,)]


def test_a_sync_asked_for_without_redis_is_kept(install: Install) -> None:
    visitor = install.visitor()
    visitor.sign_in("tiny")
    install.query("SELECT 1")
    install.valkey.stop()
    visitor.install.settings["SYNC_MIN_INTERVAL_MINUTES"] = "0"
    end_group(install.processes[0], signal.SIGTERM)
    install.processes[0].wait(15)
    install.start_web()
    reply = visitor.post("/syncs")
    assert reply.status_code == 303
    assert "job queue cannot be reached" in visitor.get(reply.headers["Location"]).text
    assert visitor.sync()["status"] == "PENDING"
    install.valkey.start()
    install.start_worker()
    until(lambda: is_complete(visitor), "it started by itself", seconds=MINUTES_2)
