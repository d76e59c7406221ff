"""The schedule, decided: what a run is called, when an entry is due, how fresh a beat is."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

LATE_AFTER = timedelta(seconds=90)
"""The scheduler beats every other second; this long without one, nothing is started any more."""


OUTSIDE_LATE_AFTER = timedelta(hours=2)
"""A scheduler outside calls every hour at least; one call may fail."""


class Pulse(StrEnum):
    """How the scheduler is, told by its last beat, and by calls of a scheduler outside."""

    OK = "ok"
    OUTSIDE = "outside"
    """There never was a scheduler of ours; somebody else's calls."""
    LATE = "late"
    NOT_SEEN = "not seen"


def period_of(at: datetime) -> str:
    """Name the period that began at a planned time (UTC), in letters that a job's id may have.

    It is the time that was planned, not the time it became: two schedulers name it alike, and a
    run that is hours late is still one run.
    """
    return f"{at.astimezone(UTC):%Y_%m_%d_%H_%M}"


def due_first(
    *,
    kept: datetime | None,
    last_run: datetime | None,
    previous: datetime,
    following: datetime,
    now: datetime,
) -> datetime:
    """Choose when an entry that is put into the schedule (again) is due.

    `kept` is when it was due as it stood there, if it did; `last_run` when it last ran;
    `previous` and `following` are its planned times around `now`. What was overdue stays so. What
    was not there at all, and has not run since its last planned time, was lost and is due now,
    unless it is new. Otherwise it waits for its time.
    """
    if kept is not None:
        return kept if kept <= now else following
    if last_run is not None and last_run < previous:
        return previous
    return following


def spread(start: datetime, over: timedelta, count: int) -> list[datetime]:
    """Give `count` moments from `start` on, evenly spread over a span."""
    return [start + over * number / count for number in range(count)]


def pulse(beat: datetime | None, call: datetime | None, now: datetime) -> Pulse:
    """Judge the last beat; where there never was one, the last call of a scheduler outside.

    Who runs both wants to know when ours stops: it does more than can be called for.
    """
    if beat is None:
        called = call is not None and now - call <= OUTSIDE_LATE_AFTER
        return Pulse.OUTSIDE if called else Pulse.NOT_SEEN
    return Pulse.LATE if now - beat > LATE_AFTER else Pulse.OK
