"""What the catalogue learns after plays were counted comes into their figures."""

from dataclasses import replace
from datetime import timedelta

from tests.queries.shelving import make_listener, make_track
from tests.telling import NOON, SECOND, Tune, tell
from webapp import db
from webapp.domain.provider import Page, Played
from webapp.domain.reports import Source
from webapp.queries import accounts, archive, plays
from webapp.services.archive_calls import Answer
from webapp.services.archive_keeping import keep
from webapp.services.recounting import recount
from webapp.services.wiring import Wiring

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


def test_what_spotify_tells_of_a_length_counts_at_once(wiring: Wiring, newcomer: int) -> None:
    neighbour = make_listener("nils")
    for user_id in (newcomer, neighbour):
        tell(user_id, Source.SPOTIFY, [(OTHER, NOON, None)])
        plays.count_all_days(user_id)
    assert (daily(newcomer), daily(neighbour)) == ([0], [0])
    archive.enrol(newcomer, NOON)
    [standing] = archive.standings([newcomer], wiring.clock())
    track = replace(make_track("other0", "Other"), duration_ms=61_000)
    play = Played(track=track, ended_at=NOON + timedelta(days=2), context_uri=None)
    page = Page(items=(play,), total=None, more=False)
    with db.transaction():
        keep([Answer(standing=standing, token="", page=page)], wiring.clock(), timedelta(days=7))
    assert daily(newcomer) == [61_000, 61_000]
    recount()
    assert daily(newcomer) == [61_000, 61_000]
    assert daily(neighbour) == [61_000]


def test_a_length_that_is_learned_counts(newcomer: int) -> None:
    tell(newcomer, Source.SPOTIFY, [(OTHER, NOON + SECOND, None)])
    db.query("UPDATE tracks SET duration_ms = 61000 WHERE id = 'other0'")
    recount()
    found = db.query("SELECT sum(ms) FROM daily_listening WHERE user_id = %s", newcomer)
    assert found == [(61_000,)]


def daily(user_id: int) -> list[int]:
    rows = db.query("SELECT ms FROM daily_listening WHERE user_id = %s ORDER BY day", user_id)
    return [row[0] for row in rows]
