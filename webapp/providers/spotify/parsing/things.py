"""Artists, albums and tracks, from objects that `tidy` has been over."""

from typing import Any

from webapp.domain.catalog import Album, Artist, Track, TrackKind, local_id
from webapp.providers.spotify.parsing.values import (
    Json,
    as_object,
    code,
    duration,
    image,
    joined,
    objects,
    release,
    spotify_id,
    text,
    whole,
)

LONGEST_CODE = 32
LONGEST_GENRE = 200
HIGHEST_POPULARITY = 100

_SPOKEN = frozenset({"episode", "chapter"})


def artist(data: Json) -> Artist | None:
    """Read an artist; one without an id (of a local file) is none."""
    identity = spotify_id(data.get("id"))
    if identity is None:
        return None
    full = "images" in data
    if not full:
        return Artist(id=identity, name=text(data.get("name")), raw=data)
    return Artist(
        id=identity,
        name=text(data.get("name")),
        image_url=image(data.get("images")),
        genres=_genres(data.get("genres")),
        popularity=whole(data.get("popularity"), HIGHEST_POPULARITY),
        followers=whole(as_object(data.get("followers")).get("total")),
        full=True,
        raw=data,
    )


def _genres(value: Any) -> tuple[str, ...]:
    names = value if isinstance(value, list) else []
    return tuple(name for name in names if isinstance(name, str) and 0 < len(name) <= LONGEST_GENRE)


def album(data: Json) -> Album | None:
    """Read an album, simplified or full; one without an id (of a local file) is none."""
    identity = spotify_id(data.get("id"))
    if identity is None:
        return None
    release_date, precision = release(data.get("release_date"), data.get("release_date_precision"))
    external = as_object(data.get("external_ids"))
    return Album(
        id=identity,
        name=text(data.get("name")),
        album_type=(text(data.get("album_type"), LONGEST_CODE) or "album").lower(),
        release_date=release_date,
        release_precision=precision,
        total_tracks=whole(data.get("total_tracks")),
        image_url=image(data.get("images")),
        upc=code(external.get("upc"), LONGEST_CODE) or code(external.get("ean"), LONGEST_CODE),
        label=text(data.get("label")) or None,
        popularity=whole(data.get("popularity"), HIGHEST_POPULARITY),
        artists=artists(data.get("artists")),
        full="tracks" in data or "external_ids" in data,
        raw={key: part for key, part in data.items() if key != "tracks"},
    )


def artists(value: Any) -> tuple[Artist, ...]:
    """Read the artists that have an id, in order of credit."""
    found = (artist(data) for data in objects(value))
    return tuple(one for one in found if one is not None)


def track(data: Json, within: Album | None = None) -> Track | None:
    """Read a track, an episode or a local file; `within` is the album that embeds it.

    `raw` leaves the album out, which keeps its own; a local file's album has no id, so it stays.
    """
    kind = _kind(data)
    identity = _local_identity(data) if kind is TrackKind.LOCAL else spotify_id(data.get("id"))
    if identity is None:
        return None
    found_album = within or album(as_object(data.get("album")))
    return Track(
        id=identity,
        name=text(data.get("name")),
        kind=kind,
        duration_ms=_length(data, kind),
        explicit=data.get("explicit") is True,
        disc_number=whole(data.get("disc_number")),
        track_number=whole(data.get("track_number")),
        isrc=_isrc(as_object(data.get("external_ids")).get("isrc")),
        popularity=whole(data.get("popularity"), HIGHEST_POPULARITY),
        album=found_album,
        artists=artists(data.get("artists")),
        artist_names=_credit(data, kind),
        raw={key: part for key, part in data.items() if key != "album"} if found_album else data,
    )


def _kind(data: Json) -> TrackKind:
    uri = text(data.get("uri"))
    if data.get("is_local") is True or uri.startswith("spotify:local:"):
        return TrackKind.LOCAL
    spoken = data.get("type") in _SPOKEN if isinstance(data.get("type"), str) else False
    if spoken or uri.startswith("spotify:episode:"):
        return TrackKind.EPISODE
    return TrackKind.TRACK


def _local_identity(data: Json) -> str | None:
    uri = data.get("uri")
    if isinstance(uri, str) and uri:
        return local_id(uri)
    words = joined([_credit(data, TrackKind.LOCAL), text(data.get("name"))])
    return local_id(words) if words else None


def _length(data: Json, kind: TrackKind) -> int | None:
    """Read the duration; a local file's URI ends with it in seconds, should the field be odd."""
    told = duration(data.get("duration_ms"))
    if told is not None or kind is not TrackKind.LOCAL:
        return told
    seconds = whole(text(data.get("uri")).rpartition(":")[2])
    return duration(seconds * 1_000) if seconds else None


def _isrc(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return code(value.replace("-", "").strip().upper(), LONGEST_CODE)


def _credit(data: Json, kind: TrackKind) -> str:
    """Name the artists, those without an id too; an episode is credited to its show."""
    if kind is TrackKind.EPISODE:
        return text(as_object(data.get("show")).get("name"))
    return joined(text(one.get("name")) for one in objects(data.get("artists")))
