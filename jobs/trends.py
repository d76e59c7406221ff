"""The refresh of trends: by the schedule, by an admin, or because a visitor found them old."""

from jobs.queue import task
from jobs.runtime import job
from webapp.services import trends
from webapp.services.wiring import Wiring


@task(queue="trends", timeout=600, key="trends-{everything}", retries=(60,))
def refresh_trends(*, everything: bool) -> None:
    """Read the charts."""
    with job() as wiring:
        trends.refresh(wiring, everything=everything)


def start(wiring: Wiring, *, everything: bool) -> None:
    """Queue a refresh; one of its kind that is queued already is enough. Raises QueueDownError."""
    refresh_trends.later(wiring.redis, everything=everything)
