"""In-memory stand-ins for what the program talks to: lists in, pages out."""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from webapp.domain.budget import Call
from webapp.domain.catalog import Album, Artist, Track
from webapp.domain.errors import NotFoundError
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

Item = TypeVar("Item")


@dataclass(kw_only=True)
class FakeMusicService:
    """A listener's Spotify in memory.

    `calls` lists what was asked, in order; `faults["saved_tracks"]` holds what the next calls of
    that method raise, None for a call that goes well.
    """

    me: Profile = field(
        default_factory=lambda: Profile(
            id="listener", account_id="account1", display_name="Listener", image_url=None
        )
    )
    top_track_lists: dict[TimeRange, list[Track]] = field(default_factory=dict)
    top_artist_lists: dict[TimeRange, list[Artist]] = field(default_factory=dict)
    plays: list[Played] = field(default_factory=list)
    playlist_list: list[Playlist | None] = field(default_factory=list)
    entries: dict[str, list[PlaylistEntry | None]] = field(default_factory=dict)
    track_list: list[SavedTrack | None] = field(default_factory=list)
    album_list: list[SavedAlbum | None] = field(default_factory=list)
    artist_list: list[Artist] = field(default_factory=list)
    faults: dict[str, deque[Exception | None]] = field(default_factory=lambda: defaultdict(deque))
    calls: list[tuple[str, object]] = field(default_factory=list)
    saved: set[str] = field(default_factory=set)

    def profile(self) -> Profile:
        self._note("profile", None)
        return self.me

    def top_tracks(self, time_range: TimeRange) -> Page[Track]:
        self._note("top_tracks", time_range)
        return _only(self.top_track_lists.get(time_range, []))

    def top_artists(self, time_range: TimeRange) -> Page[Artist]:
        self._note("top_artists", time_range)
        return _only(self.top_artist_lists.get(time_range, []))

    def recently_played(self, after: datetime | None = None) -> Page[Played]:
        self._note("recently_played", after)
        newest = sorted(self.plays, key=lambda play: play.ended_at, reverse=True)[:PAGE_SIZE]
        new = tuple(play for play in newest if after is None or play.ended_at > after)
        cursor = str(int(new[0].ended_at.timestamp() * 1_000)) if new else None
        return Page(items=new, total=None, more=False, after=cursor)

    def playlists(self, offset: int = 0) -> Page[Playlist]:
        self._note("playlists", offset)
        return _page(self.playlist_list, offset)

    def playlist_items(self, playlist_id: str, offset: int = 0) -> Page[PlaylistEntry]:
        self._note("playlist_items", (playlist_id, offset))
        if playlist_id not in self.entries:
            raise NotFoundError(playlist_id)
        return _page(self.entries[playlist_id], offset)

    def saved_tracks(self, offset: int = 0) -> Page[SavedTrack]:
        self._note("saved_tracks", offset)
        return _page(self.track_list, offset)

    def saved_albums(self, offset: int = 0) -> Page[SavedAlbum]:
        self._note("saved_albums", offset)
        return _page(self.album_list, offset)

    def followed_artists(self, after: str | None = None) -> Page[Artist]:
        self._note("followed_artists", after)
        ids = [artist.id for artist in self.artist_list]
        start = ids.index(after) + 1 if after in ids else 0
        items = tuple(self.artist_list[start : start + PAGE_SIZE])
        more = start + PAGE_SIZE < len(ids)
        return Page(items=items, total=len(ids), more=more, after=items[-1].id if more else None)

    def new_releases(self) -> Page[Album]:
        self._note("new_releases", None)
        return _only([item.album for item in self.album_list if item])

    def save(self, uri: str) -> None:
        self._note("save", uri)
        self.saved.add(uri)

    def unsave(self, uri: str) -> None:
        self._note("unsave", uri)
        self.saved.discard(uri)

    def _note(self, method: str, argument: object) -> None:
        self.calls.append((method, argument))
        fault = self.faults[method].popleft() if self.faults[method] else None
        if fault is not None:
            raise fault


def _only(items: Sequence[Item]) -> Page[Item]:
    first = tuple(items[:PAGE_SIZE])
    return Page(items=first, total=len(first), more=False)


def _page(items: Sequence[Item | None], offset: int) -> Page[Item]:
    return Page(
        items=tuple(items[offset : offset + PAGE_SIZE]),
        total=len(items),
        offset=offset,
        more=offset + PAGE_SIZE < len(items),
    )


@dataclass
class NotingGate:
    """Lets every call pass, unless `refusal` is set, and notes what it is told."""

    refusal: Exception | None = None
    acquired: list[Call] = field(default_factory=list)
    settled: list[tuple[str, int]] = field(default_factory=list)
    blocks: list[tuple[datetime, str]] = field(default_factory=list)

    def acquire(self, call: Call) -> None:
        if self.refusal:
            raise self.refusal
        self.acquired.append(call)

    def settle(self, call: Call, status: int) -> None:
        self.settled.append((call.endpoint, status))

    def block(self, until: datetime, why: str) -> None:
        self.blocks.append((until, why))
