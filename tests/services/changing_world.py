"""A small Spotify in memory that changes at random, also in the middle of a sync."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.fakes import FakeMusicService
from webapp.domain.catalog import Album, Artist, Track
from webapp.domain.library import Kind
from webapp.domain.provider import (
    Played,
    Playlist,
    PlaylistEntry,
    SavedAlbum,
    SavedTrack,
    TimeRange,
)

ME = "listener"
DAY_ONE = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True)
class World:
    """The listener's Spotify, and a hand that changes it. Every operation takes any number."""

    fake: FakeMusicService = field(default_factory=FakeMusicService)
    ticks: Iterator[int] = field(default_factory=lambda: count(1))
    spring: Callable[[], None] | None = None
    spring_at: int = 0

    def now(self) -> datetime:
        return DAY_ONE + timedelta(seconds=next(self.ticks))

    def save(self, n: int) -> None:
        tracks = [one for one in self.fake.track_list if one and one.track.id != _id("t", n)]
        self.fake.track_list = [SavedTrack(track=_track(n), added_at=self.now()), *tracks]

    def unsave(self, n: int) -> None:
        _drop(self.fake.track_list, n)

    def save_album(self, n: int) -> None:
        albums = [one for one in self.fake.album_list if one and one.album.id != _id("b", n)]
        album = Album(id=_id("b", n), name=f"Album {n}")
        saved = SavedAlbum(album=album, tracks=(), added_at=self.now())
        self.fake.album_list = [saved, *albums]

    def unsave_album(self, n: int) -> None:
        _drop(self.fake.album_list, n)

    def follow(self, n: int) -> None:
        # Fifty fill the one page a look sees; beyond it a swap would hide until the next sweep.
        if len(self.fake.artist_list) < 50:
            everybody = {artist.id: artist for artist in [*self.fake.artist_list, _artist(n)]}
            self.fake.artist_list = sorted(everybody.values(), key=lambda artist: artist.id)

    def unfollow(self, n: int) -> None:
        _drop(self.fake.artist_list, n)

    def create(self, n: int) -> None:
        identity = f"p{next(self.ticks)}"
        self.fake.entries[identity] = [_entry(n + place) for place in range(n % 60)]
        self.fake.playlist_list.insert(0, _playlist(identity, self._snapshot(), n % 60))

    def hear_of(self, n: int) -> None:
        other = _playlist(f"x{next(self.ticks)}", self._snapshot(), n % 9 + 1)
        self.fake.playlist_list.append(replace(other, owner_id="somebody else"))

    def delete(self, n: int) -> None:
        _drop(self.fake.playlist_list, n)

    def rename(self, n: int) -> None:
        self._revise(n, lambda entries: entries, name=f"Named {n}")

    def add_entries(self, n: int) -> None:
        place = n % 7
        new = [_entry(n + step) if step else None for step in range(n % 5 + 1)]
        self._revise(n, lambda entries: [*entries[:place], *new, *entries[place:]])

    def remove_entries(self, n: int) -> None:
        self._revise(n, lambda entries: entries[: n % 3] + entries[n % 3 + 1 :])

    def reorder(self, n: int) -> None:
        cut = n % 11
        self._revise(n, lambda entries: entries[cut:] + entries[:cut])

    def rank(self, n: int) -> None:
        span = list(TimeRange)[n % 3]
        self.fake.top_track_lists[span] = [_track(n + place) for place in range(n % 6)]
        self.fake.top_artist_lists[span] = [_artist(n * 2 + place) for place in range(n % 4)]

    def play(self, n: int) -> None:
        played = Played(track=_track(n), ended_at=self.now(), context_uri=None)
        self.fake.plays.append(played)

    def _snapshot(self) -> str:
        return f"s{next(self.ticks)}"

    def _revise(self, n: int, edit: Callable[[list[Any]], list[Any]], **changes: Any) -> None:
        mine = [one for one in self.fake.playlist_list if one and one.owner_id == ME]
        if mine:
            old = mine[n % len(mine)]
            entries = self.fake.entries[old.id] = edit(self.fake.entries[old.id])
            new = replace(old, snapshot_id=self._snapshot(), total=len(entries), **changes)
            self.fake.playlist_list[self.fake.playlist_list.index(old)] = new

    # -- what there is -------------------------------------------------------------------------

    def library(self) -> dict[str, Any]:
        return {
            Kind.SAVED_TRACK: {one.track.id: one.added_at for one in self.fake.track_list if one},
            Kind.SAVED_ALBUM: {one.album.id: one.added_at for one in self.fake.album_list if one},
            Kind.FOLLOWED_ARTIST: {one.id: None for one in self.fake.artist_list},
            "playlists": {
                one.id: (one.name, _ids(self.fake.entries[one.id]) if one.owner_id == ME else None)
                for one in self.fake.playlist_list
                if one
            },
            "plays": sorted((one.track.id, one.ended_at) for one in self.fake.plays),
        }

    def tops(self) -> dict[str, Any]:
        tracks, artists = self.fake.top_track_lists, self.fake.top_artist_lists
        return {
            "tracks": {span: [one.id for one in tracks.get(span, [])] for span in TimeRange},
            "artists": {span: [one.id for one in artists.get(span, [])] for span in TimeRange},
        }

    def service(self) -> "Sprung":
        return Sprung(self)


class Sprung:
    """The fake, with a change in the middle of a sync if one is planned."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        world = self._world
        world.spring_at -= 1
        if world.spring is not None and world.spring_at < 0:
            spring, world.spring = world.spring, None
            spring()
        return getattr(world.fake, name)


OPERATIONS = (
    *(World.save, World.unsave, World.save_album, World.unsave_album, World.follow),
    *(World.unfollow, World.create, World.hear_of, World.delete, World.rename, World.add_entries),
    *(World.remove_entries, World.reorder, World.rank, World.play),
)


def _id(kind: str, n: int) -> str:
    return f"{kind}{n % 200}"


def _track(n: int) -> Track:
    return Track(id=_id("t", n), name=f"Track {n % 200}", duration_ms=1000)


def _artist(n: int) -> Artist:
    return Artist(id=f"a{n % 90:03}", name=f"Artist {n % 90}")


def _entry(n: int) -> PlaylistEntry:
    return PlaylistEntry(track=_track(n) if n % 13 else None, added_at=None, added_by=ME)


def _playlist(identity: str, snapshot: str, total: int) -> Playlist:
    return Playlist(
        id=identity,
        name=f"List {identity}",
        description="",
        owner_id=ME,
        owner_name=ME,
        public=None,
        collaborative=False,
        snapshot_id=snapshot,
        image_url=None,
        total=total,
    )


def _ids(entries: list[Any]) -> list[str | None]:
    return [entry.track.id if entry and entry.track else None for entry in entries]


def _drop(things: list[Any], n: int) -> None:
    if things:
        del things[n % len(things)]
