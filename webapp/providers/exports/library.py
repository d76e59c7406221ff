"""The library in Spotify's account data: `YourLibrary.json` and `Playlist*.json`.

Both have Spotify's URIs, so they are a whole import without a single call. Of the same package,
Identity, Payments, Userdata, Follow and their like are never read.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from webapp.domain.errors import ExportError, ExportFault
from webapp.providers.exports.room import Room
from webapp.providers.exports.stream import Window
from webapp.providers.exports.values import local_file, name
from webapp.providers.spotify.parsing.values import Json, as_object, spotify_id

LENGTH_OF_DATE = len("2021-01-31")
TOLD_OF_PLAYLIST = frozenset({"name", "description", "lastModifiedDate"})
"""Its collaborators are other people, and stay out."""

Thing = TypeVar("Thing")


class LibraryTrack(NamedTuple):
    """A saved track."""

    id: str
    name: str
    artist: str
    album: str


class LibraryAlbum(NamedTuple):
    """A saved album."""

    id: str
    name: str
    artist: str


class LibraryArtist(NamedTuple):
    """A followed artist."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFile:
    """What was saved and followed, as the file has it; `unreadable` had no id."""

    tracks: tuple[LibraryTrack, ...]
    albums: tuple[LibraryAlbum, ...]
    artists: tuple[LibraryArtist, ...]
    unreadable: int


class ItemKind(StrEnum):
    """What a playlist can hold."""

    TRACK = "track"
    EPISODE = "episode"
    AUDIOBOOK = "audiobook"
    LOCAL = "local"
    UNKNOWN = "unknown"


class PlaylistItem(NamedTuple):
    """One place in a playlist; `id` is Spotify's, which local files and holes don't have."""

    kind: ItemKind
    id: str | None = None
    uri: str = ""
    name: str = ""
    artist: str = ""
    album: str = ""
    added: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistFile:
    """A playlist with its items in order; `modified` is when it was last changed."""

    name: str
    description: str
    modified: date | None
    items: tuple[PlaylistItem, ...]


_SPOKEN = (
    ("episode", ItemKind.EPISODE, "episodeName", "showName"),
    ("audiobook", ItemKind.AUDIOBOOK, "audiobookName", "authorName"),
)
"""Speech in a playlist: its field, its kind, and where its name and the name behind it are."""


def read_library(chunks: Iterable[bytes], room: Room | None = None) -> LibraryFile:
    """Read YourLibrary.json; raises ExportError."""
    room = room or Room()
    tracks, albums, artists = _Shelf(_track), _Shelf(_album), _Shelf(_artist)
    shelves: dict[str, _Shelf[Any]] = {"tracks": tracks, "albums": albums, "artists": artists}
    window = _open(room.over(chunks))
    for key in window.members():
        if shelf := shelves.get(key):
            shelf.fill(window, room)
        else:
            window.skip()
    window.finish()
    return LibraryFile(
        tracks=tuple(tracks.items),
        albums=tuple(albums.items),
        artists=tuple(artists.items),
        unreadable=tracks.unreadable + albums.unreadable + artists.unreadable,
    )


class _Shelf(Generic[Thing]):
    """Things of one kind, as they are read."""

    def __init__(self, read: Callable[[Json], Thing | None]) -> None:
        self._read = read
        self.items: list[Thing] = []
        self.unreadable = 0

    def fill(self, window: Window, room: Room) -> None:
        for number, item in enumerate(_each(window)):
            room.take_thing(number)
            found = self._read(as_object(item))
            if found is None:
                self.unreadable += 1
            else:
                self.items.append(found)


def _track(item: Json) -> LibraryTrack | None:
    identity = _id(item.get("uri"), "track")
    if identity is None:
        return None
    artist, album = name(item.get("artist")), name(item.get("album"))
    return LibraryTrack(identity, name(item.get("track")), artist, album)


def _album(item: Json) -> LibraryAlbum | None:
    identity = _id(item.get("uri"), "album")
    if identity is None:
        return None
    return LibraryAlbum(identity, name(item.get("album")), name(item.get("artist")))


def _artist(item: Json) -> LibraryArtist | None:
    identity = _id(item.get("uri"), "artist")
    return None if identity is None else LibraryArtist(identity, name(item.get("name")))


def read_playlists(chunks: Iterable[bytes], room: Room | None = None) -> list[PlaylistFile]:
    """Read Playlist1.json and its like; raises ExportError."""
    room = room or Room()
    window = _open(room.over(chunks))
    found: list[PlaylistFile] = []
    for key in window.members():
        if key == "playlists" and window.peek() == "[":
            found.extend(_playlist(window, room) for _ in window.elements())
        else:
            window.skip()
    window.finish()
    return found


def _playlist(window: Window, room: Room) -> PlaylistFile:
    """Read the playlist here; whatever else stands here is one without a name and items."""
    room.take_playlist()
    about: Json = {}
    items: tuple[PlaylistItem, ...] = ()
    if window.peek() != "{":
        window.skip()
        return PlaylistFile(name="", description="", modified=None, items=())
    for key in window.members():
        if key == "items":
            items = tuple(_items(window, room))
        elif key in TOLD_OF_PLAYLIST:
            about[key] = window.value()
        else:
            window.skip()
    return PlaylistFile(
        name=name(about.get("name")),
        description=name(about.get("description")),
        modified=_date(about.get("lastModifiedDate")),
        items=items,
    )


def _items(window: Window, room: Room) -> Iterator[PlaylistItem]:
    for number, entry in enumerate(_each(window)):
        room.take_place(number)
        yield _item(as_object(entry))


def _item(entry: Json) -> PlaylistItem:
    """Read one place; what cannot be told stays as a hole, so that the order holds."""
    added = _date(entry.get("addedDate"))
    if track := as_object(entry.get("track")):
        return _track_item(track)._replace(added=added)
    if local := as_object(entry.get("localTrack")):
        return _local_item(local.get("uri"))._replace(added=added)
    for field, kind, part, whole in _SPOKEN:
        if spoken := as_object(entry.get(field)):
            uri = spoken.get(f"{field}Uri")
            return PlaylistItem(
                kind,
                id=_id(uri, field) or _id(uri, "show"),
                uri=name(uri),
                name=name(spoken.get(part)),
                artist=name(spoken.get(whole)),
                added=added,
            )
    return PlaylistItem(ItemKind.UNKNOWN, added=added)


def _track_item(track: Json) -> PlaylistItem:
    uri = name(track.get("trackUri"))
    if uri.startswith("spotify:local:"):
        return _local_item(uri)
    return PlaylistItem(
        ItemKind.TRACK,
        id=_id(uri, "track"),
        uri=uri,
        name=name(track.get("trackName")),
        artist=name(track.get("artistName")),
        album=name(track.get("albumName")),
    )


def _local_item(uri: Any) -> PlaylistItem:
    artist, album, title, _ = local_file(uri)
    return PlaylistItem(ItemKind.LOCAL, uri=name(uri), name=title, artist=artist, album=album)


def _open(chunks: Iterable[bytes]) -> Window:
    window = Window(chunks)
    if window.top() != "{":
        raise ExportError(ExportFault.WRONG_TOP_LEVEL)
    return window


def _each(window: Window) -> Iterator[Any]:
    """Iterate over the list here; anything else has no items."""
    if window.peek() != "[":
        window.skip()
        return
    yield from window.items()


def _id(uri: Any, kind: str) -> str | None:
    prefix = f"spotify:{kind}:"
    if not isinstance(uri, str) or not uri.startswith(prefix):
        return None
    return spotify_id(uri.removeprefix(prefix))


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(name(value)[:LENGTH_OF_DATE])
    except ValueError:
        return None
