"""The catalogue of an archive, as far as ours lacks it.

What Spotify told here is never replaced, for all listeners share it; what only a file told is.
Rows that come from an archive count as never fetched, so that Spotify's next word replaces them.
"""

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
ON CONFLICT (id) DO UPDATE SET {changes}, match_key = NULL
WHERE {table}.fetched_at = '-infinity' AND {table}.raw = '{{}}' AND excluded.raw <> '{{}}'
RETURNING id
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
    new = {table: _add(staged, table) for table in COLUMNS}
    for noun in ("album", "track"):
        table = f"{noun}s"
        run(CREDIT.format(noun=noun, told=CREDITS), staged, table, ids=new[table])


def _add(staged: Staged, table: str) -> list[str]:
    names = [column.split()[0] for column in COLUMNS[table].split(", ")]
    sql = ADD.format(
        table=table,
        names=", ".join(names),
        told=told(COLUMNS[table]),
        changes=", ".join(f"{name} = excluded.{name}" for name in names if name != "id"),
    )
    return [row[0] for row in run(sql, staged, table)]
