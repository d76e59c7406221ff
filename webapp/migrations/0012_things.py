"""Finding the playlists that hold a track, in every version ever seen of them.

The index has each track of a version once. It is over an array, not over the JSON itself, because
PostgreSQL need not look at a version again that such an index has found.
"""

from typing import Any

LISTED = """
CREATE FUNCTION listed_tracks(entries jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT e.entry ->> 0)
  FROM pg_catalog.jsonb_array_elements(entries) AS e (entry) WHERE e.entry ->> 0 IS NOT NULL
$$;
CREATE INDEX playlist_versions_tracks ON playlist_versions USING gin (listed_tracks(entries));
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    """Create the function and the index."""
    db.execute_sql(LISTED)
