"""Artists, albums and tracks as Backspin knows them, whichever service told it.

Identifiers are Spotify's. A local file has none, so it gets `local:` and a hash of its URI; an
episode keeps its own id and is told apart by `kind`.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

Raw = Mapping[str, Any]


class TrackKind(StrEnum):
    """What a playable thing is."""

    TRACK = "track"
    EPISODE = "episode"
    LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artist:
    """An artist; `full` tells a whole object from the stub inside tracks and albums."""

    id: str
    name: str
    image_url: str | None = None
    genres: tuple[str, ...] = ()
    popularity: int | None = None
    followers: int | None = None
    full: bool = False
    raw: Raw = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """An album; `release_date` is YYYY, YYYY-MM or YYYY-MM-DD as its precision says."""

    id: str
    name: str
    album_type: str = "album"
    release_date: str | None = None
    release_precision: str | None = None
    total_tracks: int | None = None
    image_url: str | None = None
    upc: str | None = None
    label: str | None = None
    popularity: int | None = None
    artists: tuple[Artist, ...] = ()
    full: bool = False
    raw: Raw = field(default_factory=dict)

    @property
    def release_year(self) -> int | None:
        """The year, where the date has a believable one."""
        return year_of(self.release_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A track, an episode, or a local file. `duration_ms` is None where it was not told."""

    id: str
    name: str
    kind: TrackKind = TrackKind.TRACK
    duration_ms: int | None = None
    explicit: bool = False
    disc_number: int | None = None
    track_number: int | None = None
    isrc: str | None = None
    popularity: int | None = None
    album: Album | None = None
    artists: tuple[Artist, ...] = ()
    artist_names: str = ""
    raw: Raw = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What one or more pages taught us, each thing once, the fullest form of it."""

    artists: tuple[Artist, ...] = ()
    albums: tuple[Album, ...] = ()
    tracks: tuple[Track, ...] = ()


def local_id(uri: str) -> str:
    """Name a local file, which has no id of its own, by its URI."""
    return "local:" + hashlib.sha256(uri.encode()).hexdigest()[:22]


def year_of(release_date: str | None) -> int | None:
    """Read the year of YYYY[-MM[-DD]]; Spotify says 0000 where it knows none."""
    head = (release_date or "")[:4]
    return int(head) if head.isdecimal() and head != "0000" else None


def names_of(artists: tuple[Artist, ...]) -> str:
    """Join artist names as they are shown and searched."""
    return ", ".join(artist.name for artist in artists if artist.name)


def catalog_of(
    tracks: Iterable[Track] = (), albums: Iterable[Album] = (), artists: Iterable[Artist] = ()
) -> Catalog:
    """Gather what was seen, with the albums and artists inside, each thing once.

    The fullest form of a thing wins, the first seen among equals. All are sorted by id, so that
    concurrent writers lock rows in one order.
    """
    all_tracks = list(tracks)
    all_albums = [*albums, *(track.album for track in all_tracks if track.album)]
    made: list[Track | Album] = [*all_tracks, *all_albums]
    all_artists = [*artists, *(artist for thing in made for artist in thing.artists)]
    return Catalog(
        artists=_fullest(all_artists, lambda artist: (artist.full, len(artist.raw))),
        albums=_fullest(all_albums, lambda album: (album.full, len(album.raw))),
        tracks=_fullest(all_tracks, _track_fullness),
    )


def _track_fullness(track: Track) -> tuple[bool, bool, int]:
    """Rank a track; one embedded in an album has no ISRC, and fewer fields."""
    return (track.isrc is not None, track.album is not None, len(track.raw))


Thing = TypeVar("Thing", Artist, Album, Track)


def _fullest(
    things: Iterable[Thing], fullness: Callable[[Thing], tuple[bool | int, ...]]
) -> tuple[Thing, ...]:
    best: dict[str, Thing] = {}
    for thing in things:
        known = best.get(thing.id)
        if known is None or fullness(thing) > fullness(known):
            best[thing.id] = thing
    return tuple(best[identity] for identity in sorted(best))
