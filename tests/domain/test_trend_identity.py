"""One thing under several names and ids, and several things under one name."""

from datetime import date
from typing import Any

from webapp.domain.trend_identity import Known, Plan, settle
from webapp.domain.trends import Entry, Kind, match_key

FREE = range(100, 200)


def entry(name: str, kind: Kind = Kind.ALBUM, by: str = "Somebody", **told: Any) -> Entry:
    return Entry(position=1, kind=kind, name=name, artist_names=by, **told)


def known(number: int, name: str, *, root: int = 0, year: int = 0, **ids: str) -> Known:
    return Known(
        id=number,
        root=root or number,
        kind=Kind.ALBUM,
        match_key=match_key(Kind.ALBUM, name, "Somebody"),
        ids=ids,
        released=date(year, 1, 1) if year else None,
    )


def plan(entries: list[Entry], *things: Known) -> Plan:
    return settle(entries, things, FREE)


def test_what_nobody_met_is_new_once() -> None:
    found = plan([entry("One", deezer_id="1"), entry("Two"), entry("ONE!", deezer_id="1")])
    assert found.roots == (100, 101, 100)
    assert [number for number, _ in found.added] == [100, 101]
    assert found.merged == ()


def test_an_id_decides_whatever_the_name() -> None:
    found = plan([entry("Renamed", mbid="m", image_url="u")], known(3, "Once", mbid="m"))
    assert found.roots == (3,)
    assert found.added == ()
    assert [number for number, _ in found.gained] == [3]


def test_a_name_joins_services_and_the_thing_learns_the_id() -> None:
    found = plan([entry("One (feat. X)", deezer_id="9")], known(3, "one", mbid="m"))
    assert found.roots == (3,)
    assert found.gained[0][1].deezer_id == "9"


def test_an_album_in_two_editions_is_one_under_the_older_id() -> None:
    found = plan([entry("One", spotify_id="new")], known(3, "One", spotify_id="old"))
    assert found.roots == (3,)
    assert found.added[0][0] == 100
    assert found.added[0][1].spotify_id == "new"
    assert found.merged == ((100, 3),)
    assert found.gained[0][1].spotify_id is None, "each id stays with one row"
    again = plan(
        [entry("Other name", spotify_id="new")],
        known(3, "One", spotify_id="old"),
        known(100, "One", root=3, spotify_id="new"),
    )
    assert again.roots == (3,)
    assert not again.added
    assert not again.merged


def test_ids_of_one_entry_make_two_things_one() -> None:
    found = plan(
        [entry("Either", spotify_id="s", mbid="m"), entry("More", deezer_id="d", mbid="m")],
        known(5, "Five", mbid="m"),
        known(3, "Three", spotify_id="s"),
    )
    assert found.roots == (3, 3)
    assert found.merged == ((5, 3),)
    taught = [told for _, told in found.gained]
    assert [(one.spotify_id, one.deezer_id, one.mbid) for one in taught] == [
        (None, None, None),
        (None, "d", None),
    ]


def test_self_titled_albums_stay_apart() -> None:
    blue = known(3, "Somebody", mbid="blue", year=1994)
    assert plan([entry("Somebody", mbid="green")], blue).roots == (100,)
    green = entry("Somebody", deezer_id="7", released=date(2001, 5, 15))
    assert plan([green], blue).roots == (100,)
    reissue = entry("Somebody", deezer_id="7", released=date(1995, 5, 15))
    assert plan([reissue], blue).roots == (3,)


def test_artists_of_one_name_stay_apart_where_a_service_has_both() -> None:
    first, second = (
        entry("Twin", Kind.ARTIST, "", deezer_id="1"),
        entry("Twin", Kind.ARTIST, "", deezer_id="2"),
    )
    assert settle([first, second], (), FREE).roots == (100, 101)
    elsewhere = entry("twin", Kind.ARTIST, "", mbid="m")
    assert settle([first, elsewhere], (), FREE).roots == (100, 100)


def test_a_song_has_as_many_recordings_as_it_likes() -> None:
    songs = [entry("Song", Kind.TRACK, mbid="a"), entry("Song", Kind.TRACK, mbid="b")]
    found = settle(songs, (), FREE)
    assert found.roots == (100, 100)
    assert found.merged == ((101, 100),)
