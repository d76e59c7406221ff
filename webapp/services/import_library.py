"""What account data says of the library and the playlists, brought into their log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from webapp.domain.library import Entry, Event, Kind, Origin, Reading, recall, recall_undated
from webapp.domain.playlist_files import (
    LateVersion,
    ToldPlaylist,
    recall_playlists,
    recall_undated_playlists,
)
from webapp.domain.syncs import Collection
from webapp.providers.exports.library import (
    LibraryFile,
    PlaylistFile,
    read_library,
    read_playlists,
)
from webapp.providers.exports.recognise import Kind as FileKind
from webapp.providers.exports.room import Room
from webapp.queries import library, library_files, playlists
from webapp.queries.imports import ImportRow
from webapp.services import import_names
from webapp.services.import_names import Names

LIBRARY_NEW, PLAYLISTS_NEW = "library_new", "playlists_new"
"""Keys of a receipt, beside the outcomes of rows."""

COLLECTIONS = {
    Kind.SAVED_TRACK: Collection.SAVED_TRACKS,
    Kind.SAVED_ALBUM: Collection.SAVED_ALBUMS,
    Kind.FOLLOWED_ARTIST: Collection.FOLLOWED_ARTISTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPart:
    """A file about the library: what it says, which package it came in, and the package's date."""

    package: str
    dated: datetime | None
    library: LibraryFile | None = None
    playlists: tuple[PlaylistFile, ...] = ()


def read(
    kind: FileKind, chunks: Iterable[bytes], room: Room, *, package: str, dated: datetime | None
) -> LibraryPart:
    """Read a file about the library, if there is room for it; raises ExportError."""
    if kind is FileKind.LIBRARY:
        return LibraryPart(package=package, dated=dated, library=read_library(chunks, room))
    told = tuple(read_playlists(chunks, room))
    return LibraryPart(package=package, dated=dated, playlists=told)


def keep(row: ImportRow, parts: Sequence[LibraryPart], now: datetime) -> dict[str, int]:
    """Bring files into the library's log; count what was new, for the receipt.

    Inside the transaction of the import, which holds the listener's lock. Older packages first.
    """
    if not parts:
        return {}
    files = [part.library for part in parts if part.library]
    lists = [one for part in parts for one in part.playlists]
    packages = _packages(parts, now)
    library_new = sum(_keep_library(row.user_id, package, now) for package in packages)
    library.rebuild(row.user_id)
    # Only now, for a name may mean what is in the listener's own library.
    names = import_names.learn(row.user_id, row.id, files, lists)
    playlists_new = sum(_keep_playlists(row.user_id, one, names, now) for one in packages)
    playlists.rebuild(row.user_id)
    return {LIBRARY_NEW: library_new, PLAYLISTS_NEW: playlists_new}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """Files of one package, which tell of one moment; None: nobody knows which."""

    at: datetime | None
    items: dict[Kind, list[str]]
    whole: bool
    playlists: list[PlaylistFile]


def _packages(parts: Sequence[LibraryPart], now: datetime) -> list[_Package]:
    by_package = groupby(sorted(parts, key=lambda part: part.package), lambda part: part.package)
    packages = [_package(list(together), now) for _, together in by_package]
    return sorted(packages, key=lambda one: (one.at is None, one.at or now))


def _package(parts: Sequence[LibraryPart], now: datetime) -> _Package:
    dates = [part.dated for part in parts if part.dated]
    files = [part.library for part in parts if part.library]
    return _Package(
        # A zip's clock may be ahead of ours; nothing was seen in the future.
        at=min(max(dates), now) if dates else None,
        items={
            Kind.SAVED_TRACK: [track.id for file in files for track in file.tracks],
            Kind.SAVED_ALBUM: [album.id for file in files for album in file.albums],
            Kind.FOLLOWED_ARTIST: [artist.id for file in files for artist in file.artists],
        },
        whole=not any(file.unreadable for file in files),
        playlists=[playlist for part in parts for playlist in part.playlists],
    )


def _keep_library(user_id: int, package: _Package, now: datetime) -> int:
    """Write what is new of the library; a kind that a file has nothing of is not told by it."""
    new = 0
    for kind, items in package.items.items():
        if items:
            entries = _entries(user_id, kind, items, package, now)
            library_files.add_entries(user_id, kind, entries)
            new += sum(
                1
                for entry in entries
                if entry.event is Event.ADDED and entry.origin is not Origin.SPOTIFY
            )
    return new


def _entries(
    user_id: int, kind: Kind, items: Sequence[str], package: _Package, now: datetime
) -> list[Entry]:
    log = library_files.log(user_id, kind)
    looks = library_files.readings(user_id, COLLECTIONS[kind])
    if package.at is None:
        return recall_undated(items, log, looks, now=now)
    files = {entry.seen_at for entry in log if entry.origin is Origin.FILE}
    looks += [Reading(at=at, whole=True, origin=Origin.FILE) for at in files]
    return recall(items, log, looks, at=package.at, whole=package.whole)


def _keep_playlists(user_id: int, package: _Package, names: Names, now: datetime) -> int:
    if not package.playlists:
        return 0
    told = [_told(playlist, names) for playlist in package.playlists]
    versions = _versions(user_id, told, package.at, now)
    library_files.add_versions(user_id, versions)
    return sum(1 for version in versions if version.told and not version.gone)


def _versions(
    user_id: int, told: Sequence[ToldPlaylist], at: datetime | None, now: datetime
) -> list[LateVersion]:
    past = library_files.past_playlists(user_id, at or now)
    if at is None:
        return recall_undated_playlists(told, past, now=now)
    return recall_playlists(told, past, at=at)


def _told(playlist: PlaylistFile, names: Names) -> ToldPlaylist:
    return ToldPlaylist(
        name=playlist.name,
        description=playlist.description,
        entries=[
            [
                names.id_of(item),
                f"{item.added.isoformat()}T00:00:00+00:00" if item.added else None,
                None,
            ]
            for item in playlist.items
        ],
    )
