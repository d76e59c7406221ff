"""How many calls each priority may make."""

import pytest

from webapp.domain.budget import Limits, Priority

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
