"""The door to the queue: once each, at a time, and honest when Redis is gone."""

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.job import Job, JobStatus
from rq.registry import FailedJobRegistry, ScheduledJobRegistry

from jobs import runtime
from jobs import syncs as sync_jobs
from jobs.queue import QUEUES, Task, task
from jobs.syncs import sync_library
from webapp.domain.errors import QueueDownError
from webapp.services.syncs import Rest
from webapp.services.wiring import Wiring

ran: list[int] = []


def note_fully(*, number: int) -> int:
    ran.append(number)
    return number


def fail_fully(*, number: int) -> None:
    raise RuntimeError(str(number))


note = Task(func=note_fully, queue="sync", timeout=30, key="note-{number}")
fail = Task(func=fail_fully, queue="sync", timeout=30, key="fail-{number}", retries=(0,))


@pytest.fixture
def redis(wiring: Wiring) -> Redis:
    """Give an empty Redis, and forget what ran before."""
    ran.clear()
    return wiring.redis


def work(redis: Redis) -> None:
    queues = [Queue(name, connection=redis) for name in QUEUES]
    SimpleWorker(queues, connection=redis).work(burst=True, logging_level="CRITICAL")


def waiting(redis: Redis) -> list[str]:
    return Queue("sync", connection=redis).get_job_ids()


def scheduled(redis: Redis) -> ScheduledJobRegistry:
    return ScheduledJobRegistry(queue=Queue("sync", connection=redis))  # type: ignore[no-untyped-call]  # RQ's own


def test_a_job_is_a_function_that_may_also_be_called(redis: Redis) -> None:
    assert note(number=4) == 4
    assert ran == [4]
    assert waiting(redis) == []


def test_a_job_runs_in_a_worker_under_its_name(redis: Redis) -> None:
    note.later(redis, number=5)
    assert waiting(redis) == ["note-5"]
    job = Job.fetch("note-5", connection=redis)
    assert (job.timeout, job.kwargs, job.args) == (30, {"number": 5}, ())
    work(redis)
    assert ran == [5]


def test_the_same_job_waits_once_and_may_come_again_when_it_is_over(redis: Redis) -> None:
    for _ in range(3):
        note.later(redis, number=5)
    note.later(redis, number=6)
    assert waiting(redis) == ["note-5", "note-6"]
    work(redis)
    assert ran == [5, 6]
    assert Job.fetch("note-5", connection=redis).get_status() is JobStatus.FINISHED
    note.later(redis, number=5)
    work(redis)
    assert ran == [5, 6, 5]


def test_a_job_that_runs_is_not_queued_again(redis: Redis) -> None:
    note.later(redis, number=5)
    job = Job.fetch("note-5", connection=redis)
    Queue("sync", connection=redis).remove(job)
    job.set_status(JobStatus.STARTED)
    note.later(redis, number=5)
    assert waiting(redis) == []


def test_a_job_waits_for_its_time_once(redis: Redis) -> None:
    at = datetime(2030, 1, 1, 12, 30, tzinfo=UTC)
    note.later(redis, at, number=5)
    note.later(redis, at + timedelta(hours=1), number=5)
    note.later(redis, number=5)
    assert scheduled(redis).get_job_ids() == ["note-5"]
    assert scheduled(redis).get_scheduled_time("note-5") == at
    assert waiting(redis) == []
    work(redis)
    assert ran == []


def test_a_job_that_fails_is_tried_again_as_often_as_it_says_then_kept(redis: Redis) -> None:
    fail.later(redis, number=5)
    work(redis)
    failed = FailedJobRegistry("sync", connection=redis)
    assert failed.get_job_ids() == ["fail-5"]
    assert Job.fetch("fail-5", connection=redis).retries_left == 0
    fail.later(redis, number=5)
    assert waiting(redis) == ["fail-5"], "asking again is a fresh start"


def test_a_job_takes_keywords_alone(redis: Redis) -> None:
    with pytest.raises(TypeError):
        note.later(redis, None, 5)  # type: ignore[call-arg]  # that is the point
    with pytest.raises(KeyError):
        note.later(redis)  # type: ignore[call-arg]  # nor without those of its name
    assert waiting(redis) == []


def test_without_redis_it_says_so(redis: Redis) -> None:
    gone = Redis.from_url("redis://127.0.0.1:1/0")
    with pytest.raises(QueueDownError):
        note.later(gone, number=5)
    with pytest.raises(QueueDownError):
        note.later(gone, datetime(2030, 1, 1, tzinfo=UTC), number=5)


def test_a_decorated_function_is_a_task() -> None:
    made = task(queue="sync", timeout=9, key="made-{number}", retries=(1, 2))(note_fully)
    assert (made.queue, made.timeout, made.key, made.retries) == (
        "sync",
        9,
        "made-{number}",
        (1, 2),
    )


def test_each_run_of_a_sync_has_a_name_of_its_own(redis: Redis) -> None:
    for attempt in (1, 2, 2):
        sync_library.later(redis, sync_id=7, attempt=attempt)
    assert waiting(redis) == ["sync-7-1", "sync-7-2"]
    job = Job.fetch("sync-7-1", connection=redis)
    assert job.func_name == "jobs.syncs.sync_library"
    assert job.retries_left == 3


def test_the_reapers_offer_is_no_second_job(redis: Redis, wiring: Wiring) -> None:
    rest = Rest(sync_id=7, attempt=1)
    for _ in range(2):
        sync_jobs.go_on(wiring, rest)
    assert waiting(redis) == ["sync-7-1"]


def test_a_job_that_comes_after_everything_is_over_does_no_harm(
    redis: Redis, wiring: Wiring, database: None
) -> None:
    runtime.use(wiring)
    sync_library.later(redis, sync_id=4711, attempt=1)
    work(redis)
    assert Job.fetch("sync-4711-1", connection=redis).get_status() is JobStatus.FINISHED
