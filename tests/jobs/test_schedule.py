"""The table of what runs by itself, and the job that runs an entry: once for each period."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.job import Job, JobStatus

from jobs import runtime
from jobs.queue import QUEUES
from jobs.schedule import SCHEDULE, Entry, run_entry
from jobs.worker import on_killed
from webapp import db
from webapp.domain.errors import QueueDownError
from webapp.queries import budget
from webapp.queries import schedule as queries
from webapp.queries.schedule import Run
from webapp.services import schedule
from webapp.services.wiring import Wiring

PERIOD = "2026_11_21_13_00"
HOUR = timedelta(hours=1)
SATURDAY = datetime(2026, 11, 21, 13, 0, 0, 5, tzinfo=UTC)
TABLE = {entry.name: entry for entry in SCHEDULE}


@pytest.fixture
def parts(wiring: Wiring, database: None) -> Wiring:
    """Let the jobs of this process run with the test's parts."""
    runtime.use(wiring)
    return wiring


def only_run(name: str) -> Run:
    (run,) = queries.recent(name, 9)
    return run


def work(redis: Redis) -> None:
    queues = [Queue(name, connection=redis) for name in QUEUES]
    SimpleWorker(queues, connection=redis).work(burst=True, logging_level="CRITICAL")


def test_the_table_names_each_entry_once_in_letters_for_a_job() -> None:
    assert len(TABLE) == len(SCHEDULE)
    assert all(re.fullmatch(r"[a-z-]+", name) for name in TABLE)
    assert run_entry.queue in QUEUES


@pytest.mark.parametrize(
    ("name", "last", "following"),
    [
        ("archive", "2026-11-21T13:00", "2026-11-21T14:00"),
        ("archive-often", "2026-11-21T12:45", "2026-11-21T13:15"),
        ("reap", "2026-11-21T13:00", "2026-11-21T13:01"),
        ("upkeep", "2026-11-21T12:05", "2026-11-21T13:05"),
        ("daily-sync", "2026-11-21T02:00", "2026-11-22T02:00"),
        ("weekly-top", "2026-11-16T03:00", "2026-11-23T03:00"),
    ],
)
def test_entries_are_planned_in_utc(name: str, last: str, following: str) -> None:
    entry = TABLE[name]
    assert entry.last_until(SATURDAY) == datetime.fromisoformat(f"{last}+00:00")
    assert entry.next_after(SATURDAY) == datetime.fromisoformat(f"{following}+00:00")


def test_a_planned_moment_is_its_own_last_and_never_its_next() -> None:
    exactly = SATURDAY.replace(microsecond=0)
    almost = exactly - timedelta(microseconds=1)
    archive = TABLE["archive"]
    assert (archive.last_until(exactly), archive.next_after(exactly)) == (exactly, exactly + HOUR)
    assert (archive.last_until(almost), archive.next_after(almost)) == (exactly - HOUR, exactly)


@pytest.mark.parametrize("entry", SCHEDULE, ids=lambda entry: entry.name)
def test_every_entry_runs_and_tells_what_it_did(entry: Entry, parts: Wiring) -> None:
    run_entry(name=entry.name, period=PERIOD)
    run = only_run(entry.name)
    assert (run.period, run.outcome) == (PERIOD, "ok")
    told = {"trends": "9 charts", "musicbrainz": "off: MusicBrainz wants OPERATOR_CONTACT"}
    assert re.match(told.get(entry.name, r"0 \w+"), run.detail)
    assert run.ended_at is not None
    assert run.started_at <= run.ended_at


def test_a_run_that_comes_twice_is_done_once(parts: Wiring) -> None:
    answers = iter(["once", "twice"])
    for _ in range(2):
        schedule.run_once(parts, "reap", PERIOD, lambda _: next(answers))
    assert only_run("reap").detail == "once"
    assert next(answers) == "twice"


def test_a_run_that_comes_while_it_is_done_is_left_alone(parts: Wiring) -> None:
    begun, finish = Event(), Event()

    def linger(_: Wiring) -> str:
        begun.set()
        assert finish.wait(20)
        return "lingered"

    def elsewhere() -> None:
        with db.connection():
            schedule.run_once(parts, "reap", PERIOD, linger)

    with ThreadPoolExecutor(1) as other:
        running = other.submit(elsewhere)
        try:
            assert begun.wait(20)
            schedule.run_once(parts, "reap", PERIOD, lambda _: "not this one")
            assert only_run("reap").ended_at is None
        finally:
            finish.set()
        running.result()
    assert only_run("reap").detail == "lingered"


def test_a_run_that_fails_says_so_and_is_tried_again(parts: Wiring) -> None:
    def fall(_: Wiring) -> str:
        raise LookupError("the listener's secret")

    with pytest.raises(LookupError):
        schedule.run_once(parts, "reap", PERIOD, fall)
    assert (only_run("reap").outcome, only_run("reap").detail) == ("failed", "LookupError")

    def find_no_queue(_: Wiring) -> str:
        raise QueueDownError("TimeoutError")

    with pytest.raises(QueueDownError):
        schedule.run_once(parts, "reap", PERIOD, find_no_queue)
    assert only_run("reap").detail == "queue_down: TimeoutError"
    schedule.run_once(parts, "reap", PERIOD, lambda _: "well now")
    assert (only_run("reap").outcome, only_run("reap").detail) == ("ok", "well now")


def test_an_entry_in_the_queue_runs_once_for_each_period(parts: Wiring) -> None:
    for _ in range(2):
        run_entry.later(parts.redis, name="reap", period=PERIOD)
    assert Queue("schedule", connection=parts.redis).get_job_ids() == [f"reap-{PERIOD}"]
    work(parts.redis)
    first = only_run("reap")
    # Once it is over, the queue takes it again, and the record refuses it.
    run_entry.later(parts.redis, name="reap", period=PERIOD)
    work(parts.redis)
    job = Job.fetch(f"reap-{PERIOD}", connection=parts.redis)
    assert job.get_status() is JobStatus.FINISHED
    assert only_run("reap") == first


def test_an_entry_of_another_release_is_passed_over(parts: Wiring) -> None:
    run_entry(name="of-tomorrow", period=PERIOD)
    assert queries.recent("of-tomorrow", 9) == []


def test_a_killed_run_is_noted_and_may_come_again(parts: Wiring) -> None:
    assert queries.begin_run("reap", PERIOD, parts.clock())
    run_entry.later(parts.redis, name="reap", period=PERIOD)
    on_killed(Job.fetch(f"reap-{PERIOD}", connection=parts.redis), 1, 9, None)
    with db.connection():
        assert (only_run("reap").outcome, only_run("reap").detail) == ("failed", "killed")
    run_entry(name="reap", period=PERIOD)
    with db.connection():
        assert only_run("reap").outcome == "ok"


def test_upkeep_forgets_old_runs_and_restores_the_pause(parts: Wiring) -> None:
    now = parts.clock()
    for age in (29, 31):
        queries.begin_run("reap", f"{age}", now - timedelta(days=age))
    budget.block(now + HOUR, "quota_exceeded", now)
    parts.redis.flushall()
    run_entry(name="upkeep", period=PERIOD)
    assert only_run("upkeep").detail.startswith("1 old runs ")
    assert [run.period for run in queries.recent("reap", 9)] == ["29"]
    assert parts.redis.hget("backspin:budget:blocked", "why") == b"quota_exceeded"
