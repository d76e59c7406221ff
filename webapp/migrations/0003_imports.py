"""Imports: who told of a play, what was decided about it, files on their way in, their receipts.

`play_reports` becomes the log of who told what; `plays` is derived from it from here on. Only a
report's verdict may change (which play it supports, and why if none): that is derived as well.
`match_key` names a song, an album or an artist by what a person would read, so that rows without
ids meet the catalogue; it is written when an import asks for it, and NULL until then.
"""

from typing import Any

PLAYS = """
ALTER TABLE plays ADD COLUMN witnesses integer NOT NULL DEFAULT 1;
DROP TRIGGER append_only ON plays;
DROP TRIGGER append_only_truncate ON plays;
"""

REPORTS = """
CREATE TABLE play_reports (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  import_id bigint,
  file smallint,
  number integer,
  source text NOT NULL,
  at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  track_id text NOT NULL,
  context_uri text,
  ms_played integer,
  done boolean NOT NULL DEFAULT false,
  skipped boolean,
  hash uuid NOT NULL,
  raw jsonb,
  seen_at timestamptz NOT NULL,
  sync_id bigint,
  verdict text NOT NULL CHECK (verdict IN ('new', 'merged', 'short', 'set_aside')),
  play_ended_at timestamptz,
  play_track_id text,
  PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX play_reports_hash ON play_reports (user_id, hash);
CREATE INDEX play_reports_of_play ON play_reports (user_id, play_ended_at, play_track_id);

CREATE TABLE play_decisions (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  report_id bigint NOT NULL,
  wish text NOT NULL CHECK (wish IN ('own', 'none', 'rules')),
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX play_decisions_of_report ON play_decisions (user_id, report_id, id DESC);

INSERT INTO play_reports (user_id, source, at, ended_at, track_id, context_uri, ms_played, hash,
  seen_at, sync_id, verdict, play_ended_at, play_track_id)
SELECT user_id, source, ended_at, ended_at, track_id, context_uri, ms_played,
  md5(concat_ws('|', source, track_id, extract(epoch FROM ended_at)::text, ''))::uuid,
  seen_at, sync_id, 'new', ended_at, track_id
FROM plays;
"""

GUARDS = """
CREATE TRIGGER append_only BEFORE DELETE ON play_reports
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER append_only_columns BEFORE UPDATE OF id, user_id, import_id, file, number, source,
  at, ended_at, track_id, context_uri, ms_played, done, skipped, hash, raw, seen_at, sync_id
  ON play_reports FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON play_reports
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating_history();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON play_decisions
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON play_decisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating_history();
"""

IMPORTS = """
CREATE TABLE imports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  status text NOT NULL DEFAULT 'FOUND' CHECK (status IN
    ('FOUND', 'PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  origin text NOT NULL CHECK (origin IN ('upload', 'lastfm', 'listenbrainz')),
  account text,
  phase text NOT NULL DEFAULT 'reading' CHECK (phase IN ('reading', 'merging')),
  rows_done integer NOT NULL DEFAULT 0,
  bytes_total bigint NOT NULL DEFAULT 0,
  bytes_done bigint NOT NULL DEFAULT 0,
  receipt jsonb,
  error text,
  error_detail text,
  claim uuid,
  attempt integer NOT NULL DEFAULT 0,
  crashes integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  read_at timestamptz,
  updated_at timestamptz NOT NULL,
  completed_at timestamptz
);
CREATE UNIQUE INDEX imports_one_at_a_time ON imports (user_id)
  WHERE status IN ('PENDING', 'PROCESSING');
CREATE INDEX imports_of_user ON imports (user_id, id DESC);

CREATE TABLE import_files (
  import_id bigint NOT NULL REFERENCES imports ON DELETE CASCADE,
  file smallint NOT NULL,
  upload smallint NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  bytes bigint NOT NULL,
  rows integer,
  refusal text,
  PRIMARY KEY (import_id, file)
);

CREATE TABLE import_uploads (
  import_id bigint NOT NULL REFERENCES imports ON DELETE CASCADE,
  upload smallint NOT NULL,
  part integer NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (import_id, upload, part)
);
ALTER TABLE import_uploads ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE import_raw (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  import_id bigint NOT NULL,
  file smallint NOT NULL,
  first_number integer NOT NULL,
  last_number integer NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (user_id, import_id, file, first_number)
);
ALTER TABLE import_raw ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE import_left_out (
  import_id bigint NOT NULL REFERENCES imports ON DELETE CASCADE,
  file smallint NOT NULL,
  first_number integer NOT NULL,
  last_number integer NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('had', 'podcast', 'unreadable')),
  reason text NOT NULL,
  PRIMARY KEY (import_id, file, first_number)
);
"""

# What is on its way in: lost in a crash of the database, and read again then.
STAGING = """
CREATE UNLOGGED TABLE import_songs (
  import_id bigint NOT NULL,
  song integer NOT NULL,
  track_id text,
  title text NOT NULL,
  artist text NOT NULL,
  album text NOT NULL,
  isrc text,
  duration_ms integer,
  match_key text NOT NULL,
  artist_key text NOT NULL,
  album_key text NOT NULL
);
CREATE UNLOGGED TABLE import_rows (
  import_id bigint NOT NULL,
  file smallint NOT NULL,
  number integer NOT NULL,
  source text NOT NULL,
  told text NOT NULL,
  reason text NOT NULL,
  at timestamptz,
  is_start boolean NOT NULL,
  song integer,
  ms_played integer,
  done boolean NOT NULL,
  skipped boolean,
  hash uuid,
  context_uri text,
  raw jsonb
);
CREATE INDEX import_songs_of ON import_songs (import_id);
CREATE INDEX import_rows_of ON import_rows (import_id);
"""

KEYS = """
ALTER TABLE tracks ADD COLUMN match_key text;
ALTER TABLE albums ADD COLUMN match_key text;
ALTER TABLE artists ADD COLUMN match_key text;
CREATE INDEX tracks_match_key ON tracks (match_key);
CREATE INDEX albums_match_key ON albums (match_key);
CREATE INDEX artists_match_key ON artists (match_key);
"""

# Who told an entry: a sync, or a file of account data, dated or not.
ORIGINS = """
ALTER TABLE library_events ADD COLUMN origin text NOT NULL DEFAULT 'spotify'
  CHECK (origin IN ('spotify', 'file', 'undated_file'));
ALTER TABLE playlist_versions ADD COLUMN origin text NOT NULL DEFAULT 'spotify'
  CHECK (origin IN ('spotify', 'file', 'undated_file'));
"""

# Which track of Spotify's a listener's song without an id turned out to be: chosen once.
ADOPTIONS = """
CREATE TABLE adoptions (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  name_id text NOT NULL,
  track_id text NOT NULL,
  PRIMARY KEY (user_id, name_id)
);
CREATE INDEX plays_named ON plays (user_id, track_id) WHERE track_id LIKE 'name:%%';
CREATE INDEX albums_named ON albums (match_key) WHERE id LIKE 'name:%%';
CREATE INDEX artists_named ON artists (match_key) WHERE id LIKE 'name:%%';
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the tables; what the catalogue has is named when an import asks for it."""
    for part in (PLAYS, REPORTS, GUARDS, IMPORTS, STAGING, KEYS, ORIGINS, ADOPTIONS):
        db.execute_sql(part)
