"""The words of charts, on literals: week, entry, exit, peak, climb, churn."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from webapp.domain.appearances import (
    Churn,
    Climb,
    Place,
    Span,
    Week,
    churn,
    climbs,
    days_ahead,
    run,
    week_of,
)

MON, NEXT, LATER = date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)


def at(day: int, hour: int = 6) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def span(first: datetime, last: datetime) -> Span:
    return Span(source="deezer", chart="albums", first_at=first, last_at=last, looked_at=at(17))


def places(*rows: tuple[int, date, int]) -> list[Place]:
    return [Place(item_id=item, week=week, best=best) for item, week, best in rows]


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        (at(2, 0), MON),
        (at(8, 23), MON),
        (at(9, 0), NEXT),
        (datetime(2026, 11, 9, 1, tzinfo=timezone(timedelta(hours=2))), MON),
        (datetime(2027, 1, 1, 12, tzinfo=UTC), date(2026, 12, 28)),
    ],
)
def test_a_week_begins_on_monday_in_utc(moment: datetime, monday: date) -> None:
    assert week_of(moment) == monday


def test_a_run_has_entry_exit_and_the_first_peak() -> None:
    weeks = [
        Week(week=MON, best=7, appearances=3),
        Week(week=NEXT, best=2, appearances=28),
        Week(week=LATER, best=2, appearances=1),
    ]
    found = run(span(at(4), at(16)), weeks)
    assert (found.entered_at, found.left_at) == (at(4), at(16))
    assert (found.peak, found.peak_week) == (2, NEXT)
    assert (found.weeks_in_chart, found.appearances) == (3, 32)


def test_who_is_in_the_newest_look_has_not_left() -> None:
    weeks = [Week(week=MON, best=1, appearances=1)]
    assert run(span(at(4), at(17)), weeks).left_at is None


def test_a_climb_is_from_the_week_before_alone() -> None:
    found = climbs(
        places(
            *((1, MON, 40), (1, NEXT, 3), (1, LATER, 9)),  # rose, and fell
            *((2, MON, 30), (2, LATER, 1)),  # away for a week
            *((3, LATER, 1),),  # a newcomer
            *((4, NEXT, 38), (4, LATER, 1)),  # as many places as the first, lately
            *((5, NEXT, 4), (5, LATER, 4)),  # stayed
        )
    )
    assert found == [
        Climb(item_id=4, week=LATER, before=38, after=1),
        Climb(item_id=1, week=NEXT, before=40, after=3),
    ]
    assert [climb.places for climb in found] == [37, 37]


def test_churn_is_the_share_of_newcomers_where_the_week_before_is_known() -> None:
    gap = LATER + timedelta(days=14)
    found = churn(places((1, MON, 1), (2, MON, 2), (2, NEXT, 1), (3, NEXT, 2), (3, gap, 1)))
    assert found == [
        Churn(week=MON, size=2, came=None, went=None),
        Churn(week=NEXT, size=2, came=1, went=1),
        Churn(week=gap, size=1, came=None, went=None),
    ]
    assert [change.share for change in found] == [None, 0.5, None]
    assert churn([]) == []


def test_days_are_the_listeners() -> None:
    entered = datetime(2026, 11, 9, 3, tzinfo=UTC)
    assert days_ahead(at(1), entered, "UTC") == 8
    assert days_ahead(at(1), entered, "America/New_York") == 7
    assert days_ahead(at(9, 20), entered, "UTC") == 0
    assert days_ahead(at(12), entered, "UTC") == -3
