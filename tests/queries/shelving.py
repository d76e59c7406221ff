"""A listener with a library of a few things, put straight into the tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from webapp import db
from webapp.domain.catalog import Album, Artist, Track, TrackKind, catalog_of
from webapp.domain.library import Change, Event, Kind
from webapp.domain.provider import TimeRange
from webapp.queries import accounts, catalog, library, playlists
from webapp.queries.playlists import Version

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def make_listener(name: str = "mira") -> int:
    """Add an account and return its id."""
    return accounts.add(
        spotify_id=name,
        account_id=None,
        username=name,
        display_name=name,
        image_url=None,
        is_admin=False,
        time_zone="UTC",
        now=MONDAY,
    )


def make_track(track_id: str, name: str, artist: str = "Nia Osei", album: str = "Reel") -> Track:
    """Make a track of an album and an artist named after their names."""
    by = Artist(id=f"artist-{artist}", name=artist)
    of = Album(id=f"album-{album}", name=album, image_url=f"/{album}.jpg", artists=(by,))
    kind = TrackKind.LOCAL if track_id.startswith("local:") else TrackKind.TRACK
    return Track(
        id=track_id,
        name=name,
        kind=kind,
        duration_ms=60_000,
        album=of,
        artists=(by,),
        artist_names=artist,
    )


def know(
    tracks: Sequence[Track] = (), albums: Sequence[Album] = (), artists: Sequence[Artist] = ()
) -> None:
    """Put things into the catalogue."""
    catalog.store(catalog_of(tracks, albums, artists), MONDAY, DAY)


def save(user_id: int, kind: Kind, *ids: str, at: datetime = MONDAY) -> None:
    """Note that things were seen in the library, the first saved last."""
    changes = [
        Change(event=Event.ADDED, item_id=item, added_at=(at - place * DAY).isoformat())
        for place, item in enumerate(ids)
    ]
    library.record(user_id, kind, changes, at, None)


def unsave(user_id: int, kind: Kind, *ids: str, at: datetime) -> None:
    """Note that things were seen to be gone."""
    changes = [Change(event=Event.REMOVED, item_id=item) for item in ids]
    library.record(user_id, kind, changes, at, None)


def list_playlist(
    user_id: int,
    playlist_id: str,
    entries: Sequence[str | None] | None,
    *,
    name: str = "Slow trains",
    owner: str = "mira",
    at: datetime = MONDAY,
    total: int | None = None,
) -> None:
    """Note that a playlist was seen with these tracks, None for a hole."""
    rows = [_entry(track, at, owner) for track in entries or ()]
    version = Version(
        playlist_id=playlist_id,
        snapshot_id="1",
        name=name,
        description="",
        owner_id=owner,
        owner_name=owner,
        public=True,
        collaborative=False,
        image_url=None,
        total=total if entries is None else len(entries),
        entries=None if entries is None else rows,
        content_hash=f"{playlist_id} {at}",
    )
    playlists.record(user_id, [version], at, None)


def rank(
    user_id: int,
    kind: str,
    *ids: str,
    at: datetime = MONDAY,
    time_range: TimeRange = TimeRange.SHORT,
) -> None:
    """Note a top list."""
    library.record_top_lists(user_id, kind, {time_range: list(ids)}, at, None)


@dataclass
class Counter:
    """The statements that were sent."""

    statements: list[str] = field(default_factory=list)


@contextmanager
def counted() -> Iterator[Counter]:
    """Count statements by wrapping the one door to the database."""
    counter, send = Counter(), cast("Any", db.database).execute_sql

    def counting(sql: str, *values: Any) -> Any:
        counter.statements.append(sql)
        return send(sql, *values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db.database, "execute_sql", counting)
        yield counter


def _entry(track_id: str | None, at: datetime, by: str) -> list[str | None]:
    return [track_id, at.isoformat(), by] if track_id else [None, None, None]
