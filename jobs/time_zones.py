"""Moves to other time zones, from the listener's word to a worker."""

from jobs.queue import task
from jobs.runtime import job
from webapp.domain.errors import QueueDownError
from webapp.queries import time_zones as queries
from webapp.services import time_zones
from webapp.services.wiring import Wiring


@task(queue="import", timeout=7200, key="time-zone-{user_id}", retries=(5, 30, 120))
def count_days_anew(*, user_id: int) -> None:
    """Count a listener's days where they want to live."""
    with job():
        time_zones.move(user_id)


def offer(wiring: Wiring, user_id: int) -> None:
    """Queue a move; if the queue is down, the reaper offers it."""
    try:
        count_days_anew.later(wiring.redis, user_id=user_id)
    except QueueDownError as error:
        wiring.log.warning("move not queued", user=user_id, error=error.detail)


def reap(wiring: Wiring) -> int:
    """Offer the queue every move that waits; one that is queued stays so. Tell how many."""
    found = queries.waiting()
    for user_id in found:
        offer(wiring, user_id)
    return len(found)
