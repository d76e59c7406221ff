"""Measures the listening archive: a tick for a thousand and for ten thousand listeners."""

import json
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

import psycopg2
import redis

from bench import statements
from bench.crowd import PLAYS_PER_HOUR, seed
from bench.install import Install, Stage, make_install
from bench.processes import ROOT, until
from bench.standin import LATENCY_MS
from bench.table import Row, middle
from bench.tick import Tick
from jobs.archive import BATCH

FEW, MANY = 1_000, 10_000
TRIALS = 3
WORKERS = 2
RECENT = "/v1/me/player/recently-played"
DUE = "UPDATE archive_states SET due_at = now() - interval '1 minute'"
WAITING = """
SELECT count(*) FROM archive_states
WHERE polled_at IS NULL OR polled_at < to_timestamp(%s)
"""
KEPT = "SELECT (SELECT count(*) FROM plays), (SELECT count(*) FROM listening_gaps)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What became of one tick: listeners a second until the last was asked, and new plays."""

    rate: float
    new: int


@dataclass(slots=True, kw_only=True)
class Crowded:
    """An install with a crowd; `at` is the time of the stand-in, which only `go_on` moves."""

    install: Install
    count: int
    at: datetime

    def go_on(self) -> None:
        """Let an hour pass, so that everybody plays."""
        self.at += timedelta(hours=1)
        self.install.stage.standin.freeze(self.at)

    def make_due(self) -> None:
        """Let it be everybody's turn, with an empty queue and nothing in the log of calls."""
        with redis.Redis.from_url(self.install.stage.redis_url) as client:
            client.flushall()
        self.install.query(DUE)
        self.install.stage.standin.act("clear_log")

    def archive(self, *, workers: int = WORKERS, database_url: str | None = None) -> Hour:
        """Tick, and wait until everybody was asked; each must have been, once, and well."""
        self.make_due()
        before, gaps = self.install.query(KEPT)[0]
        with ExitStack() as stack:
            for _ in range(workers):
                stack.enter_context(self.install.worker(database_url))
            self.install.await_workers(workers)
            ticked = self.tick()
            self._await_all(ticked.began)
            seconds = time.time() - ticked.began
        told = self.install.stage.standin.tally()
        assert told == {
            RECENT: {"calls": self.count, "listeners": self.count, "most": 1, "fewest": 1}
        }, told
        after, gaps_after = self.install.query(KEPT)[0]
        assert gaps == gaps_after
        return Hour(rate=self.count / seconds, new=after - before)

    def tick(self) -> Tick:
        """Tick in a process of its own, with the install's settings."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.tick"],
            cwd=ROOT,
            env=dict(self.install.environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        ticked = Tick(**json.loads(done.stdout))
        assert ticked.listeners == self.count
        return ticked

    def _await_all(self, began: float) -> None:
        with closing(psycopg2.connect(self.install.database_url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:

                def all_asked() -> bool:
                    cursor.execute(WAITING, [began])
                    return cursor.fetchone() == (0,)

                until(all_asked, "everybody was asked", seconds=self.count / 5, every=0.1)


def measure_archive(stage: Stage) -> list[Row]:
    """Archive a thousand listeners hour by hour, then ten thousand."""
    try:
        few = _crowded(stage, FEW)
        busy = [_busy_hour(few) for _ in range(TRIALS)]
        quiet = [few.archive() for _ in range(TRIALS)]
        per_listener = _statements(few)
        many = _crowded(stage, MANY)
        queued = [_queue_alone(many) for _ in range(TRIALS)]
        most = _busy_hour(many)
    finally:
        stage.standin.act("add_crowd", count=0)
        stage.standin.freeze()
    return [*_rows_of_few(busy, quiet, per_listener), *_rows_of_many(busy, most, queued)]


def _crowded(stage: Stage, count: int) -> Crowded:
    install = make_install(stage, SPOTIFY_CONCURRENCY=str(BATCH))
    at = datetime.now(UTC) - timedelta(hours=TRIALS + 1)
    seed(install, count, at)
    return Crowded(install=install, count=count, at=at)


def _busy_hour(crowded: Crowded) -> Hour:
    crowded.go_on()
    hour = crowded.archive()
    assert hour.new == PLAYS_PER_HOUR * crowded.count, hour
    return hour


def _statements(crowded: Crowded) -> float:
    crowded.go_on()
    counted_url = statements.begin_counting(crowded.install.database_url)
    crowded.archive(workers=1, database_url=counted_url)
    return statements.counted(crowded.install.database_url) / crowded.count


def _queue_alone(crowded: Crowded) -> float:
    crowded.make_due()
    return crowded.tick().seconds


def _rows_of_few(busy: list[Hour], quiet: list[Hour], per_listener: float) -> list[Row]:
    rates, quiet_rates = [hour.rate for hour in busy], [hour.rate for hour in quiet]
    stored = sum(hour.new for hour in quiet)
    return [
        Row(
            what=f"hourly tick, {FEW:,} listeners, {PLAYS_PER_HOUR} new plays each,"
            f" limits lifted, {LATENCY_MS} ms per call, {WORKERS} workers, from tick to end",
            target="at least 50 listeners/s, exactly 1 call each",
            measured=f"{middle(rates, 'listeners/s')}, 1 call each",
            met=median(rates) >= 50,
        ),
        Row(
            what="SQL statements per listener, BEGIN and COMMIT included",
            target="at most 8",
            measured=f"{per_listener:.2f}",
            met=per_listener <= 8,
        ),
        Row(
            what=f"tick where nobody played, {FEW:,} listeners",
            target="at least 100 listeners/s, 0 rows written to plays",
            measured=f"{middle(quiet_rates, 'listeners/s')}, {stored} rows",
            met=median(quiet_rates) >= 100 and stored == 0,
        ),
    ]


def _rows_of_many(busy: list[Hour], most: Hour, queued: list[float]) -> list[Row]:
    base = median(hour.rate for hour in busy)
    change = most.rate / base - 1
    return [
        Row(
            what=f"hourly tick, {MANY:,} listeners",
            target=f"{base:.0f} listeners/s, at most 15 % less",
            measured=f"{most.rate:.0f} listeners/s ({change:+.0%}), 1 call each; one run",
            met=change >= -0.15,
        ),
        Row(
            what=f"queueing the batches of {MANY:,} listeners",
            target="at most 2 s",
            measured=middle(queued, "s", digits=2),
            met=median(queued) <= 2,
        ),
    ]
