"""What runs by itself, and when: the table, and the job that runs one entry of it.

`jobs/scheduler.py` queues an entry's run at its time; a worker does it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crontab import CronTab

from jobs import archive, exports, imports, musicbrainz, syncs, time_zones, trends
from jobs.queue import task
from jobs.runtime import job
from webapp.domain.syncs import Cause
from webapp.domain.trends import CHARTS
from webapp.services import adoption, import_upkeep, recounting, schedule
from webapp.services import exports as export_services
from webapp.services.wiring import Wiring

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that is done again and again."""

    name: str
    cron: str
    """When, in UTC: minute, hour, day of the month, month, day of the week."""
    what: str
    """A sentence for the operator, in English; views translate it."""
    run: Callable[[Wiring], str]
    """Does it, and tells in a few words what was done. Safe to do twice."""

    def next_after(self, moment: datetime) -> datetime:
        """Give the first planned time after a moment."""
        found: datetime = CronTab(self.cron).next(moment.astimezone(UTC), return_datetime=True)
        return found

    def last_until(self, moment: datetime) -> datetime:
        """Give the last planned time up to and with a moment."""
        beyond = moment.astimezone(UTC).replace(microsecond=0) + SECOND
        found: datetime = CronTab(self.cron).previous(beyond, return_datetime=True)
        return found


def archive_due(wiring: Wiring) -> str:
    """Queue every listener whose plays are to be asked for."""
    ticked = archive.tick(wiring)
    if ticked.until is not None:
        return f"paused until {ticked.until.isoformat(timespec='seconds')}"
    return f"{ticked.listeners} listeners in {ticked.batches} batches"


def reap(wiring: Wiring) -> str:
    """Offer the queue every sync, import, export and move that nobody works on."""
    found = (part.reap(wiring) for part in (syncs, imports, exports, time_zones))
    return "{} syncs, {} imports, {} exports, {} time zones".format(*found)


def sync_daily(wiring: Wiring) -> str:
    """Queue a sync of each active listener."""
    return f"{syncs.start_all(wiring, Cause.DAILY)} listeners"


def sync_weekly(wiring: Wiring) -> str:
    """Queue a look at each active listener's top lists."""
    return f"{syncs.start_all(wiring, Cause.WEEKLY)} listeners"


def trends_due(wiring: Wiring) -> str:
    """Queue a refresh of the charts."""
    trends.start(wiring, everything=True)
    return f"{len(CHARTS)} charts"


def upkeep(wiring: Wiring) -> str:
    """Look after the budget and the schedule's records, old exports, and ids that were found."""
    forgotten, expired = schedule.upkeep(wiring), export_services.expire(wiring)
    adopted, undecided = adoption.adopt_all(), import_upkeep.forget_undecided(wiring)
    recounted = recounting.recount()
    return (
        f"{forgotten} old runs and {undecided} uploads forgotten, {expired} exports expired,"
        f" songs of {adopted} listeners found, plays of {recounted} counted anew"
    )


SCHEDULE = (
    Entry(
        name="archive",
        cron="0 * * * *",
        what="Asks Spotify for the plays of every listener whose turn it is",
        run=archive_due,
    ),
    Entry(
        name="archive-often",
        cron="15,30,45 * * * *",
        what="Asks between the hours for those who play much, or had a gap",
        run=archive_due,
    ),
    Entry(
        name="daily-sync",
        cron="0 2 * * *",
        what="Syncs every active listener's library, spread over an hour",
        run=sync_daily,
    ),
    Entry(
        name="weekly-top",
        cron="0 3 * * 1",
        what="Refreshes every active listener's top lists, spread over an hour",
        run=sync_weekly,
    ),
    Entry(
        name="reap",
        cron="* * * * *",
        what="Offers syncs, imports, exports and moves to other time zones that nobody works on to"
        " the queue again",
        run=reap,
    ),
    Entry(
        name="trends",
        cron="20 */6 * * *",
        what="Reads new releases and charts anew",
        run=trends_due,
    ),
    Entry(
        name="musicbrainz",
        cron="*/10 * * * *",
        what="Looks up albums in MusicBrainz, a call a second, and covers for those without a"
        " picture",
        run=musicbrainz.tick,
    ),
    Entry(
        name="upkeep",
        cron="5 * * * *",
        what="Restores what Redis may have lost of the call budget, forgets what is too old, gives"
        " songs the ids that were found since, and counts plays of changed tracks anew",
        run=upkeep,
    ),
)


@task(queue="schedule", timeout=600, key="{name}-{period}", retries=(10, 60, 300, 1800))
def run_entry(*, name: str, period: str) -> None:
    """Run an entry for a period, once, however often this comes."""
    entry = next((entry for entry in SCHEDULE if entry.name == name), None)
    with job() as wiring:
        if entry is None:  # queued by another release
            wiring.log.warning("no such entry", entry=name, period=period)
            return
        schedule.run_once(wiring, name, period, entry.run)


def killed(wiring: Wiring, name: str, period: str) -> None:
    """Note that the process that ran an entry was killed."""
    schedule.note_killed(wiring, name, period)
