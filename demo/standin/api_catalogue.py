"""Endpoints about music itself: albums, artists, tracks, search, new releases."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from demo.standin.endpoints import Ask, Endpoint, RefusedError
from demo.standin.list_shapes import Span, offset_page
from demo.standin.records import Album, Artist, Catalogue, Track

GROUPS = ("album", "single", "appears_on", "compilation")
NEW_RELEASES = 100
SEARCH_OFFSET_MOST = 1000
_Record = TypeVar("_Record")


def album(ask: Ask) -> str:
    """Give a full album."""
    return ask.shapes.full_album(_find(ask, ask.world.music.albums).id)


def album_tracks(ask: Ask) -> str:
    """List an album's tracks."""
    return ask.page(_find(ask, ask.world.music.albums).track_ids, ask.shapes.simple_track)


def artist(ask: Ask) -> str:
    """Give an artist."""
    return ask.shapes.artist(_find(ask, ask.world.music.artists).id)


def artist_albums(ask: Ask) -> str:
    """List a discography, grouped by kind, newest first within a group."""
    found = _find(ask, ask.world.music.artists)
    groups = ask.query.get("include_groups", ",".join(GROUPS)).split(",")
    if not set(groups) <= set(GROUPS):
        raise RefusedError(400, "Invalid include_groups")
    albums = [ask.world.music.albums[item] for item in ask.world.music.discography[found.id]]
    albums = [item for item in _newest(albums) if item.kind in groups]
    albums.sort(key=lambda item: GROUPS.index(item.kind))
    return ask.page([item.id for item in albums], ask.shapes.discography_album)


def track(ask: Ask) -> str:
    """Give a full track."""
    return ask.shapes.track(_find(ask, ask.world.music.tracks).id)


def new_releases(ask: Ask) -> str:
    """List the newest albums (extended apps only)."""
    return f'{{"albums":{ask.page(_latest(ask.world.music), ask.shapes.album)}}}'


def search(ask: Ask) -> str:
    """Find tracks, albums and artists by words, `isrc:`, `upc:` or `tag:new`."""
    query, kinds = ask.query.get("q", "").strip(), ask.query.get("type", "").split(",")
    if not query:
        raise RefusedError(400, "No search query")
    if ask.span.offset > SEARCH_OFFSET_MOST:
        raise RefusedError(400, "Invalid offset")
    finders: Mapping[str, tuple[Callable[[Catalogue, str], list[str]], Callable[[str], str]]] = {
        "track": (_find_tracks, ask.shapes.track),
        "album": (_find_albums, ask.shapes.album),
        "artist": (_find_artists, ask.shapes.artist),
    }
    if not set(kinds) <= {*finders, "playlist", "show", "episode", "audiobook"}:
        raise RefusedError(400, "Bad search type field")
    extra = (("query", query), ("type", ",".join(kinds)))
    span = Span(offset=ask.span.offset, limit=ask.span.limit, extra=extra)
    parts = []
    for kind in kinds:
        find, write = finders.get(kind, (_find_nothing, ask.shapes.track))
        found = find(ask.world.music, query.casefold())
        shown = [write(item) for item in found[span.offset : span.offset + span.limit]]
        parts.append(f'"{kind}s":{offset_page(ask.url, shown, len(found), span)}')
    return f"{{{','.join(parts)}}}"


def _find(ask: Ask, records: Mapping[str, _Record]) -> _Record:
    found = records.get(ask.ids["id"])
    if found is None:
        raise RefusedError(404, "Resource not found")
    return found


def _find_nothing(_music: Catalogue, _query: str) -> list[str]:
    return []


def _find_tracks(music: Catalogue, query: str) -> list[str]:
    if query.startswith("isrc:"):
        return [t.id for t in music.tracks.values() if t.isrc.casefold() == query[5:]]

    def text(item: Track) -> str:
        return f"{item.name} {music.albums[item.album_id].name} {_credit(music, item.artist_ids)}"

    return [item.id for item in music.tracks.values() if _matches(query, text(item))]


def _find_albums(music: Catalogue, query: str) -> list[str]:
    if "tag:new" in query:
        return _latest(music)
    if query.startswith("upc:"):
        wanted = query[4:].lstrip("0")
        return [a.id for a in music.albums.values() if a.upc.lstrip("0") == wanted]

    def text(item: Album) -> str:
        return f"{item.name} {_credit(music, item.artist_ids)}"

    return [item.id for item in music.albums.values() if _matches(query, text(item))]


def _find_artists(music: Catalogue, query: str) -> list[str]:
    def fame(item: Artist) -> int:
        return -item.popularity

    found = [item for item in music.artists.values() if _matches(query, item.name)]
    return [item.id for item in sorted(found, key=fame)]


def _matches(query: str, text: str) -> bool:
    """Hold when every word occurs; field names such as `artist:` are dropped."""
    folded = text.casefold()
    return all(word.split(":")[-1].strip('"') in folded for word in query.split())


def _credit(music: Catalogue, artist_ids: tuple[str, ...]) -> str:
    return " ".join(music.artists[item].name for item in artist_ids)


def _latest(music: Catalogue) -> list[str]:
    return [item.id for item in _newest(list(music.albums.values()))[:NEW_RELEASES]]


def _newest(albums: list[Album]) -> list[Album]:
    return sorted(albums, key=lambda item: item.release_date, reverse=True)


ENDPOINTS = (
    Endpoint(path="/albums/<id>", answer=album),
    Endpoint(path="/albums/<id>/tracks", answer=album_tracks),
    Endpoint(path="/artists/<id>", answer=artist),
    Endpoint(path="/artists/<id>/albums", answer=artist_albums, most_restricted=10),
    Endpoint(path="/tracks/<id>", answer=track),
    Endpoint(path="/search", answer=search, most_restricted=10),
    Endpoint(path="/browse/new-releases", answer=new_releases, extended_only=True),
)
