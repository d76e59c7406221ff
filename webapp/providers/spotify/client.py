"""Spotify as a music service: our own paths and offsets, Spotify's `next` is never followed."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from webapp.domain.budget import Call, Priority
from webapp.domain.catalog import Album, Artist, Track
from webapp.domain.errors import MalformedError, NotFoundError
from webapp.domain.provider import (
    PAGE_SIZE,
    Page,
    Played,
    Playlist,
    PlaylistEntry,
    Profile,
    SavedAlbum,
    SavedTrack,
    TimeRange,
)
from webapp.providers.spotify import parsing
from webapp.providers.spotify.parsing.values import spotify_id
from webapp.providers.spotify.transport import Transport

Item = TypeVar("Item")
Params = Mapping[str, str | int]

LIBRARY = "/me/library"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SpotifyClient:
    """One listener's Spotify, as `domain.provider.MusicService`; safe to share between threads.

    `legacy_playlist_items` reads /playlists/{id}/tracks, for apps older than 2026-02 whose
    /playlists/{id}/items is not there.
    """

    def __init__(
        self,
        transport: Transport,
        token: str,
        priority: Priority,
        *,
        legacy_playlist_items: bool = False,
    ) -> None:
        self._transport = transport
        self._token = token
        self._priority = priority
        self._items_endpoint = (
            "/playlists/{id}/tracks" if legacy_playlist_items else "/playlists/{id}/items"
        )

    def profile(self) -> Profile:
        """Tell who this is."""
        return parsing.profile(self._get("/me"))

    def top_tracks(self, time_range: TimeRange) -> Page[Track]:
        """Up to 50 tracks, first is first; `total` counts these."""
        return parsing.top_tracks(self._top("tracks", time_range))

    def top_artists(self, time_range: TimeRange) -> Page[Artist]:
        """Up to 50 artists, first is first; `total` counts these."""
        return parsing.top_artists(self._top("artists", time_range))

    def _top(self, kind: str, time_range: TimeRange) -> Any:
        params: Params = {"time_range": time_range.value, "limit": PAGE_SIZE}
        return self._get(f"/me/top/{kind}", params)

    def recently_played(self, after: datetime | None = None) -> Page[Played]:
        """Up to 50 plays that ended after `after` (aware), newest first; never more than a page."""
        params: dict[str, str | int] = {"limit": PAGE_SIZE}
        if after is not None:
            params["after"] = (after - EPOCH) // timedelta(milliseconds=1)
        return parsing.recently_played(self._get("/me/player/recently-played", params))

    def playlists(self, offset: int = 0) -> Page[Playlist]:
        """Playlists owned and followed."""
        return self._page("/me/playlists", offset, parsing.playlists)

    def playlist_items(self, playlist_id: str, offset: int = 0) -> Page[PlaylistEntry]:
        """Entries in order, episodes and local files included.

        403 for a playlist that is neither owned nor shared, 404 for a deleted or Spotify-owned one.
        """
        if spotify_id(playlist_id) is None:
            raise NotFoundError(f"{self._items_endpoint}: not the id of a playlist")
        return self._page(
            self._items_endpoint, offset, parsing.playlist_items, playlist_id=playlist_id
        )

    def saved_tracks(self, offset: int = 0) -> Page[SavedTrack]:
        """List saved tracks, newest first."""
        return self._page("/me/tracks", offset, parsing.saved_tracks)

    def saved_albums(self, offset: int = 0) -> Page[SavedAlbum]:
        """List saved albums, newest first."""
        return self._page("/me/albums", offset, parsing.saved_albums)

    def followed_artists(self, after: str | None = None) -> Page[Artist]:
        """Followed artists, by cursor."""
        params: dict[str, str | int] = {"type": "artist", "limit": PAGE_SIZE}
        if after is not None:
            params["after"] = after
        return parsing.followed_artists(self._get("/me/following", params), after)

    def new_releases(self) -> Page[Album]:
        """List albums that came out lately; 403 for apps made after 2026-02."""
        return parsing.new_releases(self._get("/browse/new-releases", {"limit": PAGE_SIZE}))

    def save(self, uri: str) -> None:
        """Put something into the library, which takes a scope that is not asked for by default."""
        self._change("PUT", uri)

    def unsave(self, uri: str) -> None:
        """Take something out of the library."""
        self._change("DELETE", uri)

    def _change(self, method: str, uri: str) -> None:
        call = Call(endpoint=LIBRARY, priority=self._priority)
        self._transport.change(method, LIBRARY, {"uris": uri}, token=self._token, call=call)

    def _page(
        self,
        endpoint: str,
        offset: int,
        parse: Callable[[Any, int], Page[Item]],
        playlist_id: str = "",
    ) -> Page[Item]:
        params: dict[str, str | int] = {"limit": PAGE_SIZE, "offset": offset}
        if playlist_id:
            params["additional_types"] = "track,episode"
        data = self._get(endpoint, params, playlist_id)
        page = parse(data, offset)
        _refuse_short_steps(page, data)
        return page

    def _get(self, endpoint: str, params: Params | None = None, playlist_id: str = "") -> Any:
        call = Call(endpoint=endpoint, priority=self._priority)
        path = endpoint.replace("{id}", playlist_id)
        return self._transport.get(path, params, token=self._token, call=call)


def _refuse_short_steps(page: Page[Item], data: Any) -> None:
    """Better fail than skip: callers step by PAGE_SIZE, and a smaller page would leave gaps."""
    applied = parsing.page_limit(data)
    if page.more and applied is not None and applied < PAGE_SIZE:
        raise MalformedError(f"limit: asked for {PAGE_SIZE}, got {applied}")
