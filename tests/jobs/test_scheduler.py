"""The schedule on a real Valkey, in good days: kept in line with the table, each period once."""

import re
from concurrent.futures import ThreadPoolExecutor

from rq.job import Job
from rq_scheduler import Scheduler

from jobs.schedule import SCHEDULE
from jobs.scheduler import TIMES, Clock
from tests.jobs.scheduling import HOUR, HOURLY, MINUTE, MINUTELY, START, Bench, make_entry
from webapp.services.schedule import last_beat


def test_entries_wait_for_their_time(bench: Bench) -> None:
    scheduler = bench.scheduler()
    assert scheduler.look() == 2
    due = {"cron-hourly": START + 40 * MINUTE, "cron-minutely": START + MINUTE}
    assert bench.times() == due
    assert bench.queued() == []
    bench.time.forward(seconds=59)
    scheduler.look()
    assert bench.queued() == []
    bench.time.forward(seconds=1)
    scheduler.look()
    assert bench.queued() == ["minutely-2026_11_21_12_21"]
    assert bench.times() == {**due, "cron-minutely": START + 2 * MINUTE}
    job = Job.fetch("minutely-2026_11_21_12_21", connection=bench.redis)
    assert job.func_name == "jobs.schedule.run_entry"
    assert job.kwargs == {"name": "minutely", "period": "2026_11_21_12_21"}
    assert job.retries_left


def test_our_table_is_taken_whole(bench: Bench) -> None:
    Clock(bench.wiring).look()
    assert bench.times() == {f"cron-{entry.name}": entry.next_after(START) for entry in SCHEDULE}


def test_looking_again_touches_nothing(bench: Bench) -> None:
    bench.scheduler().look()
    hashes = {key: bench.redis.hgetall(key) for key in bench.redis.scan_iter("rq:job:cron-*")}
    assert len(hashes) == 2
    bench.time.forward(seconds=30)
    times = bench.times()
    for _ in range(3):
        bench.scheduler().look()
    assert bench.times() == times
    assert {key: bench.redis.hgetall(key) for key in hashes} == hashes


def test_several_that_start_at_once_make_one_schedule(bench: Bench) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: bench.scheduler().queue_due(), range(8)))
    assert set(bench.times()) == {"cron-hourly", "cron-minutely"}
    assert bench.queued() == []


def test_a_changed_entry_is_set_anew_and_a_removed_one_goes(bench: Bench) -> None:
    bench.scheduler().look()
    bench.scheduler(make_entry("hourly", "30 * * * *")).look()
    assert bench.times() == {"cron-hourly": START + 10 * MINUTE}
    assert list(bench.redis.scan_iter("rq:job:cron-*")) == [b"rq:job:cron-hourly"]


def test_a_change_does_not_swallow_what_was_overdue(bench: Bench) -> None:
    bench.scheduler().look()
    bench.late(HOURLY, HOUR)
    bench.scheduler(make_entry("hourly", "30 * * * *")).look()
    assert bench.queued() == ["hourly-2026_11_21_11_20"]
    assert bench.times() == {"cron-hourly": START + 10 * MINUTE}


def test_what_others_scheduled_is_left_alone(bench: Bench) -> None:
    bench.redis.zadd(TIMES, {"of-somebody-else": 1})
    bench.scheduler().look()
    assert bench.redis.zscore(TIMES, "of-somebody-else") == 1
    assert bench.queued() == []


def test_three_schedulers_queue_each_of_seven_periods_once(bench: Bench) -> None:
    schedulers = [bench.scheduler(MINUTELY) for _ in range(3)]
    schedulers[0].look()
    with ThreadPoolExecutor(3) as pool:
        for _ in range(7):
            bench.time.forward(minutes=1)
            list(pool.map(lambda scheduler: scheduler.look(), schedulers))
    assert bench.queued() == [f"minutely-2026_11_21_12_{minute}" for minute in range(21, 28)]


def test_even_without_their_lock(bench: Bench) -> None:
    schedulers = [bench.scheduler(MINUTELY) for _ in range(3)]
    schedulers[0].look()
    with ThreadPoolExecutor(3) as pool:
        for _ in range(7):
            bench.time.forward(minutes=1)
            list(pool.map(lambda scheduler: scheduler.queue_due(), schedulers))
    assert bench.queued() == [f"minutely-2026_11_21_12_{minute}" for minute in range(21, 28)]


def test_one_looks_at_a_time(bench: Bench) -> None:
    another = Scheduler(connection=bench.redis, interval=2)
    assert another.acquire_lock()
    assert bench.scheduler().look() == 2
    assert bench.times() == {}
    another.remove_lock()
    bench.scheduler().look()
    assert len(bench.times()) == 2
    assert not bench.redis.exists(Scheduler.scheduler_lock_key), "it is given back"


def test_it_beats_whenever_it_looks(bench: Bench) -> None:
    assert last_beat(bench.wiring) is None
    bench.scheduler().look()
    assert last_beat(bench.wiring) == START
    bench.time.forward(seconds=2)
    bench.scheduler().look()
    assert last_beat(bench.wiring) == bench.time()


def test_entries_have_names_that_jobs_may_have(bench: Bench) -> None:
    bench.time.forward(days=9)
    Clock(bench.wiring).look()
    bench.time.forward(days=9)
    Clock(bench.wiring).look()
    assert len(bench.queued()) == len(SCHEDULE)
    assert all(re.fullmatch(r"[a-z-]+-\d{4}(_\d\d){4}", name) for name in bench.queued())
