"""Where a gap stands among plays, and which days it makes uncertain."""

from datetime import UTC, date, datetime

import pytest

from webapp.domain.history import place_of_gap, touches


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


ENDS = [at(16), at(15), at(15), at(12)]


@pytest.mark.parametrize(
    ("before_at", "place"),
    [(at(17), 0), (at(16), 1), (at(15, 30), 1), (at(15), 3), (at(12), 4), (at(3), 4)],
)
def test_a_gap_stands_below_the_plays_that_are_newer(before_at: datetime, place: int) -> None:
    assert place_of_gap(before_at, ENDS) == place


def test_a_gap_stands_on_one_page_alone() -> None:
    pages = [ENDS[:2], ENDS[2:]]
    for minute in range(0, 24 * 60, 30):
        gap = at(minute // 60, minute % 60)
        first = place_of_gap(gap, pages[0], lower=pages[1][0])
        second = place_of_gap(gap, pages[1], upper=pages[1][0])
        assert (first is None) != (second is None), gap


def test_on_no_plays_a_gap_stands_first() -> None:
    assert place_of_gap(at(12), []) == 0


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", {1, 2}),
        ("Europe/Tallinn", {2}),  # 22:30 there is half past midnight
        ("America/St_Johns", {1}),
    ],
)
def test_a_gap_touches_the_days_of_the_listener(zone: str, days: set[int]) -> None:
    after = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    before = datetime(2026, 3, 2, 1, tzinfo=UTC)
    touched = {day for day in range(1, 5) if touches(after, before, date(2026, 3, day), zone)}
    assert touched == days
