"""Plays, each kept once, and what is counted from them.

`daily_listening` and the roll-ups are derived from plays, in the listener's time zone, and kept up
in the same transaction. Writers of one listener's plays take turns: each day is counted from what
is committed, so two at once would miss each other's.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from peewee import IntegrityError

from webapp import db
from webapp.domain.plays import STARTS
from webapp.queries import day_rollups, rollups, track_rollups
from webapp.queries.touched import Touched

SPOTIFY = "spotify"
"""The source of plays that Spotify's recently-played told."""

MANY_DAYS = 60

# A report that is there is not told again: what the listener decided about it stands. A batch
# travels as one JSON document, as the catalogue's do.
INSERT = """
WITH told AS (
  SELECT *, md5(concat_ws('|', %(source)s, track_id, extract(epoch FROM ended_at)::text, ''))::uuid
    AS hash
  FROM jsonb_to_recordset(%(plays)s)
    AS told (user_id bigint, ended_at timestamptz, track_id text, context_uri text)),
new AS (
  INSERT INTO play_reports (user_id, source, at, ended_at, track_id, context_uri, hash, seen_at,
    sync_id, verdict, play_ended_at, play_track_id)
  SELECT user_id, %(source)s, ended_at, ended_at, track_id, context_uri, hash, %(now)s,
    %(sync)s::bigint, 'new', ended_at, track_id FROM told
  ON CONFLICT (user_id, hash) DO NOTHING
  RETURNING user_id, ended_at, track_id, context_uri, source, seen_at, sync_id),
kept AS (
  INSERT INTO plays (user_id, ended_at, track_id, context_uri, source, seen_at, sync_id)
  SELECT * FROM new ON CONFLICT (user_id, ended_at, track_id) DO NOTHING
  RETURNING user_id, track_id, ended_at)
SELECT user_id, track_id, ended_at,
  ended_at AT TIME ZONE (SELECT time_zone FROM users WHERE id = user_id) FROM kept
"""

CONTESTED = """
SELECT DISTINCT p.user_id
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS told (user_id, first, last)
JOIN plays p ON p.user_id = told.user_id AND p.witnesses & 1 = 0
  AND p.ended_at >= told.first - %s AND p.ended_at <= told.last + %s
"""

# Of some plays only the start is known: that lies before what is told by the length of a song.
LONGEST_SONG = timedelta(hours=2)

COUNTED = """
SELECT p.user_id, {day}, count(*), coalesce(sum(coalesce(p.ms_played, t.duration_ms)), 0),
  count(DISTINCT p.track_id), count(DISTINCT c.artist_id),
  mode() WITHIN GROUP (ORDER BY p.track_id), mode() WITHIN GROUP (ORDER BY c.artist_id)
FROM {plays}
LEFT JOIN tracks t ON t.id = p.track_id
LEFT JOIN track_artists c ON c.track_id = p.track_id AND c.position = 0
GROUP BY 1, 2
"""

WRITE_DAYS = """
INSERT INTO daily_listening
  (user_id, day, plays, ms, tracks, artists, top_track_id, top_artist_id) {counted}
ON CONFLICT (user_id, day) DO UPDATE SET
  plays = excluded.plays, ms = excluded.ms, tracks = excluded.tracks, artists = excluded.artists,
  top_track_id = excluded.top_track_id, top_artist_id = excluded.top_artist_id
"""

COUNT_ALL = WRITE_DAYS.format(
    counted=COUNTED.format(
        day="(p.ended_at AT TIME ZONE u.time_zone)::date",
        plays="plays p JOIN users u ON u.id = p.user_id AND u.id = %s",
    )
)


UNCOUNTED = """
SELECT u.id FROM users u WHERE EXISTS (SELECT 1 FROM plays p WHERE p.user_id = u.id)
  AND NOT EXISTS (SELECT 1 FROM listening_items i WHERE i.user_id = u.id) ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A play as Spotify tells it: `ended_at` is the end of play, exact to the millisecond."""

    user_id: int
    track_id: str
    ended_at: datetime
    context_uri: str | None


def lock(user_ids: Iterable[int]) -> None:
    """Let nobody else write these listeners' plays until the transaction ends.

    It stands in for a foreign key, too: raises IntegrityError if one of them is gone.
    """
    wanted = set(user_ids)
    found = db.query(
        "SELECT id FROM users WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", sorted(wanted)
    )
    if len(found) < len(wanted):
        raise IntegrityError("a listener is gone")


def record(plays: Iterable[Heard], now: datetime, sync_id: int | None = None) -> list[Touched]:
    """Store plays once each, and tell which were new; `lock` and `count_days` go with it."""
    rows = {(play.user_id, play.ended_at, play.track_id): play.context_uri for play in plays}
    if not rows:
        return []
    told = [
        {"user_id": user, "ended_at": at.isoformat(), "track_id": track, "context_uri": rows[key]}
        for key in sorted(rows)
        for user, at, track in [key]
    ]
    found = db.query_by_name(INSERT, plays=json.dumps(told), source=SPOTIFY, now=now, sync=sync_id)
    return [
        Touched(user_id=user, track_id=track, ended_at=ended, local=local)
        for user, track, ended, local in found
    ]


def contested(plays: Iterable[Heard]) -> set[int]:
    """Name listeners of whom others told something at these times, and Spotify did not yet."""
    ends: dict[int, list[datetime]] = {}
    for play in plays:
        ends.setdefault(play.user_id, []).append(play.ended_at)
    first, last = [min(told) for told in ends.values()], [max(told) for told in ends.values()]
    rows = (
        db.query(CONTESTED, list(ends), first, last, STARTS + LONGEST_SONG, STARTS) if ends else []
    )
    return {row[0] for row in rows}


def count_days(touched: Collection[Touched]) -> None:
    """Count anew what some plays touched when they came, went or changed, of any listeners.

    A play's length is what was heard of it, else the track's; its artist is the first named.
    """
    if touched:
        track_rollups.count_tracks((play.user_id, play.day, play.track_id) for play in touched)
        day_rollups.count_touched(touched)


def count_these_days(user_id: int, days: Iterable[date]) -> None:
    """Count some days of a listener anew; one that has no plays any more goes."""
    touched = sorted(days)
    if touched:
        rollups.count_months(user_id, touched)
        day_rollups.count_days(user_id, touched)


def count_changed_days(user_id: int, days: Collection[date]) -> None:
    """Count days of a listener anew; where they are many, all of them in one go is cheaper."""
    if len(days) > MANY_DAYS:
        count_all_days(user_id)
    else:
        count_these_days(user_id, days)


def count_all_days(user_id: int) -> None:
    """Count every day of a listener anew: their time zone changed, or a rebuild is asked for."""
    lock([user_id])
    db.query("DELETE FROM daily_listening WHERE user_id = %s", user_id)
    db.query(COUNT_ALL, user_id)
    rollups.count_all(user_id)
    day_rollups.count_all(user_id)


def count_uncounted() -> None:
    """Count for listeners whose plays are older than the roll-ups: after a migration."""
    for (user_id,) in db.query(UNCOUNTED):
        with db.transaction():
            count_all_days(user_id)


def newest(user_id: int, until: datetime) -> datetime | None:
    """Tell when the newest play that Spotify told of ended, none later than `until`."""
    rows = db.query(
        "SELECT max(ended_at) FROM plays WHERE user_id = %s AND source = %s AND ended_at <= %s",
        user_id,
        SPOTIFY,
        until,
    )
    found: datetime | None = rows[0][0]
    return found


def before(user_id: int, moment: datetime, limit: int) -> list[tuple[str, datetime]]:
    """Read the plays up to a moment, newest first: what recently played would have shown."""
    rows = db.query(
        "SELECT track_id, ended_at FROM plays WHERE user_id = %s AND ended_at <= %s"
        " ORDER BY ended_at DESC LIMIT %s",
        user_id,
        moment,
        limit,
    )
    return [(track, ended) for track, ended in rows]
