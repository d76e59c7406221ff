"""Accounts, the catalogue, the library's log and what is derived from it, syncs, the budget.

Logs (`library_events`, `playlist_versions`, `top_lists`, `plays`, `collection_checks`) are only
ever inserted into: a trigger refuses anything else, unless the transaction erases an account.
Derived tables (`library_items`, `playlists`) can be rebuilt from them at any time.
Every listener's table is keyed by the listener first, so that it can be partitioned.
"""

from typing import Any

ACCOUNTS = """
CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  spotify_id text NOT NULL UNIQUE,
  account_id text UNIQUE,
  username text NOT NULL,
  display_name text NOT NULL,
  image_url text,
  is_admin boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'active'
    CHECK (state IN ('active', 'needs_reconnect', 'disconnected')),
  state_reason text,
  time_zone text NOT NULL DEFAULT 'UTC',
  language text,
  theme text NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
  session_version integer NOT NULL DEFAULT 1,
  data_version bigint NOT NULL DEFAULT 1,
  consented_at timestamptz,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_username ON users (lower(username));

CREATE TABLE spotify_tokens (
  user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  access_token bytea NOT NULL,
  refresh_token bytea NOT NULL,
  scopes text NOT NULL,
  expires_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
"""

CATALOG = """
CREATE TABLE artists (
  id text PRIMARY KEY,
  name text NOT NULL,
  image_url text,
  genres text[] NOT NULL DEFAULT '{}',
  popularity integer,
  followers integer,
  is_full boolean NOT NULL,
  raw jsonb NOT NULL,
  fetched_at timestamptz NOT NULL
);
CREATE TABLE albums (
  id text PRIMARY KEY,
  name text NOT NULL,
  artist_names text NOT NULL,
  album_type text NOT NULL,
  release_date text,
  release_precision text,
  release_year integer,
  total_tracks integer,
  image_url text,
  upc text,
  label text,
  popularity integer,
  is_full boolean NOT NULL,
  raw jsonb NOT NULL,
  fetched_at timestamptz NOT NULL
);
CREATE TABLE tracks (
  id text PRIMARY KEY,
  name text NOT NULL,
  artist_names text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('track', 'episode', 'local')),
  album_id text REFERENCES albums,
  duration_ms integer,
  explicit boolean NOT NULL,
  disc_number integer,
  track_number integer,
  isrc text,
  popularity integer,
  raw jsonb NOT NULL,
  fetched_at timestamptz NOT NULL
);
CREATE INDEX tracks_album ON tracks (album_id);
CREATE INDEX tracks_isrc ON tracks (isrc) WHERE isrc IS NOT NULL;
CREATE TABLE album_artists (
  album_id text NOT NULL REFERENCES albums,
  position integer NOT NULL,
  artist_id text NOT NULL REFERENCES artists,
  PRIMARY KEY (album_id, position)
);
CREATE INDEX album_artists_artist ON album_artists (artist_id);
CREATE TABLE track_artists (
  track_id text NOT NULL REFERENCES tracks,
  position integer NOT NULL,
  artist_id text NOT NULL REFERENCES artists,
  PRIMARY KEY (track_id, position)
);
CREATE INDEX track_artists_artist ON track_artists (artist_id);
"""

SYNCS = """
CREATE TABLE syncs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  cause text NOT NULL CHECK (cause IN ('sign_in', 'button', 'retry', 'daily', 'weekly')),
  status text NOT NULL DEFAULT 'PENDING'
    CHECK (status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED')),
  mode text NOT NULL DEFAULT 'queued' CHECK (mode IN ('inline', 'queued')),
  progress integer NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  error text,
  error_detail text,
  waiting text CHECK (waiting IN ('queue', 'budget', 'reconnect')),
  resume_at timestamptz,
  claim uuid,
  attempt integer NOT NULL DEFAULT 0,
  calls integer NOT NULL DEFAULT 0,
  crashes integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  updated_at timestamptz NOT NULL,
  completed_at timestamptz
);
CREATE UNIQUE INDEX syncs_one_at_a_time ON syncs (user_id)
  WHERE status IN ('PENDING', 'PROCESSING');
CREATE INDEX syncs_of_user ON syncs (user_id, id DESC);

CREATE TABLE sync_collections (
  sync_id bigint NOT NULL REFERENCES syncs ON DELETE CASCADE,
  name text NOT NULL,
  position integer NOT NULL,
  status text NOT NULL DEFAULT 'PENDING'
    CHECK (status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED')),
  done integer NOT NULL DEFAULT 0,
  total integer,
  current text,
  error text,
  error_detail text,
  added integer NOT NULL DEFAULT 0,
  removed integer NOT NULL DEFAULT 0,
  unchanged boolean NOT NULL DEFAULT false,
  skipped integer NOT NULL DEFAULT 0,
  PRIMARY KEY (sync_id, name)
);

CREATE TABLE sync_pages (
  sync_id bigint NOT NULL REFERENCES syncs ON DELETE CASCADE,
  collection text NOT NULL,
  page_key text NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (sync_id, collection, page_key)
);
"""

LOGS = """
CREATE TABLE library_events (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('saved_track', 'saved_album', 'followed_artist')),
  item_id text NOT NULL,
  event text NOT NULL CHECK (event IN ('added', 'removed')),
  item_added_at timestamptz,
  seen_at timestamptz NOT NULL,
  sync_id bigint,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX library_events_state
  ON library_events (user_id, kind, item_id, seen_at DESC, id DESC);

CREATE TABLE playlist_versions (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  playlist_id text NOT NULL,
  event text NOT NULL CHECK (event IN ('seen', 'gone')),
  snapshot_id text NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  owner_id text NOT NULL,
  owner_name text NOT NULL,
  public boolean,
  collaborative boolean NOT NULL,
  image_url text,
  total integer,
  entries jsonb,
  content_hash text NOT NULL,
  seen_at timestamptz NOT NULL,
  sync_id bigint,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX playlist_versions_state
  ON playlist_versions (user_id, playlist_id, seen_at DESC, id DESC);

CREATE TABLE top_lists (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('tracks', 'artists')),
  time_range text NOT NULL,
  item_ids text[] NOT NULL,
  seen_at timestamptz NOT NULL,
  sync_id bigint,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX top_lists_state ON top_lists (user_id, kind, time_range, seen_at DESC, id DESC);

CREATE TABLE plays (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  ended_at timestamptz NOT NULL,
  track_id text NOT NULL,
  source text NOT NULL,
  context_uri text,
  seen_at timestamptz NOT NULL,
  sync_id bigint,
  PRIMARY KEY (user_id, ended_at, track_id)
);

CREATE TABLE collection_checks (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  collection text NOT NULL,
  result text NOT NULL CHECK (result IN ('changed', 'unchanged', 'failed')),
  swept boolean NOT NULL,
  total integer,
  detail text,
  checked_at timestamptz NOT NULL,
  sync_id bigint,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX collection_checks_latest
  ON collection_checks (user_id, collection, checked_at DESC);
"""

GUARD = """
CREATE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     AND current_setting('backspin.erasing_user', true) = OLD.user_id::text THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '%% is append-only: %% refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION refuse_truncating_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%% is append-only: TRUNCATE refused', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

GUARD_TABLE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating_history();
"""

DERIVED = """
CREATE TABLE library_items (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  kind text NOT NULL,
  item_id text NOT NULL,
  added_at timestamptz,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, kind, item_id)
);
CREATE INDEX library_items_order
  ON library_items (user_id, kind, added_at DESC NULLS LAST, item_id);

CREATE TABLE playlists (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  playlist_id text NOT NULL,
  version_id bigint NOT NULL,
  snapshot_id text NOT NULL,
  name text NOT NULL,
  owner_id text NOT NULL,
  owner_name text NOT NULL,
  image_url text,
  total integer,
  readable boolean NOT NULL,
  gone boolean NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, playlist_id)
);

CREATE TABLE playlist_access (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  playlist_id text NOT NULL,
  reason text NOT NULL,
  checked_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, playlist_id)
);

CREATE TABLE top_songs_marks (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  playlist_id text NOT NULL,
  year integer,
  marked_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, playlist_id)
);
"""

BUDGET = """
CREATE TABLE call_blocks (
  id boolean PRIMARY KEY DEFAULT true CHECK (id),
  blocked_until timestamptz NOT NULL,
  why text NOT NULL,
  set_at timestamptz NOT NULL
);
CREATE TABLE capabilities (
  name text PRIMARY KEY,
  available boolean NOT NULL,
  detail text NOT NULL,
  checked_at timestamptz NOT NULL
);
"""

LOG_TABLES = ("library_events", "playlist_versions", "top_lists", "plays", "collection_checks")


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create everything."""
    for part in (ACCOUNTS, CATALOG, SYNCS, LOGS, GUARD, DERIVED, BUDGET):
        db.execute_sql(part)
    for table in LOG_TABLES:
        db.execute_sql(GUARD_TABLE.format(table=table))
