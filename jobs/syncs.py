"""Syncs, from a wish to the queue to the worker."""

from datetime import timedelta
from random import uniform

from jobs.queue import task
from jobs.runtime import job
from webapp.domain.errors import QueueDownError
from webapp.domain.schedule import spread
from webapp.domain.syncs import Cause
from webapp.queries import accounts
from webapp.services import syncs
from webapp.services.syncs import Begun, Rest
from webapp.services.wiring import Wiring

SPREAD = timedelta(hours=1)
"""How long the syncs of one night take to start: calls come evenly, and leave room."""


@task(queue="sync", timeout=1800, key="sync-{sync_id}-{attempt}", retries=(5, 30, 120))
def sync_library(*, sync_id: int, attempt: int) -> None:  # noqa: ARG001 - it names the run
    """Go on with a sync."""
    with job() as wiring:
        go_on(wiring, syncs.run(wiring, sync_id))


@task(queue="sync", timeout=60, key="{cause}-{day}-{user_id}", retries=(60, 300))
def start_sync(*, user_id: int, cause: str, day: str) -> None:  # noqa: ARG001 - it names the run
    """Start a sync that nobody waits for."""
    with job() as wiring:
        go_on(wiring, syncs.start(wiring, user_id, Cause(cause)))


def start_all(wiring: Wiring, cause: Cause) -> int:
    """Queue the start of a sync of every active listener, spread evenly over an hour.

    Returns how many. Raises QueueDownError when Redis can't be reached; the same day again queues
    whoever is not waiting yet.
    """
    now = wiring.clock()
    user_ids = accounts.active()
    for user_id, at in zip(user_ids, spread(now, SPREAD, len(user_ids)), strict=True):
        start_sync.later(
            wiring.redis, at, user_id=user_id, cause=cause.value, day=f"{now:%Y_%m_%d}"
        )
    return len(user_ids)


def begin(wiring: Wiring, user_id: int, cause: Cause) -> Begun:
    """Start a sync: small ones are done when this returns, others are queued."""
    begun = syncs.begin(wiring, user_id, cause)
    if begun.new and begun.sync_id is not None:
        seconds = wiring.settings.sync_inline_seconds
        if cause is Cause.SIGN_IN:
            seconds = min(seconds, syncs.SIGN_IN_SECONDS)
        go_on(wiring, syncs.run(wiring, begun.sync_id, inline_seconds=seconds))
    elif cause is Cause.SIGN_IN:
        go_on(wiring, syncs.resume_after_reconnect(wiring, user_id))
    return begun


def go_on(wiring: Wiring, rest: Rest | None) -> None:
    """Queue what is left of a sync; if the queue is down, say so in its row."""
    if rest is None:
        return
    # A little later than told, and not all at the same moment.
    at = rest.at + timedelta(seconds=uniform(0.5, 3)) if rest.at else None  # noqa: S311
    try:
        sync_library.later(wiring.redis, at, sync_id=rest.sync_id, attempt=rest.attempt)
    except QueueDownError:
        syncs.not_queued(wiring, rest.sync_id)


def reap(wiring: Wiring) -> int:
    """Offer the queue every sync that nobody works on; return how many."""
    found = syncs.reap(wiring)
    for rest in found:
        go_on(wiring, rest)
    return len(found)


def abandon(wiring: Wiring, sync_id: int) -> None:
    """Note that the process that worked on a sync was killed."""
    syncs.abandon(wiring, sync_id)
