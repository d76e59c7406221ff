"""Top tracks, artists and albums of a period, and how far each has moved since the one before."""

from dataclasses import dataclass
from typing import Literal

from webapp import db
from webapp.domain.periods import Period
from webapp.domain.stats import By, Item
from webapp.queries import spans
from webapp.queries.spans import Source

ORDER = {
    By.PLAYS: "plays DESC, ms DESC, item_id",
    By.MS: "ms DESC, plays DESC, item_id",
}
ABOUT = {
    Item.TRACK: (
        "t.name, t.artist_names, a.image_url",
        "LEFT JOIN tracks t ON t.id = n.item_id LEFT JOIN albums a ON a.id = t.album_id",
    ),
    Item.ARTIST: (
        "a.name, array_to_string(a.genres, ', '), a.image_url",
        "LEFT JOIN artists a ON a.id = n.item_id",
    ),
    Item.ALBUM: (
        "a.name, a.artist_names, a.image_url",
        "LEFT JOIN albums a ON a.id = n.item_id",
    ),
}

TOP = """
WITH items AS {how} ({now}),
shown AS (
  SELECT item_id, plays, ms, row_number() OVER (ORDER BY {order}) AS place
  FROM (SELECT * FROM items ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s) page){before}
SELECT n.item_id, n.place + %(offset)s, n.plays, n.ms, (SELECT count(*) FROM items), {was},
  {about}
FROM shown n {joins} ORDER BY n.place
"""
# In the period before, nothing below the last of what is shown needs a rank.
BEFORE = """,
before AS {how} ({items}),
lowest AS (SELECT min(b.{by}) AS {by} FROM before b WHERE b.item_id IN (
  SELECT item_id FROM shown)),
ranked AS (
  SELECT item_id, row_number() OVER (ORDER BY {order}) AS place FROM before b
  WHERE b.{by} >= (SELECT {by} FROM lowest)),
was AS MATERIALIZED (
  SELECT item_id, place FROM ranked WHERE item_id IN (SELECT item_id FROM shown))
"""
WAS = "EXISTS (SELECT FROM before), (SELECT place FROM was WHERE was.item_id = n.item_id)"

Movement = int | Literal["new"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopItem:
    """A place among the most played.

    `change`: places up (+) or down (-), "new"; None for all time, and where nothing was heard
    before. `about` is who made it, or an artist's genres; `name` is empty where nobody knows it.
    """

    rank: int
    id: str
    name: str
    about: str
    image_url: str | None
    plays: int
    ms: int
    change: Movement


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Some places, and how many there are."""

    rows: tuple[TopItem, ...]
    total: int


def top(
    user_id: int,
    period: Period,
    kind: Item,
    by: By,
    time_zone: str,
    *,
    limit: int = 10,
    offset: int = 0,
    is_compared: bool = True,
) -> Ranking:
    """Rank what was heard in a period; past its end there are no rows, and no total either.

    Places in the period before are looked up only if they are to be compared with.
    """
    now = spans.find(user_id, period, kind, time_zone)
    values, before = now.values, ""
    if period.before is not None and is_compared:
        was = spans.find(user_id, period.before, kind, time_zone, prefix="was_")
        before = BEFORE.format(order=ORDER[by], by=by, items=was.sql, how=_how(was))
        values = values | was.values
    about, joins = ABOUT[kind]
    sql = TOP.format(
        how=_how(now),
        now=now.sql,
        order=ORDER[by],
        before=before,
        was=WAS if before else "false, NULL",
        about=about,
        joins=joins,
    )
    rows = db.query_by_name(sql, **values, limit=limit, offset=offset)
    return Ranking(
        rows=tuple(
            TopItem(
                rank=int(rank),
                id=item,
                name=name or "",
                about=about or "",
                image_url=image_url,
                plays=int(plays),
                ms=int(ms),
                change=_movement(int(rank), was) if compared else None,
            )
            for item, rank, plays, ms, _, compared, was, name, about, image_url in rows
        ),
        total=rows[0][4] if rows else 0,
    )


def _how(source: Source) -> str:
    # What stands in the order of an index is read from its top, not taken in whole.
    return "NOT MATERIALIZED" if source.stands else "MATERIALIZED"


def _movement(rank: int, was: int | None) -> Movement:
    return "new" if was is None else was - rank
