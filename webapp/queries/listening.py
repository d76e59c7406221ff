"""How much was heard, and when: from the roll-ups of days and hours."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp import db
from webapp.domain.periods import Period, cut
from webapp.domain.stats import Item
from webapp.queries import spans

# A gap makes numbers uncertain from the day it begins to the day it ends.
TOTALS = """
SELECT coalesce(sum(plays), 0)::bigint, coalesce(sum(ms), 0)::bigint, count(*),
  EXISTS (SELECT 1 FROM listening_gaps g WHERE g.user_id = %(user)s AND g.closed_at IS NULL
    AND (g.after_at AT TIME ZONE %(zone)s)::date <= %(last)s
    AND (g.before_at AT TIME ZONE %(zone)s)::date >= %(first)s),
  {counts}
FROM daily_listening WHERE user_id = %(user)s AND day BETWEEN %(first)s AND %(last)s
"""

DAYS = """
SELECT day, plays, ms FROM daily_listening
WHERE user_id = %s AND day BETWEEN %s AND %s ORDER BY day
"""

# Whole months and years are added up already; see `rhythm_rollups` for what a bin is.
HOURS = """
SELECT bin / 24, bin %% 24, sum(plays), sum(ms) FROM (
  SELECT r.bin, r.count, r.ms
  FROM unnest(%(grains)s::text[], %(periods)s::date[]) AS piece (grain, period)
  JOIN listening_rhythms r ON r.user_id = %(user)s AND r.kind = 'hour'
    AND r.grain = piece.grain AND r.period = piece.period
  UNION ALL SELECT (extract(isodow FROM h.day)::integer - 1) * 24 + h.hour, h.plays, h.ms
  FROM unnest(%(firsts)s::date[], %(lasts)s::date[]) AS edge (first, last)
  JOIN hourly_listening h ON h.user_id = %(user)s AND h.day BETWEEN edge.first AND edge.last
) part (bin, plays, ms) GROUP BY bin ORDER BY bin
"""

# One step for each year, however many days each has.
YEARS = """
WITH RECURSIVE years (first) AS (
  (SELECT date_trunc('year', min(day))::date FROM daily_listening WHERE user_id = %s)
  UNION ALL
  SELECT (SELECT date_trunc('year', min(day))::date FROM daily_listening
    WHERE user_id = %s AND day >= years.first + interval '1 year')
  FROM years WHERE years.first IS NOT NULL)
SELECT extract(year FROM first)::integer FROM years WHERE first IS NOT NULL ORDER BY 1 DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a period comes to: `ms` milliseconds on `days` different days.

    `at_least` says that plays may be missing, because a gap is open.
    """

    plays: int
    ms: int
    days: int
    tracks: int
    artists: int
    albums: int
    at_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day with plays."""

    day: date
    plays: int
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """An hour of the week; `weekday` 0 is Monday."""

    weekday: int
    hour: int
    plays: int
    ms: int


def totals(user_id: int, period: Period, time_zone: str) -> Totals:
    """Add up a period."""
    values = {"user": user_id, "zone": time_zone, "first": period.first, "last": period.last}
    counts = []
    for kind in (Item.TRACK, Item.ARTIST, Item.ALBUM):
        sql, more = spans.source(user_id, period, kind, time_zone, prefix=f"{kind}_")
        counts.append(f"(SELECT count(*) FROM ({sql}) {kind}s)")  # noqa: S608 - our own names
        values |= more
    plays, ms, days, at_least, tracks, artists, albums = db.query_by_name(
        TOTALS.format(counts=", ".join(counts)), **values
    )[0]
    return Totals(
        plays=plays,
        ms=ms,
        days=days,
        tracks=tracks,
        artists=artists,
        albums=albums,
        at_least=at_least,
    )


def days(user_id: int, period: Period) -> list[Day]:
    """List the days of a period that have plays, in order."""
    rows = db.query(DAYS, user_id, period.first, period.last)
    return [Day(day=day, plays=plays, ms=ms) for day, plays, ms in rows]


def hours(user_id: int, period: Period) -> list[Hour]:
    """Add a period up by hour of the week; hours without plays are left out."""
    rows = db.query_by_name(HOURS, user=user_id, **pieces_of(period))
    return [
        Hour(weekday=weekday, hour=hour, plays=int(plays), ms=int(ms))
        for weekday, hour, plays, ms in rows
    ]


def pieces_of(period: Period) -> dict[str, list[Any]]:
    """Cut a period for a statement: whole years and months, and the days at its edges."""
    pieces = cut(period)
    return {
        "grains": [grain for grain, _ in pieces.whole],
        "periods": [start for _, start in pieces.whole],
        "firsts": [first for first, _ in pieces.edges],
        "lasts": [last for _, last in pieces.edges],
    }


def first_day(user_id: int) -> date | None:
    """Tell the day of the first play."""
    found: date | None = db.query(
        "SELECT min(day) FROM daily_listening WHERE user_id = %s", user_id
    )[0][0]
    return found


def years(user_id: int) -> list[int]:
    """List the years that have plays, the newest first."""
    return [row[0] for row in db.query(YEARS, user_id, user_id)]
