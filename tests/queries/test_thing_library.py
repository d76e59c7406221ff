"""In which playlists a thing is or was, in whatever version: from when until when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.queries.shelving import (
    DAY,
    MONDAY,
    know,
    list_playlist,
    make_listener,
    make_track,
    save,
    unsave,
)
from webapp.domain.library import Event, Kind
from webapp.domain.stats import Item
from webapp.queries import playlists, thing_library
from webapp.queries.thing_library import Listed

pytestmark = pytest.mark.usefixtures("database")

TRACKS = [make_track("t1", "One"), make_track("t2", "Two", album="Øst"), make_track("t3", "3", "X")]


@pytest.fixture
def listener() -> int:
    know(TRACKS)
    return make_listener()


def listed(user_id: int, kind: Item, thing_id: str) -> dict[str, Listed]:
    return {
        row.playlist_id: row for row in thing_library.playlists(user_id, kind, thing_id, 50).rows
    }


def test_a_track_comes_stays_goes_and_comes_back(listener: int) -> None:
    list_playlist(listener, "here", ["t3"], at=MONDAY)
    list_playlist(listener, "here", ["t3", "t1", None, "t1"], at=MONDAY + DAY)
    list_playlist(listener, "left", ["t1"], at=MONDAY)
    list_playlist(listener, "left", ["t3"], at=MONDAY + DAY)
    list_playlist(listener, "back", ["t1"], at=MONDAY)
    list_playlist(listener, "back", ["t2"], at=MONDAY + DAY)
    list_playlist(listener, "back", ["t1"], at=MONDAY + 2 * DAY)
    list_playlist(listener, "gone", ["t1"], at=MONDAY)
    playlists.record_gone(listener, ["gone"], MONDAY + 3 * DAY, None)
    list_playlist(listener, "never", ["t3", "local:t1"], at=MONDAY)
    list_playlist(listener, "closed", None, at=MONDAY)
    list_playlist(make_listener("nova"), "not mine", ["t1"], at=MONDAY)

    found = listed(listener, Item.TRACK, "t1")
    assert list(found) == ["back", "here", "gone", "left"], "those that hold it first"
    here, back = found["here"], found["back"]
    assert (here.seen_at, here.added_at, here.until) == (MONDAY + DAY, MONDAY + DAY, None)
    assert (here.entries, here.gone) == (2, False)
    assert (back.seen_at, back.until) == (MONDAY, None)
    assert (found["left"].until, found["left"].gone) == (MONDAY + DAY, False)
    assert (found["gone"].until, found["gone"].gone) == (MONDAY + 3 * DAY, True)
    assert thing_library.playlists(listener, Item.TRACK, "t1", 1).total == 4


def test_what_spotify_told_of_when_it_came_is_kept_apart(listener: int) -> None:
    list_playlist(listener, "new", ["t1"], at=MONDAY)
    long_ago = datetime(2019, 5, 4, tzinfo=UTC)
    version = playlists.version_at(listener, "new", MONDAY)
    assert version
    entries = [["t3", MONDAY.isoformat(), "x"], ["t1", long_ago.isoformat(), "x"]]
    older = replace(version, playlist_id="old", entries=entries)
    playlists.record(listener, [older], MONDAY, None)
    row = listed(listener, Item.TRACK, "t1")["old"]
    assert (row.added_at, row.seen_at) == (long_ago, MONDAY)


def test_albums_and_artists_are_where_a_track_of_theirs_is(listener: int) -> None:
    list_playlist(listener, "both", ["t1", "t2", "t3", "t1"])
    list_playlist(listener, "other", ["t3"])
    assert {
        id_: row.entries for id_, row in listed(listener, Item.ALBUM, "album-Reel").items()
    } == {
        "both": 3,
        "other": 1,
    }
    assert listed(listener, Item.ALBUM, "album-Øst").keys() == {"both"}
    nia = listed(listener, Item.ARTIST, "artist-Nia Osei")
    assert {id_: row.entries for id_, row in nia.items()} == {"both": 3}


def test_the_log_of_one_thing_oldest_first(listener: int) -> None:
    save(listener, Kind.SAVED_TRACK, "t1", "t2", at=MONDAY)
    unsave(listener, Kind.SAVED_TRACK, "t1", at=MONDAY + DAY)
    save(listener, Kind.SAVED_ALBUM, "t1", at=MONDAY + DAY)
    log = thing_library.log(listener, Item.TRACK, "t1")
    assert [(one.event, one.seen_at) for one in log] == [
        (Event.ADDED, MONDAY),
        (Event.REMOVED, MONDAY + timedelta(days=1)),
    ]
    assert log[0].added_at == MONDAY
