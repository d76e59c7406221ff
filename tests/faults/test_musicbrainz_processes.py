"""Looking albums up when a worker dies in the middle: a real one, really killed."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from demo.embedded import PostgresServer, ValkeyServer
from demo.standin.server import StandIn
from jobs.scheduler import TIMES
from tests.install import Install, end_group, running, until

pytestmark = pytest.mark.slow

MINUTES_3 = 180
ALBUMS = 40
TREND = """
INSERT INTO trend_items (kind, name, artist_names, match_key, first_seen_at, last_seen_at)
SELECT 'album', 'Album ' || n, 'Nobody ' || n, 'nobody' || n || '|album' || n, now(), now()
FROM generate_series(1, {}) AS n
"""
DONE = "SELECT count(*) FROM album_matches WHERE retry_at > now()"


@pytest.fixture
def install(
    own_postgres: PostgresServer, own_valkey: ValkeyServer, standin: StandIn, tmp_path: Path
) -> Iterator[Install]:
    told = {"OPERATOR_CONTACT": "mira@example.org", "MUSICBRAINZ_SECONDS": "0.25"}
    with running(own_postgres, own_valkey, standin, tmp_path / "log", **told) as started:
        yield started


def done(install: Install) -> int:
    return int(install.query(DONE)[0][0])


def test_a_killed_worker_loses_nothing_that_was_answered(
    install: Install, standin: StandIn
) -> None:
    install.change(TREND.format(ALBUMS))
    worker = install.start_worker()
    install.start_scheduler()
    with Redis.from_url(install.valkey.url) as redis:
        redis.zadd(TIMES, {"cron-musicbrainz": time.time() - 60}, xx=True)
    until(lambda: done(install) >= 10, "some are looked up", seconds=60)
    end_group(worker, signal.SIGKILL)
    worker.wait(5)
    answered = done(install)
    assert answered < ALBUMS, "it was in the middle"
    install.start_worker()
    until(lambda: done(install) == ALBUMS, "another worker went on", seconds=MINUTES_3)
    asked = Counter(call.query for call in standin.world.log.matching("/musicbrainz"))
    assert len(asked) == ALBUMS
    assert asked.total() <= ALBUMS + 1, "at most the answer in the air is asked for again"
