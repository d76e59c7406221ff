"""When what waits for calls will be done, if nothing else comes up: the budget, looked ahead.

The clock is turned hour by hour. Each hour, whoever matters more takes first, and takes what the
minute window and the rolling day leave to them; old hours leave the day as they do in the gate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.budget import DAY_HOURS, HOUR, Hours, Limits, Priority, hour_of, start_of

HORIZON_HOURS = 14 * 24
"""Nothing sensible can be said of what takes longer than two weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Work that waits for so many calls, at least."""

    name: str
    priority: Priority
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the budget looks like from here; from the next hour on, the archive takes `steady`."""

    limits: Limits
    hours: Hours
    now: datetime
    paused_until: datetime | None = None
    steady: int = 0


def done_at(backlogs: Sequence[Backlog], outlook: Outlook) -> dict[str, datetime | None]:
    """Say when each backlog will be done; None where that is more than two weeks away."""
    begin = max(outlook.now, outlook.paused_until or outlook.now)
    left = {backlog.name: backlog.calls for backlog in backlogs}
    done = {name: None if calls else outlook.now for name, calls in left.items()}
    spent, first = outlook.hours, hour_of(begin)
    for hour in range(first, first + HORIZON_HOURS):
        if not any(left.values()):
            break
        spent = {at: calls for at, calls in spent.items() if at > hour - DAY_HOURS}
        moment = max(begin, start_of(hour))
        till = _Till(limits=outlook.limits, spent=sum(spent.values()), moment=moment)
        till.take(outlook.steady if hour > first else 0, Priority.ARCHIVE)
        for backlog in sorted(backlogs, key=lambda backlog: backlog.priority):
            if left[backlog.name]:
                left[backlog.name] -= till.take(left[backlog.name], backlog.priority)
                done[backlog.name] = None if left[backlog.name] else till.now
        spent[hour] = spent.get(hour, 0) + till.taken
    return done


@dataclass(slots=True, kw_only=True)
class _Till:
    """One hour's calls, handed out in turn; `spent` is what the day has seen so far."""

    limits: Limits
    spent: int
    moment: datetime
    taken: int = 0

    def take(self, wanted: int, priority: Priority) -> int:
        """Take what may be taken of what is wanted."""
        rest = start_of(hour_of(self.moment) + 1) - self.moment
        by_minute = max(1, int(self.limits.minute_stop * (rest / timedelta(minutes=1))))
        by_day = self.limits.day_stop(priority) - self.spent
        got = max(0, min(wanted, by_day, by_minute - self.taken))
        self.taken += got
        self.spent += got
        return got

    @property
    def now(self) -> datetime:
        """The time when what was taken so far has been called."""
        return self.moment + min(HOUR, timedelta(minutes=self.taken / self.limits.minute_stop))
