"""Plays of artists and genres by month, and the years' lists, held against plain loops."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from tests import counting
from tests.counting import Heard
from tests.queries.playing import missed, played
from tests.queries.shelving import MONDAY, know, make_listener, make_track
from webapp import db
from webapp.domain.periods import parse
from webapp.domain.stats import Item
from webapp.domain.taste import months_of, whole_months
from webapp.queries import taste

pytestmark = pytest.mark.usefixtures("database")

ZONE = "America/St_Johns"
TODAY = date(2026, 3, 2)
GENRES = {"artist-Band 0": ("jazz", "folk"), "artist-Band 1": ("folk",), "artist-Band 2": ()}
PERIODS = ({"period": "all"}, {"period": "2025"}, {"from": "2025-01-20", "to": "2025-03-04"})


@pytest.fixture
def listener() -> int:
    tracks = [make_track(f"t{n}", f"Song {n}", artist=f"Band {n % 4}") for n in range(8)]
    artists = [replace(artist, full=True) for track in tracks for artist in track.artists]
    know(tracks, artists=[replace(a, genres=GENRES.get(a.id, ("jazz", "jazz"))) for a in artists])
    user_id = make_listener()
    db.query("UPDATE users SET time_zone = %s WHERE id = %s", ZONE, user_id)
    return user_id


def listen(user_id: int) -> list[Heard]:
    random = Random(3)  # noqa: S311 - repeatable
    rows = {
        (f"t{int(9 * random.random() ** 2)}", MONDAY - timedelta(hours=random.randrange(20_000)))
        for _ in range(300)
    }
    played(user_id, sorted(rows))
    return counting.read(user_id)


def month_of(play: Heard) -> date:
    return counting.day_of(play, ZONE).replace(day=1)


@pytest.mark.parametrize("asked", PERIODS)
def test_months_are_those_of_a_plain_count(listener: int, asked: dict[str, str]) -> None:
    plays = listen(listener)
    period = whole_months(parse(asked, TODAY, counting.day_of(plays[0], ZONE)))
    months = months_of(period)
    inside = [play for play in plays if month_of(play) in months]
    assert taste.totals(listener, period) == Counter(map(month_of, inside))

    by_artist = Counter(play.artist_id for play in inside if play.artist_id)
    ranked = sorted(by_artist.items(), key=lambda one: (-one[1], one[0]))[:2]
    top = taste.top_artists(listener, period, ZONE, 2)
    assert [(artist, plays_) for artist, _, plays_ in top] == ranked
    assert taste.artist_months(listener, [artist for artist, _ in ranked], period) == Counter(
        (play.artist_id, month_of(play)) for play in inside if play.artist_id in dict(ranked)
    )

    genres = taste.genre_months(listener, months, 1)
    wanted = Counter((g, month_of(p)) for p in inside for g in genres_of(p))
    totals = Counter(genre for p in inside for genre in genres_of(p))
    (first,) = genres.genres
    assert totals[first] == max(totals.values())
    assert genres.counted == {key: n for key, n in wanted.items() if key[0] == first}
    assert genres.plays == sum(bool(play.artist_id) for play in inside)
    assert genres.known == sum(bool(genres_of(play)) for play in inside)


def genres_of(play: Heard) -> set[str]:
    return set(GENRES.get(play.artist_id, ("jazz",))) if play.artist_id else set()


def test_the_lists_of_years_and_their_names(listener: int) -> None:
    plays = listen(listener)
    lists, names = taste.top_by_year(listener, range(2022, 2027), 3)
    assert lists[2022] == []
    for year in range(2023, 2027):
        heard = [p for p in plays if counting.day_of(p, ZONE).year == year and p.artist_id]
        tallies = {
            artist: (-tally.plays, -tally.ms, artist)
            for artist, tally in counting.items(heard, Item.ARTIST).items()
        }
        assert lists[year] == sorted(tallies, key=lambda artist: tallies[artist])[:3]
    assert names["artist-Band 0"] == "Band 0"


def test_only_gaps_of_the_period_make_it_uncertain(listener: int) -> None:
    missed(listener, MONDAY - timedelta(days=5), MONDAY - timedelta(days=4))
    earlier = parse({"period": "2025"}, TODAY, None)
    assert taste.standing(listener, earlier, ZONE) == (None, False)
    assert taste.standing(listener, parse({"period": "4w"}, TODAY, None), ZONE) == (None, True)


def test_nobody_yet_has_no_taste(listener: int) -> None:
    period = parse({"period": "all"}, TODAY, None)
    assert taste.top_artists(listener, period, ZONE, 8) == []
    found = taste.genre_months(listener, months_of(period), 8)
    assert (found.genres, found.counted, found.plays, found.known) == ((), {}, 0, 0)
