"""A Redis, a clock that stands, and as many schedulers as a test wants."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis
from rq import Queue

from jobs.schedule import Entry, run_entry
from jobs.scheduler import TIMES, Clock
from tests.services.listening import Clock as Time
from webapp.services.wiring import Wiring

START = datetime(2026, 11, 21, 12, 20, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def make_entry(name: str, cron: str) -> Entry:
    return Entry(name=name, cron=cron, what="", run=lambda _: "done")


HOURLY, MINUTELY = make_entry("hourly", "0 * * * *"), make_entry("minutely", "* * * * *")


@dataclass
class Bench:
    """What a test of the scheduler looks at and turns."""

    wiring: Wiring
    time: Time

    @property
    def redis(self) -> Redis:
        return self.wiring.redis

    def scheduler(self, *table: Entry) -> Clock:
        """Make a scheduler; its table has two entries unless others are named."""
        return Clock(self.wiring, table or (HOURLY, MINUTELY))

    def times(self) -> dict[str, datetime]:
        """Read when each entry is due."""
        rows: Any = self.redis.zrange(TIMES, 0, -1, withscores=True)
        return {raw.decode(): datetime.fromtimestamp(score, UTC) for raw, score in rows}

    def queued(self) -> list[str]:
        """Read what was queued, in order."""
        return Queue(run_entry.queue, connection=self.redis).get_job_ids()

    def late(self, entry: Entry, by: timedelta) -> None:
        """Let an entry have been due long ago."""
        self.redis.zadd(TIMES, {f"cron-{entry.name}": (self.time() - by).timestamp()})
