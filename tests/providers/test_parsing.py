"""Each oddity of Spotify's JSON, by hand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.spotify_json import ALBUM, ARTIST, TRACK, page, track
from webapp.domain.catalog import TrackKind, local_id
from webapp.domain.errors import MalformedError
from webapp.domain.provider import PlaylistEntry
from webapp.providers.spotify import parsing
from webapp.providers.spotify.parsing import things

LOCAL: dict[str, Any] = {
    "id": None,
    "name": "Song",
    "type": "track",
    "is_local": True,
    "uri": "spotify:local:Somebody:Tape:Song:201",
    "duration_ms": 201_000,
    "artists": [{"id": None, "name": "Somebody"}],
    "album": {"id": None, "name": "Tape", "images": [], "release_date": None},
    "external_ids": {},
}


def test_a_track_in_full() -> None:
    found = track()
    assert (found.id, found.name, found.kind) == ("track1", "One", TrackKind.TRACK)
    assert (found.duration_ms, found.explicit, found.popularity) == (201_000, True, 50)
    assert (found.disc_number, found.track_number, found.isrc) == (1, 4, "GBAAA9900303")
    assert found.artist_names == "Ana, Boris"
    assert [one.id for one in found.artists] == ["artist1", "artist2"]
    assert not any(one.full for one in found.artists)
    assert (found.album.id, found.album.release_year, found.album.full) == ("album1", 2021, False)
    assert found.raw.keys() == TRACK.keys() - {"album", "available_markets"}
    assert found.album.raw == ALBUM


def test_what_is_missing_is_none() -> None:
    (found,) = parsing.saved_tracks(page({"track": {"id": "bare"}})).items
    assert found
    assert found.added_at is None
    assert (found.track.name, found.track.artist_names, found.track.artists) == ("", "", ())
    assert (found.track.duration_ms, found.track.isrc, found.track.album) == (None, None, None)


@pytest.mark.parametrize(
    "item", [None, 7, "text", [], {}, {"track": None}, {"track": 7}, {"track": {"id": None}}]
)
def test_null_and_foreign_items_are_holes_in_their_place(item: Any) -> None:
    good = {"track": TRACK, "played_at": "2025-11-21T06:45:20.497Z", "added_at": None}
    assert [bool(one) for one in parsing.saved_tracks(page(item, good)).items] == [False, True]
    assert [bool(one) for one in parsing.recently_played(page(item, good)).items] == [False, True]
    assert [bool(one) for one in parsing.top_tracks(page(item, TRACK)).items] == [False, True]


def test_a_withdrawn_entry_keeps_when_and_by_whom() -> None:
    entry = {"item": None, "added_at": "2025-07-29T21:11:55Z", "added_by": {"id": "some.body"}}
    found = parsing.playlist_items(page(entry, None)).items
    when = datetime(2025, 7, 29, 21, 11, 55, tzinfo=UTC)
    assert found == (PlaylistEntry(track=None, added_at=when, added_by="some.body"), None)


@pytest.mark.parametrize("keys", [("item",), ("track",), ("item", "track")])
def test_both_shapes_of_an_entry(keys: tuple[str, ...]) -> None:
    (found,) = parsing.playlist_items(page(dict.fromkeys(keys, TRACK))).items
    assert found
    assert found.track
    assert found.track.id == "track1"


@pytest.mark.parametrize(
    ("told", "total"),
    [
        ({"items": {"total": 12}}, 12),
        ({"tracks": {"total": 12}}, 12),
        ({"items": {"total": 12}, "tracks": {"total": 11}}, 12),
        ({"items": {"total": 0}, "tracks": {"total": 11}}, 0),
        ({"items": {"total": None}}, None),
        ({"items": None}, None),
        ({"items": []}, None),
        ({}, None),
    ],
)
def test_both_shapes_of_a_playlist(told: dict[str, Any], total: int | None) -> None:
    (found,) = parsing.playlists(page({"id": "p1", "images": None, "owner": None, **told})).items
    assert found
    assert (found.total, found.name, found.owner_id, found.public) == (total, "", "", None)


def test_local_files_are_known_by_their_uri() -> None:
    found = things.track(LOCAL)
    assert found
    assert found.id == local_id("spotify:local:Somebody:Tape:Song:201")
    assert (found.kind, found.duration_ms) == (TrackKind.LOCAL, 201_000)
    assert (found.artists, found.artist_names, found.album) == ((), "Somebody", None)
    assert found.raw == LOCAL


@pytest.mark.parametrize(
    ("told", "uri", "duration"),
    [
        ({"totalMilliseconds": 95_000}, "spotify:local:a:b:c:201", 95_000),
        ({"unit": "s"}, "spotify:local:a:b:c:201", 201_000),
        (None, "spotify:local:a:b:c:", None),
        (None, "spotify:local:a:b:c:99999999", None),
        (0, "spotify:local:a:b:c:0", None),
    ],
)
def test_the_length_of_a_local_file(told: Any, uri: str, duration: int | None) -> None:
    found = things.track({**LOCAL, "duration_ms": told, "uri": uri})
    assert found
    assert found.duration_ms == duration


def test_a_local_file_without_uri_is_known_by_its_words() -> None:
    found = things.track({**LOCAL, "uri": None})
    assert found
    assert found.id == local_id("Somebody, Song")
    assert things.track({"is_local": True}) is None


def test_episodes_are_credited_to_their_show() -> None:
    episode = {"id": "e1", "name": "Talk", "type": "episode", "show": {"name": "Show"}}
    found = things.track(episode)
    assert found
    assert (found.kind, found.artist_names) == (TrackKind.EPISODE, "Show")
    coerced = things.track({"id": "e1", "type": "track", "uri": "spotify:episode:e1"})
    assert coerced
    assert coerced.kind is TrackKind.EPISODE


@pytest.mark.parametrize("identity", ["", 7, "a b", "../me", "ä", "x" * 65, "local:abc", ["id"]])
def test_an_impossible_id_is_none(identity: Any) -> None:
    assert things.track({**TRACK, "id": identity}) is None
    assert things.artist({**ARTIST, "id": identity}) is None
    assert track(album={**ALBUM, "id": identity}).album is None
    assert parsing.playlists(page({"id": identity})).items == (None,)


def test_full_forms() -> None:
    artist = things.artist(
        {**ARTIST, "images": [], "genres": ["jazz", 7, ""], "followers": {"total": 9}}
    )
    assert artist
    assert (artist.full, artist.genres, artist.followers) == (True, ("jazz",), 9)
    tracks = {"items": [{"id": "track1", "name": "One"}, None]}
    told = {**ALBUM, "tracks": tracks, "external_ids": {"ean": "5901"}, "label": "L"}
    (saved,) = parsing.saved_albums(page({"album": told, "added_at": None})).items
    assert saved
    assert (saved.album.full, saved.album.upc, saved.album.label) == (True, "5901", "L")
    assert [(one.id, one.album) for one in saved.tracks] == [("track1", saved.album)]
    assert "tracks" not in saved.album.raw


@pytest.mark.parametrize(
    ("told", "offset", "more"),
    [
        ({"next": "https://elsewhere/users/x", "total": 120}, 0, True),
        ({"next": "x", "total": 120}, 50, True),
        ({"next": "x", "total": 100}, 50, False),
        ({"next": None, "total": 120}, 0, False),
        ({"next": "x", "total": None}, 0, True),
        ({"next": "x", "total": "120"}, 0, True),
        ({"next": "x", "total": -1}, 0, True),
        ({"next": "x", "total": None}, 99_950, False),
        ({"next": "x", "total": 10**9}, 99_950, False),
        ({"total": 120}, 0, False),
    ],
)
def test_whether_there_is_more(told: dict[str, Any], offset: int, more: bool) -> None:
    envelope = {"items": [{"track": TRACK}] * 50, **told}
    assert parsing.saved_tracks(envelope, offset).more == more
    assert not parsing.saved_tracks({**envelope, "items": []}, offset).more


@pytest.mark.parametrize(
    ("told", "asked", "more"),
    [
        ({"next": "x", "cursors": {"after": "b"}}, "a", True),
        ({"next": "x", "cursors": {"after": "a"}}, "a", False),
        ({"next": "x", "cursors": {"after": None}}, "a", False),
        ({"next": "x", "cursors": None}, None, False),
        ({"next": None, "cursors": {"after": "b"}}, "a", False),
    ],
)
def test_whether_cursors_lead_on(told: dict[str, Any], asked: str, more: bool) -> None:
    found = parsing.followed_artists({"artists": {"items": [ARTIST], **told}}, asked)
    assert found.more == more


def test_nothing_new_was_played() -> None:
    found = parsing.recently_played({"items": [], "next": None, "cursors": None})
    assert (found.items, found.more, found.after) == ((), False, None)


@pytest.mark.parametrize(
    ("read", "answer", "told"),
    [
        (parsing.saved_tracks, None, "answer: expected an object, got null"),
        (parsing.saved_tracks, [], "answer: expected an object, got a list"),
        (parsing.saved_tracks, {}, "items: expected a list, got null"),
        (parsing.playlists, {"items": {"total": 3}}, "items: expected a list, got an object"),
        (parsing.playlist_items, {"items": "x"}, "items: expected a list, got a text"),
        (parsing.saved_albums, {"items": 3}, "items: expected a list, got a number"),
        (parsing.recently_played, {"items": True}, "items: expected a list, got a boolean"),
        (parsing.top_tracks, 1.5, "answer: expected an object, got a number"),
        (parsing.top_artists, {"items": None}, "items: expected a list, got null"),
        (parsing.followed_artists, {"items": []}, "artists: expected an object, got null"),
        (parsing.followed_artists, {"artists": {}}, "artists.items: expected a list, got null"),
        (parsing.profile, "me", "answer: expected an object, got a text"),
        (parsing.profile, {"id": None}, "id: expected text, got null"),
    ],
)
def test_a_wrong_envelope_is_named_by_its_path(read: Any, answer: Any, told: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read(answer)
    assert caught.value.detail == told


def test_a_profile_needs_no_more_than_its_id() -> None:
    found = parsing.profile({"id": "some.body", "display_name": " "})
    assert (found.display_name, found.account_id, found.image_url) == ("some.body", None, None)
