"""What the database adds up about two listeners, against the formula on their raw plays."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.counting import read
from tests.queries.playing import played
from tests.queries.shelving import know, make_listener, make_track
from webapp import db
from webapp.domain.days import local_day
from webapp.domain.likeness import Aspect, Likeness, likeness
from webapp.domain.periods import ALL, Period
from webapp.queries import likeness as queries
from webapp.queries.likeness import Listener

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
EVER = Period(key=ALL, first=date(2025, 1, 1), last=date(2026, 4, 1))
SPRING = Period(key="custom", first=date(2026, 2, 10), last=date(2026, 3, 31))
ARTISTS = ("Nia Osei", "Мавка", "<b>Zed</b>", "Øst", "Harbour")
GENRES = {"Nia Osei": ["indie", "folk"], "Мавка": ["folk", "folk"], "<b>Zed</b>": ["noise"]}
TRACKS = [
    make_track(f"{artist}-{n}", f"Song {n}", artist, artist) for artist in ARTISTS for n in (1, 2)
]


@pytest.fixture
def two(database: None) -> tuple[Listener, Listener]:
    """Give two who live far apart, and play much of the same at the edges of days."""
    know(TRACKS)
    for artist, genres in GENRES.items():
        db.query("UPDATE artists SET genres = %s WHERE id = %s", genres, f"artist-{artist}")
    found = []
    for name, zone, few in (("mira", "Pacific/Auckland", ARTISTS[:4]), ("bo", "UTC", ARTISTS[1:])):
        user_id = make_listener(name)
        db.query("UPDATE users SET time_zone = %s WHERE id = %s", zone, user_id)
        ends = [NOON - n * timedelta(hours=37, minutes=11) for n in range(200)]
        songs = [f"{few[n * n % 13 % 4]}-{1 + n % 2}" for n in range(200)]
        played(user_id, list(zip(songs, ends, strict=True)))
        found.append(Listener(id=user_id, time_zone=zone))
    return found[0], found[1]


def counts(who: Listener, period: Period, aspect: Aspect) -> Counter[str]:
    found: Counter[str] = Counter()
    for play in read(who.id):
        if not period.first <= local_day(play.ended_at, who.time_zone) <= period.last:
            continue
        artist = (play.artist_id or "").removeprefix("artist-")
        keys = {
            Aspect.ARTISTS: {artist},
            Aspect.TRACKS: {play.track_id},
            Aspect.GENRES: set(GENRES.get(artist, [])),
        }
        found.update(keys[aspect])
    return found


@pytest.mark.parametrize("aspect", list(Aspect))
@pytest.mark.parametrize("period", [EVER, SPRING], ids=["ever", "spring"])
def test_sums_are_those_of_the_formula(
    two: tuple[Listener, Listener], aspect: Aspect, period: Period
) -> None:
    left, right = two
    expected = likeness(counts(left, period, aspect), counts(right, period, aspect))
    assert expected.shared > 0
    same(queries.compare(left, right, period, aspect), expected)


def test_everybody_at_once_is_each_by_each(two: tuple[Listener, Listener]) -> None:
    left, right = two
    nobody = make_listener("nobody")
    found = queries.with_everybody(left.id, [right.id, nobody])
    same(found[right.id], queries.compare(left, right, EVER, Aspect.ARTISTS))
    assert (found[nobody].value, found[nobody].right.plays) == (0.0, 0)
    assert queries.with_everybody(left.id, []) == {}
    empty = queries.compare(Listener(id=nobody, time_zone="UTC"), left, SPRING, Aspect.GENRES)
    assert (empty.value, empty.enough, empty.left.things) == (0.0, False, 0)


def test_shared_artists_carry_plays_and_ranks_of_both(two: tuple[Listener, Listener]) -> None:
    left, right = two
    here, there = (counts(who, SPRING, Aspect.ARTISTS) for who in two)
    rows = queries.shared_artists(left, right, SPRING, 9)
    assert {row.name for row in rows} == here.keys() & there.keys()
    for row in rows:
        assert (row.left_plays, row.right_plays) == (here[row.name], there[row.name])
        assert row.left_rank == 1 + sum(n > here[row.name] for n in here.values())
        assert row.right_rank == 1 + sum(n > there[row.name] for n in there.values())
    whole = queries.compare(left, right, SPRING, Aspect.ARTISTS)
    parts = [whole.part(row.left_plays, row.right_plays) for row in rows]
    assert parts == sorted(parts, reverse=True)
    assert sum(parts) == pytest.approx(1)


def test_missed_is_what_was_never_heard_at_all(two: tuple[Listener, Listener]) -> None:
    left, right = two
    missed = queries.missed_artists(left, right, SPRING, 9)
    assert [row.name for row in missed] == ["Harbour"]
    assert missed[0].plays == counts(right, SPRING, Aspect.ARTISTS)["Harbour"]
    played(left.id, [("Harbour-1", NOON - 700 * DAY)])  # long before the period
    assert queries.missed_artists(left, right, SPRING, 9) == []
    assert [row.name for row in queries.missed_artists(right, left, SPRING, 9)] == ["Nia Osei"]


def same(found: Likeness, expected: Likeness) -> None:
    assert found.value == pytest.approx(expected.value)
    assert found.product == pytest.approx(expected.product)
    assert found.shared == expected.shared
    for one, other in ((found.left, expected.left), (found.right, expected.right)):
        assert (one.plays, one.things) == (other.plays, other.things)
        assert one.square == pytest.approx(other.square)
