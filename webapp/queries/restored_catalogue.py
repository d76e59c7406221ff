"""The catalogue of an archive, as far as ours lacks it.

What is there already stays as it is, for all listeners share it. The one exception is a track that
a file told of, and that nobody but the archive's listener uses: the archive knows more of it.
Rows that come from an archive count as never fetched, so that Spotify's next word replaces them.
"""

from webapp import db
from webapp.queries.restored_lines import Staged, run, told

COLUMNS = {
    "artists": "id text, name text, image_url text, genres text[], popularity integer,"
    " followers integer, is_full boolean, raw jsonb",
    "albums": "id text, name text, artist_names text, album_type text, release_date text,"
    " release_precision text, release_year integer, total_tracks integer, image_url text, upc text,"
    " label text, popularity integer, is_full boolean, raw jsonb",
    "tracks": "id text, name text, artist_names text, kind text, album_id text,"
    " duration_ms integer, explicit boolean, disc_number integer, track_number integer, isrc text,"
    " popularity integer, raw jsonb",
}

ADD = """
INSERT INTO {table} ({names}, fetched_at)
SELECT {names}, '-infinity' {told} ORDER BY id COLLATE "C"
ON CONFLICT (id) DO UPDATE SET {changes}, match_key = NULL WHERE {table}.id = ANY(%(own)s)
RETURNING id
"""

# Tracks here that only a file told of, and told little.
LITTLE_KNOWN = """
SELECT t.id {told} AND t.fetched_at = '-infinity' AND t.raw = '{{}}' AND t.id NOT LIKE 'name:%%'
  AND told.raw <> '{{}}'
"""
ALONE = """
SELECT w.id FROM unnest(%s::text[]) AS w (id) CROSS JOIN (SELECT %s::bigint AS id) me
WHERE NOT EXISTS (SELECT FROM plays WHERE user_id <> me.id AND track_id = w.id)
  AND NOT EXISTS (SELECT FROM play_reports WHERE user_id <> me.id AND track_id = w.id)
  AND NOT EXISTS (SELECT FROM library_events WHERE user_id <> me.id AND item_id = w.id)
  AND NOT EXISTS (SELECT FROM playlist_versions
    WHERE user_id <> me.id AND listed_tracks(entries) @> ARRAY[w.id])
"""

CREDIT = """
INSERT INTO {noun}_artists ({noun}_id, position, artist_id)
SELECT id, credit.position - 1, credit.artist_id {told} AND id = ANY(%(ids)s)
ORDER BY id COLLATE "C", credit.position
ON CONFLICT ({noun}_id, position) DO UPDATE SET artist_id = excluded.artist_id
"""

CREDITS = told(
    "id text, artists text[]",
    "CROSS JOIN LATERAL unnest(artists) WITH ORDINALITY AS credit (artist_id, position)",
)


def add(staged: Staged) -> None:
    """Bring what is missing, in the order in which everybody writes the catalogue."""
    own = _own_tracks(staged)
    new = {table: _add(staged, table, own if table == "tracks" else []) for table in COLUMNS}
    for noun in ("album", "track"):
        table = f"{noun}s"
        run(CREDIT.format(noun=noun, told=CREDITS), staged, table, ids=new[table])


def _own_tracks(staged: Staged) -> list[str]:
    """List the tracks that are known by a file alone, and used by this listener alone."""
    here = told("id text, raw jsonb", "JOIN tracks t ON t.id = told.id")
    found = [row[0] for row in run(LITTLE_KNOWN.format(told=here), staged, "tracks")]
    return [row[0] for row in db.query(ALONE, found, staged.user_id)] if found else []


def _add(staged: Staged, table: str, own: list[str]) -> list[str]:
    names = [column.split()[0] for column in COLUMNS[table].split(", ")]
    sql = ADD.format(
        table=table,
        names=", ".join(names),
        told=told(COLUMNS[table]),
        changes=", ".join(f"{name} = excluded.{name}" for name in names if name != "id"),
    )
    return [row[0] for row in run(sql, staged, table, own=own)]
