"""Imports when processes and servers die in the middle: real ones, really killed."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types
import psycopg2
import pytest
from redis import Redis

from demo.embedded import PostgresServer, ValkeyServer
from demo.standin.server import StandIn
from tests.exporting import extended, history, tally
from tests.install import Install, Visitor, end_group, running, until

pytestmark = pytest.mark.slow

MINUTES_2 = 120
ROWS = list(history(24_000))
PACKAGE = extended(ROWS).getvalue()
TOTALS = tally(ROWS).receipt

# The third batch of rows waits for this row's fate, which is to have never been: two are staged.
HOLD_READING = (
    "INSERT INTO import_raw SELECT user_id, id, 0, 10001, 15000, '' FROM imports;"
    "DELETE FROM import_raw WHERE first_number = 10001"
)
HOLD_MERGING = "LOCK TABLE plays IN SHARE MODE"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND {}"


@pytest.fixture
def install(
    own_postgres: PostgresServer, own_valkey: ValkeyServer, standin: StandIn, tmp_path: Path
) -> Iterator[Install]:
    with running(own_postgres, own_valkey, standin, tmp_path / "log") as started:
        yield started


@pytest.fixture
def visitor(install: Install) -> Visitor:
    """Sign in somebody who never played anything, so that all plays are the import's."""
    visitor = install.visitor()
    assert visitor.sign_in("empty").ok
    return visitor


def send(visitor: Visitor, package: bytes = PACKAGE) -> str:
    """Upload a package; return the address of the import."""
    files = {"files": ("my_spotify_data.zip", package, "application/zip")}
    reply = visitor.post("/imports", files=files)
    assert reply.status_code == 303, reply.text[:500]
    return re.sub(r"^https?://[^/]+", "", reply.headers["Location"])


def begin(visitor: Visitor, package: bytes = PACKAGE) -> str:
    address = send(visitor, package)
    assert visitor.post(f"{address}/start").status_code == 303
    return address


def one(install: Install, sql: str) -> object:
    return install.query(sql)[0][0]


def is_complete(install: Install) -> bool:
    return one(install, "SELECT status FROM imports ORDER BY id DESC LIMIT 1") == "COMPLETED"


def await_reading(install: Install) -> None:
    """Wait until two batches are staged, and the third one waits."""
    waiting = WAITING.format("query LIKE 'INSERT INTO import_raw%'")
    until(lambda: one(install, waiting) == 1, "it reads", seconds=60)
    assert one(install, "SELECT count(*) FROM import_rows") == 10_000


def await_merging(install: Install) -> None:
    """Wait until the merge waits to write plays."""
    waiting = WAITING.format("query NOT LIKE 'LOCK%'")
    until(lambda: one(install, waiting) == 1, "it merges", seconds=60)
    assert one(install, "SELECT phase FROM imports") == "merging"


def kill(worker: subprocess.Popen[bytes]) -> None:
    """Kill a worker and the process of its job."""
    for child in psutil.Process(worker.pid).children(recursive=True):
        os.kill(child.pid, signal.SIGKILL)
    end_group(worker, signal.SIGKILL)
    worker.wait(10)


def assert_nothing_is_stored(install: Install) -> None:
    for table in ("plays", "play_reports", "daily_listening", "tracks"):
        assert one(install, f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - our own names


def assert_all_rows_are_in_once(install: Install) -> None:
    assert one(install, "SELECT receipt FROM imports ORDER BY id LIMIT 1") == TOTALS
    new, short = TOTALS["new"], TOTALS["short"]
    assert one(install, "SELECT count(*) FROM plays") == new
    assert one(install, "SELECT count(DISTINCT (file, number)) FROM play_reports") == new + short
    assert one(install, "SELECT count(*) FROM play_reports") == new + short
    assert one(install, "SELECT sum(plays) FROM daily_listening") == new
    kept = "SELECT sum(last_number - first_number + 1) FROM import_raw WHERE import_id = 1"
    assert one(install, kept) == len(ROWS)
    for table in ("import_rows", "import_songs", "import_uploads"):
        assert one(install, f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - our own names


def test_a_worker_killed_while_reading(install: Install, visitor: Visitor) -> None:
    begin(visitor)
    with install.holding(HOLD_READING):
        worker = install.start_worker()
        await_reading(install)
        kill(worker)
        assert_nothing_is_stored(install)
    install.start_worker()
    until(lambda: is_complete(install), "another worker went on", seconds=MINUTES_2)
    assert_all_rows_are_in_once(install)


def test_a_worker_killed_while_merging(install: Install, visitor: Visitor) -> None:
    begin(visitor)
    with install.holding(HOLD_MERGING):
        worker = install.start_worker()
        await_merging(install)
        kill(worker)
        assert_nothing_is_stored(install)
    install.start_worker()
    until(lambda: is_complete(install), "another worker went on", seconds=MINUTES_2)
    assert_all_rows_are_in_once(install)


def test_a_job_killed_while_merging_is_gone_on_with(install: Install, visitor: Visitor) -> None:
    begin(visitor)
    with install.holding(HOLD_MERGING):
        worker = install.start_worker()
        await_merging(install)
        for child in psutil.Process(worker.pid).children(recursive=True):
            os.kill(child.pid, signal.SIGKILL)
    until(lambda: is_complete(install), "the worker tried again", seconds=MINUTES_2)
    assert_all_rows_are_in_once(install)


@pytest.mark.skipif(psutil.cpu_count() == 1, reason="one core reads alone")
def test_readers_end_with_their_job(install: Install, visitor: Visitor) -> None:
    """So large a package is read by processes of the job's own."""
    rows = list(history(40_000))
    begin(visitor, extended(rows).getvalue())
    with install.holding(HOLD_READING):
        worker = install.start_worker()
        until(lambda: one(install, WAITING.format("true")) == 1, "it reads", seconds=60)
        job = max(psutil.Process(worker.pid).children(), key=lambda one: len(one.children()))
        readers = job.children()
        job.kill()
        gone, left = psutil.wait_procs(readers, 20)
    assert (len(gone), left) == (2, [])
    until(lambda: is_complete(install), "the worker tried again", seconds=MINUTES_2)
    assert one(install, "SELECT receipt FROM imports") == tally(rows).receipt
    assert one(install, "SELECT count(*) FROM plays") == tally(rows).new


def test_postgresql_killed_while_reading(install: Install, visitor: Visitor) -> None:
    begin(visitor)
    worker = install.start_worker()
    with suppress(psycopg2.Error), install.holding(HOLD_READING):
        await_reading(install)
        install.postgres.kill()
        install.postgres.start()
    assert one(install, "SELECT count(*) FROM import_rows") == 0, "the staging is gone"
    # The killed server may have lost its last commit: it runs with `synchronous_commit` off.
    assert one(install, "SELECT rows_done FROM imports") in {5_000, 10_000}
    assert_nothing_is_stored(install)
    until(lambda: is_complete(install), "it began anew", seconds=MINUTES_2)
    assert_all_rows_are_in_once(install)
    assert worker.poll() is None, "the worker lives"


def test_cancelling_while_reading_leaves_nothing(install: Install, visitor: Visitor) -> None:
    address = begin(visitor)
    with ThreadPoolExecutor(1) as pool, install.holding(HOLD_READING):
        install.start_worker()
        await_reading(install)
        cancelling = pool.submit(visitor.post, f"{address}/cancel")
        waiting = WAITING.format("query LIKE '%FOR UPDATE%'")
        until(lambda: one(install, waiting) == 1, "the word waits for the batch", seconds=30)
        assert not cancelling.done()
    assert cancelling.result().status_code == 303
    assert one(install, "SELECT status FROM imports") == "CANCELLED"
    assert_nothing_is_stored(install)
    for table in ("import_rows", "import_songs", "import_raw", "import_uploads"):
        assert one(install, f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - our own names
    begin(visitor)
    until(lambda: is_complete(install), "the worker takes the next one", seconds=MINUTES_2)
    assert one(install, "SELECT count(*) FROM plays") == TOTALS["new"]


def test_of_two_at_once_one_waits_for_the_other(install: Install, visitor: Visitor) -> None:
    other = install.visitor()
    assert other.sign_in("empty").ok
    addresses = send(visitor), send(other)
    with ThreadPoolExecutor(2) as pool:
        replies = list(
            pool.map(
                lambda pair: pair[0].post(f"{pair[1]}/start"),
                zip((visitor, other), addresses, strict=True),
            )
        )
    assert [reply.status_code for reply in replies] == [303, 303]
    states = install.query("SELECT status, id FROM imports ORDER BY status")
    assert [status for status, _ in states] == ["FOUND", "PENDING"]
    install.start_worker()
    until(
        lambda: one(install, "SELECT count(*) FROM imports WHERE status = 'COMPLETED'") == 1,
        "the first is in",
        seconds=MINUTES_2,
    )
    assert visitor.post(f"/imports/{states[0][1]}/start").status_code == 303
    until(
        lambda: one(install, "SELECT count(*) FROM imports WHERE status = 'COMPLETED'") == 2,
        "then the second",
        seconds=MINUTES_2,
    )
    receipts = {row[0]: row[1] for row in install.query("SELECT id, receipt FROM imports")}
    assert receipts[states[1][1]] == TOTALS
    again = receipts[states[0][1]]
    assert again == {
        "had": len(ROWS) - TOTALS["podcast"] - TOTALS["unreadable"],
        "podcast": TOTALS["podcast"],
        "unreadable": TOTALS["unreadable"],
    }
    assert one(install, "SELECT count(*) FROM plays") == TOTALS["new"]


def test_an_import_outlives_an_emptied_queue(install: Install, visitor: Visitor) -> None:
    begin(visitor)
    with Redis.from_url(install.valkey.url) as redis:
        redis.flushall()
    install.start_worker()
    until(lambda: is_complete(install), "it was offered again", seconds=MINUTES_2)
    assert_all_rows_are_in_once(install)
