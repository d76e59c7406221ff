"""`python -m jobs.worker`: an RQ worker that notices a killed one within two minutes.

HerokuWorker, because a platform's SIGTERM reaches all processes of a machine at once; the plain
Worker would fail the running job there.
"""

import gc
from collections.abc import Callable
from typing import Any

from rq.job import Job
from rq.worker import HerokuWorker

from jobs import exports, imports, schedule, syncs, time_zones
from jobs.queue import QUEUES
from jobs.runtime import wiring
from webapp import db
from webapp.db import DatabaseDownError
from webapp.services.wiring import Wiring

WORKER_TTL = 45
MAINTENANCE_SECONDS = 15
MONITORING_SECONDS = 5


TELL: dict[str, Callable[[Wiring, dict[str, Any]], None]] = {
    "jobs.syncs.sync_library": lambda parts, keys: syncs.abandon(parts, keys["sync_id"]),
    "jobs.imports.import_listening": lambda parts, keys: imports.abandon(parts, keys["import_id"]),
    "jobs.exports.export_everything": lambda parts, keys: exports.abandon(parts, keys["export_id"]),
    "jobs.schedule.run_entry": lambda parts, keys: schedule.killed(parts, **keys),
}
"""Whom to tell that a job's process was killed."""


class Worker(HerokuWorker):
    """A worker that also looks for abandoned work, whenever it is idle."""

    def run_maintenance_tasks(self) -> None:
        """Do RQ's own upkeep, then ours."""
        super().run_maintenance_tasks()
        reap()


def reap() -> None:
    """Look for abandoned work; leave no connection behind for the next fork to inherit."""
    try:
        with db.connection():
            syncs.reap(wiring())
            imports.reap(wiring())
            exports.reap(wiring())
            time_zones.reap(wiring())
    except DatabaseDownError as error:
        wiring().log.warning("database unreachable", error=type(error).__name__)
    finally:
        db.disconnect()


def on_killed(job: Job, _pid: int, _status: int, _usage: Any) -> None:
    """Free what a job held whose process was killed, so that the retry finds it free."""
    told = TELL.get(job.func_name or "")
    if told is None:
        return
    try:
        with db.connection():
            told(wiring(), job.kwargs)
    except DatabaseDownError as error:
        wiring().log.warning("database unreachable", error=type(error).__name__)
    finally:
        db.disconnect()


def main() -> None:
    """Work until told to stop."""
    spare_the_collector()
    worker = Worker(
        list(QUEUES),
        connection=wiring().redis,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
        work_horse_killed_handler=on_killed,
    )
    worker.work(with_scheduler=True)


def spare_the_collector() -> None:
    """Let Python look for garbage less often.

    Pages of JSON are many objects that live for a moment, without cycles; at the default
    threshold, looking through them takes a sixth of a sync's time. What is loaded by now stays
    for good, and is shared with the jobs' processes as long as nobody touches it.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


if __name__ == "__main__":
    main()
