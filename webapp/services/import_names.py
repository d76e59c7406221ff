"""What a library file names, given to the catalogue where it lacks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from webapp.domain.catalog import TrackKind, local_id
from webapp.domain.reports import song_key
from webapp.providers.exports.library import ItemKind, LibraryFile, PlaylistFile, PlaylistItem
from webapp.queries import named_catalog, staging

Song = tuple[str | None, str, str, str]
"""Id, title, artist, album."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Which track each song of the files is."""

    songs: dict[Song, str]

    def id_of(self, item: PlaylistItem) -> str | None:
        """Give the id of what is in a playlist, as the log has it; None for a hole."""
        if item.kind is ItemKind.LOCAL:
            return local_id(item.uri) if item.uri else None
        if item.kind is ItemKind.TRACK:
            return item.id or self.songs.get(_song(item))
        return item.id


def learn(
    user_id: int,
    import_id: int,
    libraries: Sequence[LibraryFile],
    playlists: Sequence[PlaylistFile],
) -> Names:
    """Write what is not known yet, inside the caller's transaction; nothing of it stays staged."""
    items = [item for playlist in playlists for item in playlist.items]
    _learn_artists_and_albums(user_id, libraries)
    nobody = Names(songs={})
    named_catalog.add_others(
        (id_, item.name, item.artist, _kind(item))
        for item in items
        if item.kind is not ItemKind.TRACK and (id_ := nobody.id_of(item))
    )
    saved = (track for library in libraries for track in library.tracks)
    listed = (item for item in items if item.kind is ItemKind.TRACK and (item.id or item.name))
    wanted: chain[Song] = chain(
        ((track.id, track.name, track.artist, track.album) for track in saved), map(_song, listed)
    )
    songs = {song: number for number, song in enumerate(dict.fromkeys(wanted))}
    staging.copy_songs(import_id, [_line(number, song) for song, number in songs.items()])
    staging.resolve(import_id, user_id)
    found = named_catalog.found_songs()
    staging.drop(import_id)
    return Names(songs={song: found[number] for song, number in songs.items()})


def _learn_artists_and_albums(user_id: int, libraries: Sequence[LibraryFile]) -> None:
    artists = [artist for library in libraries for artist in library.artists]
    albums = [album for library in libraries for album in library.albums]
    by = {song_key("", album.artist): album.artist for album in albums if album.artist}
    named_catalog.add_artists((one.id, one.name, song_key("", one.name)) for one in artists)
    named_catalog.add_missing_artists(user_id, by.items())
    named_catalog.add_albums(
        (one.id, one.name, one.artist, song_key(one.artist, one.name)) for one in albums
    )
    named_catalog.credit_albums(
        user_id, ((one.id, song_key("", one.artist)) for one in albums if one.artist)
    )


def _song(item: PlaylistItem) -> Song:
    return (item.id, item.name, item.artist, item.album)


def _line(number: int, song: Song) -> tuple[Any, ...]:
    track_id, title, artist, album = song
    album_key = song_key(artist, album) if album else ""
    keys = (song_key(artist, title), song_key("", artist), album_key)
    return (number, track_id, title, artist, album, None, None, *keys)


def _kind(item: PlaylistItem) -> TrackKind:
    return TrackKind.LOCAL if item.kind is ItemKind.LOCAL else TrackKind.EPISODE
