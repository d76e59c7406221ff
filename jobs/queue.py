"""The one door to the queue: a job runs here (call it) or in a worker (`later`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, ParamSpec, TypeVar

from redis import Redis, RedisError
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError
from rq.job import Job, JobStatus

from webapp.domain.errors import QueueDownError

P = ParamSpec("P")
R = TypeVar("R")

QUEUES = ("archive", "schedule", "sync", "import", "export", "trends")
"""Every queue, most urgent first: what a worker listens to."""

RESULT_TTL = 3600
FAILURE_TTL = 7 * 86400
OVER = frozenset({JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Generic[P, R]):
    """A function that takes keywords alone, here or in a worker.

    `key` names a run of it: no two with the same name are queued at a time. Its placeholders are
    the function's keywords.
    """

    func: Callable[P, R]
    queue: str
    timeout: int
    key: str
    retries: tuple[int, ...] = field(default=())
    """Pauses in seconds before each further try."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run now, in this process."""
        return self.func(*args, **kwargs)

    def later(
        self, redis: Redis, at: datetime | None = None, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Queue a run, at once or `at` a time; one that is queued already is enough.

        Commit first: the worker may be faster than the transaction. Raises QueueDownError when
        Redis can't be reached.
        """
        if args:
            raise TypeError("a job takes keyword arguments only")
        try:
            self._offer(Queue(self.queue, connection=redis), at, kwargs)
        except RedisError as error:
            raise QueueDownError(type(error).__name__) from error

    def _offer(self, queue: Queue, at: datetime | None, kwargs: dict[str, Any]) -> None:
        job_id = self.key.format(**kwargs)
        try:
            self._enqueue(queue, at, job_id, kwargs)
        except DuplicateJobError:
            # `unique` also blocks while the hash of an ended run is kept.
            ended = Job.fetch(job_id, connection=queue.connection)
            if ended.get_status() in OVER:
                ended.delete()
                self._enqueue(queue, at, job_id, kwargs)

    def _enqueue(
        self, queue: Queue, at: datetime | None, job_id: str, kwargs: dict[str, Any]
    ) -> None:
        retry = Retry(max=len(self.retries), interval=list(self.retries)) if self.retries else None
        job = queue.create_job(
            f"{self.func.__module__}.{self.func.__name__}",
            kwargs=kwargs,
            job_id=job_id,
            timeout=self.timeout,
            result_ttl=RESULT_TTL,
            failure_ttl=FAILURE_TTL,
            retry=retry,
        )
        if at is None:
            queue.enqueue_job(job, unique=True)
        else:
            queue.schedule_job(job, at, unique=True)


def task(
    *, queue: str, timeout: int, key: str, retries: tuple[int, ...] = ()
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Declare a job."""

    def wrap(func: Callable[P, R]) -> Task[P, R]:
        return Task(func=func, queue=queue, timeout=timeout, key=key, retries=retries)

    return wrap
