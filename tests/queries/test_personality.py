"""Personality is counted from roll-ups as it would be from plays, kept, and counted anew."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import counting
from tests.counting import Heard
from tests.queries.listened import TRACKS, YEARS, Played, fill_catalogue, listen
from tests.queries.shelving import counted
from webapp import db
from webapp.domain.periods import Period, parse
from webapp.domain.personality import Trait
from webapp.domain.spectra import spectrum_of
from webapp.domain.stats import Item
from webapp.queries import accounts, personality
from webapp.queries.personality import KEPT, Counted
from webapp.services.personality import AGE, Personality, of

pytestmark = pytest.mark.usefixtures("database")

ZONE = "America/St_Johns"
NOW = datetime(2024, 11, 20, tzinfo=UTC)
PERIODS = (
    Period(key="custom", first=date(2024, 10, 5), last=date(2024, 11, 18)),
    parse({"period": "2024"}, date(2024, 11, 20), None),
    parse({"period": "all"}, date(2024, 11, 20), date(2023, 9, 1)),
)
POPULARITY = "UPDATE tracks SET popularity = duration_ms / 10000 WHERE duration_ms > 0"


@pytest.fixture
def listener() -> int:
    fill_catalogue()
    db.query(POPULARITY)
    dice = random.Random(5)  # noqa: S311 - it must repeat itself
    since = datetime(2023, 9, 1, tzinfo=UTC)
    times = sorted(since + timedelta(minutes=dice.randrange(640_000)) for _ in range(400))
    # The later, the more tracks there are to choose from.
    told = [
        Played(ended_at=at, track=dice.randrange(2 + number * (len(TRACKS) - 2) // 400))
        for number, at in enumerate(times)
    ]
    return listen(told, ZONE)


def known_popularity() -> dict[str, int]:
    return dict(db.query("SELECT id, popularity FROM tracks WHERE popularity IS NOT NULL"))


def plays_by(values: list[int]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(Counter(values).items()))


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.key)
def test_counts_are_what_plays_say(listener: int, period: Period) -> None:
    heard = counting.read(listener)
    within = counting.within(heard, ZONE, period.first, period.last)
    assert len(within) > 30
    popularity = known_popularity()
    local = [play.ended_at.astimezone(ZoneInfo(ZONE)) for play in within]
    found = personality.count(listener, period, ZONE)
    artists = counting.items(within, Item.ARTIST)
    new = new_artists(heard, within, period)
    assert (found.plays, found.days, found.plays_before) == (
        len(within),
        len(counting.days(within, ZONE)),
        sum(counting.day_of(play, ZONE) < period.first for play in heard),
    )
    assert found.artists == spectrum_of(tally.plays for tally in artists.values())
    assert found.tracks == spectrum_of(
        tally.plays for tally in counting.items(within, Item.TRACK).values()
    )
    assert (found.new_artists, found.new_artist_plays) == (
        len(new),
        sum(artists[name].plays for name in new),
    )
    years = [YEARS[play.album_id] for play in within if play.album_id]
    assert found.years == plays_by([int(told[:4]) for told in years if told])
    assert found.popularity == plays_by(
        [popularity[play.track_id] for play in within if play.track_id in popularity]
    )
    assert found.hours == tuple(sum(at.hour == hour for at in local) for hour in range(24))
    assert found.weekdays == tuple(sum(at.weekday() == day for at in local) for day in range(7))
    assert sum(found.weeks) <= sum(play.ms for play in within)
    assert len(found.weeks) == whole_weeks_of(heard, period)


def new_artists(heard: list[Heard], within: list[Heard], period: Period) -> set[str]:
    """Name the artists of a period that nobody had heard before it."""
    old = {play.artist_id for play in heard if counting.day_of(play, ZONE) < period.first}
    return {play.artist_id for play in within if play.artist_id} - old


def whole_weeks_of(heard: list[Heard], period: Period) -> int:
    began = max(period.first, counting.day_of(heard[0], ZONE))
    return ((period.last - began).days + 1) // 7


def ask(listener: int, period: Period, version: int) -> Personality:
    return of(listener, period, time_zone=ZONE, data_version=version, now=NOW)


def test_what_is_kept_is_not_counted_again(listener: int) -> None:
    first = ask(listener, PERIODS[1], 1)
    with counted() as counter:
        again = ask(listener, PERIODS[1], 1)
    assert again == first
    assert len(counter.statements) == 2, "this period, and since when there are plays"
    db.query("DELETE FROM daily_listening WHERE user_id = %s", listener)
    assert ask(listener, PERIODS[1], 1) == first
    assert ask(listener, PERIODS[1], 2).counts.plays == 0


def test_a_change_is_the_difference_to_the_period_before(listener: int) -> None:
    later = Period(key="custom", first=date(2024, 5, 1), last=date(2024, 11, 18))
    assert later.before
    found, before = ask(listener, later, 1), ask(listener, later.before, 1)
    now, then = found.metrics[Trait.REPEATS].value, before.metrics[Trait.REPEATS].value
    assert now is not None
    assert then is not None
    assert found.changes[Trait.REPEATS] == now - then
    assert ask(listener, PERIODS[1], 1).changes == {}, "of the year before only a part is known"
    assert ask(listener, PERIODS[2], 1).changes == {}, "nothing is before all time"


def test_what_the_catalogue_learns_is_seen_within_the_hour(listener: int) -> None:
    def points(now: datetime) -> tuple[tuple[int, int], ...]:
        found = of(listener, PERIODS[0], time_zone=ZONE, data_version=1, now=now)
        return found.counts.popularity

    before = points(NOW)
    db.query("UPDATE tracks SET popularity = 77")
    assert points(NOW + AGE) == before, "counted once in an hour"
    assert [number for number, _ in points(NOW + AGE + timedelta(seconds=1))] == [77]


def test_only_so_many_periods_are_kept(listener: int) -> None:
    made = Counted(counts=personality.count(listener, PERIODS[0], ZONE), counted_at=NOW)
    for number in range(KEPT + 3):
        day = date(2020, 1, 1) + timedelta(days=number)
        later = replace(made, counted_at=NOW + timedelta(seconds=number))
        personality.keep(listener, Period(key="custom", first=day, last=day), 1, later)
    rows = db.query("SELECT min(first_day), count(*) FROM personalities")
    assert rows == [(date(2020, 1, 4), KEPT)]


def test_of_who_is_gone_nothing_is_kept(listener: int) -> None:
    made = Counted(counts=personality.count(listener, PERIODS[0], ZONE), counted_at=NOW)
    personality.keep(listener, PERIODS[0], 1, made)
    with db.transaction():
        accounts.erase(listener)
    assert db.query("SELECT count(*) FROM personalities") == [(0,)]
    personality.keep(listener, PERIODS[0], 1, made)
    assert db.query("SELECT count(*) FROM personalities") == [(0,)]
