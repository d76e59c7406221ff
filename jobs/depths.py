"""How much waits in the queues, and since when: for the operator's pages and for a monitor."""

from dataclasses import dataclass
from datetime import datetime

from redis import Redis, RedisError
from rq import Queue
from rq.job import Job
from rq.registry import FailedJobRegistry, ScheduledJobRegistry, StartedJobRegistry

from jobs.queue import QUEUES
from webapp.domain.errors import QueueDownError


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """One queue, in jobs; `oldest` is since when the first of those that wait does so."""

    queue: str
    waiting: int
    running: int
    scheduled: int
    failed: int
    oldest: datetime | None


def depths(redis: Redis) -> list[Depth]:
    """Measure every queue, most urgent first; QueueDownError when Redis can't be reached."""
    try:
        return [_depth(Queue(name, connection=redis)) for name in QUEUES]
    except RedisError as error:
        raise QueueDownError(type(error).__name__) from error


def _depth(queue: Queue) -> Depth:
    # Counting a registry through RQ also cleans it up, which is the workers' to do.
    with queue.connection.pipeline(transaction=False) as pipe:
        pipe.llen(queue.key)
        for registry in (StartedJobRegistry, ScheduledJobRegistry, FailedJobRegistry):
            pipe.zcard(registry(queue=queue).key)
        waiting, running, scheduled, failed = pipe.execute()
    return Depth(
        queue=queue.name,
        waiting=waiting,
        running=running,
        scheduled=scheduled,
        failed=failed,
        oldest=_oldest(queue) if waiting else None,
    )


def _oldest(queue: Queue) -> datetime | None:
    """Tell since when the first job waits; a job whose hash is gone is passed over."""
    found = Job.fetch_many(queue.get_job_ids(0, 1), connection=queue.connection)
    return next((job.enqueued_at for job in found if job), None)
