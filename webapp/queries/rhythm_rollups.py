"""Hours of the week and lengths of sessions, by month, year and ever: `listening_rhythms`.

Each level is made anew from the one below: months from hours and sessions, years from months,
everything from years; only what differs is written. The caller holds the listeners' plays, and
has counted hours and sessions. A session belongs to the month it begins in.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from webapp import db
from webapp.domain.periods import EVER
from webapp.domain.stats import Grain
from webapp.domain.stats_lengths import EDGES

SECONDS = [float(edge * 60) for edge in EDGES]

MONTHS = """
SELECT user_id, date_trunc('month', day)::date
FROM unnest(%s::bigint[], %s::date[]) AS x (user_id, day)
UNION SELECT x.user_id, date_trunc('month', x.began_at AT TIME ZONE u.time_zone)::date
FROM unnest(%s::bigint[], %s::timestamptz[]) AS x (user_id, began_at)
JOIN users u ON u.id = x.user_id
"""

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
# The window is for the index; which sessions belong to a month only the time zone tells.
SOME_MONTHS = BY_MONTH.format(
    hours="""touched x JOIN hourly_listening h ON h.user_id = x.user_id
  AND h.day >= x.period AND h.day < x.period + interval '1 month'""",
    sessions="""touched x JOIN users u ON u.id = x.user_id
JOIN listening_sessions s ON s.user_id = x.user_id
  AND s.started_at >= x.period::timestamp AT TIME ZONE 'UTC' - interval '16 hours'
  AND s.started_at < (x.period + interval '1 month') AT TIME ZONE 'UTC' + interval '16 hours'
  AND date_trunc('month', s.started_at AT TIME ZONE u.time_zone)::date = x.period""",
)
ALL_MONTHS = BY_MONTH.format(
    hours="hourly_listening h WHERE h.user_id = %(user)s",
    sessions="listening_sessions s JOIN users u ON u.id = s.user_id WHERE s.user_id = %(user)s",
)
WHOLE_MONTHS = "unnest(%(users)s::bigint[], %(periods)s::date[]) AS t (user_id, period)"

BINS = """
unnest(%(users)s::bigint[], %(kinds)s::text[], %(periods)s::date[], %(bins)s::smallint[])
  AS t (user_id, kind, period, bin)
"""
OF_YEAR = """
SELECT x.user_id, x.kind, x.period, x.bin, sum(r.count), sum(r.ms)
FROM touched x JOIN listening_rhythms r ON r.user_id = x.user_id AND r.kind = x.kind
  AND r.bin = x.bin AND r.grain = 'month'
  AND r.period >= x.period AND r.period < x.period + interval '1 year'
GROUP BY 1, 2, 3, 4
"""
OF_ALL = """
SELECT x.user_id, x.kind, x.period, x.bin, sum(r.count), sum(r.ms)
FROM touched x JOIN listening_rhythms r ON r.user_id = x.user_id AND r.kind = x.kind
  AND r.bin = x.bin AND r.grain = 'year'
GROUP BY 1, 2, 3, 4
"""

# What is not counted any more goes; what differs is written. Gives what changed.
WRITE = """
WITH touched AS MATERIALIZED (SELECT DISTINCT * FROM {touched}),
counted (user_id, kind, period, bin, count, ms) AS MATERIALIZED ({counted}),
gone AS (
  DELETE FROM listening_rhythms r USING touched x
  WHERE r.user_id = x.user_id AND r.grain = %(grain)s AND r.period = x.period {same}
    AND NOT EXISTS (SELECT 1 FROM counted c WHERE c.user_id = r.user_id AND c.kind = r.kind
      AND c.period = r.period AND c.bin = r.bin)
  RETURNING r.user_id, r.kind, r.period, r.bin),
written AS (
  INSERT INTO listening_rhythms AS r (user_id, kind, grain, period, bin, count, ms)
  SELECT user_id, kind, %(grain)s, period, bin, count, ms FROM counted
  ON CONFLICT (user_id, kind, grain, period, bin) DO UPDATE
    SET count = excluded.count, ms = excluded.ms
    WHERE (r.count, r.ms) IS DISTINCT FROM (excluded.count, excluded.ms)
  RETURNING r.user_id, r.kind, r.period, r.bin)
SELECT * FROM gone UNION ALL SELECT * FROM written
"""
SAME_BIN = "AND r.kind = x.kind AND r.bin = x.bin"

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

Changed = Sequence[tuple[int, str, date, int]]


def count_changed(
    days: Collection[tuple[int, date]], sessions: Collection[tuple[int, datetime]]
) -> None:
    """Count what days belong to whose hours changed, and sessions that came, went or changed.

    Each with its listener; of sessions the moments when they began.
    """
    months = db.query(MONTHS, *_columns(days, 2), *_columns(sessions, 2))
    if not months:
        return
    users, periods = _columns(months, 2)
    changed = db.query_by_name(
        WRITE.format(touched=WHOLE_MONTHS, counted=SOME_MONTHS, same=""),
        users=users,
        periods=periods,
        seconds=SECONDS,
        grain=Grain.MONTH,
    )
    years = _count_above(
        [(user, kind, month.replace(month=1), bin_) for user, kind, month, bin_ in changed],
        Grain.YEAR,
        OF_YEAR,
    )
    _count_above([(user, kind, EVER, bin_) for user, kind, _, bin_ in years], Grain.EVER, OF_ALL)


def count_all(user_id: int) -> None:
    """Count everything of a listener anew."""
    db.query("DELETE FROM listening_rhythms WHERE user_id = %s", user_id)
    db.query_by_name(EVERY_MONTH, user=user_id, seconds=SECONDS)
    db.query_by_name(EVERY_YEAR, user=user_id)
    db.query_by_name(EVER_SINCE, user=user_id, ever=EVER)


def _count_above(touched: Changed, grain: Grain, counted: str) -> Changed:
    if not touched:
        return []
    users, kinds, periods, bins = _columns(sorted(set(touched)), 4)
    return db.query_by_name(
        WRITE.format(touched=BINS, counted=counted, same=SAME_BIN),
        users=users,
        kinds=kinds,
        periods=periods,
        bins=bins,
        grain=grain,
    )


def _columns(rows: Collection[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(width)]
