"""Genres of a period: those of each play's artist, as far as they are known."""

from dataclasses import dataclass

from webapp import db
from webapp.domain.periods import Period
from webapp.domain.stats import By, Item
from webapp.queries import spans
from webapp.queries.top_pages import Movement, movement

# An artist's genres may name one twice.
GENRES = """
WITH known AS MATERIALIZED (
  SELECT i.plays, i.ms, i.was_plays, i.was_ms, a.genres
  FROM ({items}) i JOIN artists a ON a.id = i.item_id WHERE cardinality(a.genres) > 0),
counted AS MATERIALIZED (
  SELECT genre, sum(plays)::bigint AS plays, sum(ms)::bigint AS ms,
    sum(was_plays)::bigint AS was_plays, sum(was_ms)::bigint AS was_ms
  FROM known CROSS JOIN LATERAL (SELECT DISTINCT unnest(genres)) AS g (genre) GROUP BY 1),
ranked AS (
  SELECT genre, plays, ms, row_number() OVER (ORDER BY {order}, genre) AS rank
  FROM counted WHERE plays > 0),
earlier AS (
  SELECT genre, row_number() OVER (ORDER BY {was_order}, genre) AS rank
  FROM counted WHERE was_plays > 0),
page AS (SELECT * FROM ranked ORDER BY rank LIMIT %(limit)s OFFSET %(offset)s)
SELECT p.rank, p.genre, p.plays, p.ms, e.rank, sums.total, sums.known
FROM (SELECT (SELECT count(*) FROM ranked) AS total,
  (SELECT coalesce(sum(plays), 0)::bigint FROM known) AS known) sums
LEFT JOIN page p ON true LEFT JOIN earlier e ON e.genre = p.genre
ORDER BY p.rank
"""
ORDER = {
    By.PLAYS: ("plays DESC, ms DESC", "was_plays DESC, was_ms DESC"),
    By.MS: ("ms DESC, plays DESC", "was_ms DESC, was_plays DESC"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Genre:
    """A genre's place. A play counts for every genre of its artist."""

    rank: int
    name: str
    plays: int
    ms: int
    change: Movement


@dataclass(frozen=True, slots=True, kw_only=True)
class Genres:
    """Part of a ranking of `total` genres; `known` counts the plays that have any."""

    rows: tuple[Genre, ...]
    total: int
    known: int


def top(
    user_id: int,
    period: Period,
    by: By,
    time_zone: str,
    *,
    limit: int,
    offset: int = 0,
    is_compared: bool = True,
) -> Genres:
    """Rank the genres of a period, and say how each moved since the period before."""
    before = period.before if is_compared else None
    items, values = spans.pair(user_id, period, before, Item.ARTIST, time_zone)
    order, was_order = ORDER[by]
    sql = GENRES.format(items=items, order=order, was_order=was_order)
    rows = db.query_by_name(sql, limit=limit, offset=offset, **values)
    return Genres(
        rows=tuple(
            Genre(
                rank=rank,
                name=name,
                plays=plays,
                ms=ms,
                change=movement(rank, rank_before, compared=before is not None),
            )
            for rank, name, plays, ms, rank_before, _, _ in rows
            if rank is not None
        ),
        total=rows[0][5],
        known=rows[0][6],
    )
