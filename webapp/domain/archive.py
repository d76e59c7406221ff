"""The hourly archive, decided: whom to ask, when again, what is missing, what a failure costs.

Spotify keeps the last 50 plays of a listener and no more. Fifty plays take an hour at least
unless tracks are shorter than 72 s, so once an hour is enough for most, and not for everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

WINDOW = 50
"""How many plays Spotify remembers."""

OVERLAP = timedelta(hours=2)
"""Plays arrive late and out of order, so each look goes back this far behind the newest."""

HOURLY = timedelta(hours=1)
OFTENEST = timedelta(minutes=15)
OFTEN = timedelta(minutes=30)
ALERT = timedelta(hours=24)
"""How long after a gap a listener is asked more often."""

AHEAD = timedelta(hours=1)
"""How far a play's end may lie before us."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FailureKind(StrEnum):
    """Whose fault a failure is, roughly: that decides how long to leave a listener alone."""

    AUTH = "AUTH"
    NETWORK = "NETWORK"


FIRST_PAUSE = {
    FailureKind.AUTH: timedelta(minutes=30),
    FailureKind.NETWORK: timedelta(minutes=10),
}
LONGEST_PAUSE = {
    FailureKind.AUTH: timedelta(hours=4),
    FailureKind.NETWORK: timedelta(hours=1),
}
AUTH_ERRORS = frozenset({"token_stale", "consent_over", "not_allowlisted", "missing_scope"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """A listener who failed lately; a success throws it away."""

    kind: FailureKind
    failures: int
    message: str
    retry_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Between these two ends of plays, others may be missing."""

    after: datetime
    before: datetime


def kind_of(error_kind: str) -> FailureKind:
    """Sort an error (`BackspinError.kind`) into the two that cool down differently."""
    return FailureKind.AUTH if error_kind in AUTH_ERRORS else FailureKind.NETWORK


def trip(before: Breaker | None, kind: FailureKind, message: str, now: datetime) -> Breaker:
    """Cool down after a failure: 30 min doubling to 4 h for AUTH, 10 min to 1 h for NETWORK.

    Failures count on while the kind stays the same; another kind starts anew.
    """
    failures = before.failures + 1 if before and before.kind is kind else 1
    pause = min(FIRST_PAUSE[kind] * 2 ** min(failures - 1, 10), LONGEST_PAUSE[kind])
    return Breaker(kind=kind, failures=failures, message=message, retry_at=now + pause)


def gap_in(newest_known: datetime | None, ends: Sequence[datetime], told: int) -> Gap | None:
    """Find a gap: a full window, all of it newer than the newest play we had.

    `ends` are the ends of the plays in an answer, in any order; `told` is how many the answer
    had, withdrawn ones included. Before the first look nothing is known to be missing.
    """
    if newest_known is None or not ends or told < WINDOW:
        return None
    oldest = min(ends)
    return Gap(after=newest_known, before=oldest) if oldest > newest_known else None


def ask_again_after(*, plays_last_hour: int, last_gap: datetime | None, now: datetime) -> timedelta:
    """Choose how soon to ask a listener again, so that 50 plays can't pass unseen.

    Who had a gap in the last day, or plays nearly a window an hour, is asked every 15 minutes;
    half a window, every 30; everybody else once an hour.
    """
    if last_gap is not None and now - last_gap < ALERT:
        return OFTENEST
    if plays_last_hour * 10 >= WINDOW * 7:
        return OFTENEST
    return OFTEN if plays_last_hour * 2 >= WINDOW else HOURLY


def next_due(now: datetime, every: timedelta) -> datetime:
    """Give the next round time to ask at: the hour, or its halves and quarters."""
    return now - (now - EPOCH) % every + every


def ask_after(newest_known: datetime | None, now: datetime) -> datetime | None:
    """Choose the cursor: two hours before the newest play we have, which may be ahead of us.

    None, before the first look, asks for the whole window.
    """
    return None if newest_known is None else min(newest_known, now) - OVERLAP


def believable(now: datetime) -> datetime:
    """Give the latest end of a play that can be where to go on from.

    Spotify's clock may be ahead of ours, but a play of next year must not hide all until then.
    """
    return now + AHEAD


def archive_key(user_id: int, now: datetime, *, every: timedelta = HOURLY) -> str:
    """Name one listener's archive run of a period: `archive_{user}_{YYYY_MM_DD_HH}`.

    Runs between the hours carry the quarter they belong to as well.
    """
    key = f"archive_{user_id}_{now:%Y_%m_%d_%H}"
    if every >= HOURLY:
        return key
    minutes = int(every / timedelta(minutes=1))
    return f"{key}_{now.minute // minutes * minutes:02}"
