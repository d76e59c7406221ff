"""MusicBrainz, from a tick of the schedule to the queue to a worker, a few seconds at a time."""

from datetime import datetime

from jobs.queue import task
from jobs.runtime import job
from webapp.services import musicbrainz
from webapp.services.musicbrainz import AT_HAND, State
from webapp.services.wiring import Wiring

NEXT = {"tick": "tock", "tock": "tick"}
"""A run names the next one otherwise than itself, or the queue would take it for the same."""


@task(queue="trends", timeout=180, key="musicbrainz-{turn}", retries=(10, 60))
def enrich(*, turn: str) -> None:
    """Look albums up for a while, and queue what goes on."""
    with job() as wiring:
        go_on(wiring, musicbrainz.run(wiring), turn)


def tick(wiring: Wiring) -> str:
    """Queue a run if there is something to look up; tell how it stands.

    Raises QueueDownError when Redis can't be reached.
    """
    seen = musicbrainz.overview(wiring)
    if seen.state is State.NO_CONTACT:
        return "off: MusicBrainz wants OPERATOR_CONTACT, a mail or web address"
    if seen.state is State.PAUSED and seen.until:
        return f"paused until {seen.until.isoformat(timespec='seconds')}"
    if seen.standing.due:
        enrich.later(wiring.redis, turn="tick")
    more = " or more" if seen.standing.due == AT_HAND else ""
    return (
        f"{seen.standing.found} albums found, {seen.standing.missed} not,"
        f" {seen.standing.due}{more} to look up"
    )


def go_on(wiring: Wiring, at: datetime | None, turn: str) -> None:
    """Queue the next run: behind all other jobs, or for the end of a pause. None: not needed."""
    if at is not None:
        later = at if at > wiring.clock() else None
        enrich.later(wiring.redis, later, turn=NEXT[turn])
