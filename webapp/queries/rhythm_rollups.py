"""Hours of the week and lengths of sessions, by month, year and ever: `listening_rhythms`.

Each level is made anew from the one below: months from hours and sessions, years from months,
everything from years; only what differs is written. The caller holds the listeners' plays, and
has counted hours and sessions. A session belongs to the month it begins in.
"""

from collections.abc import Iterable
from datetime import date

from webapp import db
from webapp.domain.periods import EVER
from webapp.domain.stats_lengths import EDGES

SECONDS = [float(edge * 60) for edge in EDGES]

LENGTH = "date_part('epoch', s.ended_at - s.started_at)"
BY_MONTH = f"""
SELECT h.user_id, 'hour', date_trunc('month', h.day)::date,
  (extract(isodow FROM h.day)::integer - 1) * 24 + h.hour, sum(h.plays), sum(h.ms)
FROM {{hours}} GROUP BY 1, 3, 4
UNION ALL
SELECT s.user_id, 'length', date_trunc('month', s.started_at AT TIME ZONE u.time_zone)::date,
  width_bucket({LENGTH}, %(seconds)s::float8[]) - 1, count(*), round(sum({LENGTH}) * 1000)
FROM {{sessions}} GROUP BY 1, 3, 4
"""  # noqa: S608 - our own names
ALL_MONTHS = BY_MONTH.format(
    hours="hourly_listening h WHERE h.user_id = %(user)s",
    sessions="listening_sessions s JOIN users u ON u.id = s.user_id WHERE s.user_id = %(user)s",
)

# Hours of the week fall on every seventh day of a month. Lengths are counted for a whole month,
# whose sessions are few. What nothing is left of has no count.
BY_BIN = f"""
SELECT x.user_id, x.kind, x.month, x.year, x.bin, h.count, h.ms
FROM touched x
CROSS JOIN LATERAL (
  SELECT x.month + (x.bin / 24 + 8 - extract(isodow FROM x.month)::integer) %% 7 AS first) day
CROSS JOIN LATERAL (
  SELECT sum(h.plays) AS count, sum(h.ms) AS ms FROM hourly_listening h
  WHERE h.user_id = x.user_id AND h.hour = x.bin %% 24
    AND h.day = ANY(ARRAY[first, first + 7, first + 14, first + 21, first + 28])
    AND h.day < x.month + interval '1 month') h
WHERE x.kind = 'hour'
UNION ALL
SELECT user_id, 'length', month, year, bin, sum(count), round(sum(seconds) * 1000)
FROM (
  SELECT user_id, month, year, bin, true, NULL::integer, NULL::float8
  FROM touched WHERE kind = 'length'
  UNION ALL
  SELECT x.user_id, x.month, x.year, width_bucket({LENGTH}, %(seconds)s::float8[]) - 1, false, 1,
    {LENGTH}
  FROM (SELECT DISTINCT user_id, month, year FROM touched WHERE kind = 'length') x
  CROSS JOIN LATERAL (SELECT time_zone FROM users WHERE id = x.user_id OFFSET 0) u
  CROSS JOIN LATERAL (SELECT * FROM listening_sessions s WHERE s.user_id = x.user_id
    AND s.started_at >= x.month::timestamp AT TIME ZONE 'UTC' - interval '16 hours'
    AND s.started_at < (x.month + interval '1 month') AT TIME ZONE 'UTC' + interval '16 hours'
    AND date_trunc('month', s.started_at AT TIME ZONE u.time_zone)::date = x.month OFFSET 0) s
) part (user_id, month, year, bin, wanted, count, seconds)
GROUP BY 1, 3, 4, 5 HAVING bool_or(wanted)
"""  # noqa: S608 - our own names

# Of a year that was touched the months count, of another year what stands added up.
COUNT = f"""
WITH touched AS MATERIALIZED (
  SELECT * FROM unnest(%(users)s::bigint[], %(kinds)s::text[], %(months)s::date[],
    %(years)s::date[], %(bins)s::integer[]) AS x (user_id, kind, month, year, bin)),
months (user_id, kind, month, year, bin, count, ms) AS MATERIALIZED ({BY_BIN}),
part (user_id, kind, year, bin, count, ms) AS MATERIALIZED (
  SELECT user_id, kind, year, bin, count, ms FROM months
  UNION ALL SELECT r.user_id, r.kind, x.year, r.bin, r.count, r.ms
  FROM (SELECT user_id, kind, year, array_agg(DISTINCT bin) AS bins
    FROM touched GROUP BY 1, 2, 3) x
  CROSS JOIN LATERAL (SELECT * FROM listening_rhythms r
    WHERE r.user_id = x.user_id AND r.kind = x.kind AND r.grain = 'month'
      AND r.period >= x.year AND r.period < x.year + interval '1 year'
      AND r.bin = ANY(x.bins) OFFSET 0) r
  WHERE (r.user_id, r.kind, r.period, r.bin) NOT IN (SELECT user_id, kind, month, bin FROM touched)
  UNION ALL SELECT r.user_id, r.kind, NULL, r.bin, r.count, r.ms
  FROM (SELECT user_id, kind, array_agg(DISTINCT bin) AS bins FROM touched GROUP BY 1, 2) x
  CROSS JOIN LATERAL (SELECT * FROM listening_rhythms r
    WHERE r.user_id = x.user_id AND r.kind = x.kind AND r.grain = 'year'
      AND r.bin = ANY(x.bins) OFFSET 0) r
  WHERE (r.user_id, r.kind, r.period, r.bin) NOT IN (SELECT user_id, kind, year, bin FROM touched)),
counted (user_id, kind, grain, period, bin, count, ms) AS MATERIALIZED (
  SELECT user_id, kind, 'month', month, bin, count, ms FROM months
  UNION ALL SELECT user_id, kind, 'year', year, bin, sum(count), sum(ms)
  FROM part WHERE year IS NOT NULL GROUP BY 1, 2, 4, 5
  UNION ALL SELECT user_id, kind, 'ever', %(ever)s::date, bin, sum(count), sum(ms)
  FROM part GROUP BY 1, 2, 5),
gone AS (
  DELETE FROM listening_rhythms r USING counted c
  WHERE c.count IS NULL AND r.user_id = c.user_id AND r.kind = c.kind AND r.grain = c.grain
    AND r.period = c.period AND r.bin = c.bin)
INSERT INTO listening_rhythms AS r (user_id, kind, grain, period, bin, count, ms)
SELECT * FROM counted WHERE count IS NOT NULL
ON CONFLICT (user_id, kind, grain, period, bin) DO UPDATE SET
  count = excluded.count, ms = excluded.ms WHERE (r.count, r.ms) <> (excluded.count, excluded.ms)
"""  # noqa: S608 - our own names

INSERT = "INSERT INTO listening_rhythms (user_id, kind, grain, period, bin, count, ms) "
EVERY_MONTH = f"""{INSERT}
SELECT m.user_id, m.kind, 'month', m.period, m.bin, m.count, m.ms
FROM ({ALL_MONTHS}) m (user_id, kind, period, bin, count, ms)
"""  # noqa: S608 - our own names
EVERY_YEAR = f"""{INSERT}
SELECT user_id, kind, 'year', date_trunc('year', period)::date, bin, sum(count), sum(ms)
FROM listening_rhythms WHERE user_id = %(user)s AND grain = 'month' GROUP BY 1, 2, 4, 5
"""  # noqa: S608 - our own names
EVER_SINCE = f"""{INSERT}
SELECT user_id, kind, 'ever', %(ever)s::date, bin, sum(count), sum(ms)
FROM listening_rhythms WHERE user_id = %(user)s AND grain = 'year' GROUP BY 1, 2, 5
"""  # noqa: S608 - our own names


def count_changed(
    hours: Iterable[tuple[int, date, int]], lengths: Iterable[tuple[int, date, int]]
) -> None:
    """Count hours of days whose plays changed, and months' sessions of groups of lengths.

    Each with its listener first.
    """
    touched = {
        (user_id, "hour", day.replace(day=1), day.weekday() * 24 + hour)
        for user_id, day, hour in hours
    } | {(user_id, "length", month, group) for user_id, month, group in lengths}
    rows = sorted(touched)
    db.query_by_name(
        COUNT,
        users=[row[0] for row in rows],
        kinds=[row[1] for row in rows],
        months=[row[2] for row in rows],
        years=[row[2].replace(month=1) for row in rows],
        bins=[row[3] for row in rows],
        seconds=SECONDS,
        ever=EVER,
    )


def count_all(user_id: int) -> None:
    """Count everything of a listener anew."""
    db.query("DELETE FROM listening_rhythms WHERE user_id = %s", user_id)
    db.query_by_name(EVERY_MONTH, user=user_id, seconds=SECONDS)
    db.query_by_name(EVERY_YEAR, user=user_id)
    db.query_by_name(EVER_SINCE, user=user_id, ever=EVER)
