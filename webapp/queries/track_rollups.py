"""Things by month, year and ever, where plays of some tracks came, went or changed.

Only those tracks, their albums and their first artists are made anew, each level from the one
below: what a whole month needs (`rollups.count_months`) grows with the month, this with what was
told. The caller holds the listeners' plays (`plays.lock`).

The catalogue is looked up in scalar subqueries and fenced joins (OFFSET 0): joined freely, the
planner would rather read all of it than look for a few hundred rows.
"""

from collections.abc import Iterable
from datetime import date

from webapp import db
from webapp.domain.periods import EVER
from webapp.queries.rollups import COLUMNS, HEARD, IN_MONTH, SUMS, UNFOUNDED

ARTIST_OF = """
(SELECT c.artist_id FROM track_artists c WHERE c.track_id = {track} AND c.position = 0)
"""
ALBUM_OF = "(SELECT t.album_id FROM tracks t WHERE t.id = {track})"
TOUCHED = f"""
SELECT x.*, {ARTIST_OF.format(track="x.track_id")} AS artist_id,
  {ALBUM_OF.format(track="x.track_id")} AS album_id
FROM unnest(%s::bigint[], %s::date[], %s::text[]) AS x (user_id, month, track_id)
"""  # noqa: S608 - our own names

# What nothing is left of goes. Gives what went.
WRITE = f"""
gone AS (
  DELETE FROM listening_items i USING counted c
  WHERE c.plays IS NULL AND i.user_id = c.user_id AND i.kind = c.kind AND i.item_id = c.item_id
    AND i.grain = 'month' AND i.period = c.month
  RETURNING i.user_id, i.kind, i.item_id),
written AS (
  INSERT INTO listening_items {COLUMNS}
  SELECT user_id, kind, 'month', month, item_id, plays, ms, first_at, last_at
  FROM counted WHERE plays IS NOT NULL
  ON CONFLICT (user_id, kind, item_id, grain, period) DO UPDATE SET
    plays = excluded.plays, ms = excluded.ms,
    first_at = excluded.first_at, last_at = excluded.last_at)
SELECT user_id, kind, item_id FROM gone
"""  # noqa: S608 - our own names

TRACKS = f"""
WITH counted AS MATERIALIZED (
  SELECT x.user_id, x.month, 'track' AS kind, x.track_id AS item_id, nullif(p.plays, 0) AS plays,
    p.ms, p.first_at, p.last_at
  FROM unnest(%s::bigint[], %s::date[], %s::text[]) AS x (user_id, month, track_id)
  CROSS JOIN LATERAL (SELECT time_zone FROM users WHERE id = x.user_id OFFSET 0) u
  LEFT JOIN LATERAL (SELECT duration_ms FROM tracks WHERE id = x.track_id OFFSET 0) t ON true
  CROSS JOIN LATERAL (SELECT {HEARD} FROM plays p
    WHERE p.user_id = x.user_id AND p.track_id = x.track_id AND {IN_MONTH.format(month="x.month")}
  ) p),
{WRITE}
"""  # noqa: S608 - our own names

# Artists and albums of some tracks, from all tracks of theirs that were heard in the month. Those
# are read at one go for each month, by their names: one look for each would be thousands.
NAMES = f"""
WITH touched AS MATERIALIZED ({TOUCHED}),
names (user_id, month, kind, item_id) AS MATERIALIZED (
  SELECT user_id, month, 'artist', artist_id FROM touched WHERE artist_id IS NOT NULL
  UNION SELECT user_id, month, 'album', album_id FROM touched WHERE album_id IS NOT NULL),
heard AS MATERIALIZED (
  SELECT i.user_id, i.period AS month, i.plays, i.ms, i.first_at, i.last_at,
    {ARTIST_OF.format(track="i.item_id")} AS artist_id,
    {ALBUM_OF.format(track="i.item_id")} AS album_id
  FROM (SELECT n.user_id, n.month, array_agg(track.id) AS ids FROM names n CROSS JOIN LATERAL (
      SELECT c.track_id AS id FROM track_artists c
      WHERE n.kind = 'artist' AND c.artist_id = n.item_id AND c.position = 0
      UNION ALL SELECT t.id FROM tracks t WHERE n.kind = 'album' AND t.album_id = n.item_id) track
    GROUP BY 1, 2) x
  CROSS JOIN LATERAL (SELECT * FROM listening_items i
    WHERE i.user_id = x.user_id AND i.kind = 'track' AND i.grain = 'month' AND i.period = x.month
      AND i.item_id = ANY(x.ids) OFFSET 0) i),
counted (user_id, month, kind, item_id, plays, ms, first_at, last_at) AS MATERIALIZED (
  SELECT user_id, month, kind, item_id, {SUMS}
  FROM (
    SELECT *, true, NULL::integer, NULL::bigint, NULL::timestamptz, NULL::timestamptz FROM names
    UNION ALL SELECT user_id, month, 'artist', artist_id, false, plays, ms, first_at, last_at
    FROM heard
    UNION ALL SELECT user_id, month, 'album', album_id, false, plays, ms, first_at, last_at
    FROM heard) i (user_id, month, kind, item_id, is_touched, plays, ms, first_at, last_at)
  GROUP BY 1, 2, 3, 4 HAVING bool_or(is_touched)),
{WRITE}
"""  # noqa: S608 - our own names

# Of a year that was touched the months count, of another year what stands added up. As above,
# all things of a kind are read at one go.
ABOVE = f"""
WITH touched AS MATERIALIZED ({TOUCHED}),
things AS MATERIALIZED (
  SELECT user_id, kind, array_agg(item_id) AS ids, array_agg(DISTINCT year) AS years,
    min(year) AS since, max(year) + interval '1 year' AS until
  FROM (SELECT user_id, 'track', track_id, date_trunc('year', month)::date FROM touched
    UNION ALL SELECT user_id, 'artist', artist_id, date_trunc('year', month)::date FROM touched
    UNION ALL SELECT user_id, 'album', album_id, date_trunc('year', month)::date FROM touched
  ) x (user_id, kind, item_id, year)
  WHERE item_id IS NOT NULL GROUP BY 1, 2),
years (user_id, kind, item_id, year, plays, ms, first_at, last_at) AS MATERIALIZED (
  SELECT i.user_id, i.kind, i.item_id, date_trunc('year', i.period)::date, {SUMS}
  FROM things x CROSS JOIN LATERAL (SELECT * FROM listening_items i
    WHERE i.user_id = x.user_id AND i.kind = x.kind AND i.item_id = ANY(x.ids)
      AND i.grain = 'month' AND i.period >= x.since AND i.period < x.until OFFSET 0) i
  WHERE date_trunc('year', i.period)::date = ANY(x.years) GROUP BY 1, 2, 3, 4),
others AS (
  SELECT i.user_id, i.kind, i.item_id, i.plays, i.ms, i.first_at, i.last_at
  FROM things x CROSS JOIN LATERAL (SELECT * FROM listening_items i
    WHERE i.user_id = x.user_id AND i.kind = x.kind AND i.item_id = ANY(x.ids)
      AND i.grain = 'year' OFFSET 0) i
  WHERE i.period <> ALL(x.years))
INSERT INTO listening_items {COLUMNS}
SELECT user_id, kind, 'year', year, item_id, plays, ms, first_at, last_at FROM years
UNION ALL SELECT i.user_id, i.kind, 'ever', %s, i.item_id, {SUMS} FROM (
  SELECT user_id, kind, item_id, plays, ms, first_at, last_at FROM years
  UNION ALL SELECT * FROM others) i GROUP BY 1, 2, 5
ON CONFLICT (user_id, kind, item_id, grain, period) DO UPDATE SET
  plays = excluded.plays, ms = excluded.ms,
  first_at = excluded.first_at, last_at = excluded.last_at
"""  # noqa: S608 - our own names


def count_tracks(touched: Iterable[tuple[int, date, str]]) -> None:
    """Count tracks anew: their listener, a day on which plays came, went or changed, the track."""
    rows = sorted({(user_id, day.replace(day=1), track_id) for user_id, day, track_id in touched})
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    gone = [*db.query(TRACKS, *columns), *db.query(NAMES, *columns)]
    db.query(ABOVE, *columns, EVER)
    for user_id in {row[0] for row in gone}:
        theirs = sorted({row[1:] for row in gone if row[0] == user_id})
        db.query(UNFOUNDED, *([row[place] for row in theirs] for place in range(2)), user_id)
