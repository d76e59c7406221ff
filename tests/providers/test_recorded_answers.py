"""The parsers on every answer that was ever recorded for us, held against its own JSON."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests import recorded
from tests.scripted_http import ScriptedServer, answer
from webapp.domain.catalog import Track, TrackKind
from webapp.domain.errors import ConfigurationError, ConsentOverError, ProviderError
from webapp.domain.provider import Page, Played, Playlist, PlaylistEntry, SavedAlbum, SavedTrack
from webapp.providers.spotify import parsing
from webapp.providers.spotify.oauth import OAuthClient
from webapp.providers.spotify.parsing import things
from webapp.providers.spotify.parsing.values import tidy
from webapp.providers.spotify.verdicts import verdict
from webapp.providers.spotify.wire import Answer

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MARCH = "spotify_api/joostlek_2026_03"

Read = Callable[[Any], Page[Any]]

READERS: dict[str, Read] = {
    "play": parsing.recently_played,
    "entry": parsing.playlist_items,
    "saved album": parsing.saved_albums,
    "saved track": parsing.saved_tracks,
    "playlist": parsing.playlists,
    "artist": parsing.top_artists,
    "track": parsing.top_tracks,
}
THINGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "track": things.track,
    "episode": things.track,
    "album": things.album,
    "artist": things.artist,
}


def kind_of(item: dict[str, Any]) -> str:
    """Tell what a page lists by one of its items."""
    kind = str(item.get("type", ""))
    if "played_at" in item:
        kind = "play"
    elif "added_by" in item:
        kind = "entry"
    elif "added_at" in item:
        kind = "saved track" if "track" in item else "saved album" if "album" in item else ""
    return kind


@pytest.mark.parametrize("name", recorded.names())
def test_every_page_keeps_its_items_in_their_places(name: str) -> None:
    for envelope in recorded.objects(recorded.answers(name)):
        items = envelope.get("items")
        known = [item for item in items if item] if isinstance(items, list) else []
        kind = kind_of(known[0]) if known else ""
        if items and kind in READERS:
            page = READERS[kind](envelope)
            assert [identity_of(found) for found in page.items] == [
                identity_told(item or {}, kind) for item in items
            ]


def identity_told(item: dict[str, Any], kind: str) -> str | None:
    """Name an item by what it is about."""
    about = {"play": "track", "saved track": "track", "saved album": "album"}
    if kind == "entry":
        thing = item.get("item") or item.get("track")
    else:
        thing = item.get(about[kind]) if kind in about else item
    return (thing or {}).get("id")


def identity_of(found: Any) -> str | None:
    """Name a parsed item as its JSON does: a local file has no id there."""
    if isinstance(found, SavedAlbum):
        thing: Any = found.album
    elif isinstance(found, PlaylistEntry | Played | SavedTrack):
        thing = found.track
    else:
        thing = found
    return thing.id if thing and not thing.id.startswith("local:") else None


@pytest.mark.parametrize("name", recorded.names())
def test_every_thing_is_read_for_all_it_tells(name: str) -> None:
    for told in recorded.objects(recorded.answers(name)):
        read = THINGS.get(str(told.get("type")))
        if read and told.get("id") and "name" in told:  # `linked_from` has none
            found = read(tidy(told))
            assert (found.id, found.name) == (told["id"], told["name"])
            assert "available_markets" not in json.dumps(found.raw)
            assert_details(found, told)


def assert_details(found: Any, told: dict[str, Any]) -> None:
    """Compare what the three kinds of things have of their own."""
    if isinstance(found, Track):
        assert found.duration_ms == told["duration_ms"]
        isrc = told.get("external_ids", {}).get("isrc")
        assert found.isrc == (isrc and isrc.upper())  # some are told in lower case
        credit = ", ".join(artist["name"] for artist in told.get("artists", ()))
        assert found.artist_names == credit or found.kind is TrackKind.EPISODE
        assert (found.album and found.album.id) == told.get("album", {}).get("id")
        assert found.raw.keys() == told.keys() - {"album", "available_markets"}
    elif told["type"] == "album":
        assert found.release_date == told.get("release_date")
        assert found.release_precision == told.get("release_date_precision")
        assert found.image_url or not told["images"]
        assert found.full == ("tracks" in told)
        assert found.upc == told.get("external_ids", {}).get("upc")
    else:
        assert found.full == ("images" in told)
        assert list(found.genres) == told.get("genres", [])


@recorded.needs_recordings
def test_both_shapes_of_a_playlist_tell_its_length() -> None:
    both: Page[Playlist] = parsing.playlists(
        recorded.load(f"{MARCH}/current_user_playlist_1.json.gz")
    )
    old: Page[Playlist] = parsing.playlists(
        recorded.load(f"{MARCH}/current_user_playlist_2.json.gz")
    )
    new = parsing.playlists(recorded.load("samples/spotify/devmode_derived_me_playlists.json"))
    assert (len(both.items), both.total, both.more) == (48, 94, True)
    assert (len(old.items), old.total) == (47, 111)
    for page in (both, old, new):
        found = [one for one in page.items if one]
        assert all(one.total is not None and one.snapshot_id and one.owner_id for one in found)
        assert sum(one.total or 0 for one in found) > 0


@recorded.needs_recordings
def test_withdrawn_playlists_are_holes() -> None:
    page = parsing.playlists(
        recorded.load("spotify_api/joostlek_2024/current_user_playlist_1.json")
    )
    assert page.items[0] is None
    assert len(page.items) == 19
    assert any(page.items)


@recorded.needs_recordings
def test_plays_are_exact_to_the_millisecond_and_newest_first() -> None:
    told = recorded.load(f"{MARCH}/recently_played_tracks.json.gz")
    page = parsing.recently_played(told)
    ends = [play.ended_at for play in page.items if play]
    assert len(ends) == 48
    assert ends == sorted(ends, reverse=True)
    first = ends[0].strftime("%Y-%m-%dT%H:%M:%S.") + f"{ends[0].microsecond // 1000:03}Z"
    assert first == told["items"][0]["played_at"]
    assert page.after == told["cursors"]["after"]
    assert not page.more


@recorded.needs_recordings
def test_saved_albums_bring_their_tracks() -> None:
    page: Page[SavedAlbum] = parsing.saved_albums(recorded.load(f"{MARCH}/saved_albums.json.gz"))
    found = [saved for saved in page.items if saved]
    assert (len(found), page.total, page.more) == (44, 45, False)
    assert len(page.items) == 45  # one is null, and one without the time it was added
    assert sum(saved.added_at is None for saved in found) == 1
    assert sum(len(saved.tracks) for saved in found) > 400
    for saved in found:
        assert saved.album.full
        assert all(track.album is saved.album for track in saved.tracks)
        assert "tracks" not in saved.album.raw


@recorded.needs_recordings
def test_local_files_and_episodes_of_playlists() -> None:
    local = parsing.playlist_items(
        {"items": [recorded.load("samples/spotify/playlist_item_local_file_MADEUP.json")]}
    ).items[0]
    assert local
    assert local.track
    assert local.track.kind is TrackKind.LOCAL
    assert (local.track.id[:6], local.track.artist_names) == ("local:", "Local Artist")
    assert (local.track.album, local.track.artists) == (None, ())
    mixed = recorded.load("spotify_api/zmb3/playlist_items_episodes_and_tracks.json")
    kinds = Counter(
        entry.track.kind for entry in parsing.playlist_items(mixed).items if entry and entry.track
    )
    assert kinds == {TrackKind.EPISODE: 2, TrackKind.TRACK: 2}


@recorded.needs_recordings
def test_profiles_with_and_without_an_account_id() -> None:
    old = parsing.profile(recorded.load(f"{MARCH}/current_user.json"))
    new = parsing.profile(recorded.load("samples/spotify/devmode_derived_me.json"))
    assert (old.id, old.account_id, old.display_name) == ("user001", None, "User 001")
    assert (new.id, new.account_id) == ("exampleuser", "aB3dE5fG7h")
    assert new.image_url


@recorded.needs_recordings
def test_followed_artists_page_by_cursor() -> None:
    told = recorded.load(f"{MARCH}/followed_artists.json.gz")
    page = parsing.followed_artists(told)
    assert len(page.items) == len(told["artists"]["items"]) > 40
    assert page.total == told["artists"]["total"]
    assert page.more == bool(told["artists"]["next"])
    none = recorded.load("spotify_api/java/data/follow/GetUsersFollowedArtistsRequest_None.json")
    last = parsing.followed_artists(none)
    assert (last.items, last.total, last.more, last.after) == ((), 0, False, None)


@recorded.needs_recordings
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("samples/spotify/error_403.json", "endpoint_gone"),
        ("samples/spotify/error_404_playlist.json", "not_found"),
        ("samples/spotify/error_429_quota_exceeded.json", "quota_exceeded"),
        ("samples/spotify/error_429_rate_limit.json", "rate_limited"),
        (f"{MARCH}/playlist_not_found.json", "not_found"),
        (f"{MARCH}/rate_limit.json", "rate_limited"),
    ],
)
def test_errors_have_their_verdict(name: str, kind: str) -> None:
    body = recorded.load(name)
    told = Answer(status=body["error"]["status"], headers={}, body=json.dumps(body).encode())
    failure = verdict(told, "", NOW)
    assert failure
    assert failure.kind == kind


@recorded.needs_recordings
@pytest.mark.parametrize(
    ("name", "fresh"),
    [
        ("java/authorization/authorization_code/AuthorizationCode.json", True),
        ("java/authorization/authorization_code/AuthorizationCodeRefresh.json", False),
        ("php/access-token.json", True),
        ("php/refresh-token-no-refresh-token.json", False),
        ("php/refresh-token.json", True),
    ],
)
def test_grants(server: ScriptedServer, name: str, fresh: bool) -> None:
    body = recorded.load(f"spotify_api/{name}")
    server.will(answer(200, body))
    grant = OAuthClient("id", "secret", server.url).refresh("old", NOW)
    assert grant.access_token == body["access_token"]
    assert (grant.refresh_token is not None) == fresh
    assert grant.scopes == set(body["scope"].split())


@recorded.needs_recordings
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("spotify_api/java/authorization/auth-invalid-client.json", ConfigurationError),
        ("samples/spotify/token_error_invalid_grant.json", ConsentOverError),
    ],
)
def test_refused_grants(server: ScriptedServer, name: str, kind: type[ProviderError]) -> None:
    server.will(answer(400, recorded.load(name)))
    with pytest.raises(kind):
        OAuthClient("id", "secret", server.url).refresh("old", NOW)
