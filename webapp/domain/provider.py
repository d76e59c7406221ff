"""What Backspin asks of a music service, and the shapes that come back.

The sync knows this Protocol alone: Spotify's client, and the in-memory fake of the tests, are
two implementations that pass the same contract tests.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from webapp.domain.catalog import Album, Artist, Track

Item = TypeVar("Item")

PAGE_SIZE = 50
"""The largest page every endpoint we use accepts (Spotify OpenAPI description, 2026-05)."""


class TimeRange(StrEnum):
    """Spotify's ranges of top lists: about 4 weeks, 6 months, 1 year."""

    SHORT = "short_term"
    MEDIUM = "medium_term"
    LONG = "long_term"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """One page. A hole (`None`) keeps its place: Spotify answers null for withdrawn things."""

    items: tuple[Item | None, ...]
    total: int | None
    offset: int = 0
    more: bool
    after: str | None = None
    """Cursor of the next page, where the endpoint pages by cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who signed in. `account_id` is Spotify's stable identity (since 2026-05), else `id` is."""

    id: str
    account_id: str | None
    display_name: str
    image_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTrack:
    """A track in the library."""

    track: Track
    added_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAlbum:
    """An album in the library; `tracks` are those embedded in the answer (at most 50)."""

    album: Album
    tracks: tuple[Track, ...]
    added_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Playlist:
    """A playlist without its entries. `total` is None where Spotify doesn't tell."""

    id: str
    name: str
    description: str
    owner_id: str
    owner_name: str
    public: bool | None
    collaborative: bool
    snapshot_id: str
    image_url: str | None
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistEntry:
    """One line of a playlist; `track` is None where Spotify withdrew what stood there."""

    track: Track | None
    added_at: datetime | None
    added_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One play of recently-played; `ended_at` is the end of play, exact to the millisecond."""

    track: Track
    ended_at: datetime
    context_uri: str | None


class MusicService(Protocol):
    """One listener's view of the service. Every method is one call and may raise ProviderError."""

    def profile(self) -> Profile:
        """Tell who this is."""

    def top_tracks(self, time_range: TimeRange) -> Page[Track]:
        """Up to 50 tracks, first is first."""

    def top_artists(self, time_range: TimeRange) -> Page[Artist]:
        """Up to 50 artists, first is first."""

    def recently_played(self, after: datetime | None = None) -> Page[Played]:
        """Up to 50 plays that ended after `after`, newest first; only the last 50 exist at all."""

    def playlists(self, offset: int = 0) -> Page[Playlist]:
        """Playlists owned and followed."""

    def playlist_items(self, playlist_id: str, offset: int = 0) -> Page[PlaylistEntry]:
        """Entries in order, episodes and local files included."""

    def saved_tracks(self, offset: int = 0) -> Page[SavedTrack]:
        """Page through saved tracks, newest first."""

    def saved_albums(self, offset: int = 0) -> Page[SavedAlbum]:
        """Page through saved albums, newest first."""

    def followed_artists(self, after: str | None = None) -> Page[Artist]:
        """Followed artists, by cursor."""

    def save(self, uri: str) -> None:
        """Put a track or album into the listener's library; what is there stays as it is.

        `ForbiddenError` without the listener's leave to change it.
        """

    def unsave(self, uri: str) -> None:
        """Take a track or album out of the library, if it is there."""

    def new_releases(self) -> Page[Album]:
        """List albums that came out lately, whoever asks; only old apps may."""
