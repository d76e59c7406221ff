"""Weeks of appearances against slow counting; what is told of one thing, and of a chart."""

from collections import defaultdict
from datetime import date, datetime
from random import Random

import pytest

from tests.queries.charting import ALBUMS, DAY, DEEZER, MONDAY, WEEK, charted, merged, met
from tests.queries.playing import played
from tests.queries.shelving import counted, know, make_track
from webapp import db
from webapp.domain.appearances import Place, week_of
from webapp.domain.reports import song_key
from webapp.domain.stats import Item
from webapp.domain.trends import Kind, match_key
from webapp.queries import (
    accounts,
    appearances,
    collection,
    naming,
    trend_charts,
    trend_listening,
)
from webapp.services import trend_statistics

Weeks = set[tuple[int, str, str, date, int, int]]


def kept() -> Weeks:
    columns = "item_id, source, chart, week, best, appearances"
    return set(db.query(f"SELECT {columns} FROM trend_weeks"))  # noqa: S608 - our own names


def counted_slowly(into: dict[int, int]) -> Weeks:
    """Group all appearances in Python; `into` says what turned out to be what."""
    seen: defaultdict[tuple[int, str, str, date], dict[datetime, list[int]]] = defaultdict(dict)
    rows = db.query("SELECT item_id, source, chart, position, seen_at FROM trend_appearances")
    for item, source, chart, position, seen_at in rows:
        while item in into:
            item = into[item]  # noqa: PLW2901 - followed to the end
        seen[item, source, chart, week_of(seen_at)].setdefault(seen_at, []).append(position)
    return {(*key, min(map(min, looks.values())), len(looks)) for key, looks in seen.items()}


def test_weeks_are_those_of_slow_counting(database: None) -> None:
    rng = Random("charts")  # noqa: S311 - charts, not secrets
    ids = [met(f"Album {n}") for n in range(12)]
    for look in range(60):
        shown = rng.sample(ids, rng.randint(0, 8))
        for source in (DEEZER, "listenbrainz"):
            charted(MONDAY - DAY + look * DAY / 2, shown[: rng.randint(0, 8)], source)
    assert kept() == counted_slowly({})
    into = {ids[7]: ids[3], ids[3]: ids[1], ids[9]: ids[0]}
    for younger, older in into.items():
        merged(younger, older)
    assert kept() == counted_slowly(into)
    charted(MONDAY + 3 * DAY, [ids[7], ids[2]], DEEZER, "other")
    assert kept() == counted_slowly(into)
    before = kept()
    appearances.record_weeks(ids, DEEZER, ALBUMS, MONDAY)
    appearances.record_weeks([], DEEZER, ALBUMS, MONDAY)
    assert kept() == before


def test_a_history_has_a_run_for_each_chart(database: None) -> None:
    one, other, alias = met("One"), met("Other"), met("One (Deluxe)", spotify_id="deluxe")
    charted(MONDAY, [other, one])
    charted(MONDAY + WEEK, [other])
    charted(MONDAY + 2 * WEEK, {alias: 9})
    charted(MONDAY + DAY, [one], "spotify", "new_releases")
    merged(alias, one)
    deezer, spotify = appearances.history(one)
    assert (deezer.entered_at, deezer.left_at) == (MONDAY, None)
    assert (deezer.peak, deezer.peak_week, deezer.weeks_in_chart) == (2, MONDAY.date(), 2)
    assert [week.best for week in deezer.weeks] == [2, 9]
    assert (spotify.chart, spotify.peak, spotify.appearances) == ("new_releases", 1, 1)
    assert appearances.history(other)[0].left_at == MONDAY + WEEK
    found = appearances.find_item(alias)
    assert found is not None
    assert (found.id, found.name) == (one, "One")
    assert appearances.find_by_spotify_id("album", "deluxe") == found
    assert appearances.find_by_spotify_id("track", "deluxe") is None
    assert appearances.find_item(10**12) is None
    assert appearances.history(met("Never seen")) == []


def test_charts_and_what_stands_in_them(database: None) -> None:
    assert trend_charts.charts() == []
    one, other, alias = met("One"), met("Other"), met("One again")
    charted(MONDAY, [other, one])
    charted(MONDAY + WEEK, [alias, other])
    charted(MONDAY + DAY, [one], "spotify", "new_releases")
    merged(alias, one)
    charts = trend_charts.charts()
    assert [(chart.source, chart.chart) for chart in charts] == [
        (DEEZER, ALBUMS),
        ("spotify", "new_releases"),
    ]
    assert (charts[0].first_at, charts[0].last_at) == (MONDAY, MONDAY + WEEK)
    now = trend_charts.standings(most=100)
    assert [(row.source, row.position, row.item.id) for row in now] == [
        (DEEZER, 1, one),
        (DEEZER, 2, other),
        ("spotify", 1, one),
    ]
    assert [row.item.id for row in trend_charts.standings(DEEZER, most=1)] == [one]
    stays = trend_charts.longest(DEEZER, ALBUMS, 5)
    assert [(stay.item_id, stay.weeks, stay.peak) for stay in stays] == [(one, 2, 1), (other, 2, 1)]
    assert trend_charts.places(DEEZER, ALBUMS, (MONDAY + WEEK).date()) == [
        Place(item_id=one, week=(MONDAY + WEEK).date(), best=1),
        Place(item_id=other, week=(MONDAY + WEEK).date(), best=2),
    ]
    assert set(trend_charts.items([one, other])) == {one, other}


def test_what_turned_out_to_be_one_stands_once(newcomer: int) -> None:
    know([make_track("t1", "Any", "Nia Osei", "Reel")])
    played(newcomer, [("t1", MONDAY)])
    other, one, alias = met("Other"), met("One", spotify_id="album-Reel"), met("One again")
    charted(MONDAY, [alias, other, one])
    merged(alias, one)
    standings = trend_charts.standings(most=100)
    assert [(row.position, row.item.id) for row in standings] == [(1, one), (2, other)]
    account = accounts.find(newcomer)
    assert account is not None
    taste = trend_statistics.taste(trend_charts.charts()[0], account)
    assert (taste.size, [met.standing.position for met in taste.met]) == (2, [1])


def known_track() -> None:
    know([make_track("t1", "Night Train", "Nia Osei", "Reel")])
    naming.name_catalogue()


@pytest.mark.parametrize(
    ("kind", "name", "ids"),
    [
        (Kind.ALBUM, "anything", {"spotify_id": "album-Reel"}),
        (Kind.ALBUM, "REEL", {"match_key": song_key("nia osei", "reel")}),
        (Kind.TRACK, "anything", {"spotify_id": "t1"}),
        (
            Kind.TRACK,
            "Night Train",
            {"match_key": match_key(Kind.TRACK, "night train", "Nia Osei")},
        ),
        (Kind.ARTIST, "Nia Osei", {"match_key": match_key(Kind.ARTIST, "Nia Oséi", "")}),
        (Kind.ARTIST, "anything", {"spotify_id": "artist-Nia Osei"}),
    ],
)
def test_a_listeners_first_play_is_found_by_id_or_name(
    newcomer: int, kind: Kind, name: str, ids: dict[str, str]
) -> None:
    known_track()
    played(newcomer, [("t1", MONDAY + WEEK), ("t1", MONDAY)])
    item, stranger, root = met(name, kind, **ids), met("Stranger", kind), met("Root", kind)
    found = trend_listening.first_plays(newcomer, Item(kind), [item, stranger])
    assert found == {item: MONDAY}
    assert trend_listening.first_plays(newcomer + 1, Item(kind), [item]) == {}
    alias = met(name, kind, match_key=ids.get("match_key", "x"), isrc="none")
    merged(max(root, alias), min(root, alias))
    by_alias = trend_listening.first_plays(newcomer, Item(kind), [root])
    assert by_alias == ({root: MONDAY} if "match_key" in ids else {})


def test_entries_count_former_ids(database: None) -> None:
    one, alias = met("One"), met("One again")
    charted(MONDAY + DAY, [one])
    charted(MONDAY, [alias])
    merged(alias, one)
    assert trend_listening.entries([one, met("None")], DEEZER, ALBUMS) == {one: MONDAY}


def test_a_collection_keeps_each_thing_once_and_lets_it_go(newcomer: int) -> None:
    one, other, alias = met("One"), met("Other"), met("One again")
    for item, at in ((one, MONDAY), (other, MONDAY + DAY), (one, MONDAY + WEEK), (alias, MONDAY)):
        collection.add(newcomer, item, at)
    merged(alias, one)
    shelf = collection.shelf(newcomer, 10, 0)
    assert [(row.item.id, row.added_at) for row in shelf.rows] == [
        (other, MONDAY + DAY),
        (one, MONDAY),
    ]
    assert shelf.total == 2
    assert collection.shelf(newcomer, 1, 1).rows == shelf.rows[1:]
    assert collection.held(newcomer, [one, met("None")]) == {one}
    assert collection.held(newcomer + 1, [one]) == set()
    collection.remove(newcomer, one)
    collection.remove(newcomer, one)
    assert [row.item.id for row in collection.shelf(newcomer, 10, 0).rows] == [other]


def test_no_part_takes_more_statements_for_more_rows(newcomer: int) -> None:
    ids = [met(f"Album {n}") for n in range(30)]
    for week in range(5):
        charted(MONDAY + week * WEEK, ids)
    with counted() as counter:
        trend_charts.charts()
        trend_charts.standings(most=100)
        trend_charts.longest(DEEZER, ALBUMS, 10)
        trend_charts.items(ids)
        trend_listening.first_plays(newcomer, Item.ALBUM, ids)
        trend_listening.entries(ids, DEEZER, ALBUMS)
        appearances.history(ids[0])
    assert len(counter.statements) == 8
