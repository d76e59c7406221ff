"""Whole answers: the envelope is checked, each item inside is read for what it is worth."""

from collections.abc import Callable
from typing import Any, TypeVar

from webapp.domain.catalog import Album, Artist, Track
from webapp.domain.errors import MalformedError
from webapp.domain.provider import (
    PAGE_SIZE,
    Page,
    Played,
    Playlist,
    PlaylistEntry,
    Profile,
    SavedAlbum,
    SavedTrack,
)
from webapp.providers.spotify.parsing import things
from webapp.providers.spotify.parsing.values import (
    LONGEST_TEXT,
    Json,
    as_object,
    code,
    image,
    moment,
    objects,
    spotify_id,
    text,
    tidy,
    whole,
)

Item = TypeVar("Item")

LONGEST_USER_ID = 256
LAST_OFFSET = 100_000
"""No listing goes further (Spotify OpenAPI description: offset of /me/playlists)."""

_KIND_NAMES = {type(None): "null", bool: "a boolean", str: "a text", list: "a list"}


def profile(data: Any) -> Profile:
    """Read GET /me; only an id is required, most else is gone for development-mode apps."""
    me = tidy(_object(data, "answer"))
    identity = code(me.get("id"), LONGEST_USER_ID)
    if identity is None:
        raise MalformedError(f"id: expected text, got {_kind_name(me.get('id'))}")
    return Profile(
        id=identity,
        account_id=code(me.get("account_id"), LONGEST_USER_ID),
        display_name=text(me.get("display_name")).strip() or identity,
        image_url=image(me.get("images")),
    )


def top_tracks(data: Any) -> Page[Track]:
    """Read GET /me/top/tracks: one page is the whole list."""
    return _only_page(_object(data, "answer"), things.track)


def top_artists(data: Any) -> Page[Artist]:
    """Read GET /me/top/artists: one page is the whole list."""
    return _only_page(_object(data, "answer"), things.artist)


def recently_played(data: Any) -> Page[Played]:
    """Read GET /me/player/recently-played; `next` leads nowhere, as only 50 plays exist."""
    envelope = _object(data, "answer")
    items = _each(_list(envelope, "items"), _played)
    after = code(as_object(envelope.get("cursors")).get("after"))
    return Page(items=items, total=None, more=False, after=after)


def _played(entry: Json) -> Played | None:
    found = things.track(as_object(entry.get("track")))
    ended_at = moment(entry.get("played_at"))
    if found is None or ended_at is None:
        return None
    context = text(as_object(entry.get("context")).get("uri"))
    return Played(track=found, ended_at=ended_at, context_uri=context or None)


def playlists(data: Any, offset: int = 0) -> Page[Playlist]:
    """Read a page of GET /me/playlists."""
    return _offset_page(data, _playlist, offset)


def _playlist(data: Json) -> Playlist | None:
    identity = spotify_id(data.get("id"))
    if identity is None:
        return None
    owner = as_object(data.get("owner"))
    owner_id = code(owner.get("id"), LONGEST_USER_ID) or ""
    public = data.get("public")
    return Playlist(
        id=identity,
        name=text(data.get("name")),
        description=text(data.get("description"), LONGEST_TEXT),
        owner_id=owner_id,
        owner_name=text(owner.get("display_name")) or owner_id,
        public=public if isinstance(public, bool) else None,
        collaborative=data.get("collaborative") is True,
        snapshot_id=text(data.get("snapshot_id")),
        image_url=image(data.get("images")),
        total=_entries_told(data),
    )


def _entries_told(data: Json) -> int | None:
    """Read how many entries there are: `items.total`, which older apps know as `tracks.total`."""
    told = whole(as_object(data.get("items")).get("total"))
    return whole(as_object(data.get("tracks")).get("total")) if told is None else told


def playlist_items(data: Any, offset: int = 0) -> Page[PlaylistEntry]:
    """Read a page of GET /playlists/{id}/items, or of /tracks as older apps know it."""
    return _offset_page(data, _playlist_entry, offset)


def _playlist_entry(entry: Json) -> PlaylistEntry:
    thing = as_object(entry.get("item")) or as_object(entry.get("track"))
    return PlaylistEntry(
        track=things.track(thing),
        added_at=moment(entry.get("added_at")),
        added_by=code(as_object(entry.get("added_by")).get("id"), LONGEST_USER_ID),
    )


def saved_tracks(data: Any, offset: int = 0) -> Page[SavedTrack]:
    """Read a page of GET /me/tracks."""
    return _offset_page(data, _saved_track, offset)


def _saved_track(entry: Json) -> SavedTrack | None:
    found = things.track(as_object(entry.get("track")))
    return SavedTrack(track=found, added_at=moment(entry.get("added_at"))) if found else None


def saved_albums(data: Any, offset: int = 0) -> Page[SavedAlbum]:
    """Read a page of GET /me/albums; the embedded tracks get their album."""
    return _offset_page(data, _saved_album, offset)


def _saved_album(entry: Json) -> SavedAlbum | None:
    data = as_object(entry.get("album"))
    found = things.album(data)
    if found is None:
        return None
    embedded = objects(as_object(data.get("tracks")).get("items"))
    tracks = (things.track(one, within=found) for one in embedded)
    return SavedAlbum(
        album=found,
        tracks=tuple(one for one in tracks if one is not None),
        added_at=moment(entry.get("added_at")),
    )


def followed_artists(data: Any, asked_after: str | None = None) -> Page[Artist]:
    """Read a page of GET /me/following; a cursor that stands still ends the paging."""
    envelope = _object(_object(data, "answer").get("artists"), "artists")
    items = _each(_list(envelope, "items", "artists."), things.artist)
    after = code(as_object(envelope.get("cursors")).get("after"))
    more = bool(items) and envelope.get("next") is not None and after not in (None, asked_after)
    return Page(items=items, total=whole(envelope.get("total")), more=more, after=after)


def new_releases(data: Any) -> Page[Album]:
    """Read GET /browse/new-releases, as apps with the old endpoints get it."""
    envelope = _object(_object(data, "answer").get("albums"), "albums")
    return _only_page(envelope, things.album)


def page_limit(data: Any) -> int | None:
    """Read the page size that was applied, where the answer tells."""
    return whole(as_object(data).get("limit"), least=1)


def _only_page(envelope: Json, read: Callable[[Json], Item | None]) -> Page[Item]:
    items = _each(_list(envelope, "items"), read)
    return Page(items=items, total=len(items), more=False)


def _offset_page(data: Any, read: Callable[[Json], Item | None], offset: int) -> Page[Item]:
    """Read an offset page. Holes may be left out of it, so the next starts a page size on."""
    envelope = _object(data, "answer")
    items = _each(_list(envelope, "items"), read)
    total = whole(envelope.get("total"))
    end = LAST_OFFSET if total is None else min(total, LAST_OFFSET)
    more = bool(items) and envelope.get("next") is not None and offset + PAGE_SIZE < end
    return Page(items=items, total=total, offset=offset, more=more)


def _each(items: list[Any], read: Callable[[Json], Item | None]) -> tuple[Item | None, ...]:
    return tuple(read(tidy(item)) if isinstance(item, dict) else None for item in items)


def _object(value: Any, path: str) -> Json:
    if not isinstance(value, dict):
        raise MalformedError(f"{path}: expected an object, got {_kind_name(value)}")
    return value


def _list(envelope: Json, key: str, parent: str = "") -> list[Any]:
    value = envelope.get(key)
    if not isinstance(value, list):
        raise MalformedError(f"{parent}{key}: expected a list, got {_kind_name(value)}")
    return value


def _kind_name(value: Any) -> str:
    return _KIND_NAMES.get(type(value), "an object" if isinstance(value, dict) else "a number")
