"""Charts taken together, and when they are asked for again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.domain.trend_documents import as_document, chart_document, chart_state, from_document
from webapp.domain.trends import (
    CHARTS,
    LONGEST_CHART,
    ChartState,
    Entry,
    Kind,
    Place,
    Shelf,
    Source,
    Trend,
    Wish,
    by_the_same,
    choose,
    found_elsewhere,
    genres_of,
    ranked,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def place(source: Source, position: int, shelf: Shelf = Shelf.ALBUMS) -> Place:
    return Place(source=source, chart="albums", shelf=shelf, position=position)


def trend(number: int, *places: Place, name: str = "", genres: tuple[str, ...] = ()) -> Trend:
    return Trend(
        id=number,
        kind=Kind.ALBUM,
        name=name or f"Album {number}",
        artist_names="Somebody",
        match_key=f"somebody|album{number}",
        genres=genres,
        places=places,
    )


def ids(trends: list[Trend]) -> list[int]:
    return [one.id for one in trends]


def test_what_two_charts_have_stands_above_what_one_has() -> None:
    deezer, brainz = Source.DEEZER, Source.LISTENBRAINZ
    found = choose(
        [
            trend(1, place(deezer, 1)),
            trend(2, place(deezer, 3), place(brainz, 4)),
            trend(3, place(brainz, 1)),
            trend(4, place(deezer, 1, Shelf.RELEASES)),
        ],
        Wish(shelf=Shelf.ALBUMS),
    )
    assert ids(found) == [2, 1, 3]


def test_words_that_find_nothing_here_are_looked_for_on_the_other_shelves() -> None:
    trends = [
        trend(1, place(Source.DEEZER, 1), name="Blue"),
        trend(
            2, place(Source.DEEZER, 1, Shelf.RELEASES), place(Source.DEEZER, 2), name="Blue Train"
        ),
        trend(3, place(Source.DEEZER, 1, Shelf.TRACKS), name="Red"),
    ]
    asked = Wish(shelf=Shelf.TRACKS, words="blue", source=Source.SPOTIFY, genre="jazz")
    assert found_elsewhere(trends, asked) == [(Shelf.RELEASES, 1), (Shelf.ALBUMS, 2)]
    assert found_elsewhere(trends, Wish(shelf=Shelf.TRACKS)) == []


def test_works_of_one_maker_stand_together() -> None:
    def made(number: int, kind: Kind, key: str, position: int) -> Trend:
        at = place(Source.DEEZER, position)
        return Trend(id=number, kind=kind, name=key, match_key=key, places=(at,))

    artist = made(1, Kind.ARTIST, "|nia", 1)
    album, other = made(2, Kind.ALBUM, "nia|reel", 9), made(3, Kind.ALBUM, "nia|snow", 2)
    song, alien = made(4, Kind.TRACK, "nia|reel", 5), made(5, Kind.ALBUM, "bo|reel", 1)
    nameless = made(6, Kind.ALBUM, "|reel", 1)
    everything = [artist, album, other, song, alien, nameless]
    assert ids(by_the_same(everything, artist)) == [3, 4, 2]
    assert ids(by_the_same(everything, album)) == [3, 4]
    assert ids(by_the_same(everything, artist, most=1)) == [3]
    assert by_the_same(everything, nameless) == [], "nobody made what names nobody"


def test_a_visitor_narrows_a_shelf() -> None:
    trends = [
        trend(1, place(Source.DEEZER, 2), name="Émile", genres=("jazz",)),
        trend(2, place(Source.DEEZER, 1), name="B", genres=("jazz", "pop")),
        trend(3, place(Source.LISTENBRAINZ, 1), name="C", genres=("pop",)),
    ]

    def asked(**wish: object) -> list[int]:
        return ids(choose(trends, Wish(shelf=Shelf.ALBUMS, **wish)))  # type: ignore[arg-type]

    assert asked(source=Source.DEEZER) == [2, 1]
    assert asked(genre="pop") == [2, 3]
    assert asked(known=frozenset({2, 3})) == [1]
    assert asked(words="émil somebody") == [1]
    assert asked(words="album3") == [3]
    assert asked(words="%") == []
    assert genres_of(trends, Shelf.ALBUMS) == [("jazz", 2), ("pop", 2)]
    assert genres_of(trends, Shelf.TRACKS) == []


@pytest.mark.parametrize(
    ("fetched", "tried", "due"),
    [
        (None, None, True),
        (None, HOUR / 4, False),
        (None, HOUR, True),
        (5 * HOUR, 5 * HOUR, False),
        (7 * HOUR, 7 * HOUR, True),
        (7 * HOUR, HOUR / 4, False),
    ],
)
def test_a_chart_is_due_when_old_and_not_tried_just_now(
    fetched: timedelta | None, tried: timedelta | None, due: bool
) -> None:
    state = ChartState(
        chart=CHARTS[0],
        fetched_at=NOW - fetched if fetched else None,
        expires_at=NOW - fetched + 6 * HOUR if fetched else None,
        tried_at=NOW - tried if tried else None,
    )
    assert state.is_due(NOW) is due
    assert chart_state(chart_document(state)) == state


def test_a_thing_comes_back_from_the_cache_as_it_went() -> None:
    whole = Trend(
        id=7,
        kind=Kind.ALBUM,
        name="<b>",
        artist_names="A",
        released=date(2026, 11, 20),
        image_url="https://x",
        spotify_id="s",
        deezer_id="5",
        mbid="m",
        match_key="a|b",
        genres=("pop",),
        places=(place(Source.DEEZER, 3),),
    )
    for one in (whole, Trend(id=1, kind=Kind.ARTIST, name="")):
        assert from_document(as_document(one)) == one


def test_a_chart_keeps_what_has_a_name_and_an_end() -> None:
    entries = [
        Entry(position=1, kind=Kind.ALBUM, name=""),
        None,
        *(Entry(position=n, kind=Kind.ALBUM, name=str(n)) for n in range(2, 300)),
    ]
    kept = ranked(entries)
    assert [entry.position for entry in kept] == list(range(2, 2 + LONGEST_CHART))
