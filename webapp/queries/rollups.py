"""Things by month, year and ever, added up from plays: `listening_items`.

Each level is made from the one below: months from plays, albums and artists from tracks, years
from months, everything from years. What changed is made anew, never counted up or down, so that
nothing can drift. The caller holds the listeners' plays (`plays.lock`).

A play counts for its track, that track's album, and the artist named first. Where it is known
which plays changed, `track_rollups` counts their tracks alone.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from webapp import db
from webapp.domain.periods import EVER

MANY_MONTHS = 24

COLUMNS = "(user_id, kind, grain, period, item_id, plays, ms, first_at, last_at)"
UPSERT = f"""
INSERT INTO listening_items {COLUMNS} {{counted}}
ON CONFLICT (user_id, kind, item_id, grain, period) DO UPDATE SET
  plays = excluded.plays, ms = excluded.ms,
  first_at = excluded.first_at, last_at = excluded.last_at
"""
SUMS = "sum(i.plays), sum(i.ms), min(i.first_at), max(i.last_at)"
HEARD = """
count(*) AS plays, coalesce(sum(coalesce(p.ms_played, t.duration_ms)), 0) AS ms,
  min(p.ended_at) AS first_at, max(p.ended_at) AS last_at
"""

# Wherever a listener lives, their month lies within these hours: that is for the index. OFFSET 0
# makes sure of it, where the planner would rather read everything.
IN_MONTH = """
p.ended_at >= {month}::timestamp AT TIME ZONE 'UTC' - interval '16 hours'
    AND p.ended_at < ({month} + interval '1 month') AT TIME ZONE 'UTC' + interval '16 hours'
    AND date_trunc('month', p.ended_at AT TIME ZONE u.time_zone)::date = {month}
"""

# For each thing a look of its own at what is below it: joined, the planner would rather read all
# of a listener's rows, and how many of them change it can't know.
BELOW = "SELECT sum(i.plays) AS plays, sum(i.ms), min(i.first_at), max(i.last_at)"
YEARS = UPSERT.format(
    counted=f"""
SELECT x.user_id, x.kind, 'year', x.year, x.item_id, below.*
FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::text[]) AS x (user_id, kind, year, item_id)
CROSS JOIN LATERAL ({BELOW} FROM listening_items i
  WHERE i.user_id = x.user_id AND i.kind = x.kind AND i.item_id = x.item_id
    AND i.grain = 'month' AND i.period >= x.year AND i.period < x.year + interval '1 year') below
WHERE below.plays > 0
"""  # noqa: S608 - our own names
)
SINCE_EVER = UPSERT.format(
    counted=f"""
SELECT x.user_id, x.kind, 'ever', %s::date, x.item_id, below.*
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS x (user_id, kind, item_id)
CROSS JOIN LATERAL ({BELOW} FROM listening_items i
  WHERE i.user_id = x.user_id AND i.kind = x.kind AND i.item_id = x.item_id
    AND i.grain = 'year') below
WHERE below.plays > 0
"""  # noqa: S608 - our own names
)
UNFOUNDED = """
DELETE FROM listening_items i USING
  unnest(%s::text[], %s::text[]) AS x (kind, item_id)
WHERE i.user_id = %s AND i.kind = x.kind AND i.item_id = x.item_id AND (
  i.grain = 'year' AND NOT EXISTS (SELECT 1 FROM listening_items m
    WHERE m.user_id = i.user_id AND m.kind = i.kind AND m.item_id = i.item_id
    AND m.grain = 'month' AND m.period >= i.period AND m.period < i.period + interval '1 year')
  OR i.grain = 'ever' AND NOT EXISTS (SELECT 1 FROM listening_items m
    WHERE m.user_id = i.user_id AND m.kind = i.kind AND m.item_id = i.item_id
    AND m.grain = 'month'))
"""

# Months whole, from plays and from the tracks just counted.
MONTHS = f"""
CREATE TEMP TABLE counted_months ON COMMIT DROP AS
WITH heard AS (
  SELECT x.month, p.track_id, {HEARD}
  FROM users u CROSS JOIN unnest(%s::date[]) AS x (month)
  CROSS JOIN LATERAL (SELECT * FROM plays p WHERE p.user_id = u.id
    AND {IN_MONTH.format(month="x.month")} OFFSET 0) p
  LEFT JOIN tracks t ON t.id = p.track_id
  WHERE u.id = %s GROUP BY 1, 2)
SELECT 'track' AS kind, month AS period, track_id AS item_id, plays, ms, first_at, last_at
FROM heard
UNION ALL SELECT 'artist', month, c.artist_id, sum(plays), sum(ms), min(first_at), max(last_at)
FROM heard JOIN track_artists c ON c.track_id = heard.track_id AND c.position = 0 GROUP BY 2, 3
UNION ALL SELECT 'album', month, t.album_id, sum(plays), sum(ms), min(first_at), max(last_at)
FROM heard JOIN tracks t ON t.id = heard.track_id AND t.album_id IS NOT NULL GROUP BY 2, 3
"""  # noqa: S608 - our own names
NOT_HEARD = """
DELETE FROM listening_items i WHERE i.user_id = %s AND i.grain = 'month' AND i.period = ANY(%s)
  AND i.kind IN ('track', 'artist', 'album') AND NOT EXISTS (SELECT 1 FROM counted_months n
    WHERE n.kind = i.kind AND n.period = i.period AND n.item_id = i.item_id)
RETURNING i.kind, i.period, i.item_id
"""
WRITE_COUNTED = UPSERT.format(
    counted="""
SELECT %s, n.kind, 'month', n.period, n.item_id, n.plays, n.ms, n.first_at, n.last_at
FROM counted_months n
"""
)
HEARD_OTHERWISE = f"""{WRITE_COUNTED}
WHERE (listening_items.plays, listening_items.ms, listening_items.first_at,
    listening_items.last_at)
  IS DISTINCT FROM (excluded.plays, excluded.ms, excluded.first_at, excluded.last_at)
RETURNING kind, period, item_id
"""

# In the order of the key, which a large index takes more kindly.
INSERT = f"INSERT INTO listening_items {COLUMNS} "
ALL_TRACKS = f"""{INSERT}
SELECT p.user_id, 'track', 'month', date_trunc('month', p.ended_at AT TIME ZONE u.time_zone)::date,
  p.track_id, {HEARD}
FROM plays p JOIN users u ON u.id = p.user_id LEFT JOIN tracks t ON t.id = p.track_id
WHERE p.user_id = %s GROUP BY 1, 4, 5 ORDER BY 5, 4
"""  # noqa: S608 - our own names
ALL_ARTISTS = f"""{INSERT}
SELECT i.user_id, 'artist', 'month', i.period, c.artist_id, {SUMS}
FROM listening_items i JOIN track_artists c ON c.track_id = i.item_id AND c.position = 0
WHERE i.user_id = %s AND i.kind = 'track' AND i.grain = 'month' GROUP BY 1, 4, 5 ORDER BY 5, 4
"""  # noqa: S608 - our own names
ALL_ALBUMS = f"""{INSERT}
SELECT i.user_id, 'album', 'month', i.period, t.album_id, {SUMS}
FROM listening_items i JOIN tracks t ON t.id = i.item_id AND t.album_id IS NOT NULL
WHERE i.user_id = %s AND i.kind = 'track' AND i.grain = 'month' GROUP BY 1, 4, 5 ORDER BY 5, 4
"""  # noqa: S608 - our own names
ALL_YEARS = f"""{INSERT}
SELECT i.user_id, i.kind, 'year', date_trunc('year', i.period)::date, i.item_id, {SUMS}
FROM listening_items i WHERE i.user_id = %s AND i.grain = 'month' GROUP BY 1, 2, 4, 5
ORDER BY 2, 5, 4
"""  # noqa: S608 - our own names
ALL_EVER = f"""{INSERT}
SELECT i.user_id, i.kind, 'ever', %s::date, i.item_id, {SUMS}
FROM listening_items i WHERE i.user_id = %s AND i.grain = 'year' GROUP BY 1, 2, 5
ORDER BY 2, 5
"""  # noqa: S608 - our own names


def count_months(user_id: int, days: Collection[date]) -> None:
    """Count the months of days on which plays came, went or changed; all, if they are many."""
    months = sorted({_month(day) for day in days})
    if len(months) > MANY_MONTHS:
        count_all(user_id)
        return
    db.query("DROP TABLE IF EXISTS counted_months")
    db.query(MONTHS, months, user_id)
    db.query("ANALYZE counted_months")
    gone = db.query(NOT_HEARD, user_id, months)
    changed = db.query(HEARD_OTHERWISE, user_id)
    if gone:
        db.query(UNFOUNDED, *_columns(sorted({(row[0], row[2]) for row in gone})), user_id)
    _count_above([(user_id, *row) for row in (*gone, *changed)])


def count_all(user_id: int) -> None:
    """Count everything of a listener anew."""
    db.query("DELETE FROM listening_items WHERE user_id = %s", user_id)
    for statement in (ALL_TRACKS, ALL_ARTISTS, ALL_ALBUMS, ALL_YEARS):
        db.query(statement, user_id)
    db.query(ALL_EVER, EVER, user_id)


def _count_above(changed: Sequence[tuple[int, str, date, str]]) -> None:
    """Count years, and everything, of things whose months changed."""
    years = sorted(
        {(user, kind, month.replace(month=1), item) for user, kind, month, item in changed}
    )
    if years:
        db.query(YEARS, *_columns(years))
        ever = sorted({(user, kind, item) for user, kind, _, item in changed})
        db.query(SINCE_EVER, EVER, *_columns(ever))


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _month(day: date) -> date:
    return day.replace(day=1)
