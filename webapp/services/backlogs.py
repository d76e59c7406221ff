"""Who waits for calls to Spotify: how many, since when, and when that will be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.domain.backlogs import Backlog, Outlook, done_at
from webapp.domain.budget import Priority
from webapp.domain.syncs import Waiting
from webapp.queries.figures import Listeners, OpenSyncs
from webapp.services.spending import Spending


class Work(StrEnum):
    """What waits."""

    ARCHIVE = "archive"
    ASKED = "asked"
    AUTOMATIC = "automatic"
    RECONNECT = "reconnect"


PRIORITIES = {
    Work.ARCHIVE: Priority.ARCHIVE,
    Work.ASKED: Priority.LISTENER,
    Work.AUTOMATIC: Priority.DELTA,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queueing:
    """One kind of work that waits; `done_at` is None where nobody can tell."""

    work: Work
    count: int
    since: datetime | None
    calls: int
    done_at: datetime | None = None


def look_ahead(
    listeners: Listeners, syncs: Iterable[OpenSyncs], spending: Spending | None, now: datetime
) -> list[Queueing]:
    """List what waits, and with the budget at hand, when it will be done."""
    rows = list(syncs)
    work = [
        Queueing(
            work=Work.ARCHIVE,
            count=listeners.due,
            since=listeners.due_since,
            calls=listeners.due,
        ),
        _syncs(Work.ASKED, [row for row in rows if row.asked and _calls(row)]),
        _syncs(Work.AUTOMATIC, [row for row in rows if not row.asked and _calls(row)]),
        _syncs(Work.RECONNECT, [row for row in rows if not _calls(row)]),
    ]
    ends = _ends(work, spending, listeners.steady, now) if spending else {}
    return [
        Queueing(
            work=row.work,
            count=row.count,
            since=row.since,
            calls=row.calls,
            done_at=ends.get(row.work),
        )
        for row in work
    ]


def _ends(
    work: list[Queueing], spending: Spending, steady: int, now: datetime
) -> dict[str, datetime | None]:
    backlogs = [
        Backlog(name=row.work, priority=PRIORITIES[row.work], calls=row.calls)
        for row in work
        if row.work in PRIORITIES
    ]
    outlook = Outlook(
        limits=spending.spent.limits,
        hours=spending.spent.hours,
        now=now,
        paused_until=spending.pause.until if spending.pause else None,
        steady=steady,
    )
    return done_at(backlogs, outlook)


def _calls(row: OpenSyncs) -> bool:
    return row.waiting is not Waiting.RECONNECT


def _syncs(work: Work, rows: list[OpenSyncs]) -> Queueing:
    return Queueing(
        work=work,
        count=sum(row.syncs for row in rows),
        since=min((row.since for row in rows), default=None),
        calls=sum(row.calls for row in rows),
    )
