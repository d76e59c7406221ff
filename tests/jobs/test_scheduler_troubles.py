"""The schedule on a real Valkey, in bad days: what is lost or broken comes back, and once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from config import Settings
from demo.embedded import ValkeyServer
from tests.jobs.scheduling import HOUR, HOURLY, MINUTE, MINUTELY, START, Bench
from webapp import db
from webapp.queries import schedule as queries


@pytest.mark.parametrize("overdue", [False, True])
def test_an_entry_whose_hash_was_deleted_comes_back(bench: Bench, *, overdue: bool) -> None:
    bench.scheduler().look()
    before = bench.times()
    if overdue:
        bench.late(HOURLY, HOUR)
    bench.redis.delete("rq:job:cron-hourly")
    bench.scheduler().look()
    assert bench.redis.hget("rq:job:cron-hourly", "cron") == b"0 * * * *"
    assert bench.times() == before
    assert bench.queued() == (["hourly-2026_11_21_11_20"] if overdue else [])


@pytest.mark.parametrize("field", ["data", "meta", "created_at"])
def test_an_unreadable_entry_still_runs(bench: Bench, field: str) -> None:
    bench.scheduler().look()
    bench.redis.hset("rq:job:cron-hourly", field, b"\x00rubble")
    bench.time.forward(minutes=40)
    assert bench.scheduler().look() == 2
    assert sorted(bench.queued()) == ["hourly-2026_11_21_13_00", "minutely-2026_11_21_12_21"]


def test_rubble_under_the_name_of_a_run_stops_nothing(bench: Bench) -> None:
    bench.scheduler().look()
    bench.redis.hset("rq:job:hourly-2026_11_21_13_00", "meta", b"\x00rubble")
    bench.time.forward(minutes=40)
    assert bench.scheduler().look() == 2
    assert bench.queued() == ["minutely-2026_11_21_12_21"]
    bench.time.forward(minutes=1)
    bench.scheduler().look()
    assert "hourly-2026_11_21_13_01" in bench.queued()
    assert bench.times()["cron-hourly"] == START + 100 * MINUTE


def test_an_emptied_redis_gets_its_schedule_back(bench: Bench) -> None:
    scheduler = bench.scheduler()
    scheduler.look()
    before = bench.times()
    bench.redis.flushall()
    scheduler.look()
    assert bench.times() == before
    assert bench.queued() == []


def test_what_was_lost_with_redis_is_caught_up_once(bench: Bench) -> None:
    with db.connection():
        queries.begin_run("hourly", "2026_11_21_09_00", START - 3 * HOUR)
        queries.begin_run("minutely", "2026_11_21_12_20", START)
    bench.scheduler().look()
    assert bench.queued() == ["hourly-2026_11_21_12_00"]
    assert bench.times() == {"cron-hourly": START + 40 * MINUTE, "cron-minutely": START + MINUTE}


def test_without_the_database_what_is_there_goes_on_and_nothing_is_forgotten(
    bench: Bench, settings: Settings
) -> None:
    with db.connection():
        queries.begin_run("hourly", "2026_11_21_09_00", START - 3 * HOUR)
    bench.scheduler(MINUTELY).look()
    bench.time.forward(minutes=1)
    db.configure("postgresql://nobody@127.0.0.1:1/nowhere", pool_size=1)
    assert bench.scheduler().look() == 2
    assert bench.queued() == ["minutely-2026_11_21_12_21"]
    assert set(bench.times()) == {"cron-minutely"}
    db.configure(settings.database_url, pool_size=4)
    bench.scheduler().look()
    assert bench.queued() == ["minutely-2026_11_21_12_21", "hourly-2026_11_21_12_00"]


def test_five_hours_down_are_one_run(bench: Bench) -> None:
    bench.scheduler().look()
    bench.time.forward(hours=5)
    bench.scheduler().look()
    assert sorted(bench.queued()) == ["hourly-2026_11_21_13_00", "minutely-2026_11_21_12_21"]
    later = START + 5 * HOUR
    assert bench.times() == {"cron-hourly": later + 40 * MINUTE, "cron-minutely": later + MINUTE}
    for _ in range(3):
        bench.scheduler().look()
    assert len(bench.queued()) == 2


def test_who_was_suspended_does_not_move_what_others_moved(bench: Bench) -> None:
    slow = bench.scheduler(MINUTELY)
    slow.look()
    bench.time.forward(minutes=1)
    read = bench.times()["cron-minutely"]  # and now it is suspended
    bench.scheduler(MINUTELY).look()
    overdue = bench.times()
    bench.time.forward(minutes=1)
    slow.queue("cron-minutely", read, bench.time())
    assert bench.times() == overdue
    bench.scheduler(MINUTELY).look()
    assert bench.queued() == ["minutely-2026_11_21_12_21", "minutely-2026_11_21_12_22"]


def test_who_dies_before_moving_the_entry_has_queued_it_once(bench: Bench) -> None:
    bench.scheduler(MINUTELY).look()
    bench.time.forward(minutes=1)
    bench.scheduler(MINUTELY).look()
    bench.late(MINUTELY, timedelta(0))
    bench.scheduler(MINUTELY).look()
    assert bench.queued() == ["minutely-2026_11_21_12_21"]


def test_it_waits_for_redis_longer_and_longer_then_goes_on(
    settings: Settings, own_valkey: ValkeyServer, wired: Callable[[Settings], Bench]
) -> None:
    bench = wired(replace(settings, redis_url=own_valkey.url))
    scheduler = bench.scheduler()
    scheduler.look()
    own_valkey.stop()
    assert [scheduler.look() for _ in range(8)] == [1, 2, 4, 8, 16, 30, 30, 30]
    bench.time.forward(minutes=1)
    own_valkey.start()
    assert scheduler.look() == 2
    assert bench.queued() == ["minutely-2026_11_21_12_21"]
    own_valkey.stop()
    assert scheduler.look() == 1, "the next outage starts anew"
