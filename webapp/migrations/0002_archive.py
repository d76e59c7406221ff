"""The listening archive: whom to ask when, what may be missing, days, and what the schedule did.

`daily_listening` is derived from `plays`; `archive_states`, `listening_gaps` and `schedule_runs`
are records of our own work.
"""

from typing import Any

PLAYS = """
ALTER TABLE plays ADD COLUMN ms_played integer;
CREATE INDEX plays_of_track ON plays (user_id, track_id, ended_at DESC);
CREATE INDEX plays_of_source ON plays (user_id, source, ended_at DESC, track_id DESC);

CREATE TABLE daily_listening (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  day date NOT NULL,
  plays integer NOT NULL,
  ms bigint NOT NULL,
  tracks integer NOT NULL,
  artists integer NOT NULL,
  top_track_id text NOT NULL,
  top_artist_id text,
  PRIMARY KEY (user_id, day)
);
"""

ARCHIVE = """
CREATE TABLE archive_states (
  user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  due_at timestamptz NOT NULL,
  every_minutes integer NOT NULL DEFAULT 60 CHECK (every_minutes IN (15, 30, 60)),
  polled_at timestamptz,
  last_new integer NOT NULL DEFAULT 0,
  last_gap_at timestamptz,
  failures integer NOT NULL DEFAULT 0,
  failure_kind text CHECK (failure_kind IN ('AUTH', 'NETWORK')),
  failure_message text,
  failed_at timestamptz,
  retry_at timestamptz
);
CREATE INDEX archive_states_due ON archive_states (due_at);

CREATE TABLE listening_gaps (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  after_at timestamptz NOT NULL,
  before_at timestamptz NOT NULL,
  found_at timestamptz NOT NULL,
  closed_at timestamptz,
  closed_by text,
  PRIMARY KEY (user_id, after_at, before_at)
);
"""

SCHEDULE = """
CREATE TABLE schedule_runs (
  name text NOT NULL,
  period text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  outcome text CHECK (outcome IN ('ok', 'failed')),
  detail text NOT NULL DEFAULT '',
  PRIMARY KEY (name, period)
);
CREATE INDEX schedule_runs_newest ON schedule_runs (name, started_at DESC);
"""

SEED = """
INSERT INTO archive_states (user_id, due_at) SELECT id, now() FROM users;

INSERT INTO daily_listening
SELECT p.user_id, (p.ended_at AT TIME ZONE u.time_zone)::date, count(*),
  coalesce(sum(coalesce(p.ms_played, t.duration_ms)), 0), count(DISTINCT p.track_id),
  count(DISTINCT c.artist_id), mode() WITHIN GROUP (ORDER BY p.track_id),
  mode() WITHIN GROUP (ORDER BY c.artist_id)
FROM plays p JOIN users u ON u.id = p.user_id LEFT JOIN tracks t ON t.id = p.track_id
LEFT JOIN track_artists c ON c.track_id = p.track_id AND c.position = 0
GROUP BY 1, 2;
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the tables; who is here already is asked at the next tick."""
    for part in (PLAYS, ARCHIVE, SCHEDULE, SEED):
        db.execute_sql(part)
