"""Taste over time: which months a page is about, who came and went from year to year."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.domain.periods import ALL, Period
from webapp.domain.things import months

MOST_BANDS = 8
"""So many things have a band of their own; as many as there are colours."""
LISTED = 20
"""Who is among so many most played of a year counts as one of that year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A thing's plays, one number for each month."""

    id: str
    name: str
    plays: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOfTaste:
    """Who came into a year's list that the year before did not have, and who left it.

    Both are ids, most played first. `returned` of those who came were in an earlier list.
    `compared` is the year it was compared with; None for the first, and what came is all of it.
    """

    year: int
    compared: int | None
    came: tuple[str, ...]
    returned: frozenset[str]
    left: tuple[str, ...]
    stayed: int


def whole_months(period: Period) -> Period:
    """Widen a period to whole months, which are added up already; all time stays as it is."""
    if period.key == ALL:
        return period
    last = period.last.replace(day=monthrange(period.last.year, period.last.month)[1])
    return Period(key=period.key, first=period.first.replace(day=1), last=last)


def months_of(period: Period) -> tuple[date, ...]:
    """List the months that a period touches, by their first days."""
    first, last = period.first, period.last
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return months(last, count)


def bands(
    named: Sequence[tuple[str, str]],
    counted: Mapping[tuple[str, date], int],
    periods: Sequence[date],
) -> tuple[Band, ...]:
    """Lay plays by thing and month out as bands, in the order of names; no play is a 0."""
    return tuple(
        Band(id=id_, name=name, plays=tuple(counted.get((id_, month), 0) for month in periods))
        for id_, name in named
    )


def turnover(lists: Mapping[int, Sequence[str]]) -> tuple[YearOfTaste, ...]:
    """Compare each year's list with the one before it, newest year first.

    A year without plays has no list; what follows it is compared with the last one there is.
    """
    found: list[YearOfTaste] = []
    earlier: set[str] = set()
    before: int | None = None
    for year in sorted(year for year, listed in lists.items() if listed):
        now, then = lists[year], lists[before] if before is not None else ()
        came = tuple(id_ for id_ in now if id_ not in then)
        found.append(
            YearOfTaste(
                year=year,
                compared=before,
                came=came,
                returned=frozenset(came) & earlier,
                left=tuple(id_ for id_ in then if id_ not in now),
                stayed=len(now) - len(came),
            )
        )
        earlier.update(now)
        before = year
    return tuple(reversed(found))
