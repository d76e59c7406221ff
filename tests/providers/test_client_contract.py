"""Every implementation of `MusicService` keeps the same promises: the fake, and Spotify's client.

The client talks to the stand-in over real HTTP, in both shapes of the Web API.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from demo.standin import CLIENT_ID, CLIENT_SECRET
from demo.standin.faults import Fault, Kind
from demo.standin.server import StandIn
from demo.standin.shapes import Shape
from demo.standin.world import Settings
from tests.fakes import FakeMusicService, NotingGate
from webapp.domain.budget import Priority
from webapp.domain.catalog import Album, Artist, Track, TrackKind
from webapp.domain.errors import ConsentOverError, NotFoundError, ProviderError
from webapp.domain.provider import (
    MusicService,
    Page,
    Played,
    Playlist,
    PlaylistEntry,
    SavedAlbum,
    SavedTrack,
    TimeRange,
)
from webapp.providers.spotify.client import SpotifyClient
from webapp.providers.spotify.oauth import Grant, OAuthClient
from webapp.providers.spotify.transport import Transport

REDIRECT = "http://127.0.0.1:8000/auth/spotify/callback"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CONCERN_ALL = {"rate_limited", "quota_exceeded", "premium_lapsed"}
SHAPES: tuple[Shape, ...] = ("restricted", "extended")


def sign_in(standin: StandIn, listener: str) -> Grant:
    """Consent as a person would, through both doors of the accounts service."""
    oauth = OAuthClient(CLIENT_ID, CLIENT_SECRET, standin.accounts_url)
    started = oauth.start(REDIRECT)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(started.url).query).items()}
    form = {**asked, "listener": listener}
    page = f"{standin.accounts_url}/authorize"
    with requests.post(page, data=form, allow_redirects=False, timeout=5) as sent:
        back = parse_qs(urlsplit(sent.headers["Location"]).query)
    assert back["state"] == [started.state]
    return oauth.exchange(back["code"][0], started.code_verifier, REDIRECT, datetime.now(UTC))


@dataclass(frozen=True)
class Live:
    """A listener's client, and the world behind it."""

    standin: StandIn
    client: SpotifyClient
    gate: NotingGate


@pytest.fixture(scope="module")
def standins() -> Iterator[dict[str, StandIn]]:
    with ExitStack() as stack:
        yield {shape: stack.enter_context(StandIn(Settings(shape=shape))) for shape in SHAPES}


@contextmanager
def listening(standin: StandIn) -> Iterator[Live]:
    """Sign the medium listener in, on the first day of the world."""
    standin.world.reset()
    gate = NotingGate()
    token = sign_in(standin, "medium").access_token
    with Transport(standin.api_url, gate) as transport:
        yield Live(standin, SpotifyClient(transport, token, Priority.LISTENER), gate)


@pytest.fixture(params=SHAPES)
def live(request: pytest.FixtureRequest, standins: dict[str, StandIn]) -> Iterator[Live]:
    with listening(standins[request.param]) as made:
        yield made


@pytest.fixture(params=["fake", *SHAPES])
def service(request: pytest.FixtureRequest, standins: dict[str, StandIn]) -> Iterator[MusicService]:
    if request.param == "fake":
        yield make_fake()
    else:
        with listening(standins[request.param]) as made:
            yield made.client


def make_fake() -> FakeMusicService:
    """Make a listener with more than a page of everything, and holes."""
    artists = [Artist(id=f"artist{n:03}", name=f"Artist {n}", full=True) for n in range(120)]
    album = Album(id="album1", name="Album", full=True)
    tracks = [Track(id=f"track{n}", name="T", duration_ms=9, album=album) for n in range(130)]
    playlist = Playlist(
        id="list1",
        name="List",
        description="",
        owner_id="listener",
        owner_name="",
        public=None,
        collaborative=False,
        snapshot_id="s",
        image_url=None,
        total=130,
    )
    entries = [PlaylistEntry(track=track, added_at=NOW, added_by=None) for track in tracks]
    return FakeMusicService(
        top_track_lists=dict.fromkeys(TimeRange, tracks),
        top_artist_lists=dict.fromkeys(TimeRange, artists),
        plays=[
            Played(track=track, ended_at=NOW - timedelta(minutes=n), context_uri=None)
            for n, track in enumerate(tracks)
        ],
        playlist_list=[playlist, None, *[replace(playlist, id=f"p{n}") for n in range(60)]],
        entries={"list1": [*entries, None, replace(entries[0], track=None)]},
        track_list=[SavedTrack(track=track, added_at=NOW) for track in tracks],
        album_list=[SavedAlbum(album=album, tracks=tuple(tracks[:3]), added_at=NOW)] * 60,
        artist_list=artists,
    )


def walk(ask: Callable[[int], Page[Any]]) -> list[Page[Any]]:
    """Read all pages by offset, as the sync does."""
    pages = [ask(0)]
    while pages[-1].more:
        pages.append(ask(pages[-1].offset + 50))
        assert len(pages) < 100
    return pages


@pytest.mark.parametrize("name", ["saved_tracks", "saved_albums", "playlists"])
def test_pages_join_without_gaps(service: MusicService, name: str) -> None:
    pages = walk(getattr(service, name))
    items = [item for page in pages for item in page.items]
    assert {page.total for page in pages} == {len(items)}
    assert all(len(page.items) == 50 for page in pages[:-1])
    assert [page.offset for page in pages] == [50 * n for n in range(len(pages))]
    assert any(items)


def test_entries_join_without_gaps(service: MusicService) -> None:
    own = next(one for one in service.playlists().items if one and one.total and one.total > 50)
    pages = walk(partial(service.playlist_items, own.id))
    assert sum(len(page.items) for page in pages) == pages[0].total


def test_followed_artists_join_without_gaps(service: MusicService) -> None:
    pages = [service.followed_artists()]
    while pages[-1].more:
        pages.append(service.followed_artists(pages[-1].after))
        assert len(pages) < 10
    ids = [artist.id for page in pages for artist in page.items if artist]
    assert len(ids) == len(set(ids)) == pages[0].total
    assert all(artist.full for page in pages for artist in page.items if artist)


@pytest.mark.parametrize("time_range", TimeRange)
def test_top_lists_are_one_page(service: MusicService, time_range: TimeRange) -> None:
    pages: list[Page[Any]] = [service.top_tracks(time_range), service.top_artists(time_range)]
    for page in pages:
        assert (len(page.items), page.total, page.more) == (50, 50, False)


def test_plays_come_newest_first_and_only_those_after(service: MusicService) -> None:
    page = service.recently_played()
    ends = [play.ended_at for play in page.items if play]
    assert len(ends) == 50
    assert ends == sorted(ends, reverse=True)
    assert not page.more
    newer = service.recently_played(after=ends[10])
    assert [play.ended_at for play in newer.items if play] == ends[:10]
    nothing = service.recently_played(after=ends[0])
    assert (nothing.items, nothing.after) == ((), None)


def test_an_unknown_playlist_is_not_found(service: MusicService) -> None:
    with pytest.raises(NotFoundError):
        service.playlist_items("0000000000000000000000")


def test_a_profile_has_an_identity_and_a_name(service: MusicService) -> None:
    profile = service.profile()
    assert profile.id
    assert profile.account_id
    assert profile.display_name


def test_the_client_reads_what_the_world_holds(live: Live) -> None:
    library = live.standin.world.listeners["medium"].library
    saved = [item for page in walk(live.client.saved_tracks) for item in page.items]
    assert len(saved) == len(library.tracks)
    seen = [item.track.id for item in saved if item and item.track.kind is not TrackKind.LOCAL]
    assert set(seen) <= {item.id for item in library.tracks}
    albums = [item for page in walk(live.client.saved_albums) for item in page.items]
    assert [item.album.id for item in albums if item] == [item.id for item in library.albums]
    assert all(item.album.full and item.tracks for item in albums if item)
    assert live.client.profile().display_name == "Zoë <b>“Zed”</b> O'Hara"


def test_every_readable_playlist_is_read_whole(live: Live) -> None:
    kinds: set[TrackKind] = set()
    for held in live.standin.world.own_playlists("medium"):
        pages = walk(partial(live.client.playlist_items, held.id))
        entries = [entry for page in pages for entry in page.items]
        assert len(entries) == len(held.entries)
        kinds |= {entry.track.kind for entry in entries if entry and entry.track}
    assert kinds == set(TrackKind)


def test_older_apps_read_the_same_entries(standins: dict[str, StandIn]) -> None:
    standin = standins["extended"]
    with listening(standin) as live, Transport(standin.api_url, live.gate) as transport:
        token = sign_in(standin, "medium").access_token
        old = SpotifyClient(transport, token, Priority.LISTENER, legacy_playlist_items=True)
        (own, *_) = standin.world.own_playlists("medium")
        assert old.playlist_items(own.id) == live.client.playlist_items(own.id)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("rate_limit", "rate_limited"),
        ("quota", "quota_exceeded"),
        ("server_error", "outage"),
        ("html", "outage"),
        ("premium", "premium_lapsed"),
        ("allowlist", "not_allowlisted"),
        ("scope", "missing_scope"),
        ("forbidden", "endpoint_gone"),
        ("not_found", "not_found"),
        ("unauthorized", "token_stale"),
        ("drop", "outage"),
        ("drop_midway", "outage"),
        ("truncated", "outage"),
        ("wrong_type", "malformed"),
    ],
)
def test_every_fault_has_its_verdict(live: Live, kind: Kind, expected: str) -> None:
    live.standin.world.faults.add(Fault(kind=kind, match="/me/albums", times=1))
    with pytest.raises(ProviderError) as caught:
        live.client.saved_albums()
    assert caught.value.kind == expected
    assert [why for _, why in live.gate.blocks] == [expected] * (expected in CONCERN_ALL)
    assert live.client.saved_albums().items  # and the next call goes well


def test_the_fake_fails_on_request() -> None:
    fake = make_fake()
    fake.faults["saved_tracks"].extend([None, NotFoundError("gone")])
    assert fake.saved_tracks().items
    with pytest.raises(NotFoundError):
        fake.saved_tracks(50)
    assert fake.saved_tracks(50).items
    assert fake.calls == [("saved_tracks", 0), ("saved_tracks", 50), ("saved_tracks", 50)]


def test_tokens_are_refreshed_rotated_and_revoked(standins: dict[str, StandIn]) -> None:
    standin = standins["restricted"]
    standin.world.reset()
    oauth = OAuthClient(CLIENT_ID, CLIENT_SECRET, standin.accounts_url)
    first = sign_in(standin, "tiny")
    assert first.refresh_token
    assert oauth.refresh(first.refresh_token, NOW).refresh_token is None
    standin.world.rotate_refresh("tiny")
    second = oauth.refresh(first.refresh_token, NOW)
    assert second.refresh_token
    with pytest.raises(ConsentOverError):
        oauth.refresh(first.refresh_token, NOW)
    standin.world.revoke("tiny")
    with pytest.raises(ConsentOverError):
        oauth.refresh(second.refresh_token, NOW)
