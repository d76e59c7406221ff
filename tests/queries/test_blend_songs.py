"""Songs of two listeners: favourites, what is new to one, and what one left behind."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.queries.playing import played
from tests.queries.shelving import know, make_listener, make_track
from webapp import db
from webapp.domain.periods import ALL, Period
from webapp.queries import blend_songs
from webapp.queries.likeness import Listener

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVER = Period(key=ALL, first=date(2025, 1, 1), last=date(2026, 4, 1))
MARCH = Period(key="custom", first=date(2026, 3, 1), last=date(2026, 3, 31))
TRACKS = [
    make_track("both", "Night Train"),
    make_track("mine", "Harbour", "Мавка"),
    make_track("theirs", "<script>alert(1)</script>", "<b>Zed</b>"),
    make_track("theirs-too", "Reel"),
    make_track("reissue", "Harbour (Remastered)", "Мавка"),
    make_track("local:file", "A file of mine"),
]


@pytest.fixture
def two(database: None) -> tuple[Listener, Listener]:
    know(TRACKS)
    db.query("UPDATE tracks SET isrc = 'QM1' WHERE id IN ('mine', 'reissue')")
    mira, bo = make_listener("mira"), make_listener("bo")
    played(mira, plays(("both", 3), ("mine", 9), ("local:file", 4)))
    played(bo, plays(("both", 2), ("theirs", 5), ("theirs-too", 7), ("reissue", 6)))
    return Listener(id=mira, time_zone="UTC"), Listener(id=bo, time_zone="UTC")


def plays(*times: tuple[str, int], until: datetime = NOON) -> list[tuple[str, datetime]]:
    tracks = [track for track, count in times for _ in range(count)]
    return [(track, until - n * HOUR) for n, track in enumerate(tracks)]


def test_favourites_carry_the_plays_of_both(two: tuple[Listener, Listener]) -> None:
    for period in (EVER, MARCH):
        found = {c.track_id: c for c in blend_songs.candidates(*two, period)}
        assert found.keys() == {"both", "mine", "theirs", "theirs-too", "reissue"}, "no files"
        assert (found["both"].left_plays, found["both"].right_plays) == (3, 2)
        assert (found["theirs"].left_plays, found["theirs"].right_plays) == (0, 5)
        assert found["theirs"].artist == "<b>Zed</b>"


def test_what_is_offered_was_never_heard_on_any_album(two: tuple[Listener, Listener]) -> None:
    mira, bo = two
    found = blend_songs.offers(mira.id, [bo.id])
    assert [(o.track_id, o.plays, o.partner_id) for o in found] == [
        ("theirs-too", 7, bo.id),
        ("theirs", 5, bo.id),
    ]
    assert blend_songs.offers(mira.id, []) == []
    assert [o.track_id for o in blend_songs.offers(bo.id, [mira.id])] == []


def test_left_behind_is_much_played_and_long_ago(two: tuple[Listener, Listener]) -> None:
    mira, _ = two
    played(mira.id, plays(("theirs", 8), ("theirs-too", 7), until=NOON - 400 * 24 * HOUR))
    found = blend_songs.left_behind(mira.id, 8, NOON - 180 * 24 * HOUR, 9)
    assert [(one.track_id, one.plays) for one in found] == [("theirs", 8)]
    assert found[0].last_at == NOON - 400 * 24 * HOUR
    assert found[0].first_at == found[0].last_at - 7 * HOUR
    assert blend_songs.left_behind(mira.id, 8, NOON - 500 * 24 * HOUR, 9) == []


def test_lines_name_what_they_are_asked_for(two: tuple[Listener, Listener]) -> None:
    found = blend_songs.lines(["theirs", "both", "nothing"])
    assert {key: line.name for key, line in found.items()} == {
        "theirs": "<script>alert(1)</script>",
        "both": "Night Train",
    }
