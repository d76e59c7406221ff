"""What the page of an artist, album or track decides: since when it was there, how it stood."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from webapp.domain.library import Entry, Event, Origin
from webapp.domain.stats import Grain

MONTHS = 24
"""How far back a thing is followed month by month."""
MOST = 1000
"""The last place that is told; beyond it, a place says little and costs much to find out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time in the library: `since` is when it was saved, or when it was first seen there.

    `told` says that the service named that time. `undated`: only a file that nobody dated tells of
    it, and `since` is when that was read. `until` is when it was noticed to be gone.
    """

    since: datetime
    told: bool
    undated: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a thing counts in a month, a year or ever; `rank` is None beyond the last one told.

    Its rank is one more than the things with more plays, so that equals share theirs.
    """

    grain: Grain
    period: date
    plays: int
    ms: int
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """A thing's plays in the last weeks; `rank` as in `Place`."""

    plays: int
    rank: int | None


def spells(log: Iterable[Entry]) -> tuple[Spell, ...]:
    """Tell from a thing's log, oldest entry first, when it was in the library; the last one last.

    Saved again without a removal in between: nobody saw it go, so it was gone by then.
    """
    found: list[Spell] = []
    for entry in log:
        is_open = bool(found) and found[-1].until is None
        since = entry.added_at or entry.seen_at
        if entry.event is Event.REMOVED:
            if is_open:
                found[-1] = replace(found[-1], until=max(entry.seen_at, found[-1].since))
            continue
        if is_open and not entry.added_at:
            continue
        if is_open and since > found[-1].since:
            found[-1] = replace(found[-1], until=since)
        elif is_open:
            del found[-1]
        undated = entry.origin is Origin.UNDATED
        found.append(Spell(since=since, told=entry.added_at is not None, undated=undated))
    return tuple(found)


def years(first: date, last: date) -> tuple[date, ...]:
    """List the years from one day to another, by their first days."""
    return tuple(date(year, 1, 1) for year in range(first.year, last.year + 1))


def months(last: date, count: int = MONTHS, *, first: date | None = None) -> tuple[date, ...]:
    """List some months up to a day's, by their first days; none before that of `first`."""
    index = last.year * 12 + last.month - 1
    listed = tuple(date(i // 12, i % 12 + 1, 1) for i in range(index - count + 1, index + 1))
    return tuple(month for month in listed if first is None or month >= first.replace(day=1))


def followed(
    places: Mapping[tuple[Grain, date], Place], grain: Grain, periods: Sequence[date]
) -> tuple[Place, ...]:
    """Lay a thing's places out over periods; in those it was not heard in, it counts nothing."""
    return tuple(
        places.get((grain, period)) or Place(grain=grain, period=period, plays=0, ms=0, rank=None)
        for period in periods
    )


def lately(plays: int, counts: Mapping[int, int]) -> Lately | None:
    """Place a thing with so many plays; `counts` tells how many things have how many plays.

    None without plays: what was not heard has no place.
    """
    if not plays:
        return None
    ahead = sum(count for more, count in counts.items() if more > plays)
    return Lately(plays=plays, rank=rank_behind(ahead))


def rank_behind(ahead: int) -> int | None:
    """Give the place behind so many things; None beyond the last one that is told."""
    return ahead + 1 if ahead < MOST else None
