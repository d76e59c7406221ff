"""The archive, from a tick of the schedule to the queue to the workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import uniform

from jobs.queue import task
from jobs.runtime import job
from webapp.domain.errors import QueueDownError
from webapp.services import archive
from webapp.services.archive import Outcome
from webapp.services.wiring import Wiring

BATCH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What a tick queued; with `until`, nothing, because nobody may call before."""

    listeners: int
    batches: int
    until: datetime | None = None


@task(queue="archive", timeout=600, key="archive-{batch}", retries=(10, 60))
def archive_listeners(*, user_ids: list[int], batch: str) -> None:  # noqa: ARG001 - it names the run
    """Ask for a batch of listeners' plays."""
    with job() as wiring:
        hand_back(wiring, archive.archive_batch(wiring, user_ids))


def tick(wiring: Wiring) -> Ticked:
    """Queue every listener whose turn it is, ten at a time; a lost batch is due at the next tick.

    Raises QueueDownError when Redis can't be reached.
    """
    user_ids, until = archive.due(wiring)
    batches = [user_ids[start : start + BATCH] for start in range(0, len(user_ids), BATCH)]
    for members in batches:
        queue(wiring, members, wiring.clock())
    return Ticked(listeners=len(user_ids), batches=len(batches), until=until)


def hand_back(wiring: Wiring, outcomes: Sequence[Outcome]) -> None:
    """Queue those whom a pause kept from being asked, for when it is over."""
    waiting = [outcome for outcome in outcomes if outcome.until is not None]
    ends = [outcome.until for outcome in waiting if outcome.until is not None]
    if ends:
        spread = archive.backlog(wiring).total_seconds()
        # Not all at the same moment: as many a minute as may be asked.
        at = max(ends) + timedelta(seconds=uniform(0.5, 3 + spread))  # noqa: S311
        try:
            queue(wiring, [outcome.user_id for outcome in waiting], wiring.clock(), at)
        except QueueDownError as error:
            wiring.log.warning("batch not handed back", error=error.detail)


def queue(wiring: Wiring, user_ids: list[int], now: datetime, at: datetime | None = None) -> None:
    """Queue a batch. From ticks, the same one twice within a quarter of an hour is one."""
    members = sha256(repr(user_ids).encode()).hexdigest()[:16]
    # Handed back by a job that still runs: it must not be taken for that job.
    period = f"{at:%Y%m%d%H%M%S}-again" if at else f"{now:%Y%m%d%H}-{now.minute // 15}"
    archive_listeners.later(wiring.redis, at, user_ids=user_ids, batch=f"{period}-{members}")
