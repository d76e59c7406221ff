"""What the stand-in's music world consists of: plain, unchanging records."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto


@dataclass(frozen=True, slots=True, kw_only=True)
class Artist:
    """Somebody who makes music; `scene` is the language and style they come from."""

    id: str
    name: str
    scene: str
    country: str
    genres: tuple[str, ...]
    popularity: int
    followers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One recording on one album; a `sparse` one is served with fields missing."""

    id: str
    name: str
    album_id: str
    artist_ids: tuple[str, ...]
    duration_ms: int
    disc_number: int
    track_number: int
    explicit: bool
    isrc: str
    popularity: int
    sparse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """An album, single or compilation; `release_date` has the precision it says."""

    id: str
    name: str
    kind: str
    artist_ids: tuple[str, ...]
    track_ids: tuple[str, ...]
    release_date: str
    precision: str
    upc: str
    label: str
    popularity: int
    pictured: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All music there is, by id, and `odd`: tracks whose names or fields are hard to bear."""

    artists: dict[str, Artist]
    albums: dict[str, Album]
    tracks: dict[str, Track]
    discography: dict[str, tuple[str, ...]]
    odd: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Something in a library: its id and when it was put there."""

    id: str
    at: datetime


class EntryKind(Enum):
    """What a playlist position holds."""

    TRACK = auto()
    EPISODE = auto()
    LOCAL = auto()
    WITHDRAWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One position of a playlist; `ref` is a track id or the index of an episode or local file."""

    kind: EntryKind
    ref: str
    added_at: datetime | None
    added_by: str | None


class Access(Enum):
    """How Spotify answers a listener who asks for a playlist."""

    OWN = auto()
    FOREIGN = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Playlist:
    """One state of a playlist; a change makes a new one with a higher revision."""

    id: str
    name: str
    owner_id: str
    owner_name: str | None
    entries: tuple[Entry, ...]
    description: str | None = ""
    public: bool | None = True
    collaborative: bool = False
    pictured: bool = True
    access: Access = Access.OWN
    revision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A track listened to; `context` is a Spotify URI such as an album's, or None."""

    track_id: str
    started_at: datetime
    ended_at: datetime
    context: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopLists:
    """Ranked candidates for the top lists, best loved first."""

    artists: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Library:
    """Everything one listener keeps; changed only by `World`, newest first."""

    tracks: list[Saved] = field(default_factory=list)
    albums: list[Saved] = field(default_factory=list)
    artists: list[str] = field(default_factory=list)
    playlists: list[Playlist | None] = field(default_factory=list)
    plays: list[Play] = field(default_factory=list)
