"""What personality is measured from: counted out of the roll-ups, and kept."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from webapp import db
from webapp.domain.periods import ALL, Period
from webapp.domain.personality import Counts
from webapp.domain.spectra import Spectrum
from webapp.domain.stats import Item
from webapp.domain.weeks import whole_weeks
from webapp.queries import eras, finds, listening, spans

SHAPE = 1
"""Rises with each change of what is counted, so that rows of older rules are counted anew."""
KEPT = 60
"""So many periods of a listener are kept at most."""

ARTISTS = f"""
WITH items AS ({{items}}), new AS MATERIALIZED ({finds.NEW})
SELECT i.plays::bigint, new.item_id IS NOT NULL, count(*)
FROM items i LEFT JOIN new ON new.item_id = i.item_id GROUP BY 1, 2
"""  # noqa: S608 - our own names
ALL_ARTISTS = "WITH items AS ({items}) SELECT plays::bigint, true, count(*) FROM items GROUP BY 1"

TRACKS = """
WITH items AS MATERIALIZED ({items})
SELECT 'plays', plays::bigint, count(*) FROM items GROUP BY plays
UNION ALL
SELECT 'popularity', t.popularity, sum(i.plays)::bigint
FROM items i JOIN tracks t ON t.id = i.item_id WHERE t.popularity IS NOT NULL GROUP BY 2
"""

BEFORE = (
    "SELECT coalesce(sum(plays), 0)::bigint FROM daily_listening WHERE user_id = %s AND day < %s"
)

FIND = """
SELECT counts, counted_at FROM personalities WHERE user_id = %s AND period = %s
  AND first_day = %s AND last_day = %s AND data_version = %s AND shape = %s
  AND counted_at >= %s
"""
# A listener may be gone by now: then nothing is kept.
KEEP = """
INSERT INTO personalities
  (user_id, period, first_day, last_day, data_version, shape, counts, counted_at)
SELECT id, %s, %s, %s, %s, %s, %s, %s FROM users WHERE id = %s FOR KEY SHARE
ON CONFLICT (user_id, period, first_day, last_day) DO UPDATE SET
  data_version = excluded.data_version, shape = excluded.shape, counts = excluded.counts,
  counted_at = excluded.counted_at
"""
TIDY = """
DELETE FROM personalities p WHERE p.user_id = %s AND p.counted_at < (
  SELECT min(counted_at) FROM (SELECT counted_at FROM personalities
    WHERE user_id = %s ORDER BY counted_at DESC LIMIT %s) newest)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The counts of a period, and when they were made."""

    counts: Counts
    counted_at: datetime


def count(user_id: int, period: Period, time_zone: str) -> Counts:
    """Count a period."""
    artists, new_artists, new_plays = _artists(user_id, period, time_zone)
    tracks, popularity = _tracks(user_id, period, time_zone)
    hours, weekdays = _clock(user_id, period)
    days = listening.days(user_id, period)
    return Counts(
        plays=sum(day.plays for day in days),
        days=len(days),
        plays_before=db.query(BEFORE, user_id, period.first)[0][0],
        artists=artists,
        tracks=tracks,
        new_artists=new_artists,
        new_artist_plays=new_plays,
        years=tuple(
            (found.year, found.plays) for found in eras.release_years(user_id, period, time_zone)
        ),
        popularity=popularity,
        hours=hours,
        weekdays=weekdays,
        weeks=_weeks(user_id, period, days),
    )


def find(user_id: int, period: Period, data_version: int, since: datetime) -> Counted | None:
    """Find counts that were kept since then, if they are of this version of the listener's data."""
    named = (period.key, period.first, period.last, data_version, SHAPE)
    rows = db.query(FIND, user_id, *named, since)
    return Counted(counts=_counts(rows[0][0]), counted_at=rows[0][1]) if rows else None


def keep(user_id: int, period: Period, data_version: int, counted: Counted) -> None:
    """Keep counts in place of older ones; of many periods, those asked for last."""
    told = json.dumps(asdict(counted.counts))
    named = (period.key, period.first, period.last, data_version, SHAPE)
    with db.transaction():
        db.query(KEEP, *named, told, counted.counted_at, user_id)
        db.query(TIDY, user_id, user_id, KEPT)


def _artists(user_id: int, period: Period, time_zone: str) -> tuple[Spectrum, int, int]:
    items, values = spans.source(user_id, period, Item.ARTIST, time_zone)
    sql = ALL_ARTISTS if period.key == ALL else ARTISTS
    rows = db.query_by_name(sql.format(items=items), **(values | finds.window(period, time_zone)))
    new = [(plays, artists) for plays, is_new, artists in rows if is_new]
    return (
        _spectrum((plays, artists) for plays, _, artists in rows),
        sum(artists for _, artists in new),
        sum(plays * artists for plays, artists in new),
    )


def _tracks(user_id: int, period: Period, time_zone: str) -> tuple[Spectrum, Spectrum]:
    items, values = spans.source(user_id, period, Item.TRACK, time_zone)
    rows = db.query_by_name(TRACKS.format(items=items), **values)
    return (
        _spectrum((number, many) for name, number, many in rows if name == "plays"),
        _spectrum((number, many) for name, number, many in rows if name == "popularity"),
    )


def _clock(user_id: int, period: Period) -> tuple[tuple[int, ...], tuple[int, ...]]:
    hours, weekdays = [0] * 24, [0] * 7
    for cell in listening.hours(user_id, period):
        hours[cell.hour] += cell.plays
        weekdays[cell.weekday] += cell.plays
    return tuple(hours), tuple(weekdays)


def _weeks(user_id: int, period: Period, days: list[listening.Day]) -> tuple[int, ...]:
    """Add up weeks from the first play on: before it there was nothing to be steady about."""
    began = listening.first_day(user_id) or period.last
    heard = ((day.day, day.ms) for day in days)
    return whole_weeks(heard, max(period.first, began), period.last)


def _spectrum(pairs: Iterable[tuple[int, int]]) -> Spectrum:
    found: dict[int, int] = {}
    for number, many in pairs:
        found[number] = found.get(number, 0) + many
    return tuple(sorted(found.items()))


def _counts(told: dict[str, Any]) -> Counts:
    return Counts(**{name: _frozen(value) for name, value in told.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value
