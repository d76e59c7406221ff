"""YourLibrary and Playlists: the library without a single call, and nobody's private data."""

import json
from datetime import date
from typing import Any

import pytest

from tests.providers.exports.writing import TRACK_ID, pieces
from webapp.domain.errors import ExportError
from webapp.providers.exports.library import (
    ItemKind,
    LibraryAlbum,
    LibraryArtist,
    LibraryFile,
    LibraryTrack,
    PlaylistFile,
    PlaylistItem,
    read_library,
    read_playlists,
)
from webapp.providers.exports.room import Room

SAVED = {"artist": "Ana", "album": "First", "track": "One", "uri": f"spotify:track:{TRACK_ID}"}
LIBRARY = {
    "shows": [{"name": "private"}],
    "tracks": [SAVED],
    "albums": [{"artist": "Ana", "album": "First", "uri": "spotify:album:a1"}],
    "bannedTracks": [SAVED],
    "artists": [{"name": "Ana", "uri": "spotify:artist:x1"}],
    "other": ["spotify:local:::x"],
}
TRACK = {
    "trackName": "One",
    "artistName": "Ana",
    "albumName": "First",
    "trackUri": f"spotify:track:{TRACK_ID}",
}
TOLD = PlaylistItem(
    ItemKind.TRACK,
    id=TRACK_ID,
    uri=f"spotify:track:{TRACK_ID}",
    name="One",
    artist="Ana",
    album="First",
    added=date(2021, 1, 31),
)


def playlist_of(*entries: Any) -> PlaylistFile:
    file = {"playlists": [{"name": "Mix", "items": entries}]}
    [found] = read_playlists([json.dumps(file).encode()])
    return found


@pytest.mark.parametrize("size", [1, 100, 10_000])
def test_a_library_is_told_whole(size: int) -> None:
    assert read_library(pieces(json.dumps(LIBRARY).encode(), size)) == LibraryFile(
        tracks=(LibraryTrack(TRACK_ID, "One", "Ana", "First"),),
        albums=(LibraryAlbum("a1", "First", "Ana"),),
        artists=(LibraryArtist("x1", "Ana"),),
        unreadable=0,
    )


def test_what_has_no_id_is_counted() -> None:
    file = {
        "tracks": [SAVED, None, 7, {}, {**SAVED, "uri": None}, {**SAVED, "uri": "spotify:album:x"}],
        "albums": [{"uri": "spotify:album:<x>"}],
        "artists": None,
    }
    found = read_library([json.dumps(file).encode()])
    assert (len(found.tracks), found.albums, found.artists) == (1, (), ())
    assert found.unreadable == 6


@pytest.mark.parametrize("size", [1, 100, 10_000])
def test_a_playlist_is_told_whole(size: int) -> None:
    file = {
        "playlists": [
            {
                "name": "Mix",
                "lastModifiedDate": "2022-02-01",
                "collaborators": ["private"],
                "items": [{"track": TRACK, "episode": None, "addedDate": "2021-01-31"}],
                "description": "Of mine",
                "numberOfFollowers": 7,
            }
        ]
    }
    assert read_playlists(pieces(json.dumps(file).encode(), size)) == [
        PlaylistFile(name="Mix", description="Of mine", modified=date(2022, 2, 1), items=(TOLD,))
    ]


def test_every_place_in_a_playlist_keeps_its_order() -> None:
    episode = {"episodeName": "E", "showName": "S", "episodeUri": "spotify:episode:e1"}
    book = {"audiobookName": "B", "authorName": "W", "audiobookUri": "spotify:show:b1"}
    local = "spotify:local:Oasis:Morning+Glory:Wonderwall:258"
    places = playlist_of(
        {"track": TRACK, "addedDate": "2021-01-31T10:00:00Z"},
        {"track": None, "episode": episode, "addedDate": "never"},
        {"audiobook": book},
        {"localTrack": {"uri": local}},
        {"track": {**TRACK, "trackUri": local}},
        {"track": {**TRACK, "trackUri": None}},
        None,
        {"track": None},
        7,
    ).items
    assert places == (
        TOLD,
        PlaylistItem(ItemKind.EPISODE, "e1", "spotify:episode:e1", "E", "S"),
        PlaylistItem(ItemKind.AUDIOBOOK, "b1", "spotify:show:b1", "B", "W"),
        PlaylistItem(ItemKind.LOCAL, None, local, "Wonderwall", "Oasis", "Morning Glory"),
        PlaylistItem(ItemKind.LOCAL, None, local, "Wonderwall", "Oasis", "Morning Glory"),
        PlaylistItem(ItemKind.TRACK, None, "", "One", "Ana", "First"),
        PlaylistItem(ItemKind.UNKNOWN),
        PlaylistItem(ItemKind.UNKNOWN),
        PlaylistItem(ItemKind.UNKNOWN),
    )


def test_odd_playlists_do_no_harm() -> None:
    file: dict[str, Any] = {
        "playlists": [None, [], {"items": None, "name": 7}, {"name": "Mix"}],
        "x": {"y": []},
    }
    found = read_playlists([json.dumps(file).encode()])
    assert [(one.name, one.items) for one in found] == [("", ()), ("", ()), ("", ()), ("Mix", ())]


@pytest.mark.parametrize("read", [read_library, read_playlists])
@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"", "empty"), (b"[]", "wrong_top_level"), (b"<", "not_json"), (b'{"x": [', "truncated")],
)
def test_a_broken_file_is_refused(read: Any, data: bytes, kind: str) -> None:
    with pytest.raises(ExportError) as caught:
        read([data])
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("room", "row"),
    [
        (Room(places=2), 2),
        (Room(things=5), 3),
        (Room(playlists=1), None),
        (Room(bytes_=60), None),
    ],
    ids=["places", "things", "playlists", "bytes"],
)
def test_there_is_an_end_to_playlists_over_all_files(room: Room, row: int | None) -> None:
    few, many = (
        json.dumps({"playlists": [{"items": [{}] * places}]}).encode() for places in (2, 4)
    )
    assert len(read_playlists([few], room)) == 1
    with pytest.raises(ExportError) as caught:
        read_playlists([many], room)
    assert (caught.value.kind, caught.value.row) == ("too_many_things", row)


def test_there_is_an_end_to_a_library() -> None:
    room = Room(things=4)
    read_library([json.dumps(LIBRARY).encode()], room)
    with pytest.raises(ExportError) as caught:
        read_library([json.dumps(LIBRARY).encode()], room)
    assert caught.value.kind == "too_many_things"
