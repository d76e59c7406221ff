"""How many calls each priority may make."""

from datetime import UTC, datetime

import pytest

from webapp.domain.budget import Limits, Priority, hour_of, start_of

LIMITS = Limits(per_minute=100, per_day=500)


def test_a_minute_stops_five_percent_short() -> None:
    assert LIMITS.minute_stop == 95
    assert Limits(per_minute=20, per_day=1).minute_stop == 19
    assert Limits(per_minute=1, per_day=1).minute_stop == 1, "a single call is always possible"


@pytest.mark.parametrize(
    ("priority", "stop"),
    [
        (Priority.ARCHIVE, 500),
        (Priority.LISTENER, 450),
        (Priority.DELTA, 375),
        (Priority.ENRICHMENT, 250),
    ],
)
def test_each_priority_leaves_a_reserve_for_those_above(priority: Priority, stop: int) -> None:
    assert LIMITS.day_stop(priority) == stop


def test_the_more_important_the_larger_the_share() -> None:
    stops = [LIMITS.day_stop(priority) for priority in sorted(Priority)]
    assert stops == sorted(stops, reverse=True)
    assert len(set(stops)) == len(Priority)


NOON = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)
HOUR = hour_of(NOON)


def test_an_hour_has_a_number_and_a_beginning() -> None:
    assert start_of(HOUR) == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert hour_of(start_of(HOUR + 1)) == HOUR + 1


@pytest.mark.parametrize(
    ("hours", "priority", "free_at"),
    [
        ({}, Priority.ARCHIVE, None),
        ({HOUR: 249}, Priority.ENRICHMENT, None),
        ({HOUR: 250}, Priority.ENRICHMENT, HOUR + 25),
        ({HOUR - 24: 1, HOUR - 3: 249}, Priority.ENRICHMENT, HOUR + 1),
        ({HOUR - 25: 1, HOUR - 3: 249}, Priority.ENRICHMENT, None),
        ({HOUR - 20: 10, HOUR - 9: 300, HOUR: 150}, Priority.DELTA, HOUR + 16),
        ({HOUR - 20: 40, HOUR - 9: 300, HOUR: 150}, Priority.LISTENER, HOUR + 16),
        ({HOUR - 20: 40, HOUR - 9: 300, HOUR: 149}, Priority.LISTENER, HOUR + 5),
    ],
)
def test_calls_come_free_when_enough_hours_have_left_the_day(
    hours: dict[int, int], priority: Priority, free_at: int | None
) -> None:
    expected = None if free_at is None else start_of(free_at)
    assert LIMITS.free_at(priority, hours, NOON) == expected
