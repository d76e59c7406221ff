"""From a page to ask for, to what is kept of it: one call each."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from webapp.domain.catalog import Album, Artist, Track
from webapp.domain.provider import MusicService, Page, TimeRange
from webapp.domain.sweeps import Body, Fetch
from webapp.domain.syncs import Collection

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """A fetched page: the rows a sweep thinks about, and what it taught the catalogue."""

    body: Body
    tracks: tuple[Track, ...] = ()
    albums: tuple[Album, ...] = ()
    artists: tuple[Artist, ...] = ()


def fetch(service: MusicService, wanted: Fetch) -> Got:
    """Make the one call; raises what the service raises."""
    return FETCHERS[wanted.collection](service, wanted)


def _top_tracks(service: MusicService, wanted: Fetch) -> Got:
    page = service.top_tracks(TimeRange(wanted.subject or ""))
    tracks = _present(page)
    return Got(body=_body(page, [track.id for track in tracks]), tracks=tracks)


def _top_artists(service: MusicService, wanted: Fetch) -> Got:
    page = service.top_artists(TimeRange(wanted.subject or ""))
    artists = _present(page)
    return Got(body=_body(page, [artist.id for artist in artists]), artists=artists)


def _recently_played(service: MusicService, wanted: Fetch) -> Got:
    after = datetime.fromisoformat(wanted.subject) if wanted.subject else None
    page = service.recently_played(after)
    plays = _present(page)
    rows = [[play.track.id, play.ended_at.isoformat(), play.context_uri] for play in plays]
    return Got(body=_body(page, rows), tracks=tuple(play.track for play in plays))


def _playlists(service: MusicService, wanted: Fetch) -> Got:
    if wanted.subject is not None:
        return _playlist_items(service, wanted.subject, wanted.offset)
    page = service.playlists(wanted.offset)
    return Got(body=_body(page, [asdict(item) if item else None for item in page.items]))


def _playlist_items(service: MusicService, playlist_id: str, offset: int) -> Got:
    page = service.playlist_items(playlist_id, offset)
    rows = [
        [entry.track.id if entry.track else None, _iso(entry.added_at), entry.added_by]
        if entry
        else [None, None, None]
        for entry in page.items
    ]
    tracks = tuple(entry.track for entry in page.items if entry and entry.track)
    return Got(body=_body(page, rows), tracks=tracks)


def _saved_tracks(service: MusicService, wanted: Fetch) -> Got:
    page = service.saved_tracks(wanted.offset)
    rows = [[item.track.id, _iso(item.added_at)] if item else None for item in page.items]
    return Got(body=_body(page, rows), tracks=tuple(item.track for item in _present(page)))


def _saved_albums(service: MusicService, wanted: Fetch) -> Got:
    page = service.saved_albums(wanted.offset)
    rows = [[item.album.id, _iso(item.added_at)] if item else None for item in page.items]
    saved = _present(page)
    tracks = tuple(track for item in saved for track in item.tracks)
    return Got(body=_body(page, rows), tracks=tracks, albums=tuple(item.album for item in saved))


def _followed_artists(service: MusicService, wanted: Fetch) -> Got:
    page = service.followed_artists(wanted.subject)
    rows = [artist.id if artist else None for artist in page.items]
    return Got(body=_body(page, rows), artists=_present(page))


FETCHERS: Mapping[Collection, Callable[[MusicService, Fetch], Got]] = {
    Collection.TOP_TRACKS: _top_tracks,
    Collection.TOP_ARTISTS: _top_artists,
    Collection.RECENTLY_PLAYED: _recently_played,
    Collection.PLAYLISTS: _playlists,
    Collection.SAVED_TRACKS: _saved_tracks,
    Collection.SAVED_ALBUMS: _saved_albums,
    Collection.FOLLOWED_ARTISTS: _followed_artists,
}


def _present(page: Page[Item]) -> tuple[Item, ...]:
    return tuple(item for item in page.items if item is not None)


def _body(page: Page[Any], rows: list[Any]) -> Body:
    return Body(rows=rows, total=page.total, more=page.more, after=page.after)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
