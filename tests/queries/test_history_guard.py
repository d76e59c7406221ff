"""History can't be rewritten, and can be erased with its owner, completely."""

from datetime import UTC, datetime

import peewee
import pytest

from tests.browsing import Browsing
from webapp import db
from webapp.queries import accounts

LOGS = ("library_events", "playlist_versions", "top_lists", "play_reports", "collection_checks")
KEYLESS = {
    "sync_collections": "sync_id",
    "sync_pages": "sync_id",
    "import_files": "import_id",
    "import_uploads": "import_id",
    "import_left_out": "import_id",
    "export_parts": "export_id",
}
"""Tables of a listener that reach them through their syncs, imports and exports."""

OPEN_IMPORT = """
INSERT INTO imports (user_id, origin, created_at, updated_at) VALUES (%s, 'upload', now(), now())
"""
A_TREND = """
WITH item AS (
  INSERT INTO trend_items (kind, name, artist_names, match_key, first_seen_at, last_seen_at)
  VALUES ('album', '', '', '', now(), now()) RETURNING id)
INSERT INTO listener_collection SELECT %s, id, now() FROM item
"""
ELSEWHERE = """
INSERT INTO collected_elsewhere (user_id, kind, name, artist_names, genres, added_at)
VALUES (%s, 'album', '', '', '{}', now())
"""
A_TOKEN = """
INSERT INTO submission_tokens (user_id, name, hash, created_at)
SELECT id, '', int8send(id), now() FROM users WHERE id = %s
"""
SOMETHING = (
    "INSERT INTO personalities VALUES (%s, 'all', now(), now(), 1, 1, '{}', now())",
    "INSERT INTO listening_gaps VALUES (%s, now() - interval '1 day', now(), now())",
    "INSERT INTO play_decisions OVERRIDING SYSTEM VALUE SELECT 1, %s, 1, 'own', now()",
    OPEN_IMPORT,
    "INSERT INTO import_raw VALUES (%s, 1, 0, 1, 2, '')",
    "INSERT INTO import_files SELECT id, 0, 0, '', '', 0 FROM imports WHERE user_id = %s",
    "INSERT INTO import_uploads SELECT id, 0, 0, '' FROM imports WHERE user_id = %s",
    A_TOKEN,
    A_TREND,
    ELSEWHERE,
    "INSERT INTO import_left_out SELECT id, 0, 1, 2, 'had', '' FROM imports WHERE user_id = %s",
    "INSERT INTO daily_skips VALUES (%s, current_date, 2, 1)",
    "INSERT INTO profiles (user_id, changed_at) VALUES (%s, now())",
    "INSERT INTO adoptions VALUES (%s, 'name:x', 'x')",
    "INSERT INTO exports (user_id, created_at, updated_at) VALUES (%s, now(), now())",
    "INSERT INTO export_parts SELECT id, 0, '' FROM exports WHERE user_id = %s",
)


@pytest.fixture
def listeners(browsing: Browsing, database: None) -> tuple[int, int]:
    """Give two listeners with a history; the first has something in every table."""
    browsing.sign_in("medium", work=True)
    browsing.sign_in("tiny")
    first, second = (browsing.account(name).id for name in ("medium", "tiny"))
    now = datetime.now(UTC)
    marked = "INSERT INTO top_songs_marks (user_id, playlist_id, marked_at) VALUES (%s, 'p', %s)"
    db.query(marked, first, now)
    page = "INSERT INTO sync_pages SELECT id, 'x', 'x', '{}' FROM syncs WHERE user_id = %s"
    db.query(page, first)
    return first, second


def refuse(sql: str, *values: object) -> None:
    with pytest.raises(peewee.IntegrityError, match="append-only"), db.transaction():
        db.query(sql, *values)


def test_history_is_not_rewritten(browsing: Browsing, database: None) -> None:
    browsing.sign_in("tiny")
    before = {table: dump(table) for table in LOGS}
    for table in LOGS:
        assert before[table]
        refuse(f"UPDATE {table} SET user_id = user_id")  # noqa: S608 - our own names
        refuse(f"DELETE FROM {table}")  # noqa: S608 - our own names
        refuse(f"TRUNCATE {table}")
    refuse("TRUNCATE users CASCADE")
    refuse("DELETE FROM users")
    assert {table: dump(table) for table in LOGS} == before


def test_erasing_one_listener_lets_nobody_elses_history_go(
    browsing: Browsing, database: None
) -> None:
    browsing.sign_in("tiny")
    user = browsing.account("tiny").id
    for table in LOGS:
        with db.transaction():
            db.query("SELECT set_config('backspin.erasing_user', %s, true)", str(user + 1))
            refuse(f"DELETE FROM {table}")  # noqa: S608 - our own names
        with db.transaction():
            db.query("SELECT set_config('backspin.erasing_user', %s, true)", str(user))
            refuse(f"UPDATE {table} SET user_id = user_id")  # noqa: S608 - our own names
        refuse(f"DELETE FROM {table}")  # noqa: S608 - our own names


def test_erasure_leaves_nothing_of_theirs_and_all_of_the_others(
    listeners: tuple[int, int],
) -> None:
    first, second = listeners
    for user_id in listeners:
        for statement in SOMETHING:
            db.query(statement, user_id)
    tables = of_a_listener()
    assert set(LOGS) < set(tables)
    assert all(count(table, first) for table in tables), "each has something to erase"
    others = {table: count(table, second) for table in tables}
    kept = {table: keys(table) for table in KEYLESS}
    owned = {
        "sync_id": db.query("SELECT id FROM syncs WHERE user_id = %s", first),
        "import_id": db.query("SELECT id FROM imports WHERE user_id = %s", first),
        "export_id": db.query("SELECT id FROM exports WHERE user_id = %s", first),
    }
    with db.transaction():
        accounts.erase(first)
    assert {table: count(table, first) for table in tables} == dict.fromkeys(tables, 0)
    assert {table: count(table, second) for table in tables} == others
    assert accounts.find(first) is None
    for table, key in KEYLESS.items():
        assert keys(table) == kept[table] - set(owned[key]) != kept[table]
    refuse("DELETE FROM play_reports WHERE user_id = %s", second)
    refuse("DELETE FROM play_decisions WHERE user_id = %s", second)


def test_erasure_takes_what_was_staged(newcomer: int) -> None:
    """Find nothing of a listener whose import was under way."""
    imported = (
        "INSERT INTO imports (user_id, origin, created_at, updated_at) VALUES (%s, %s, %s, %s)"
    )
    now = datetime.now(UTC)
    import_id = db.query(f"{imported} RETURNING id", newcomer, "upload", now, now)[0][0]
    db.query("INSERT INTO import_lines VALUES (%s, 0, 'tracks', 1, '{}')", import_id)
    songs = "INSERT INTO import_songs VALUES (%s, 0, NULL, '', '', '', NULL, NULL, '', '', '')"
    db.query(songs, import_id)
    row = (
        "INSERT INTO import_rows (import_id, file, number, source, told, reason, is_start, done)"
        " VALUES (%s, 0, 1, '', 'play', '', false, false)"
    )
    db.query(row, import_id)
    with db.transaction():
        accounts.erase(newcomer)
    for table in ("import_lines", "import_songs", "import_rows"):
        assert db.query(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - our own names


def keys(table: str) -> set[tuple[int]]:
    return set(db.query(f"SELECT {KEYLESS[table]} FROM {table}"))  # noqa: S608 - our own names


def of_a_listener() -> list[str]:
    rows = db.query(
        "SELECT table_name FROM information_schema.columns"
        " WHERE column_name = 'user_id' AND table_schema = 'public' ORDER BY table_name"
    )
    return [name for (name,) in rows]


def count(table: str, user: int) -> int:
    rows = db.query(f'SELECT count(*) FROM "{table}" WHERE user_id = %s', user)  # noqa: S608 - our own names
    return int(rows[0][0])


def dump(table: str) -> list[tuple[str]]:
    return db.query(f"SELECT t::text FROM {table} t ORDER BY 1")  # noqa: S608 - our own names
