"""Since when a thing was in the library, and its places laid out over time."""

from datetime import UTC, date, datetime

import pytest

from webapp.domain.library import Entry, Event, Origin
from webapp.domain.stats import Grain
from webapp.domain.things import MOST, Lately, Place, Spell, followed, lately, months, spells, years

ADDED, REMOVED = Event.ADDED, Event.REMOVED


def at(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC)


def entry(
    event: Event, seen: int, added: int | None = None, origin: Origin = Origin.SPOTIFY
) -> Entry:
    added_at = at(added) if added else None
    return Entry(event=event, item_id="x", seen_at=at(seen), added_at=added_at, origin=origin)


def told(since: int, until: int | None = None) -> Spell:
    return Spell(since=at(since), told=True, until=at(until) if until else None)


def seen(since: int, until: int | None = None) -> Spell:
    return Spell(since=at(since), told=False, until=at(until) if until else None)


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        ([], []),
        ([entry(ADDED, 5, 2)], [told(2)]),
        ([entry(ADDED, 5)], [seen(5)]),
        ([entry(ADDED, 5, 2), entry(REMOVED, 9)], [told(2, 9)]),
        ([entry(ADDED, 5, 2), entry(REMOVED, 9), entry(ADDED, 12, 11)], [told(2, 9), told(11)]),
        ([entry(ADDED, 5, 2), entry(ADDED, 9, 8)], [told(2, 8), told(8)]),
        ([entry(ADDED, 5), entry(ADDED, 9, 2)], [told(2)]),
        ([entry(ADDED, 5, 2), entry(ADDED, 9)], [told(2)]),
        ([entry(REMOVED, 5), entry(ADDED, 9, 7), entry(REMOVED, 9)], [told(7, 9)]),
        ([entry(ADDED, 5, 7), entry(REMOVED, 6)], [told(7, 7)]),
        (
            [entry(ADDED, 5, origin=Origin.UNDATED), entry(REMOVED, 5, origin=Origin.UNDATED)],
            [Spell(since=at(5), told=False, undated=True, until=at(5))],
        ),
    ],
)
def test_times_in_the_library(log: list[Entry], wanted: list[Spell]) -> None:
    assert list(spells(log)) == wanted


def test_months_go_back_over_years_and_begin_with_the_first_play() -> None:
    assert months(date(2026, 2, 17), 3) == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert months(date(2026, 2, 17), 24, first=date(2026, 1, 31)) == (
        date(2026, 1, 1),
        date(2026, 2, 1),
    )
    assert len(months(date(2026, 2, 17))) == 24


def test_years_hold_both_ends() -> None:
    assert years(date(2024, 12, 31), date(2026, 1, 1)) == (
        date(2024, 1, 1),
        date(2025, 1, 1),
        date(2026, 1, 1),
    )


def test_where_nothing_was_heard_nothing_is_counted() -> None:
    place = Place(grain=Grain.YEAR, period=date(2025, 1, 1), plays=3, ms=9, rank=1)
    nothing = Place(grain=Grain.YEAR, period=date(2024, 1, 1), plays=0, ms=0, rank=None)
    month = Place(grain=Grain.MONTH, period=date(2024, 1, 1), plays=5, ms=9, rank=2)
    places = {(one.grain, one.period): one for one in (place, month)}
    wanted = years(date(2024, 1, 1), date(2025, 1, 1))
    assert followed(places, Grain.YEAR, wanted) == (nothing, place)


def test_equals_share_a_place_and_the_last_ones_have_none() -> None:
    counts = {9: 1, 5: 2, 1: MOST}
    assert lately(9, counts) == Lately(plays=9, rank=1)
    assert lately(5, counts) == Lately(plays=5, rank=2)
    assert lately(1, counts) == Lately(plays=1, rank=4)
    assert lately(1, {2: MOST - 1}) == Lately(plays=1, rank=MOST)
    assert lately(1, {2: MOST}) == Lately(plays=1, rank=None)
    assert lately(0, counts) is None
