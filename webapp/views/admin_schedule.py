"""The operator's page of the schedule: what runs by itself, when, and how it went."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response
from flask_babel import gettext, lazy_gettext

from jobs.schedule import SCHEDULE, Entry
from webapp.domain.errors import QueueDownError
from webapp.domain.schedule import Pulse
from webapp.queries import schedule
from webapp.queries.schedule import Run
from webapp.services.schedule import last_beat, last_pulse
from webapp.views.formats import UNKNOWN, duration
from webapp.views.fragments import page
from webapp.views.requests import admin_only, wiring

FAILURES = 5
BROKEN_OFF = timedelta(minutes=15)
"""A run without an end that is older than this was broken off: a job has ten minutes."""

WHAT = {
    "archive": lazy_gettext("Asks Spotify for the plays of every listener whose turn it is"),
    "archive-often": lazy_gettext("Asks between the hours for those who play much, or had a gap"),
    "daily-sync": lazy_gettext("Syncs every active listener's library, spread over an hour"),
    "weekly-top": lazy_gettext("Refreshes every active listener's top lists, spread over an hour"),
    "reap": lazy_gettext(
        "Offers syncs, imports, exports and moves to other time zones that nobody works on to"
        " the queue again"
    ),
    "trends": lazy_gettext("Reads new releases and charts anew"),
    "musicbrainz": lazy_gettext(
        "Looks up albums in MusicBrainz, a call a second, and covers for those without a picture"
    ),
    "upkeep": lazy_gettext(
        "Restores what Redis may have lost of the call budget, forgets what is too old, gives"
        " songs the ids that were found since, and counts plays of changed tracks anew"
    ),
}

blueprint = Blueprint("admin_schedule", __name__, url_prefix="/admin/schedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry; `state` is that of its last run: pending (never ran), running, done or failed."""

    name: str
    what: str
    cron: str
    next_at: datetime
    run: Run | None
    state: str


@blueprint.get("")
@admin_only
def index() -> Response:
    """Show the schedule."""
    now, beat = wiring().clock(), None
    try:
        beat = last_beat(wiring())
        health = last_pulse(wiring()).value
    except QueueDownError:
        health = "unknown"
    failures = [
        run for entry in SCHEDULE for run in schedule.recent(entry.name, FAILURES, failed=True)
    ]
    return page(
        "admin/schedule.html",
        entries=entry_views(now),
        beat=beat,
        health=health,
        pulses=Pulse,
        took=took,
        failures=sorted(failures, key=lambda run: run.started_at, reverse=True),
    )


def took(run: Run) -> str:
    """Say how long a run took; a dash before its end."""
    if run.ended_at is None:
        return UNKNOWN
    seconds = (run.ended_at - run.started_at).total_seconds()
    return duration(int(1000 * seconds)) if seconds >= 1 else str(gettext("less than a second"))


def entry_views(now: datetime) -> list[EntryView]:
    """Say of each entry what it does, how it last went, and when it is next."""
    runs = schedule.latest([entry.name for entry in SCHEDULE])
    return [_view(entry, runs.get(entry.name), now) for entry in SCHEDULE]


def _view(entry: Entry, run: Run | None, now: datetime) -> EntryView:
    return EntryView(
        name=entry.name,
        what=str(WHAT.get(entry.name, entry.what)),
        cron=entry.cron,
        next_at=entry.next_after(now),
        run=run,
        state=_state(run, now),
    )


def _state(run: Run | None, now: datetime) -> str:
    if run is None:
        return "pending"
    if run.ended_at is None:
        return "running" if now - run.started_at < BROKEN_OFF else "failed"
    return "done" if run.outcome == "ok" else "failed"
