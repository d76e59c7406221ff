"""Keys of the catalogue: written once, again after a new name, and without waiting for anybody."""

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from psycopg2 import extensions

from tests.queries.shelving import know, make_track
from webapp import db
from webapp.queries import naming


@pytest.fixture
def somebody(database: None, database_url: str) -> Iterator[extensions.connection]:
    """Give a second connection to the same database."""
    with closing(psycopg2.connect(database_url)) as other:
        yield other


def keys() -> dict[str, str | None]:
    return dict(db.query("SELECT id, match_key FROM tracks"))


def test_everything_without_a_key_gets_one_by_its_first_artist(database: None) -> None:
    know([make_track("t1", "One"), make_track("t2", "Two (feat. X)", artist="Bo")])
    naming.name_catalogue()
    assert keys() == {"t1": "niaosei|one", "t2": "bo|two"}
    assert db.query("SELECT match_key FROM artists ORDER BY name") == [("|bo",), ("|niaosei",)]
    assert db.query("SELECT DISTINCT match_key FROM albums") == [("niaosei|reel",)]
    db.query("UPDATE tracks SET name = 'Uno', match_key = NULL WHERE id = 't1'")
    naming.name_catalogue()
    assert keys()["t1"] == "niaosei|uno"


def test_what_somebody_writes_at_this_moment_is_left_for_the_next_time(
    somebody: extensions.connection,
) -> None:
    know([make_track("t1", "One"), make_track("t2", "Two")])
    with somebody.cursor() as cursor:
        cursor.execute("UPDATE tracks SET name = 'Uno' WHERE id = 't1'")
        naming.name_catalogue()
        assert keys() == {"t1": None, "t2": "niaosei|two"}
        somebody.commit()
    naming.name_catalogue()
    assert keys()["t1"] == "niaosei|uno"
