"""Imports, from the listener's word to the queue to a worker."""

from datetime import timedelta
from random import uniform

from jobs.queue import task
from jobs.runtime import job
from webapp.domain.errors import QueueDownError
from webapp.services import imports
from webapp.services.imports import Rest
from webapp.services.wiring import Wiring


@task(queue="import", timeout=7200, key="import-{import_id}-{attempt}", retries=(5, 30, 120))
def import_listening(*, import_id: int, attempt: int) -> None:  # noqa: ARG001 - it names the run
    """Go on with an import."""
    with job() as wiring:
        rest = imports.run(wiring, import_id)
        if rest is not None:
            offer(wiring, rest)


def start(wiring: Wiring, user_id: int, import_id: int) -> bool:
    """Let a found import begin; False if it can't. If the queue is down, the reaper offers it."""
    rest = imports.start(wiring, user_id, import_id)
    if rest is not None:
        offer(wiring, rest)
    return rest is not None


def offer(wiring: Wiring, rest: Rest) -> None:
    """Queue an import."""
    # A little later than told, and not all at the same moment.
    at = rest.at + timedelta(seconds=uniform(0.5, 3)) if rest.at else None  # noqa: S311
    try:
        import_listening.later(wiring.redis, at, import_id=rest.import_id, attempt=rest.attempt)
    except QueueDownError as error:
        wiring.log.warning("import not queued", imported=rest.import_id, error=error.detail)


def reap(wiring: Wiring) -> int:
    """Offer the queue every import that nobody works on; tell how many."""
    found = imports.reap(wiring)
    for rest in found:
        offer(wiring, rest)
    return len(found)


def abandon(wiring: Wiring, import_id: int) -> None:
    """Note that the process that worked on an import was killed."""
    imports.abandon(wiring, import_id)
