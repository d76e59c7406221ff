"""What listeners had collected elsewhere, and brought along in an archive.

Things that charts here tell of are shared by all; what one listener's archive says must not become
one of them. So it has rows of its own, for that listener alone, until a chart tells of the thing
too (`queries/collection.join_charts`). Ids count down from -1: none is a `trend_items` id as well.
"""

from typing import Any

ELSEWHERE = """
CREATE TABLE collected_elsewhere (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH -1 INCREMENT BY -1),
  kind text NOT NULL CHECK (kind IN ('album', 'artist', 'track')),
  name text NOT NULL,
  artist_names text NOT NULL,
  released date,
  image_url text,
  spotify_id text,
  deezer_id text,
  mbid uuid,
  upc text,
  isrc text,
  genres text[] NOT NULL,
  added_at timestamptz NOT NULL,
  removed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (user_id, id)
);
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the table, empty."""
    db.execute_sql(ELSEWHERE)
