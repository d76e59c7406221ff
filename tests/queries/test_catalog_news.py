"""What a run has stored already is not sent again, and nothing is lost by that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from webapp import db
from webapp.domain.catalog import Album, Artist, Catalog, Track, catalog_of
from webapp.queries import catalog
from webapp.queries.catalog import Told

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
ANA = Artist(id="a1", name="Ana", raw={"id": "a1"})
BEA = Artist(id="a2", name="Bea", raw={"id": "a2"})
ALBUM = Album(id="b1", name="First", artists=(ANA,), raw={"id": "b1"})
TRACK = Track(id="t1", name="One", duration_ms=1000, album=ALBUM, artists=(ANA,), raw={"id": "t1"})

CHANGES = [
    TRACK,
    replace(TRACK, name="Two"),
    replace(TRACK, duration_ms=2000),
    replace(TRACK, isrc="GBAAA9900303"),
    replace(TRACK, album=None, isrc="GBAAA9900303"),
    replace(TRACK, artists=(ANA, BEA)),
    replace(TRACK, album=replace(ALBUM, name="Second")),
    replace(TRACK, album=replace(ALBUM, artists=(BEA,))),
    replace(TRACK, album=replace(ALBUM, image_url="/b1.jpg")),
    replace(TRACK, album=replace(ALBUM, full=True, label="Reel")),
    replace(TRACK, artists=(replace(ANA, name="Ana B."),)),
    replace(TRACK, artists=(replace(ANA, full=True, genres=("fado",), image_url="/ana.jpg"),)),
]


def ids(found: Catalog) -> list[str]:
    things: list[Artist | Album | Track] = [*found.artists, *found.albums, *found.tracks]
    return [thing.id for thing in things]


def test_the_same_page_twice_is_no_news() -> None:
    told = Told()
    assert ids(told.news(catalog_of([TRACK]))) == ["a1", "b1", "t1"]
    assert ids(told.news(catalog_of([TRACK, replace(TRACK, id="t2")]))) == ["t2"]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("change", CHANGES)
def test_the_catalogue_is_as_if_all_had_been_sent(change: Track) -> None:
    batches = [catalog_of([one]) for one in (TRACK, TRACK, change, TRACK, change)]
    told = Told()
    for batch in batches:
        catalog.store(told.news(batch), NOW, WEEK)
    spared = rows()
    empty()
    for batch in batches:
        catalog.store(batch, NOW, WEEK)
    assert spared == rows()


def rows() -> list[str]:
    tables = ("artists", "albums", "tracks", "album_artists", "track_artists")
    return [line for table in tables for line in sorted(map(str, db.query(f"TABLE {table}")))]


def empty() -> None:
    db.query("TRUNCATE artists, albums, tracks, album_artists, track_artists")
