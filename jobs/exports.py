"""Exports, from the listener's word to the queue to a worker."""

from jobs.queue import task
from jobs.runtime import job
from webapp.domain.errors import QueueDownError
from webapp.services import exports
from webapp.services.exports import Rest
from webapp.services.wiring import Wiring


@task(queue="export", timeout=7200, key="export-{export_id}-{attempt}", retries=(5, 30, 120))
def export_everything(*, export_id: int, attempt: int) -> None:  # noqa: ARG001 - it names the run
    """Make an archive of everything."""
    with job() as wiring:
        exports.run(wiring, export_id)


def start(wiring: Wiring, user_id: int) -> bool:
    """Ask for an archive; False if one is being made. Without a queue, the reaper offers it."""
    rest = exports.start(wiring, user_id)
    if rest is not None:
        offer(wiring, rest)
    return rest is not None


def offer(wiring: Wiring, rest: Rest) -> None:
    """Queue an export."""
    try:
        export_everything.later(wiring.redis, export_id=rest.export_id, attempt=rest.attempt)
    except QueueDownError as error:
        wiring.log.warning("export not queued", export=rest.export_id, error=error.detail)


def reap(wiring: Wiring) -> int:
    """Offer the queue every export that nobody works on; tell how many."""
    found = exports.reap(wiring)
    for rest in found:
        offer(wiring, rest)
    return len(found)


def abandon(wiring: Wiring, export_id: int) -> None:
    """Note that the process that worked on an export was killed."""
    exports.abandon(wiring, export_id)
