"""The catalogue learns, and forgets nothing: stubs, whole things, freshness, writers at once."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from webapp import db
from webapp.domain.catalog import Album, Artist, Catalog, Track, TrackKind, catalog_of
from webapp.queries import catalog

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
STUB = Artist(id="a1", name="Ana", raw={"id": "a1"})
FULL = Artist(
    id="a1",
    name="Ana",
    image_url="/ana.jpg",
    genres=("fado", "jazz"),
    popularity=40,
    followers=7,
    full=True,
    raw={"id": "a1", "genres": ["fado", "jazz"]},
)
ALBUM_STUB = Album(id="b1", name="First", release_date="1999", artists=(STUB,), raw={"id": "b1"})
ALBUM = Album(
    id="b1",
    name="First",
    release_date="1999-05-01",
    release_precision="day",
    total_tracks=9,
    image_url="/b1.jpg",
    upc="0123",
    label="Reel",
    artists=(STUB,),
    full=True,
    raw={"id": "b1", "label": "Reel"},
)
TRACK = Track(
    id="t1",
    name="One",
    duration_ms=201_000,
    disc_number=1,
    track_number=4,
    isrc="GBAAA9900303",
    album=ALBUM_STUB,
    artists=(STUB,),
    artist_names="Ana",
    raw={"id": "t1", "external_ids": {"isrc": "GBAAA9900303"}},
)


def store(*things: Artist | Album | Track, at: datetime = NOW) -> None:
    gathered = catalog_of(
        tracks=[one for one in things if isinstance(one, Track)],
        albums=[one for one in things if isinstance(one, Album)],
        artists=[one for one in things if isinstance(one, Artist)],
    )
    with db.transaction():
        catalog.store(gathered, at, WEEK)


def row(table: str, identity: str, columns: str = "*") -> Any:
    (found,) = db.query(f"SELECT {columns} FROM {table} WHERE id = %s", identity)  # noqa: S608 - our own names
    return found


def credit(table: str, identity: str) -> list[str]:
    noun = table.removesuffix("_artists")
    rows = db.query(
        f"SELECT artist_id FROM {table} WHERE {noun}_id = %s ORDER BY position",  # noqa: S608 - our own names
        identity,
    )
    return [artist for (artist,) in rows]


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=30)])
@pytest.mark.parametrize(
    ("table", "full", "stub"),
    [
        ("artists", FULL, Artist(id="a1", name="Anna", raw={"stub": True})),
        ("albums", ALBUM, Album(id="b1", name="First!", image_url="/x.jpg", raw={"stub": True})),
    ],
)
def test_a_stub_never_overwrites_a_whole_thing(
    table: str, full: Artist | Album, stub: Artist | Album, later: timedelta
) -> None:
    store(full)
    before = row(table, full.id)
    store(stub, at=NOW + later)
    assert row(table, full.id) == before


def test_a_whole_thing_replaces_a_stub_at_once() -> None:
    store(STUB, ALBUM_STUB)
    assert row("artists", "a1", "genres, is_full") == ([], False)
    store(FULL, ALBUM)
    assert row("artists", "a1", "genres, popularity, followers, image_url, is_full, raw") == (
        ["fado", "jazz"],
        40,
        7,
        "/ana.jpg",
        True,
        FULL.raw,
    )
    columns = "release_date, release_year, total_tracks, upc, label, is_full"
    assert row("albums", "b1", columns) == ("1999-05-01", 1999, 9, "0123", "Reel", True)


def test_a_fresh_row_that_tells_the_same_is_left_alone() -> None:
    store(FULL, ALBUM, TRACK)
    tables = [("artists", "a1"), ("albums", "b1"), ("tracks", "t1")]
    before = [row(table, identity, "xmin::text, fetched_at") for table, identity in tables]
    store(FULL, ALBUM, TRACK, at=NOW + WEEK)
    assert [row(table, identity, "xmin::text, fetched_at") for table, identity in tables] == before
    later = NOW + WEEK + timedelta(seconds=1)
    store(FULL, ALBUM, TRACK, at=later)
    assert [row(table, identity, "fetched_at") for table, identity in tables] == [(later,)] * 3


def test_news_is_written_however_fresh_the_row_is() -> None:
    store(FULL, TRACK)
    renamed = Artist(id="a1", name="Ana M.", full=True, raw={"id": "a1"})
    remade = Track(id="t1", name="One (live)", duration_ms=205_000, isrc=TRACK.isrc, raw={})
    store(renamed, remade, at=NOW + timedelta(minutes=1))
    assert row("artists", "a1", "name, image_url") == ("Ana M.", "/ana.jpg")
    assert row("tracks", "t1", "name, duration_ms, album_id") == ("One (live)", 205_000, "b1")


def test_a_track_seen_inside_an_album_loses_nothing_it_had() -> None:
    store(TRACK)
    inside = Track(id="t1", name="One", duration_ms=201_000, album=None, raw={"preview": "x"})
    store(inside, at=NOW + timedelta(days=30))
    columns = "isrc, album_id, disc_number, track_number, artist_names, raw"
    assert row("tracks", "t1", columns) == (
        "GBAAA9900303",
        "b1",
        1,
        4,
        "Ana",
        {**TRACK.raw, "preview": "x"},
    )
    assert credit("track_artists", "t1") == ["a1"]


def test_an_isrc_and_an_album_that_come_late_are_taken_at_once() -> None:
    store(Track(id="t1", name="One", duration_ms=201_000, artists=(STUB,), artist_names="Ana"))
    store(TRACK, at=NOW + timedelta(seconds=1))
    assert row("tracks", "t1", "isrc, album_id") == ("GBAAA9900303", "b1")


def test_a_name_that_went_missing_is_kept() -> None:
    store(FULL, ALBUM, TRACK)
    things = (
        Artist(id="a1", name="", full=True),
        Album(id="b1", name="", full=True),
        Track(id="t1", name=""),
    )
    store(*things, at=NOW + timedelta(days=30))
    found = [row(table, id_, "name")[0] for table, id_ in _all_three()]
    assert found == ["Ana", "First", "One"]
    assert row("albums", "b1", "artist_names") == ("Ana",)


def _all_three() -> list[tuple[str, str]]:
    return [("artists", "a1"), ("albums", "b1"), ("tracks", "t1")]


def test_credits_keep_their_order_and_may_change() -> None:
    boris, chen = Artist(id="a2", name="Boris"), Artist(id="a3", name="Chen")
    store(Track(id="t1", name="One", artists=(boris, STUB)))
    assert credit("track_artists", "t1") == ["a2", "a1"]
    store(Track(id="t1", name="One", artists=(chen, STUB, boris)), at=NOW + timedelta(days=30))
    assert credit("track_artists", "t1") == ["a3", "a1", "a2"]
    store(Album(id="b1", name="First", artists=(chen, boris)))
    assert credit("album_artists", "b1") == ["a3", "a2"]


def test_local_files_and_episodes_need_neither_album_nor_artists() -> None:
    store(
        Track(id="local:1", name="My demo", kind=TrackKind.LOCAL, artist_names="Me"),
        Track(id="e1", name="Episode", kind=TrackKind.EPISODE, duration_ms=1_860_000),
    )
    assert row("tracks", "local:1", "kind, artist_names, album_id") == ("local", "Me", None)
    assert row("tracks", "e1", "kind, duration_ms") == ("episode", 1_860_000)


@pytest.mark.parametrize(
    "name",
    ["O'Hara", '"; DROP TABLE artists; --', "%s %(x)s %", "日本語🎧", "\\", "a\tb\n", "\u202e"],
)
def test_hostile_names_are_kept_to_the_letter(name: str) -> None:
    store(Track(id="t1", name=name, artists=(Artist(id="a1", name=name),), raw={name: [name]}))
    assert row("tracks", "t1", "name, raw") == (name, {name: [name]})
    assert row("artists", "a1", "name") == (name,)


def test_a_large_batch_and_none_at_all() -> None:
    tracks = [Track(id=f"t{n}", name=f"{n}", album=ALBUM, artists=(STUB,)) for n in range(2_500)]
    store(*tracks)
    assert db.query("SELECT count(*) FROM tracks") == [(2_500,)]
    assert db.query("SELECT count(*) FROM track_artists") == [(2_500,)]
    with db.transaction():
        catalog.store(Catalog(), NOW, WEEK)


def test_writers_that_see_things_in_opposite_order_do_not_deadlock() -> None:
    start, errors = Barrier(4), list[Exception]()

    def write(turn: int) -> None:
        try:
            with db.connection():
                start.wait()
                for round_ in range(6):
                    numbers = list(range(120))[:: 1 if turn % 2 else -1]
                    store(*[_thing(n, round_ * 4 + turn) for n in numbers])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told below
            errors.append(error)

    threads = [Thread(target=write, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not errors
    assert db.query("SELECT count(*) FROM tracks") == [(120,)]


def _thing(n: int, turn: int) -> Track:
    """Make a track that tells something new each turn, so that every row is locked."""
    artists = tuple(Artist(id=f"a{(n + step) % 40}", name=f"{turn}") for step in range(2))
    album = Album(id=f"b{n % 30}", name=f"{turn}", artists=artists)
    return Track(id=f"t{n}", name=f"{turn}", album=album, artists=artists, artist_names="x")
