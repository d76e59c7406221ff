"""A track's first artist may be learned after its plays were counted; then they count for them."""

from dataclasses import replace
from datetime import timedelta

from tests.queries.playing import played
from tests.telling import NOON, SECOND, Tune, tell
from webapp import db
from webapp.domain.catalog import Artist, Track, catalog_of
from webapp.domain.reports import Source
from webapp.queries import catalog
from webapp.services.recounting import recount

BARE, NEW = (Track(id=id_, name="Song", duration_ms=200_000) for id_ in ("bare00", "new000"))
MADE = """
SELECT item_id, plays FROM listening_items
WHERE user_id = %s AND kind = 'artist' AND grain = 'ever'
"""


def test_an_artist_that_spotify_tells_late_counts(newcomer: int) -> None:
    store(BARE)
    played(newcomer, [(BARE.id, NOON), (BARE.id, NOON + SECOND)])
    band = (Artist(id="band", name="Band"),)
    for _ in range(2):
        store(replace(BARE, artists=band), replace(NEW, artists=band))
    assert noted() == [BARE.id], "what is new was never counted"
    assert recount() == 1
    assert db.query(MADE, newcomer) == [("band", 2)]


def test_an_artist_that_a_file_tells_late_counts(newcomer: int) -> None:
    store(BARE)
    played(newcomer, [(BARE.id, NOON + timedelta(days=9))])
    tunes = (Tune("Song", BARE.id), Tune("Song", NEW.id))
    tell(newcomer, Source.EXTENDED, [(tune, NOON, 200_000) for tune in tunes])
    assert noted() == [BARE.id]
    recount()
    assert [plays for _, plays in db.query(MADE, newcomer)] == [3]


def store(*tracks: Track) -> None:
    catalog.store(catalog_of(tracks=tracks), NOON, timedelta(days=1))


def noted() -> list[str]:
    return [row[0] for row in db.query("SELECT track_id FROM recounts")]
