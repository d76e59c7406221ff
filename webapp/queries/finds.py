"""What was new in a period, and what came back.

A discovery was heard in the period for the first time ever, as far as is known. A rediscovery was
heard in it and before, but not in the 180 days that lead up to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp import db
from webapp.domain.days import start_of_day
from webapp.domain.periods import ALL, Period
from webapp.domain.stats import Item
from webapp.queries import spans

AWAY = timedelta(days=180)
DAY = timedelta(days=1)

EVER = """
JOIN listening_items e ON e.user_id = %(user)s AND e.kind = %(kind)s AND e.grain = 'ever'
  AND e.item_id = i.item_id
"""
NEW = f"""
SELECT i.item_id, i.plays, i.ms, e.first_at FROM items i {EVER}
WHERE (e.first_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
"""  # noqa: S608 - our own names
NEW_EVER = "SELECT item_id, plays, ms, first_at FROM items"

NAMED = {
    Item.TRACK: """
LEFT JOIN tracks t ON t.id = best.item_id LEFT JOIN albums a ON a.id = t.album_id
CROSS JOIN LATERAL (SELECT t.name, t.artist_names, a.image_url) named (name, about, image_url)
""",
    Item.ARTIST: """
LEFT JOIN artists a ON a.id = best.item_id
CROSS JOIN LATERAL (SELECT a.name, '', a.image_url) named (name, about, image_url)
""",
}
BEST = """
SELECT best.item_id, coalesce(named.name, ''), coalesce(named.about, ''), named.image_url,
  best.plays, best.at, row_number() OVER (ORDER BY best.plays DESC, best.ms DESC, best.item_id)
FROM best {names}
"""
# Of all time the best are found by an index, if each part reads the roll-up for itself.
FOUND = """
WITH items AS {kept} ({items}), found AS {kept} ({found}),
best AS (SELECT item_id, plays, ms, first_at AS at FROM found
  ORDER BY plays DESC, ms DESC, item_id LIMIT %(limit)s)
SELECT width_bucket(first_at, %(begins)s::timestamptz[]), count(*),
  NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM found GROUP BY 1
UNION ALL SELECT NULL, NULL, b.* FROM ({best}) b
"""
BACK = """
WITH items AS ({items}), lately AS ({lately}),
found AS MATERIALIZED (
  SELECT i.item_id, i.plays, i.ms FROM items i {ever}
  WHERE (e.first_at AT TIME ZONE %(zone)s)::date < %(away)s
    AND NOT EXISTS (SELECT 1 FROM lately l WHERE l.item_id = i.item_id)),
best AS (SELECT f.item_id, f.plays, f.ms, (
    SELECT max(m.last_at) FROM listening_items m WHERE m.user_id = %(user)s
      AND m.kind = %(kind)s AND m.item_id = f.item_id AND m.grain = 'month'
      AND m.period < %(away)s) AS at
  FROM (SELECT * FROM found ORDER BY plays DESC, ms DESC, item_id LIMIT %(limit)s) f)
SELECT (SELECT count(*) FROM found), b.*
FROM (SELECT 1) one LEFT JOIN ({best}) b ON true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A thing: `plays` in the period; `at` is when it was first heard, or last before it left."""

    id: str
    name: str
    about: str
    image_url: str | None
    plays: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Discoveries:
    """How many things were new, when (by the days asked with), and the most played of them."""

    count: int
    when: tuple[tuple[date, int], ...]
    best: tuple[Find, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rediscoveries:
    """How many things came back, and the most played of them."""

    count: int
    best: tuple[Find, ...]


def discoveries(
    user_id: int,
    period: Period,
    kind: Item,
    time_zone: str,
    *,
    begins: Sequence[date],
    limit: int,
) -> Discoveries:
    """Find what was heard for the first time in a period; tracks or artists.

    `begins` are days, the first that of the period: each thing is counted with the last of them
    that had begun.
    """
    items, values = spans.source(user_id, period, kind, time_zone)
    is_all = period.key == ALL
    sql = FOUND.format(
        items=items,
        found=NEW_EVER if is_all else NEW,
        kept="NOT MATERIALIZED" if is_all else "MATERIALIZED",
        best=BEST.format(names=NAMED[kind]),
    )
    asked = {"first": period.first, "last": period.last, "limit": limit}
    asked |= {"begins": [start_of_day(day, time_zone) for day in begins]}
    rows = db.query_by_name(sql, **(values | {"zone": time_zone} | asked))
    when = sorted((begins[max(row[0], 1) - 1], row[1]) for row in rows if row[0] is not None)
    return Discoveries(
        count=sum(count for _, count in when),
        when=tuple(when),
        best=_finds([row[2:] for row in rows if row[0] is None]),
    )


def rediscoveries(
    user_id: int, period: Period, kind: Item, time_zone: str, *, limit: int
) -> Rediscoveries:
    """Find what was heard in a period after at least 180 days of silence before it."""
    away = period.first - AWAY
    lately = Period(key="custom", first=away, last=period.first - DAY)
    items, values = spans.source(user_id, period, kind, time_zone)
    before, before_values = spans.source(user_id, lately, kind, time_zone, prefix="lately_")
    sql = BACK.format(items=items, lately=before, ever=EVER, best=BEST.format(names=NAMED[kind]))
    asked = {"zone": time_zone, "away": away, "limit": limit}
    rows = db.query_by_name(sql, **(values | before_values | asked))
    return Rediscoveries(count=rows[0][0], best=_finds([row[1:] for row in rows if row[1]]))


def _finds(
    rows: Sequence[tuple[str, str, str, str | None, int, datetime, int]],
) -> tuple[Find, ...]:
    return tuple(
        Find(id=item, name=name, about=about, image_url=image_url, plays=int(plays), at=at)
        for item, name, about, image_url, plays, at, _ in sorted(rows, key=lambda row: row[6])
    )
