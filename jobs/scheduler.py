"""`python -m jobs.scheduler`: queues each entry of the schedule when its time comes.

The schedule is rq-scheduler's (a sorted set of times, a hash for each entry, a lock); the clock is
ours, because its own ends with Redis, and with the first entry it can't read. It does no work
itself: it queues, and workers run. Any number of schedulers may run; the lock lets one look at a
time, and a run's name lets each period be queued once.
"""

import signal
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from os import environ  # noqa: TID251 - a setting for the C library, and written, not read
from typing import Any, NoReturn

from redis import RedisError
from rq.job import Job
from rq_scheduler import Scheduler

from jobs.runtime import wiring
from jobs.schedule import SCHEDULE, Entry, run_entry
from webapp import db
from webapp.db import DatabaseDownError
from webapp.domain.errors import QueueDownError
from webapp.domain.schedule import due_first, period_of
from webapp.queries import schedule
from webapp.services.schedule import note_beat
from webapp.services.wiring import Wiring

INTERVAL = 2
"""Seconds between two looks. Entries name minutes, so a run is queued within 2 s of its time."""

LONGEST_PAUSE = 30
"""Seconds between two tries, at most, while Redis is away."""

TRY_AGAIN = timedelta(minutes=1)
PREFIX = "cron-"
TIMES = Scheduler.scheduled_jobs_key

# Whoever was suspended in the middle of a look must not move what others moved meanwhile.
MOVE = """
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '0') == tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
end
"""


class Clock:
    """Keeps Redis in line with the table, and queues what is due."""

    def __init__(self, parts: Wiring, entries: Iterable[Entry] = SCHEDULE) -> None:
        """Look after `entries`, with the process's parts."""
        self._parts = parts
        self._store: Any = Scheduler(connection=parts.redis, interval=INTERVAL)
        self._wanted = {PREFIX + entry.name: entry for entry in entries}
        self._move = parts.redis.register_script(MOVE)
        self._failures = 0

    def run(self) -> NoReturn:
        """Look again and again; only a signal ends it."""
        while True:
            time.sleep(self.look())

    def look(self) -> float:
        """Queue what is due, unless another scheduler is at it; return the seconds to wait."""
        try:
            if self._store.acquire_lock():
                try:
                    self.queue_due()
                finally:
                    self._store.remove_lock()
        except (RedisError, QueueDownError) as error:
            self._failures += 1
            self._parts.log.warning("redis unreachable", error=type(error).__name__)
            return float(min(LONGEST_PAUSE, 2 ** min(self._failures - 1, 10)))
        self._failures = 0
        return INTERVAL

    def queue_due(self) -> None:
        """Bring the schedule in line with the table, then queue what is due."""
        now = self._parts.clock()
        for job_id, at in self._reconciled(now).items():
            if at <= now:
                self.queue(job_id, at, now)
        note_beat(self._parts)

    def queue(self, job_id: str, at: datetime, now: datetime) -> None:
        """Queue the run that was planned for `at`, and move the entry to its next time."""
        entry = self._wanted[job_id]
        following = entry.next_after(now)
        try:
            run_entry.later(self._parts.redis, name=entry.name, period=period_of(at))
        except QueueDownError:
            raise
        except Exception:  # rubble under one run's name must not stop the others
            self._parts.log.exception("entry not queued", entry=entry.name)
            following = now + TRY_AGAIN
        # At least once: whoever dies before this line has queued a run that is queued once.
        self._move(keys=[TIMES], args=[job_id, at.timestamp(), following.timestamp()])

    def _reconciled(self, now: datetime) -> dict[str, datetime]:
        """Drop what is not in the table, put in what is missing or has changed; give all times."""
        times = self._times()
        for orphan in times.keys() - self._wanted.keys():
            self._drop(orphan)
            self._parts.log.info("entry removed", entry=orphan)
        kept = {job_id: at for job_id, at in times.items() if job_id in self._wanted}
        stale = [job_id for job_id in self._wanted if job_id not in kept]
        stale += [job_id for job_id, cron in self._crons(list(kept)) if not self._is(job_id, cron)]
        return kept | self._put(stale, kept, now)

    def _times(self) -> dict[str, datetime]:
        found: Any = self._parts.redis.zrange(TIMES, 0, -1, withscores=True)
        ours = [(raw.decode(), score) for raw, score in found if raw.startswith(PREFIX.encode())]
        return {job_id: datetime.fromtimestamp(score, UTC) for job_id, score in ours}

    def _crons(self, job_ids: Sequence[str]) -> list[tuple[str, bytes | None]]:
        """Read which cron string each entry was put in with.

        It is a field of its own: what RQ keeps in the hash is pickled, and may be unreadable.
        """
        with self._parts.redis.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.hget(Job.key_for(job_id), "cron")
            return list(zip(job_ids, pipe.execute(), strict=True))

    def _is(self, job_id: str, cron: bytes | None) -> bool:
        return cron == self._wanted[job_id].cron.encode()

    def _put(
        self, job_ids: Sequence[str], kept: dict[str, datetime], now: datetime
    ) -> dict[str, datetime]:
        """Put entries in; what was overdue stays so, what Redis lost is caught up once."""
        ran = self._last_runs([self._wanted[job_id].name for job_id in job_ids])
        if ran is None:
            return {}
        times = {}
        for job_id in job_ids:
            entry = self._wanted[job_id]
            times[job_id] = due_first(
                kept=kept.get(job_id),
                last_run=ran.get(entry.name),
                previous=entry.last_until(now),
                following=entry.next_after(now),
                now=now,
            )
            self._register(job_id, entry, times[job_id])
            self._parts.log.info("entry set", entry=entry.name, next=times[job_id].isoformat())
        return times

    def _last_runs(self, names: list[str]) -> dict[str, datetime] | None:
        """Ask the database when entries last ran; None if it can't be asked now."""
        if not names:
            return {}
        try:
            with db.connection():
                return {name: run.started_at for name, run in schedule.latest(names).items()}
        except DatabaseDownError as error:
            self._parts.log.warning("database unreachable", error=type(error).__name__)
            return None
        finally:
            db.disconnect()

    def _register(self, job_id: str, entry: Entry, at: datetime) -> None:
        self._drop(job_id)
        job = self._store.schedule(
            at,
            f"{run_entry.func.__module__}.{run_entry.func.__name__}",
            kwargs={"name": entry.name},
            id=job_id,
            queue_name=run_entry.queue,
            result_ttl=-1,
            meta={"cron_string": entry.cron},
        )
        self._parts.redis.hset(job.key, "cron", entry.cron)

    def _drop(self, job_id: str) -> None:
        self._store.cancel(job_id)
        self._parts.redis.delete(Job.key_for(job_id))


def main() -> None:
    """Keep the schedule until told to stop."""
    # Cron strings are UTC here; rq-scheduler itself would read them in the process's time zone.
    environ["TZ"] = "UTC"
    time.tzset()
    parts = wiring()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    parts.log.info("scheduler started", entries=len(SCHEDULE))
    Clock(parts).run()


def stop(_signum: int, _frame: Any) -> NoReturn:
    """End at once: nothing is ever half done that the next look, whoever's it is, won't finish."""
    raise SystemExit(0)


if __name__ == "__main__":
    main()
