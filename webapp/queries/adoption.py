"""Songs that rows named without an id become tracks of Spotify's, once the catalogue knows one.

What a report told never changes, so which track a listener's song became is kept (`adoptions`):
making plays anew gives the same. The caller holds the listener's plays (`plays.lock`).
"""

from collections.abc import Sequence
from datetime import date, datetime

from webapp import db
from webapp.domain.plays import STARTERS, tolerance
from webapp.domain.reports import Source
from webapp.queries import trusted

MEANT = f"""
SELECT r.id FROM tracks r
WHERE r.match_key = n.match_key AND r.kind = 'track' AND r.id NOT LIKE 'name:%%'
  AND {trusted.TRACK.format(row="r", user="w.user_id")}
"""  # noqa: S608 - our own text

WAITING = """
SELECT w.user_id, w.track_id FROM (
  SELECT DISTINCT user_id, track_id FROM plays WHERE track_id LIKE 'name:%%' AND {whose}) w
JOIN tracks n ON n.id = w.track_id
WHERE EXISTS (SELECT FROM adoptions a WHERE a.user_id = w.user_id AND a.name_id = w.track_id)
  OR (n.match_key <> '' AND EXISTS ({meant}))
"""
LISTENERS = f"""
SELECT DISTINCT user_id FROM ({WAITING.format(whose="true", meant=MEANT)}) found ORDER BY 1 LIMIT %s
"""  # noqa: S608 - our own names
NAMES = WAITING.format(whose="user_id = %s", meant=MEANT) + "ORDER BY 2 LIMIT %s"

# Of several tracks that one may mean, the one the listener played most, else the smallest id.
CHOOSE = f"""
INSERT INTO adoptions (user_id, name_id, track_id)
SELECT w.user_id, w.name_id, best.id
FROM (SELECT %s::bigint AS user_id, unnest(%s::text[]) AS name_id) w
JOIN tracks n ON n.id = w.name_id
CROSS JOIN LATERAL ({MEANT} ORDER BY (SELECT count(*) FROM plays p
  WHERE p.user_id = w.user_id AND p.track_id = r.id) DESC, r.id LIMIT 1) best
ORDER BY 2 ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own names

OWN = """
SELECT r.id, r.play_ended_at, r.play_track_id FROM (
  SELECT DISTINCT ON (report_id) report_id, wish FROM play_decisions
  WHERE user_id = %s ORDER BY report_id, id DESC) last
JOIN play_reports r ON r.user_id = %s AND r.id = last.report_id
WHERE last.wish = 'own'
"""

STARTS = ", ".join(f"'{source}'" for source in sorted(STARTERS))
BEGAN = f"""
(SELECT min(r.at) FROM play_reports r WHERE r.user_id = {{play}}.user_id
  AND r.play_ended_at = {{play}}.ended_at AND r.play_track_id = {{play}}.track_id
  AND r.source = {{play}}.source AND r.source IN ({STARTS}) AND r.at <> r.ended_at)
"""  # noqa: S608 - our own names

# Plays that were two because their songs had different names then: as near to each other as the
# rules ask for, and with no source in common. What the listener told apart stays apart.
NEAR = f"""
CREATE TEMP TABLE near ON COMMIT DROP AS
WITH own AS ({OWN}),
told AS (
  SELECT p.*, t.isrc, t.match_key, CASE WHEN p.end_unknown THEN p.ended_at ELSE p.ended_at
    - coalesce(p.ms_played, t.duration_ms) * interval '1 millisecond' END AS start_at
  FROM plays p JOIN tracks t ON t.id = p.track_id WHERE p.user_id = %s AND p.track_id = ANY(%s)),
others AS (
  SELECT p.ended_at AS at, p.track_id AS song, p.source AS teller, p.end_unknown AS vague,
    coalesce({BEGAN.format(play="p")}, p.start_at) AS began, o.*,
    coalesce({BEGAN.format(play="o")}, CASE WHEN o.end_unknown THEN o.ended_at ELSE o.ended_at
      - coalesce(o.ms_played, s.duration_ms) * interval '1 millisecond' END) AS start_at
  FROM told p CROSS JOIN LATERAL (
    SELECT id, duration_ms FROM tracks WHERE match_key = p.match_key AND match_key <> ''
    UNION SELECT id, duration_ms FROM tracks WHERE isrc = p.isrc) s
  JOIN plays o ON o.user_id = p.user_id AND o.track_id = s.id AND o.track_id <> p.track_id
    AND o.ended_at BETWEEN p.ended_at - interval '25 hours' AND p.ended_at + interval '25 hours'
    AND o.witnesses & p.witnesses = 0)
SELECT DISTINCT o.at AS ended_at, o.song AS track_id FROM others o
JOIN unnest(%s::text[], %s::text[], %s::interval[]) AS w (one, other, apart)
  ON w.one = o.teller AND w.other = o.source
WHERE CASE WHEN o.began IS NOT NULL AND o.start_at IS NOT NULL AND (o.vague <> o.end_unknown
      OR (o.teller IN ({STARTS}) AND o.source IN ({STARTS})))
    THEN greatest(o.began - o.start_at, o.start_at - o.began)
    ELSE greatest(o.at - o.ended_at, o.ended_at - o.at) END <= w.apart
  AND NOT EXISTS (SELECT FROM own WHERE (own.play_ended_at, own.play_track_id)
    IN ((o.at, o.song), (o.ended_at, o.track_id)))
"""  # noqa: S608 - our own names

LET_GO = """
UPDATE play_reports r SET verdict = 'set_aside', play_ended_at = NULL, play_track_id = NULL
FROM near WHERE r.user_id = %s AND r.play_ended_at = near.ended_at
  AND r.play_track_id = near.track_id RETURNING r.id, r.source
"""

# Of plays that come to have one name, one keeps it.
MOVES = """
CREATE TEMP TABLE moves ON COMMIT DROP AS
SELECT p.ended_at, p.track_id AS name_id, a.track_id, o.user_id IS NOT NULL
  OR row_number() OVER (PARTITION BY p.ended_at, a.track_id ORDER BY p.track_id) > 1 AS is_double
FROM plays p JOIN adoptions a ON a.user_id = p.user_id AND a.name_id = p.track_id
LEFT JOIN plays o ON o.user_id = p.user_id AND o.ended_at = p.ended_at AND o.track_id = a.track_id
WHERE p.user_id = %s AND p.track_id = ANY(%s)
"""

FOLLOW = """
UPDATE play_reports r SET play_track_id = m.track_id,
  verdict = CASE WHEN m.is_double THEN 'merged' ELSE r.verdict END
FROM moves m
WHERE r.user_id = %s AND r.play_ended_at = m.ended_at AND r.play_track_id = m.name_id
"""

DROP_DOUBLES = """
DELETE FROM plays p USING moves m WHERE m.is_double
  AND p.user_id = %s AND p.ended_at = m.ended_at AND p.track_id = m.name_id
"""

RENAME = """
UPDATE plays p SET track_id = m.track_id FROM moves m WHERE NOT m.is_double
  AND p.user_id = %s AND p.ended_at = m.ended_at AND p.track_id = m.name_id
"""

DAYS = """
SELECT DISTINCT (moved.ended_at AT TIME ZONE u.time_zone)::date
FROM users u, (SELECT ended_at FROM near UNION SELECT ended_at FROM moves) moved WHERE u.id = %s
"""


def listeners(limit: int) -> list[int]:
    """List listeners with plays of songs that turned out to be tracks."""
    return [row[0] for row in db.query(LISTENERS, limit)]


def names(user_id: int, limit: int) -> list[str]:
    """List a listener's songs that turned out to be tracks, by the ids made from their names."""
    return [row[1] for row in db.query(NAMES, user_id, limit)]


def choose(user_id: int, name_ids: Sequence[str]) -> None:
    """Keep which track each song is, for good; what was chosen before stands."""
    db.query(CHOOSE, user_id, list(name_ids))


def let_go(user_id: int, name_ids: Sequence[str]) -> dict[Source, list[int]]:
    """Undo plays of these songs that now tell of another play; give their reports by source."""
    pairs = [(one, other) for one in Source for other in Source if one is not other]
    db.query("DROP TABLE IF EXISTS near")
    db.query(
        NEAR,
        user_id,
        user_id,
        user_id,
        list(name_ids),
        [one for one, _ in pairs],
        [other for _, other in pairs],
        [tolerance(*pair) for pair in pairs],
    )
    found: dict[Source, list[int]] = {}
    for report_id, source in db.query(LET_GO, user_id):
        found.setdefault(Source(source), []).append(report_id)
    db.query(
        "DELETE FROM plays p USING near WHERE p.user_id = %s"
        " AND p.ended_at = near.ended_at AND p.track_id = near.track_id",
        user_id,
    )
    return found


def move(user_id: int, name_ids: Sequence[str]) -> list[tuple[datetime, str]]:
    """Let plays of these songs be plays of their tracks; name those that others were part of.

    Of plays with one name one is left: what supported the others supports it, and it has to be
    made what its reports say.
    """
    db.query("DROP TABLE IF EXISTS moves")
    db.query(MOVES, user_id, list(name_ids))
    db.query("ANALYZE moves")
    for statement in (FOLLOW, DROP_DOUBLES, RENAME):
        db.query(statement, user_id)
    return [
        (ended_at, track_id)
        for ended_at, track_id in db.query(
            "SELECT DISTINCT ended_at, track_id FROM moves WHERE is_double ORDER BY 1, 2"
        )
    ]


def told_apart(user_id: int, plays: Sequence[tuple[datetime, str]]) -> list[int]:
    """List reports of these plays that the listener called plays of their own."""
    wanted = set(plays)
    rows = db.query(OWN, user_id, user_id) if wanted else []
    return sorted(row[0] for row in rows if row[1:] in wanted)


def days(user_id: int) -> set[date]:
    """Name the days of what was moved and let go last."""
    return {row[0] for row in db.query(DAYS, user_id)}
