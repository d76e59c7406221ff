"""Lists of the library: order, words, pages, and the past."""

from datetime import timedelta

import pytest

from tests.queries.shelving import (
    DAY,
    MONDAY,
    counted,
    know,
    make_listener,
    make_track,
    save,
    unsave,
)
from webapp.domain.catalog import Album, Artist
from webapp.domain.library import Kind
from webapp.queries import library_pages, overview, plays
from webapp.queries.lines import Wanted
from webapp.queries.plays import Heard

pytestmark = pytest.mark.usefixtures("database")

TRACKS = (
    make_track("t1", "Émile’s Café", "Sigur Rós", "Øst"),  # noqa: RUF001 - as Spotify writes it
    make_track("t2", "banana 100%", "Nia Osei", "Reel"),
    make_track("t3", "Zebra_crossing", "AC\\DC", "Reel"),
    make_track("t4", "Ночное Небо", "Мавка", "Море"),  # noqa: RUF001 - it is Cyrillic
    make_track("t5", "<script>alert(1)</script>", "Nia Osei", "Ångström"),
)


@pytest.fixture
def listener() -> int:
    know(TRACKS)
    user_id = make_listener()
    save(user_id, Kind.SAVED_TRACK, *(track.id for track in TRACKS))
    return user_id


def found(user_id: int, words: str, sort: str = "") -> list[str]:
    part = library_pages.saved_tracks(user_id, Wanted(words=words, sort=sort))
    assert part.total == len(part.rows)
    return [row.track.id for row in part.rows]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("emile's cafe", ["t1"]),
        ("ÉMILE", ["t1"]),
        ("rós sigur", ["t1"]),
        ("ost", ["t1"]),
        ("SIGUR cafe", ["t1"]),
        ("angstrom nia", ["t5"]),
        ("небо мавка", ["t4"]),
        ("НОЧНОЕ", ["t4"]),
        ("%", ["t2"]),
        ("_", ["t3"]),
        ("\\", ["t3"]),
        ("<script>", ["t5"]),
        ("'; DROP TABLE plays; --", []),
        ("   ", ["t1", "t2", "t3", "t4", "t5"]),
    ],
)
def test_words_are_found_without_capitals_and_accents(
    listener: int, words: str, ids: list[str]
) -> None:
    assert found(listener, words) == ids


def test_orders(listener: int) -> None:
    assert found(listener, "", "newest") == ["t1", "t2", "t3", "t4", "t5"]
    assert found(listener, "", "title") == ["t5", "t2", "t1", "t3", "t4"]
    assert found(listener, "", "artist") == ["t3", "t5", "t2", "t1", "t4"]


def test_pages_add_up_and_end(listener: int) -> None:
    parts = [library_pages.saved_tracks(listener, Wanted(page=n, size=2)) for n in (1, 2, 3, 4)]
    assert [len(part.rows) for part in parts] == [2, 2, 1, 0]
    assert [part.total for part in parts[:3]] == [5, 5, 5]
    assert parts[0].pages == 3
    assert [part.beyond for part in parts] == [False, False, False, True]


def test_the_past_is_replayed(listener: int) -> None:
    save(listener, Kind.SAVED_TRACK, "t1", at=MONDAY + 2 * DAY)
    unsave(listener, Kind.SAVED_TRACK, "t2", "t3", at=MONDAY + 2 * DAY)

    def at(day: int, words: str = "") -> list[str]:
        wanted = Wanted(moment=MONDAY + day * DAY, words=words)
        return [row.track.id for row in library_pages.saved_tracks(listener, wanted).rows]

    assert at(-1) == []
    assert at(0) == ["t1", "t2", "t3", "t4", "t5"]
    assert at(1, "banana") == ["t2"]
    assert at(2) == ["t1", "t4", "t5"] == found(listener, "")
    assert at(2, "banana") == []


def test_another_listener_sees_nothing_of_it(listener: int) -> None:
    other = make_listener("nova")
    assert library_pages.saved_tracks(other, Wanted()).total == 0
    assert library_pages.recent_plays(other) == []
    assert overview.counts(other).popitem()[1].count == 0


def test_an_item_the_catalogue_does_not_know_keeps_its_place(listener: int) -> None:
    save(listener, Kind.SAVED_TRACK, "unheard-of", at=MONDAY + DAY)
    first = library_pages.saved_tracks(listener, Wanted()).rows[0].track
    assert (first.id, first.name, first.duration_ms) == ("unheard-of", "", None)


def test_albums_and_artists() -> None:
    user_id, by = make_listener(), Artist(id="a1", name="Björk", genres=("art pop",), full=True)
    old = Album(id="b1", name="Zoo", release_date="1971", artists=(by,), full=True)
    new = Album(id="b2", name="abc", release_date="2024-05-01", artists=(by,), full=True)
    know(albums=[old, new], artists=[by, Artist(id="a2", name="Ängel", full=True)])
    save(user_id, Kind.SAVED_ALBUM, "b1", "b2")
    save(user_id, Kind.FOLLOWED_ARTIST, "a1", "a2")

    def albums(sort: str) -> list[str]:
        return [row.id for row in library_pages.saved_albums(user_id, Wanted(sort=sort)).rows]

    assert [albums(sort) for sort in library_pages.ALBUM_SORTS] == [
        ["b1", "b2"],
        ["b2", "b1"],
        ["b1", "b2"],
        ["b2", "b1"],
    ]
    artists = library_pages.followed_artists(user_id, Wanted()).rows
    assert [(row.name, row.genres) for row in artists] == [("Ängel", ()), ("Björk", ("art pop",))]
    assert library_pages.followed_artists(user_id, Wanted(words="bjork")).total == 1


def test_plays_go_on_from_any_of_them_also_within_one_instant(listener: int) -> None:
    ends = [MONDAY, MONDAY, MONDAY, MONDAY - timedelta(hours=1)]
    plays.record(
        [
            Heard(user_id=listener, track_id=f"t{n}", ended_at=end, context_uri=None)
            for n, end in enumerate(ends, 1)
        ],
        MONDAY,
    )
    seen, before = [], None
    while part := library_pages.recent_plays(listener, before, limit=1):
        seen.append(part[0].track.id)
        before = (part[0].ended_at, part[0].track.id)
    assert seen == ["t3", "t2", "t1", "t4"]


def test_each_page_is_one_statement(listener: int) -> None:
    wanted = Wanted(words="a", sort="title", moment=MONDAY)
    readers = (
        lambda: library_pages.saved_tracks(listener, wanted),
        lambda: library_pages.saved_albums(listener, wanted),
        lambda: library_pages.followed_artists(listener, Wanted()),
        lambda: library_pages.recent_plays(listener),
        lambda: overview.counts(listener),
        lambda: overview.covers(listener, 9),
    )
    for read in readers:
        with counted() as counter:
            read()
        assert len(counter.statements) == 1, counter.statements
