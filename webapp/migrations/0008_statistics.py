"""Roll-ups, so that no page adds up raw plays: things by month, hours of days, sessions, skips.

All are derived from plays and their reports, in the listener's time zone, and written in the same
transaction (`queries/rollups.py`, `queries/day_rollups.py`). Who was here before is counted by
`webapp.migrate` once the tables are there.
"""

from typing import Any

TABLES = """
CREATE TABLE listening_items (
  user_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('track', 'artist', 'album')),
  grain text NOT NULL CHECK (grain IN ('month', 'year', 'ever')),
  period date NOT NULL,
  item_id text NOT NULL,
  plays integer NOT NULL,
  ms bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, kind, item_id, grain, period)
);
CREATE INDEX listening_items_top
  ON listening_items (user_id, kind, grain, period, plays DESC, ms DESC, item_id);

CREATE TABLE hourly_listening (
  user_id bigint NOT NULL,
  day date NOT NULL,
  hour smallint NOT NULL,
  plays integer NOT NULL,
  ms bigint NOT NULL,
  PRIMARY KEY (user_id, day, hour)
);

CREATE TABLE listening_sessions (
  user_id bigint NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  plays integer NOT NULL,
  ms bigint NOT NULL,
  PRIMARY KEY (user_id, started_at)
);

CREATE TABLE daily_skips (
  user_id bigint NOT NULL,
  day date NOT NULL,
  told integer NOT NULL,
  skipped integer NOT NULL,
  PRIMARY KEY (user_id, day)
);
CREATE INDEX play_reports_skips ON play_reports (user_id, ended_at) INCLUDE (track_id, skipped)
  WHERE skipped IS NOT NULL;
"""

# Checking each of a million rows against one listener took an eighth of an import's time. Who
# writes these rows holds the listener (`plays.lock`), and erasing names them (`accounts.erase`).
WITHOUT_KEYS = """
ALTER TABLE plays DROP CONSTRAINT plays_user_id_fkey;
ALTER TABLE play_reports DROP CONSTRAINT play_reports_user_id_fkey;
ALTER TABLE daily_listening DROP CONSTRAINT daily_listening_user_id_fkey;
"""

# What plays count for, and how long they were, follows from the catalogue: what changes there is
# noted, and counted anew later (`services/recounting.py`). No key: two who note the same track
# must not wait for each other.
RECOUNTS = """
CREATE TABLE recounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  track_id text NOT NULL
);

CREATE FUNCTION note_recount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'tracks' THEN
    INSERT INTO recounts (track_id) VALUES (NEW.id);
  ELSE
    INSERT INTO recounts (track_id) VALUES (NEW.track_id);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER note_recount AFTER UPDATE OF album_id, duration_ms ON tracks FOR EACH ROW
  WHEN (OLD.album_id IS DISTINCT FROM NEW.album_id
    OR OLD.duration_ms IS DISTINCT FROM NEW.duration_ms)
  EXECUTE FUNCTION note_recount();
CREATE TRIGGER note_recount AFTER UPDATE OF artist_id ON track_artists FOR EACH ROW
  WHEN (NEW.position = 0 AND OLD.artist_id <> NEW.artist_id)
  EXECUTE FUNCTION note_recount();
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the tables, empty, and let go of keys that cost too much."""
    db.execute_sql(TABLES)
    db.execute_sql(WITHOUT_KEYS)
    db.execute_sql(RECOUNTS)
