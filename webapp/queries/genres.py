"""Genres of a period: those of each play's artist, as far as they are known."""

from dataclasses import dataclass
from typing import Any

from webapp import db
from webapp.domain.periods import Period
from webapp.domain.stats import By, Item
from webapp.queries import spans
from webapp.queries.top_pages import Movement, movement

NAMED = """
SELECT genre, sum(plays)::bigint AS plays, sum(ms)::bigint AS ms
FROM (SELECT DISTINCT i.item_id, i.plays, i.ms, unnest(a.genres) AS genre
  FROM {items} i JOIN artists a ON a.id = i.item_id) g GROUP BY 1
"""
RANKED = "row_number() OVER (ORDER BY {by} DESC, genre)"
KNOWN = """
SELECT coalesce(sum(i.plays), 0)::bigint FROM items i JOIN artists a ON a.id = i.item_id
WHERE cardinality(a.genres) > 0
"""
GENRES = """
WITH items AS MATERIALIZED ({items}), earlier AS ({earlier}),
ranked AS (SELECT genre, plays, ms, {rank} AS rank FROM ({named}) n),
ranked_earlier AS (SELECT genre, {rank} AS rank FROM ({named_earlier}) n),
page AS (SELECT * FROM ranked ORDER BY rank LIMIT %(limit)s OFFSET %(offset)s)
SELECT p.rank, p.genre, p.plays, p.ms, e.rank, sums.total, sums.known
FROM (SELECT (SELECT count(*) FROM ranked) AS total, ({known}) AS known) sums
LEFT JOIN page p ON true LEFT JOIN ranked_earlier e ON e.genre = p.genre
ORDER BY p.rank
"""
NOTHING = "SELECT NULL::text AS item_id, 0 AS plays, 0 AS ms LIMIT 0"


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
    user_id: int, period: Period, by: By, time_zone: str, *, limit: int, offset: int = 0
) -> Genres:
    """Rank the genres of a period, and say how each moved since the period before."""
    items, values = spans.source(user_id, period, Item.ARTIST, time_zone)
    earlier, earlier_values = NOTHING, dict[str, Any]()
    if period.before:
        earlier, earlier_values = spans.source(
            user_id, period.before, Item.ARTIST, time_zone, prefix="before_"
        )
    sql = GENRES.format(
        items=items,
        earlier=earlier,
        named=NAMED.format(items="items"),
        named_earlier=NAMED.format(items="earlier"),
        rank=RANKED.format(by="ms DESC, plays" if by is By.MS else "plays DESC, ms"),
        known=KNOWN,
    )
    rows = db.query_by_name(sql, limit=limit, offset=offset, **values, **earlier_values)
    compared = period.before is not None
    return Genres(
        rows=tuple(
            Genre(
                rank=rank,
                name=name,
                plays=plays,
                ms=ms,
                change=movement(rank, rank_before, compared=compared),
            )
            for rank, name, plays, ms, rank_before, _, _ in rows
            if rank is not None
        ),
        total=rows[0][5],
        known=rows[0][6],
    )
