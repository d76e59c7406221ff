"""Syncs, from a wish to the queue to the worker."""

from datetime import timedelta
from random import uniform

from jobs.queue import task
from jobs.runtime import job
from webapp.domain.errors import QueueDownError
from webapp.domain.syncs import Cause
from webapp.services import syncs
from webapp.services.syncs import Begun, Rest
from webapp.services.wiring import Wiring


@task(queue="sync", timeout=1800, key="sync-{sync_id}-{attempt}", retries=(5, 30, 120))
def sync_library(*, sync_id: int, attempt: int) -> None:  # noqa: ARG001 - it names the run
    """Go on with a sync."""
    with job() as wiring:
        go_on(wiring, syncs.run(wiring, sync_id))


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


def reap(wiring: Wiring) -> None:
    """Offer the queue every sync that nobody works on."""
    for rest in syncs.reap(wiring):
        go_on(wiring, rest)


def abandon(wiring: Wiring, sync_id: int) -> None:
    """Note that the process that worked on a sync was killed."""
    syncs.abandon(wiring, sync_id)
