"""Who may call Spotify now: a minute window, a rolling day, and a reserve for what matters more.

Spotify publishes no numbers. A development-mode app is refused after some 500 to 1,400 calls in a
rolling day, with a wait of up to 20 hours, so the budget stops well before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Protocol

HOUR = timedelta(hours=1)
DAY_HOURS = 25
"""Hour buckets of a rolling day: this hour's, and 24 whole ones before it."""

Hours = Mapping[int, int]
"""Calls by the clock hour they were made in (`hour_of`)."""


class Priority(IntEnum):
    """Why a call is made; lower is more important."""

    ARCHIVE = 0
    LISTENER = 1
    DELTA = 2
    ENRICHMENT = 3


RESERVE_SHARE = {
    Priority.ARCHIVE: 0.0,
    Priority.LISTENER: 0.10,
    Priority.DELTA: 0.25,
    Priority.ENRICHMENT: 0.50,
}
"""Share of the day's budget that a priority must leave untouched for those above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of an app: calls a minute (stops 5 % short) and calls a rolling 24 h."""

    per_minute: int
    per_day: int

    @property
    def minute_stop(self) -> int:
        """Calls in any 60 s at which we stop by ourselves: 95 of 100."""
        return max(1, self.per_minute * 95 // 100)

    def day_stop(self, priority: Priority) -> int:
        """Count the calls in a rolling day at which this priority stops."""
        return int(self.per_day * (1 - RESERVE_SHARE[priority]))

    def free_at(self, priority: Priority, hours: Hours, now: datetime) -> datetime | None:
        """Say when enough hours will have left the rolling day for this priority to call again.

        None: it may now.
        """
        hour, stop = hour_of(now), self.day_stop(priority)
        counted = {at: calls for at, calls in hours.items() if at > hour - DAY_HOURS}
        spent = sum(counted.values())
        for at in sorted(counted) if spent >= stop else ():
            spent -= counted[at]
            if spent < stop:
                return start_of(at + DAY_HOURS)
        return start_of(hour + DAY_HOURS) if spent >= stop else None


def hour_of(moment: datetime) -> int:
    """Give the number of a clock hour, counted from 1970 (UTC)."""
    return int(moment.timestamp()) // 3600


def start_of(hour: int) -> datetime:
    """Give the moment a numbered hour begins."""
    return datetime.fromtimestamp(hour * 3600, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as the budget sees it: `endpoint` is a pattern (`/me/tracks`), never an id."""

    endpoint: str
    priority: Priority


class Gate(Protocol):
    """The one door for calls of all processes. It never sleeps."""

    def acquire(self, call: Call) -> None:
        """Count one call, or raise `PausedError` with the time when it may be tried again."""

    def settle(self, call: Call, status: int) -> None:
        """Record how the call ended (HTTP status; 0 when no answer came)."""

    def block(self, until: datetime, why: str) -> None:
        """Let nobody call before `until` (aware, UTC); survives restarts."""
