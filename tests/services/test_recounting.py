"""What the catalogue learns after plays were counted comes into their figures."""

from datetime import timedelta

from tests.telling import NOON, SECOND, Tune, tell
from webapp import db
from webapp.domain.reports import Source
from webapp.queries import accounts
from webapp.services.recounting import recount

SONG, OTHER = Tune("Song", "song00"), Tune("Other", "other0", ms=None)
ALBUM = """
INSERT INTO albums (id, name, artist_names, album_type, is_full, raw, fetched_at)
VALUES ('real', 'Real', '', 'album', false, '{}', now())
"""
ARTIST = """
INSERT INTO artists (id, name, is_full, raw, fetched_at) VALUES ('band', 'Band', false, '{}', now())
"""


def things(user_id: int, kind: str) -> set[tuple[str, int]]:
    return set(
        db.query(
            "SELECT item_id, plays FROM listening_items"
            " WHERE user_id = %s AND kind = %s AND grain = 'ever'",
            user_id,
            kind,
        )
    )


def test_plays_follow_their_track_to_its_album_and_artist(newcomer: int) -> None:
    told = [(SONG, NOON + n * timedelta(days=20), 200_000) for n in range(3)]
    tell(newcomer, Source.EXTENDED, [*told, (OTHER, NOON, None)])
    recount()
    db.query(ALBUM)
    db.query(ARTIST)
    db.query("UPDATE tracks SET album_id = 'real' WHERE id = 'song00'")
    db.query("UPDATE track_artists SET artist_id = 'band' WHERE track_id = 'song00'")
    before = accounts.find(newcomer)
    assert recount() == 1
    after = accounts.find(newcomer)
    assert before
    assert after
    assert after.data_version > before.data_version, "pages are made anew"
    assert ("real", 3) in things(newcomer, "album")
    assert ("band", 3) in things(newcomer, "artist")
    assert sum(plays for _, plays in things(newcomer, "artist")) == 4
    assert recount() == 0, "there is nothing left to do"


def test_a_length_that_is_learned_counts(newcomer: int) -> None:
    tell(newcomer, Source.SPOTIFY, [(OTHER, NOON + SECOND, None)])
    db.query("UPDATE tracks SET duration_ms = 61000 WHERE id = 'other0'")
    recount()
    found = db.query("SELECT sum(ms) FROM daily_listening WHERE user_id = %s", newcomer)
    assert found == [(61_000,)]
