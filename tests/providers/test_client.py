"""What the client asks for: our own paths, offsets and limits, nothing that Spotify points to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes import NotingGate
from tests.scripted_http import ScriptedServer, answer
from webapp.domain.budget import Call, Priority
from webapp.domain.errors import MalformedError, NotFoundError
from webapp.domain.provider import MusicService, TimeRange
from webapp.providers.spotify.client import SpotifyClient
from webapp.providers.spotify.transport import Transport

EMPTY: dict[str, Any] = {"items": [], "next": None, "total": 0, "limit": 50}
PAGE = {"limit": "50", "offset": "100"}
AFTER = datetime(2025, 11, 21, 6, 45, 20, 497_000, tzinfo=UTC)


@dataclass(frozen=True)
class Asking:
    """A client with what is on both sides of it."""

    client: SpotifyClient
    server: ScriptedServer
    gate: NotingGate


@pytest.fixture
def asked(client: SpotifyClient, server: ScriptedServer, gate: NotingGate) -> Asking:
    return Asking(client, server, gate)


@pytest.fixture
def client(transport: Transport) -> SpotifyClient:
    return SpotifyClient(transport, "token", Priority.DELTA)


@pytest.mark.parametrize(
    ("ask", "path", "query"),
    [
        (
            lambda one: one.top_tracks(TimeRange.SHORT),
            "/me/top/tracks",
            {"time_range": "short_term", "limit": "50"},
        ),
        (
            lambda one: one.top_artists(TimeRange.LONG),
            "/me/top/artists",
            {"time_range": "long_term", "limit": "50"},
        ),
        (lambda one: one.recently_played(), "/me/player/recently-played", {"limit": "50"}),
        (
            lambda one: one.recently_played(AFTER),
            "/me/player/recently-played",
            {"limit": "50", "after": "1763707520497"},
        ),
        (lambda one: one.playlists(100), "/me/playlists", PAGE),
        (
            lambda one: one.playlist_items("p1", 100),
            "/playlists/p1/items",
            {**PAGE, "additional_types": "track,episode"},
        ),
        (lambda one: one.saved_tracks(100), "/me/tracks", PAGE),
        (lambda one: one.saved_albums(100), "/me/albums", PAGE),
    ],
)
def test_each_method_is_one_call(
    asked: Asking, ask: Callable[[MusicService], Any], path: str, query: dict[str, str]
) -> None:
    asked.server.will(answer(200, EMPTY))
    page = ask(asked.client)
    assert page.items == ()
    assert [(one.path, one.query) for one in asked.server.asked] == [(f"/v1{path}", query)]
    endpoint = path.replace("/p1/", "/{id}/")
    assert asked.gate.acquired == [Call(endpoint=endpoint, priority=Priority.DELTA)]


def test_a_profile_needs_no_parameters(client: SpotifyClient, server: ScriptedServer) -> None:
    server.will(answer(200, {"id": "some.body"}))
    assert client.profile().id == "some.body"
    assert (server.asked[0].path, server.asked[0].query) == ("/v1/me", {})


def test_followed_artists_go_on_from_a_cursor(
    client: SpotifyClient, server: ScriptedServer
) -> None:
    server.will(*[answer(200, {"artists": EMPTY})] * 2)
    client.followed_artists()
    client.followed_artists("a b&c")
    assert [one.query for one in server.asked] == [
        {"type": "artist", "limit": "50"},
        {"type": "artist", "limit": "50", "after": "a b&c"},
    ]


def test_older_apps_read_playlists_where_they_used_to_be(
    transport: Transport, server: ScriptedServer, gate: NotingGate
) -> None:
    server.will(answer(200, EMPTY))
    old = SpotifyClient(transport, "token", Priority.ARCHIVE, legacy_playlist_items=True)
    old.playlist_items("p1")
    assert server.asked[0].path == "/v1/playlists/p1/tracks"
    assert gate.acquired[0].endpoint == "/playlists/{id}/tracks"


@pytest.mark.parametrize("playlist_id", ["", "../me", "a/b", "a?b", "%2e", "ä", "x" * 65])
def test_what_is_no_id_never_gets_into_a_path(
    client: SpotifyClient, server: ScriptedServer, gate: NotingGate, playlist_id: str
) -> None:
    with pytest.raises(NotFoundError):
        client.playlist_items(playlist_id)
    assert (server.asked, gate.acquired) == ([], [])


def test_a_page_smaller_than_our_step_would_leave_gaps(
    client: SpotifyClient, server: ScriptedServer
) -> None:
    small = {"items": [{"id": "p1"}] * 20, "next": "x", "total": 120, "limit": 20}
    server.will(answer(200, small), answer(200, {**small, "next": None}))
    with pytest.raises(MalformedError, match="limit: asked for 50, got 20"):
        client.playlists()
    assert len(client.playlists().items) == 20  # the only page, so nothing is skipped


def test_an_answer_that_is_nothing_is_malformed(
    client: SpotifyClient, server: ScriptedServer
) -> None:
    server.will(answer(200, raw=b"null"))
    with pytest.raises(MalformedError):
        client.saved_tracks()
