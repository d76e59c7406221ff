"""When a listener listens: which days, in sessions of what length, and on this day in other years.

All of it is counted beforehand, by day or by session; no plays are added up here.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp import db
from webapp.domain.days import end_of_day, start_of_day
from webapp.domain.periods import ALL, OLDEST, Period
from webapp.domain.stats_lengths import EDGES, begin_of, median_of
from webapp.queries import listening

LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (0, 15, 30, 60, 120, 240))
"""Where a group of sessions begins that are about as long."""
TWICE = timedelta(hours=2)
"""Where a clock is set back at midnight, a day begins twice: the index looks so much further."""

# Whole months and years are added up already; see `rhythm_rollups` for what a bin is.
SESSIONS = """
SELECT bin, sum(count)::bigint, sum(ms)::bigint FROM (
  SELECT r.bin, r.count, r.ms
  FROM unnest(%(grains)s::text[], %(periods)s::date[]) AS piece (grain, period)
  JOIN listening_rhythms r ON r.user_id = %(user)s AND r.kind = 'length'
    AND r.grain = piece.grain AND r.period = piece.period
  UNION ALL SELECT width_bucket(date_part('epoch', s.ended_at - s.started_at) / 60,
    %(edges)s::float8[]) - 1, 1, date_part('epoch', s.ended_at - s.started_at) * 1000
  FROM unnest(%(firsts)s::date[], %(lasts)s::date[], %(since)s::timestamptz[],
    %(until)s::timestamptz[]) AS edge (first, last, since, until)
  JOIN listening_sessions s ON s.user_id = %(user)s
    AND s.started_at >= edge.since AND s.started_at <= edge.until
    AND (s.started_at AT TIME ZONE %(zone)s)::date BETWEEN edge.first AND edge.last
) part (bin, count, ms) GROUP BY bin ORDER BY bin
"""

LONGEST = """
SELECT started_at, ended_at, plays FROM listening_sessions
WHERE user_id = %s AND ended_at - started_at >= %s AND started_at >= %s AND started_at <= %s
  AND (started_at AT TIME ZONE %s)::date BETWEEN %s AND %s
ORDER BY ended_at - started_at DESC, started_at DESC LIMIT 1
"""

AMOUNTS = """
SELECT width_bucket(day, %s::date[]), sum(plays)::integer, sum(ms)::bigint FROM daily_listening
WHERE user_id = %s AND day BETWEEN %s AND %s GROUP BY 1
"""

SILENT = """
SELECT NOT EXISTS (SELECT 1 FROM daily_listening WHERE user_id = %s AND day BETWEEN %s AND %s)
"""

SAME_DAYS = """
SELECT d.day, d.plays, d.ms, d.top_track_id, t.name, t.artist_names, a.image_url
FROM daily_listening d
LEFT JOIN tracks t ON t.id = d.top_track_id LEFT JOIN albums a ON a.id = t.album_id
WHERE d.user_id = %s AND d.day = ANY(%s) ORDER BY d.day DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongSession:
    """The longest session: from the start of its first play to the end of its last."""

    started_at: datetime
    ended_at: datetime
    plays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Sessions that began within a period; without any, the rest is None.

    `usual` is the median, as exact as the groups of `stats_lengths` are fine. `lengths` counts
    sessions in the groups of `LENGTHS`; the last group has no end.
    """

    count: int
    mean: timedelta | None
    usual: timedelta | None
    longest: LongSession | None
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDay:
    """A day of an earlier year, and the track most played on it."""

    day: date
    plays: int
    ms: int
    track_id: str
    track: str
    artists: str
    image_url: str | None


def amounts(user_id: int, period: Period, begins: Sequence[date]) -> list[tuple[int, int]]:
    """Add up plays and milliseconds from each of these days on, up to the next one.

    `begins` are in order, the first that of the period.
    """
    found = [(0, 0)] * len(begins)
    for place, plays, ms in db.query(AMOUNTS, list(begins), user_id, period.first, period.last):
        found[place - 1] = plays, ms
    return found


def is_silent(user_id: int, period: Period) -> bool:
    """Tell whether nothing was heard in a period."""
    found: bool = db.query(SILENT, user_id, period.first, period.last)[0][0]
    return found


def heard_days(user_id: int, last: date) -> list[date]:
    """List the days with plays, oldest first, up to one."""
    rows = db.query(
        "SELECT day FROM daily_listening WHERE user_id = %s AND day <= %s ORDER BY day",
        user_id,
        last,
    )
    return [row[0] for row in rows]


def sessions(user_id: int, period: Period, time_zone: str) -> Sessions:
    """Sum up the sessions that began on the days of a period."""
    pieces = listening.pieces_of(period)
    rows = db.query_by_name(
        SESSIONS,
        user=user_id,
        zone=time_zone,
        edges=[float(edge) for edge in EDGES],
        since=[start_of_day(first, time_zone) - TWICE for first in pieces["firsts"]],
        until=[end_of_day(last, time_zone) + TWICE for last in pieces["lasts"]],
        **pieces,
    )
    counts = {group: count for group, count, _ in rows}
    count, ms = sum(counts.values()), sum(row[2] for row in rows)
    return Sessions(
        count=count,
        mean=timedelta(milliseconds=ms) / count if count else None,
        usual=median_of(counts),
        longest=_longest(user_id, period, time_zone, begin_of(max(counts))) if count else None,
        lengths=_lengths(counts),
    )


def same_days(user_id: int, days: Sequence[date]) -> list[SameDay]:
    """Read what was heard on some days, latest first; days without plays are left out."""
    return [
        SameDay(
            day=day,
            plays=plays,
            ms=ms,
            track_id=track_id,
            track=track or "",
            artists=artists or "",
            image_url=image_url,
        )
        for day, plays, ms, track_id, track, artists, image_url in db.query(
            SAME_DAYS, user_id, list(days)
        )
    ]


def _longest(
    user_id: int, period: Period, time_zone: str, at_least: timedelta
) -> LongSession | None:
    # All time begins on the day on which the first play ended; it may have begun on the day before.
    first = OLDEST if period.key == ALL else period.first
    since = start_of_day(first, time_zone) - TWICE
    until = end_of_day(period.last, time_zone) + TWICE
    span = since, until, time_zone, first, period.last
    rows = db.query(LONGEST, user_id, at_least, *span)
    if not rows:
        return None
    started_at, ended_at, plays = rows[0]
    return LongSession(started_at=started_at, ended_at=ended_at, plays=plays)


def _lengths(counts: Mapping[int, int]) -> tuple[int, ...]:
    found = [0] * len(LENGTHS)
    for group, count in counts.items():
        found[bisect_right(LENGTHS, begin_of(group)) - 1] += count
    return tuple(found)
