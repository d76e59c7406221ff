"""Days in a listener's own time zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.domain.days import SMALLEST, end_of_day, local_day


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("UTC", date(2026, 3, 3), datetime(2026, 3, 4, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 3), datetime(2026, 3, 3, 23, tzinfo=UTC)),
        ("Pacific/Auckland", date(2026, 1, 1), datetime(2026, 1, 1, 11, tzinfo=UTC)),
        ("America/Los_Angeles", date(2026, 3, 8), datetime(2026, 3, 9, 7, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_the_listeners_midnight(zone: str, day: date, end: datetime) -> None:
    assert end_of_day(day, zone) == end - SMALLEST


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_of_a_clock_change_are_shorter_and_longer(day: date, hours: int) -> None:
    before = end_of_day(day - timedelta(days=1), "Europe/Berlin")
    assert end_of_day(day, "Europe/Berlin") - before == timedelta(hours=hours)


def test_the_last_moment_belongs_to_the_day_and_the_next_does_not() -> None:
    day = date(2026, 7, 1)
    end = end_of_day(day, "Asia/Tokyo")
    assert local_day(end, "Asia/Tokyo") == day
    assert local_day(end + SMALLEST, "Asia/Tokyo") == day + timedelta(days=1)
