"""Trends: what charts and lists of new releases told, kept, and what was made of it.

`cache_data` is the last good answer of each chart, and what came of the last try. `trend_items`
are the things met, each once; where two turn out to be the same, the older stays and
`trend_merges` points to it, for `trend_appearances` is a log and never rewritten. It has no
foreign key: items are never deleted. `trend_weeks` adds appearances up, `album_matches` remembers
what MusicBrainz said (or that it said nothing), `listener_collection` is what listeners took.
"""

from typing import Any

CACHE = """
CREATE TABLE cache_data (
  key text PRIMARY KEY,
  data jsonb NOT NULL,
  fetched_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  metadata jsonb NOT NULL
);
"""

ITEMS = """
CREATE TABLE trend_items (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('album', 'artist', 'track')),
  name text NOT NULL,
  artist_names text NOT NULL,
  released date,
  image_url text,
  spotify_id text,
  upc text,
  isrc text,
  deezer_id text,
  mbid uuid,
  match_key text NOT NULL,
  genres text[] NOT NULL DEFAULT '{}',
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX trend_items_spotify ON trend_items (kind, spotify_id)
  WHERE spotify_id IS NOT NULL;
CREATE UNIQUE INDEX trend_items_deezer ON trend_items (kind, deezer_id) WHERE deezer_id IS NOT NULL;
CREATE UNIQUE INDEX trend_items_mbid ON trend_items (kind, mbid) WHERE mbid IS NOT NULL;
CREATE INDEX trend_items_key ON trend_items (kind, match_key);

CREATE TABLE trend_merges (
  from_id bigint PRIMARY KEY REFERENCES trend_items,
  into_id bigint NOT NULL REFERENCES trend_items,
  CHECK (into_id < from_id)
);
CREATE INDEX trend_merges_into ON trend_merges (into_id);
"""

APPEARANCES = """
CREATE TABLE trend_appearances (
  item_id bigint NOT NULL,
  source text NOT NULL,
  chart text NOT NULL,
  position integer NOT NULL CHECK (position > 0),
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (item_id, source, chart, seen_at)
);
CREATE INDEX trend_appearances_chart ON trend_appearances (source, chart, seen_at, position);

CREATE FUNCTION refuse_rewriting_trends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%% is append-only: %% refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON trend_appearances
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_trends();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON trend_appearances
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncating_history();

CREATE TABLE trend_weeks (
  item_id bigint NOT NULL,
  source text NOT NULL,
  chart text NOT NULL,
  week date NOT NULL,
  best integer NOT NULL,
  appearances integer NOT NULL,
  PRIMARY KEY (source, chart, week, item_id)
);
CREATE INDEX trend_weeks_item ON trend_weeks (item_id, source, chart, week);
"""

MATCHES = """
CREATE TABLE album_matches (
  album_key text PRIMARY KEY,
  mbid uuid,
  release_group uuid,
  how text CHECK (how IN ('url', 'barcode', 'text', 'given')),
  score integer,
  cover_url text,
  checked_at timestamptz NOT NULL,
  retry_at timestamptz
);
CREATE INDEX album_matches_retry ON album_matches (retry_at) WHERE retry_at IS NOT NULL;
"""

COLLECTION = """
CREATE TABLE listener_collection (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  item_id bigint NOT NULL REFERENCES trend_items,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, item_id)
);
CREATE INDEX listener_collection_latest ON listener_collection (user_id, added_at DESC, item_id);
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the tables, empty."""
    for part in (CACHE, ITEMS, APPEARANCES, MATCHES, COLLECTION):
        db.execute_sql(part)
