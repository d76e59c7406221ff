"""Gathering what pages taught."""

from webapp.domain.catalog import Album, Artist, Catalog, Track, catalog_of, year_of

STUB = Artist(id="a1", name="Ana", raw={"id": "a1"})
FULL = Artist(id="a1", name="Ana", genres=("jazz",), full=True)
BORIS = Artist(id="a2", name="Boris")
RICH = {"id": "t1", "popularity": 3}


def test_each_thing_once_sorted_by_id() -> None:
    album = Album(id="b2", name="Second", artists=(BORIS,))
    tracks = [
        Track(id="t9", name="Nine", album=album, artists=(BORIS, STUB)),
        Track(id="t1", name="One", album=Album(id="b1", name="First"), artists=(STUB,)),
        Track(id="t9", name="Nine", album=album, artists=(BORIS,)),
    ]
    catalog = catalog_of(tracks)
    assert [track.id for track in catalog.tracks] == ["t1", "t9"]
    assert [one.id for one in catalog.albums] == ["b1", "b2"]
    assert catalog.artists == (STUB, BORIS)


def test_the_full_form_wins_wherever_it_stands() -> None:
    stub_album = Album(id="b1", name="First", raw={"id": "b1", "images": [], "artists": []})
    full_album = Album(id="b1", name="First", full=True, artists=(STUB,))
    track = Track(id="t1", name="One", album=stub_album, artists=(STUB,))
    for artists in ([FULL, STUB], [STUB, FULL]):
        for albums in ([full_album, stub_album], [stub_album, full_album]):
            catalog = catalog_of([track], albums, artists)
            assert catalog.artists == (FULL,)
            assert catalog.albums == (full_album,)


def test_a_track_of_its_own_wins_over_one_embedded_in_an_album() -> None:
    album = Album(id="b1", name="First", full=True)
    alone = Track(id="t1", name="One", album=album, isrc="GBAAA9900303", raw={"id": "t1"})
    embedded = Track(id="t1", name="One", album=album, raw=RICH)
    assert catalog_of([embedded, alone]).tracks == (alone,)
    assert catalog_of([alone, embedded]).tracks == (alone,)


def test_among_equals_the_one_with_more_wins_then_the_first() -> None:
    poor, rich = Track(id="t1", name="One", raw={"id": "t1"}), Track(id="t1", name="1", raw=RICH)
    assert catalog_of([poor, rich]).tracks == (rich,)
    twin = Track(id="t1", name="Uno", raw=RICH)
    assert catalog_of([rich, twin]).tracks == (rich,)


def test_nothing_makes_an_empty_catalog() -> None:
    assert catalog_of() == Catalog()


def test_years() -> None:
    assert [year_of(told) for told in ("1999", "1999-09", "0000", "", None, "abcd")] == [
        1999,
        1999,
        None,
        None,
        None,
        None,
    ]
