"""Who may call Spotify now: a minute window, a rolling day, and a reserve for what matters more.

Spotify publishes no numbers. A development-mode app is refused after some 500 to 1,400 calls in a
rolling day, with a wait of up to 20 hours, so the budget stops well before.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol


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
