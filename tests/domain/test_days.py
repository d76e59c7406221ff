"""Days in a listener's own time zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.domain.days import SMALLEST, end_of_day, local_day, start_of_day


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


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        # At 00:01 it was 23:01 again: the day went on after its first midnight.
        ("America/St_Johns", date(2010, 11, 6), "2010-11-06T02:30Z", "2010-11-07T03:30Z"),
        ("America/St_Johns", date(2010, 11, 7), "2010-11-07T02:30Z", "2010-11-08T03:30Z"),
        # Midnight was left out: after 23:59 came 01:00.
        ("America/Sao_Paulo", date(2010, 10, 16), "2010-10-16T03:00Z", "2010-10-17T03:00Z"),
        ("America/Sao_Paulo", date(2010, 10, 17), "2010-10-17T03:00Z", "2010-10-18T02:00Z"),
    ],
)
def test_midnight_may_come_twice_or_not_at_all(zone: str, day: date, start: str, end: str) -> None:
    assert start_of_day(day, zone) == datetime.fromisoformat(start)
    assert end_of_day(day, zone) == datetime.fromisoformat(end) - SMALLEST


def test_the_day_that_samoa_left_out_is_empty() -> None:
    zone, change = "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert end_of_day(date(2011, 12, 29), zone) + SMALLEST == change
    assert start_of_day(date(2011, 12, 30), zone) == change
    assert end_of_day(date(2011, 12, 30), zone) + SMALLEST == change
    assert start_of_day(date(2011, 12, 31), zone) == change


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_of_a_clock_change_are_shorter_and_longer(day: date, hours: int) -> None:
    before = end_of_day(day - timedelta(days=1), "Europe/Berlin")
    assert end_of_day(day, "Europe/Berlin") - before == timedelta(hours=hours)


def test_the_last_moment_belongs_to_the_day_and_the_next_does_not() -> None:
    day = date(2026, 7, 1)
    end = end_of_day(day, "Asia/Tokyo")
    assert local_day(end, "Asia/Tokyo") == day
    assert local_day(end + SMALLEST, "Asia/Tokyo") == day + timedelta(days=1)
