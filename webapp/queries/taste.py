"""Plays of artists and genres month by month, and the most played artists of each year.

All of it comes from the roll-ups, and of long months only what is played most.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from webapp import db
from webapp.domain.periods import Period
from webapp.domain.stats import Item
from webapp.queries import spans

MOST_ARTISTS = 50
"""Genres are those of so many most played artists of each month: the tail changes no band."""

TOTALS = """
SELECT date_trunc('month', day)::date, sum(plays) FROM daily_listening
WHERE user_id = %s AND day BETWEEN %s AND %s GROUP BY 1
"""

ARTISTS = """
SELECT item_id, period, plays FROM listening_items
WHERE user_id = %s AND kind = 'artist' AND item_id = ANY(%s) AND grain = 'month'
  AND period BETWEEN %s AND %s
"""

STANDING = """
SELECT (SELECT polled_at FROM archive_states WHERE user_id = %s),
  EXISTS (SELECT FROM listening_gaps g WHERE g.user_id = %s AND g.closed_at IS NULL
    AND (g.after_at AT TIME ZONE %s)::date <= %s AND (g.before_at AT TIME ZONE %s)::date >= %s)
"""

TOP = """
WITH items AS ({items})
SELECT i.item_id, a.name, i.plays FROM (
  SELECT item_id, plays, ms FROM items ORDER BY plays DESC, ms DESC, item_id LIMIT %(limit)s) i
LEFT JOIN artists a ON a.id = i.item_id ORDER BY i.plays DESC, i.ms DESC, i.item_id
"""

# The most played artists of a month lie beside each other in an index that holds all of this.
GENRES = """
WITH heard AS MATERIALIZED (
  SELECT month.first AS month, i.item_id, i.plays FROM unnest(%(months)s::date[]) AS month (first)
  CROSS JOIN LATERAL (
    SELECT i.item_id, i.plays FROM listening_items i WHERE i.user_id = %(user)s
      AND i.kind = 'artist' AND i.grain = 'month' AND i.period = month.first
    ORDER BY i.plays DESC, i.ms DESC, i.item_id LIMIT %(most)s) i),
listed AS MATERIALIZED (
  SELECT DISTINCT a.id, g.genre FROM artists a CROSS JOIN unnest(a.genres) AS g (genre)
  WHERE a.id IN (SELECT item_id FROM heard)),
counted AS MATERIALIZED (
  SELECT l.genre, h.month, sum(h.plays) AS plays
  FROM heard h JOIN listed l ON l.id = h.item_id GROUP BY 1, 2),
named AS (
  SELECT genre, sum(plays) AS plays FROM counted GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(bands)s)
SELECT n.genre, c.month, c.plays, n.plays FROM named n JOIN counted c USING (genre)
UNION ALL
SELECT NULL, NULL, sum(plays), sum(plays) FILTER (WHERE item_id IN (SELECT id FROM listed))
FROM heard
"""

YEARS = """
SELECT y.year, i.item_id, a.name FROM unnest(%s::date[]) AS y (year)
CROSS JOIN LATERAL (
  SELECT i.item_id, i.plays, i.ms FROM listening_items i
  WHERE i.user_id = %s AND i.kind = 'artist' AND i.grain = 'year' AND i.period = y.year
  ORDER BY i.plays DESC, i.ms DESC, i.item_id LIMIT %s) i
LEFT JOIN artists a ON a.id = i.item_id
ORDER BY y.year, i.plays DESC, i.ms DESC, i.item_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenreMonths:
    """Genres, most played first, and their plays by genre and month.

    `plays` are those of the artists that were looked at, `known` of them have a genre.
    """

    genres: tuple[str, ...]
    counted: dict[tuple[str, date], int]
    plays: int
    known: int


def standing(user_id: int, period: Period, time_zone: str) -> tuple[datetime | None, bool]:
    """Tell as of when plays are known, and whether some of a period may be missing."""
    row = db.query(STANDING, user_id, user_id, time_zone, period.last, time_zone, period.first)[0]
    return row[0], row[1]


def totals(user_id: int, period: Period) -> dict[date, int]:
    """Count all plays by month."""
    rows = db.query(TOTALS, user_id, period.first, period.last)
    return {month: int(plays) for month, plays in rows}


def top_artists(
    user_id: int, period: Period, time_zone: str, limit: int
) -> list[tuple[str, str, int]]:
    """List the most played artists of a period: ids, names and plays."""
    items, values = spans.source(user_id, period, Item.ARTIST, time_zone)
    rows = db.query_by_name(TOP.format(items=items), **values, limit=limit)
    return [(artist, name or "", int(plays)) for artist, name, plays in rows]


def artist_months(
    user_id: int, artist_ids: Collection[str], period: Period
) -> dict[tuple[str, date], int]:
    """Count plays of artists by month."""
    first = period.first.replace(day=1)
    rows = db.query(ARTISTS, user_id, list(artist_ids), first, period.last)
    return {(artist, month): plays for artist, month, plays in rows}


def genre_months(user_id: int, months: Sequence[date], bands: int) -> GenreMonths:
    """Count plays of the most played genres by month; a play counts for each of its genres."""
    rows = db.query_by_name(
        GENRES, user=user_id, months=list(months), most=MOST_ARTISTS, bands=bands
    )
    *found, (_, _, plays, known) = rows
    totals_of = {genre: int(all_plays) for genre, _, _, all_plays in found}
    return GenreMonths(
        genres=tuple(sorted(totals_of, key=lambda genre: (-totals_of[genre], genre))),
        counted={(genre, month): int(counted) for genre, month, counted, _ in found},
        plays=int(plays or 0),
        known=int(known or 0),
    )


def top_by_year(
    user_id: int, years: Sequence[int], limit: int
) -> tuple[dict[int, list[str]], dict[str, str]]:
    """List the most played artists of each year, as ids; and the names of them all."""
    rows = db.query(YEARS, [date(year, 1, 1) for year in years], user_id, limit)
    lists: dict[int, list[str]] = {year: [] for year in years}
    for year, artist, _ in rows:
        lists[year.year].append(artist)
    return lists, {artist: name or "" for _, artist, name in rows}
