"""The schedule when processes and Redis come and go: real ones, really killed."""

import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from redis import Redis

from demo.embedded import PostgresServer, ValkeyServer
from demo.standin.server import StandIn
from jobs.schedule import SCHEDULE
from jobs.scheduler import TIMES
from tests.install import Install, end_group, running, until
from webapp.domain.schedule import period_of

pytestmark = pytest.mark.slow

ENTRIES = {f"cron-{entry.name}".encode() for entry in SCHEDULE}
OUTAGE_LOOKS = 5
"""How often a scheduler looks for Redis in vain, 1 + 2 + 4 + 8 s in between."""


@pytest.fixture
def install(
    own_postgres: PostgresServer, own_valkey: ValkeyServer, standin: StandIn, tmp_path: Path
) -> Iterator[Install]:
    # A zone that is neither UTC nor whole hours away from it, to see that nobody minds.
    zone = {"TZ": "America/St_Johns"}
    with running(own_postgres, own_valkey, standin, tmp_path / "log", **zone) as started:
        yield started


@pytest.fixture
def redis(install: Install) -> Iterator[Redis]:
    with Redis.from_url(install.valkey.url) as client:
        yield client


def round_minute(**ago: float) -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(**ago)


def let_be_due(redis: Redis, name: str, since: datetime) -> None:
    redis.zadd(TIMES, {f"cron-{name}": since.timestamp()}, xx=True)


def outcomes(install: Install, name: str) -> dict[str, str | None]:
    """Read what came of each period of an entry."""
    rows = install.query(f"SELECT period, outcome FROM schedule_runs WHERE name = '{name}'")  # noqa: S608 - our own names
    return dict(rows)


def await_run(install: Install, name: str, planned: datetime, seconds: float = 30) -> None:
    until(
        lambda: outcomes(install, name).get(period_of(planned)) == "ok",
        f"{name} ran for {period_of(planned)}",
        seconds=seconds,
    )


def times_run(install: Install, name: str, planned: datetime) -> int:
    """Count in the log how often a period was done: the table keeps one row at any rate."""
    done = rf"schedule ran +.*entry={name} .*period={period_of(planned)}\b"
    return len(re.findall(done, install.log.read_text()))


def is_ready(install: Install) -> bool:
    return requests.get(f"{install.url}/readyz", timeout=10).ok


def next_time(redis: Redis, name: str) -> datetime:
    score: Any = redis.zscore(TIMES, f"cron-{name}")
    return datetime.fromtimestamp(score, UTC)


def test_however_many_run_each_period_runs_once(install: Install, redis: Redis) -> None:
    first, second = install.start_scheduler(), install.start_scheduler()
    install.start_worker()
    assert set(redis.zrange(TIMES, 0, -1)) == ENTRIES
    planned = [round_minute(hours=1, minutes=number) for number in range(6)]
    for at in planned[:4]:
        let_be_due(redis, "upkeep", at)
        await_run(install, "upkeep", at)
    end_group(first, signal.SIGKILL)
    first.wait(5)
    for at in planned[4:]:
        let_be_due(redis, "upkeep", at)
        await_run(install, "upkeep", at)
    assert second.poll() is None
    assert [times_run(install, "upkeep", at) for at in planned] == [1] * 6
    assert next_time(redis, "upkeep") > datetime.now(UTC) - timedelta(minutes=1)


def test_the_schedule_is_in_utc_wherever_it_runs(install: Install, redis: Redis) -> None:
    install.start_scheduler()
    daily, weekly = next_time(redis, "daily-sync"), next_time(redis, "weekly-top")
    assert (daily.hour, daily.minute) == (2, 0)
    assert (weekly.isoweekday(), weekly.hour, weekly.minute) == (1, 3, 0)


def test_five_hours_down_are_one_run_and_nobody_is_forgotten(
    install: Install, redis: Redis
) -> None:
    assert install.visitor().sign_in("tiny").ok
    scheduler = install.start_scheduler()
    end_group(scheduler, signal.SIGTERM)
    assert scheduler.wait(5) == 0
    install.change("UPDATE archive_states SET due_at = now() - interval '5 hours'")
    asked_before = install.query("SELECT polled_at FROM archive_states")
    missed = round_minute(hours=5)
    let_be_due(redis, "archive", missed)
    install.start_worker()
    install.start_scheduler()
    await_run(install, "archive", missed)
    assert outcomes(install, "archive") == {period_of(missed): "ok"}
    assert next_time(redis, "archive") > datetime.now(UTC)
    until(
        lambda: install.query("SELECT polled_at FROM archive_states") != asked_before,
        "the listener was asked",
        seconds=30,
    )


def test_all_processes_outlive_redis_being_away(install: Install, redis: Redis) -> None:
    install.start_scheduler()
    install.start_worker()
    let_be_due(redis, "upkeep", round_minute(hours=2))
    await_run(install, "upkeep", round_minute(hours=2))
    install.valkey.stop()
    until(
        lambda: install.log.read_text().count("redis unreachable") >= OUTAGE_LOOKS,
        "the scheduler looks for Redis",
        seconds=60,
    )
    reply = requests.get(f"{install.url}/readyz", timeout=10)
    assert reply.status_code == 503
    assert reply.json() == {"database": "ok", "redis": "unreachable", "scheduler": "unknown"}
    install.valkey.start()
    until(lambda: is_ready(install), "the scheduler is back", seconds=60)
    let_be_due(redis, "upkeep", round_minute(hours=1))
    await_run(install, "upkeep", round_minute(hours=1), seconds=120)
    assert [process.poll() for process in install.processes] == [None, None, None]


def test_an_emptied_redis_gets_its_schedule_back_and_no_play_comes_twice(
    install: Install, redis: Redis
) -> None:
    now = datetime.now(UTC)
    install.standin.world.set_clock(lambda: now)  # nobody plays on meanwhile
    assert install.visitor().sign_in("tiny").ok
    install.start_scheduler()
    install.start_worker()
    plays = install.query("SELECT count(*) FROM plays")[0][0]
    assert plays > 0
    redis.flushall()
    until(lambda: set(redis.zrange(TIMES, 0, -1)) == ENTRIES, "it is restored", seconds=30)
    until(lambda: is_ready(install), "the scheduler beats", seconds=30)
    install.change("UPDATE archive_states SET due_at = now() - interval '1 hour'")
    let_be_due(redis, "archive", round_minute(hours=1))
    await_run(install, "archive", round_minute(hours=1))
    until(
        lambda: install.query("SELECT true FROM archive_states WHERE due_at > now()"),
        "the listener was asked",
        seconds=30,
    )
    assert install.query("SELECT count(*) FROM plays")[0][0] == plays


def test_a_scheduler_ends_when_told_also_while_redis_is_away(install: Install) -> None:
    for outage in (False, True):
        scheduler = install.start_scheduler()
        if outage:
            install.valkey.stop()
            until(
                lambda: "redis unreachable" in install.log.read_text(),
                "the scheduler looks for Redis",
                seconds=30,
            )
        end_group(scheduler, signal.SIGTERM)
        assert scheduler.wait(5) == 0
