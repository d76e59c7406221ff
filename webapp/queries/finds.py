"""What was new in a period, and what came back.

A discovery was heard in the period for the first time ever, as far as is known. A rediscovery was
heard in it and before, but not in the 180 days that lead up to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from webapp import db
from webapp.domain.days import end_of_day, start_of_day
from webapp.domain.periods import ALL, Period
from webapp.domain.stats import Item
from webapp.queries import spans
from webapp.queries.sheets import TWICE
from webapp.queries.spans import AWAY

# The window is for the index; which moments belong to a day only the time zone tells. What was
# heard in the period was not heard first after it.
NEW = """
SELECT item_id, first_at FROM listening_items
WHERE user_id = %(user)s AND kind = %(kind)s AND grain = 'ever'
  AND first_at >= %(since)s AND first_at <= %(until)s
  AND (first_at AT TIME ZONE %(zone)s)::date >= %(first)s
"""
NEW_ITEMS = f"""
SELECT i.item_id, i.plays, i.ms, new.first_at FROM ({NEW}) new
JOIN ({{items}}) i ON i.item_id = new.item_id
"""  # noqa: S608 - our own names
NEW_EVER = """
SELECT item_id, plays, ms, first_at FROM listening_items
WHERE user_id = %(user)s AND kind = %(kind)s AND grain = 'ever'
"""

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
WITH found AS {kept} ({found}),
best AS (SELECT item_id, plays, ms, first_at AS at FROM found
  ORDER BY plays DESC, ms DESC, item_id LIMIT %(limit)s)
SELECT width_bucket(first_at, %(begins)s::timestamptz[]), count(*),
  NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM found GROUP BY 1
UNION ALL SELECT NULL, NULL, b.* FROM ({best}) b
"""
BACK = """
WITH new AS MATERIALIZED ({new}), found AS MATERIALIZED (
  SELECT item_id, plays, ms FROM ({fresh}) f
  WHERE NOT EXISTS (SELECT 1 FROM new WHERE new.item_id = f.item_id)),
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
        found=NEW_EVER if is_all else NEW_ITEMS.format(items=items),
        kept="NOT MATERIALIZED" if is_all else "MATERIALIZED",
        best=BEST.format(names=NAMED[kind]),
    )
    asked = {"begins": [start_of_day(day, time_zone) for day in begins], "limit": limit}
    rows = db.query_by_name(sql, **(values | window(period, time_zone) | asked))
    when = sorted((begins[max(row[0], 1) - 1], row[1]) for row in rows if row[0] is not None)
    return Discoveries(
        count=sum(count for _, count in when),
        when=tuple(when),
        best=_finds([row[2:] for row in rows if row[0] is None]),
    )


@spans.shared(lately=True)
def rediscoveries(
    user_id: int, period: Period, kind: Item, time_zone: str, *, limit: int
) -> Rediscoveries:
    """Find what was heard in a period after at least 180 days of silence before it."""
    if period.key == ALL:
        return Rediscoveries(count=0, best=())
    fresh, values = spans.fresh(user_id, period, kind, time_zone)
    sql = BACK.format(new=NEW, fresh=fresh, best=BEST.format(names=NAMED[kind]))
    asked = {"away": period.first - AWAY, "limit": limit}
    rows = db.query_by_name(sql, **(values | window(period, time_zone) | asked))
    return Rediscoveries(count=rows[0][0], best=_finds([row[1:] for row in rows if row[1]]))


def window(period: Period, time_zone: str) -> dict[str, Any]:
    """Give the values of `NEW` that say when."""
    return {
        "zone": time_zone,
        "first": period.first,
        "since": start_of_day(period.first, time_zone) - TWICE,
        "until": end_of_day(period.last, time_zone) + TWICE,
    }


def _finds(
    rows: Sequence[tuple[str, str, str, str | None, int, datetime, int]],
) -> tuple[Find, ...]:
    return tuple(
        Find(id=item, name=name, about=about, image_url=image_url, plays=int(plays), at=at)
        for item, name, about, image_url, plays, at, _ in sorted(rows, key=lambda row: row[6])
    )
