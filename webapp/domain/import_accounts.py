"""Reading a listener's account at Last.fm or ListenBrainz: whose, from when, how far, how patient.

A walk goes through an account page by page, between two moments that are fixed when it begins, so
that what is played meanwhile moves nothing. Where it goes next is kept with what it brought.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Protocol

from webapp.domain.reports import Row

LATE = timedelta(days=14)
"""So long after a play Last.fm still takes it from a player that was offline: a later import reads
this much of the time before once more."""

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=30)
MOST_STUMBLES = 16
"""In a row: about three and a half hours, then the import fails."""

LONGEST_NAME = 64
END = 0
"""Where a walk is that has seen everything."""


class Service(StrEnum):
    """Where an account is; also the source that its rows are told by, and its import's origin."""

    LASTFM = "lastfm"
    LISTENBRAINZ = "listenbrainz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far an account is read.

    `since` is None where all is wanted; `total` counts rows, where the service tells. `place` is
    what is asked for next, in the service's own terms: None before the first call, END behind the
    last. `stumbles` counts failures since something last went well.
    """

    until: datetime
    since: datetime | None = None
    total: int | None = None
    place: int | None = None
    stumbles: int = 0

    @property
    def over(self) -> bool:
        """Whether everything was seen."""
        return self.place == END


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What one call brought: rows, where the walk is then, seconds that the service wants next."""

    rows: tuple[Row, ...]
    walk: Walk
    wait: float = 0.0


class AccountReader(Protocol):
    """A service's accounts. Every method is one call and may raise ProviderError."""

    def begin(self, account: str, walk: Walk) -> Walk:
        """Find out how much there is, and where to begin; raises NotFoundError, PrivateError."""

    def read(self, account: str, walk: Walk) -> Leaf:
        """Read what is at the walk's place, and move on."""


_LINKS = {
    Service.LASTFM: re.compile(r"(?:https?://)?(?:www\.)?last\.fm/(?:[a-z]{2}/)?user/([^/?#]+).*"),
    Service.LISTENBRAINZ: re.compile(r"(?:https?://)?(?:www\.)?listenbrainz\.org/user/([^/?#]+).*"),
}


def account_name(service: Service, text: str) -> str | None:
    """Read the name of an account, or the address of its page; None where it can be neither."""
    name = text.strip()
    if link := _LINKS[service].fullmatch(name):
        name = link[1]
    sound = name.isprintable() and not set(name) & set("/\\?#") and name.strip(".")
    return name if sound and len(name) <= LONGEST_NAME else None


def fresh_walk(reached: datetime | None, now: datetime, stumbles: int = 0) -> Walk:
    """Begin with everything, or behind what an earlier import has `reached`."""
    since = None if reached is None else reached - LATE
    return Walk(since=since, until=now.replace(microsecond=0), stumbles=stumbles)


def turn_page(walk: Walk, total: int, per_page: int) -> Walk:
    """Move on where pages count from the newest row and the last one holds the oldest.

    `total` is told anew by each page. If it grew, rows came in late and pushed others onto pages
    that were read: those are read again, and what comes twice is told apart when it is merged.
    """
    page, known = walk.place or END, walk.total or 0
    if total <= known:
        return replace(walk, place=page - 1, stumbles=0)
    pushed = ceil((total - known) / per_page)
    back = min(page + pushed, ceil(total / per_page))
    return replace(walk, total=total, place=back, stumbles=0)


def step_back(walk: Walk, times: Sequence[int]) -> tuple[Walk, list[bool]]:
    """Move on where pages are asked for by the moment before which they lie, in Unix seconds.

    Tells for each row of a page, by its time, whether to take it. A page may end in the middle of
    a second: so its oldest second is left to the next page, unless the page holds nothing else.
    """
    if not times:
        return replace(walk, place=END, stumbles=0), []
    oldest = min(times)
    if walk.since is not None and oldest < walk.since.timestamp():
        wanted = [time >= walk.since.timestamp() for time in times]
        return replace(walk, place=END, stumbles=0), wanted
    wanted = [time != oldest for time in times]
    if not any(wanted):
        return replace(walk, place=oldest, stumbles=0), [True] * len(times)
    return replace(walk, place=oldest + 1, stumbles=0), wanted


def progress(walk: Walk, rows: int) -> tuple[int, int]:
    """Tell how far a walk is, of how much: rows, or seconds where nobody counts the rows.

    Without a count the place is a moment, to which the walk has come back from `until`.
    """
    if walk.total is not None or walk.since is None:
        return rows, max(walk.total or 0, rows)
    span = int((walk.until - walk.since).total_seconds())
    left = 0 if walk.over else int((walk.place or 0) - walk.since.timestamp())
    return min(max(span - left, 0), span), span


def wait_after(stumbles: int) -> timedelta | None:
    """Tell how long to leave a service alone that failed so often in a row; None: give up."""
    if stumbles > MOST_STUMBLES:
        return None
    return min(FIRST_WAIT * (1 << (stumbles - 1)), LONGEST_WAIT)
