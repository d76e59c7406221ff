"""When what waits for calls will be done."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp.domain.backlogs import Backlog, Outlook, done_at
from webapp.domain.budget import Limits, Priority, hour_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = hour_of(NOON)
LIMITS = Limits(per_minute=100, per_day=1000)


def outlook(**changes: Any) -> Outlook:
    return Outlook(**{"limits": LIMITS, "hours": {}, "now": NOON, **changes})


def backlog(calls: int, priority: Priority = Priority.ARCHIVE, name: str = "it") -> Backlog:
    return Backlog(name=name, priority=priority, calls=calls)


def at(**span: float) -> datetime:
    return NOON + timedelta(**span)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [(0, at()), (95, at(minutes=1)), (190, at(minutes=2)), (950, at(minutes=10))],
)
def test_a_minute_takes_95_calls(calls: int, expected: datetime) -> None:
    assert done_at([backlog(calls)], outlook()) == {"it": expected}


def test_what_the_day_has_no_room_for_waits_until_old_hours_have_left_it() -> None:
    spent = outlook(hours={HOUR - 20: 600, HOUR - 2: 300})
    assert done_at([backlog(100)], spent)["it"] == at(seconds=100 / 95 * 60)
    assert done_at([backlog(101)], spent)["it"] == at(hours=5, seconds=1 / 95 * 60)
    assert done_at([backlog(701)], spent)["it"] == at(hours=23, seconds=1 / 95 * 60)


def test_the_day_forgets_what_the_backlog_itself_took() -> None:
    assert done_at([backlog(1095)], outlook())["it"] == at(hours=25, minutes=1)


def test_who_matters_more_goes_first_and_the_others_leave_the_reserve() -> None:
    found = done_at(
        [
            backlog(190, Priority.DELTA, "daily"),
            backlog(95, Priority.ARCHIVE, "archive"),
            backlog(95, Priority.LISTENER, "clicks"),
        ],
        outlook(),
    )
    assert found == {"archive": at(minutes=1), "clicks": at(minutes=2), "daily": at(minutes=4)}
    short = outlook(hours={HOUR - 4: 740})
    late = done_at([backlog(20, Priority.DELTA)], short)["it"]
    assert late == at(hours=21, seconds=10 / 95 * 60), "750 of 1,000 are where delta stops"


def test_nothing_happens_in_a_pause() -> None:
    paused = outlook(paused_until=at(hours=20, minutes=30))
    assert done_at([backlog(95)], paused)["it"] == at(hours=20, minutes=31)
    over = outlook(paused_until=at(hours=-1))
    assert done_at([backlog(95)], over)["it"] == at(minutes=1)


def test_an_hour_that_ends_soon_has_few_minutes() -> None:
    soon = outlook(now=at(minutes=59), paused_until=None)
    assert done_at([backlog(190)], soon)["it"] == at(minutes=61)


def test_the_archive_takes_its_calls_every_hour_from_the_next_one_on() -> None:
    busy = outlook(limits=Limits(per_minute=100, per_day=100), hours={HOUR - 24: 100}, steady=95)
    # The next hour has 100 calls, of which the archive takes 95; the one after that has none.
    assert done_at([backlog(5)], busy)["it"] == at(hours=1, minutes=1, seconds=5 / 95 * 60)
    assert done_at([backlog(6)], busy)["it"] == at(hours=26, minutes=1, seconds=1 / 95 * 60)


def test_what_can_never_be_done_has_no_time() -> None:
    limits = Limits(per_minute=100, per_day=100)
    full = outlook(limits=limits, hours={HOUR: 100}, steady=200)
    assert done_at([backlog(1, Priority.DELTA)], full) == {"it": None}
    assert done_at([backlog(100_000)], outlook(limits=limits)) == {"it": None}
    assert done_at([], full) == {}
