"""The catalogue is everybody's: what one listener brings changes nothing that another one sees."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.exporting import _row, account_data
from tests.importing import bring_in
from tests.taking import changed, forget_catalogue, make_listener, take
from tests.telling import NOW
from webapp import db
from webapp.domain.catalog import Artist, Track, catalog_of
from webapp.queries import accounts, catalog
from webapp.services import adoption, recounting
from webapp.services.wiring import Wiring

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REAL, INVENTED = "4PTG3Z6ehGkBFwjybzWkR8", "0" * 21 + "1"
TITLE, ARTIST = "Never Gonna Give You Up", "Rick Astley"


def history(track_id: str, title: str = TITLE, artist: str = ARTIST) -> io.BytesIO:
    """Tell one play as Spotify's extended history does."""
    names = {"track_name": title, "album_artist_name": artist, "album_album_name": "Album"}
    row = {
        **_row(NOON, 200_000),
        **{f"master_metadata_{name}": value for name, value in names.items()},
        "spotify_track_uri": f"spotify:track:{track_id}",
    }
    return io.BytesIO(json.dumps([row]).encode())


def scrobbles(at: datetime = NOON) -> io.BytesIO:
    """Tell one play by its name alone."""
    return io.BytesIO(f"track,artist,album,uts\n{TITLE},{ARTIST},,{int(at.timestamp())}\n".encode())


def seen_by(user_id: int) -> list[tuple[Any, ...]]:
    """Give what a listener sees of their plays, and what their days count."""
    recounting.recount()
    return db.query(
        "SELECT p.track_id, t.name, t.artist_names, t.duration_ms, c.artist_id, d.ms FROM plays p"
        " JOIN tracks t ON t.id = p.track_id JOIN track_artists c ON c.track_id = t.id"
        " JOIN daily_listening d ON d.user_id = p.user_id AND d.day = p.ended_at::date"
        " WHERE p.user_id = %s ORDER BY p.ended_at",
        user_id,
    )


@pytest.fixture
def victim(database: None) -> int:
    return make_listener("victim")


def test_an_archive_never_changes_what_another_listener_uses(
    wiring: Wiring, newcomer: int, victim: int
) -> None:
    bring_in(wiring, victim, history(REAL))
    bring_in(wiring, victim, scrobbles(NOON + timedelta(days=2)))
    before = seen_by(victim)
    assert {row[0] for row in before} == {REAL}
    bring_in(wiring, newcomer, history(REAL, "whatever", "whoever"))
    lies = {"name": "INSULT", "artist_names": "MALLORY", "duration_ms": 9**9, "raw": {"x": 1}}
    bring_in(wiring, newcomer, changed(take(wiring, newcomer), "tracks", **lies))
    assert seen_by(victim) == before


def test_an_archive_tells_more_of_what_its_listener_alone_uses(
    wiring: Wiring, newcomer: int, victim: int
) -> None:
    bring_in(wiring, victim, history(REAL))
    archive = changed(take(wiring, victim), "tracks", duration_ms=212_000, raw={"x": 1})
    with db.transaction():
        accounts.erase(victim)
    forget_catalogue()
    bring_in(wiring, newcomer, history(REAL))
    bring_in(wiring, newcomer, scrobbles(NOON + timedelta(days=2)))
    bring_in(wiring, newcomer, archive)
    assert [row[3:4] + row[5:] for row in seen_by(newcomer)] == [
        (212_000, 200_000),
        (212_000, 212_000),
    ]


@pytest.mark.parametrize("named_first", [True, False])
def test_an_id_that_a_file_invented_takes_no_others_songs(
    wiring: Wiring, newcomer: int, victim: int, *, named_first: bool
) -> None:
    if named_first:
        bring_in(wiring, victim, scrobbles())
    bring_in(wiring, newcomer, history(INVENTED))
    bring_in(wiring, newcomer, scrobbles(NOON + timedelta(days=2)))
    assert {row[0] for row in seen_by(newcomer)} == {INVENTED}, "their own is meant all the same"
    if not named_first:
        bring_in(wiring, victim, scrobbles())
    adoption.adopt_all()
    assert seen_by(victim)[0][0].startswith("name:")
    by = Artist(id="rick", name=ARTIST)
    track = Track(id=REAL, name=TITLE, artists=(by,), artist_names=ARTIST)
    catalog.store(catalog_of(tracks=[track]), NOW, timedelta(0))
    adoption.adopt_all()
    assert seen_by(victim)[0][0] == REAL, "Spotify's word is for all"


def test_an_artist_that_a_file_invented_takes_no_others_songs(
    wiring: Wiring, newcomer: int, victim: int
) -> None:
    followed = {"name": ARTIST, "uri": f"spotify:artist:{INVENTED}"}
    library = {"tracks": [], "albums": [], "artists": [followed]}
    bring_in(wiring, newcomer, account_data(NOON, YourLibrary=library))
    bring_in(wiring, newcomer, history(REAL))
    assert seen_by(newcomer)[0][4] == INVENTED, "their own is meant all the same"
    bring_in(wiring, victim, history("1" * 22, "Together Forever"))
    adoption.adopt_all()
    assert seen_by(victim)[0][4].startswith("name:")
