"""Two listeners side by side: how alike they are, what both play, and what one of them misses.

The sums are those of `webapp.domain.likeness`, made by the database over whole archives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp import db
from webapp.domain.likeness import Aspect, Likeness, Side
from webapp.domain.periods import Period
from webapp.domain.stats import Item
from webapp.queries import spans

FAVOURITE = 5
"""So many plays make an artist somebody's favourite, whom another one may miss."""

KINDS = {Aspect.ARTISTS: Item.ARTIST, Aspect.TRACKS: Item.TRACK, Aspect.GENRES: Item.ARTIST}
LEFT, RIGHT = "ln(1 + l.plays::float8)", "ln(1 + r.plays::float8)"
SUMS = f"""
coalesce(sum(l.plays), 0)::bigint, count(l.item_id), coalesce(sum({LEFT} * {LEFT}), 0),
coalesce(sum(r.plays), 0)::bigint, count(r.item_id), coalesce(sum({RIGHT} * {RIGHT}), 0),
count({LEFT} * {RIGHT}), coalesce(sum({LEFT} * {RIGHT}), 0)
"""
COMPARED = f"""
WITH l AS ({{left}}), r AS ({{right}})
SELECT {SUMS} FROM l FULL JOIN r ON r.item_id = l.item_id
"""  # noqa: S608 - our own names
# A play counts for every genre of its artist, and for none where no genre is known.
GENRES = """
SELECT genre AS item_id, sum(x.plays) AS plays FROM ({artists}) x
JOIN artists a ON a.id = x.item_id
CROSS JOIN LATERAL (SELECT DISTINCT unnest(a.genres)) g (genre) GROUP BY 1
"""
# All partners at once, over all time, where everything is added up already.
EVERYBODY = f"""
WITH mine AS MATERIALIZED (
  SELECT item_id, plays FROM listening_items
  WHERE user_id = %(me)s AND kind = 'artist' AND grain = 'ever')
SELECT o.user_id, sums.* FROM unnest(%(others)s::bigint[]) AS o (user_id)
CROSS JOIN LATERAL (
  SELECT {SUMS} FROM mine l FULL JOIN (
    SELECT item_id, plays FROM listening_items
    WHERE user_id = o.user_id AND kind = 'artist' AND grain = 'ever') r
  ON r.item_id = l.item_id) sums
"""  # noqa: S608 - our own names

RANKED = """
l AS (SELECT item_id, plays, rank() OVER (ORDER BY plays DESC) AS place FROM ({left}) x),
r AS (SELECT item_id, plays, rank() OVER (ORDER BY plays DESC) AS place FROM ({right}) x)
"""
SHARED = f"""
WITH {RANKED}
SELECT l.item_id, coalesce(a.name, ''), a.image_url, l.plays, l.place, r.plays, r.place
FROM l JOIN r ON r.item_id = l.item_id LEFT JOIN artists a ON a.id = l.item_id
ORDER BY {LEFT} * {RIGHT} DESC, l.item_id LIMIT %(limit)s
"""  # noqa: S608 - our own names
MISSED = """
WITH r AS (SELECT item_id, plays, rank() OVER (ORDER BY plays DESC) AS place FROM ({theirs}) x)
SELECT r.item_id, coalesce(a.name, ''), a.image_url, r.plays, r.place
FROM r LEFT JOIN artists a ON a.id = r.item_id
WHERE r.plays >= %(fewest)s
  AND NOT EXISTS (SELECT FROM listening_items e WHERE e.user_id = %(who)s
    AND e.kind = 'artist' AND e.item_id = r.item_id AND e.grain = 'ever')
ORDER BY r.place, r.item_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Whose plays, and where their days begin."""

    id: int
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedArtist:
    """An artist of both, with plays and rank in each one's own list."""

    id: str
    name: str
    image_url: str | None
    left_plays: int
    left_rank: int
    right_plays: int
    right_rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedArtist:
    """An artist whom one plays and the other never heard; plays and rank are the one's."""

    id: str
    name: str
    image_url: str | None
    plays: int
    rank: int


def compare(left: Listener, right: Listener, period: Period, aspect: Aspect) -> Likeness:
    """Compare two listeners in a period, each by their own days."""
    left_sql, left_values = _counts(left, period, aspect, "l_")
    right_sql, right_values = _counts(right, period, aspect, "r_")
    sql = COMPARED.format(left=left_sql, right=right_sql)
    return _likeness(db.query_by_name(sql, **left_values, **right_values)[0])


def with_everybody(me: int, others: Sequence[int]) -> dict[int, Likeness]:
    """Compare a listener with some others by artists, over all time."""
    rows = db.query_by_name(EVERYBODY, me=me, others=list(others)) if others else []
    return {row[0]: _likeness(row[1:]) for row in rows}


def shared_artists(
    left: Listener, right: Listener, period: Period, limit: int
) -> list[SharedArtist]:
    """List artists of both, those first that make the most of their likeness."""
    left_sql, left_values = _counts(left, period, Aspect.ARTISTS, "l_")
    right_sql, right_values = _counts(right, period, Aspect.ARTISTS, "r_")
    sql = SHARED.format(left=left_sql, right=right_sql)
    rows = db.query_by_name(sql, limit=limit, **left_values, **right_values)
    return [
        SharedArtist(
            id=item,
            name=name,
            image_url=image_url,
            left_plays=left_plays,
            left_rank=left_rank,
            right_plays=right_plays,
            right_rank=right_rank,
        )
        for item, name, image_url, left_plays, left_rank, right_plays, right_rank in rows
    ]


def missed_artists(
    who: Listener, theirs: Listener, period: Period, limit: int
) -> list[MissedArtist]:
    """List favourites of theirs in a period that somebody has never heard at all."""
    sql, values = _counts(theirs, period, Aspect.ARTISTS, "r_")
    values |= {"who": who.id, "fewest": FAVOURITE, "limit": limit}
    rows = db.query_by_name(MISSED.format(theirs=sql), **values)
    return [
        MissedArtist(id=item, name=name, image_url=image_url, plays=plays, rank=rank)
        for item, name, image_url, plays, rank in rows
    ]


def _counts(
    listener: Listener, period: Period, aspect: Aspect, prefix: str
) -> tuple[str, dict[str, Any]]:
    """Write the query for (item_id, plays) of one listener."""
    sql, values = spans.source(listener.id, period, KINDS[aspect], listener.time_zone, prefix)
    return (GENRES.format(artists=sql) if aspect is Aspect.GENRES else sql), values


def _likeness(row: tuple[Any, ...]) -> Likeness:
    sides = (row[0:3], row[3:6])
    left, right = (Side(plays=plays, things=n, square=square) for plays, n, square in sides)
    return Likeness(left=left, right=right, shared=row[6], product=row[7])
