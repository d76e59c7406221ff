"""Who waits for calls, put together from what is counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

from webapp.domain.budget import Limits, hour_of
from webapp.domain.syncs import Waiting
from webapp.queries.figures import Listeners, OpenSyncs
from webapp.services.backlogs import Queueing, Work, look_ahead
from webapp.services.budget import Spent
from webapp.services.spending import Pause, Spending

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def listeners(due: int = 0, since: datetime | None = None, steady: int = 0) -> Listeners:
    return Listeners(
        active=due,
        needs_reconnect=0,
        disconnected=0,
        due=due,
        due_since=since,
        polled=0,
        steady=steady,
    )


def waiting(calls: int, *, asked: bool = False, **more: Any) -> OpenSyncs:
    usual = {"waiting": None, "syncs": 1, "since": NOW, "resume_at": None}
    return OpenSyncs(**{"asked": asked, "calls": calls, **usual, **more})


def spending(spent: int = 0, pause: Pause | None = None) -> Spending:
    this_hour = hour_of(NOW)
    return Spending(
        spent=Spent(
            minute=0,
            hours={this_hour - 4: spent},
            limits=Limits(per_minute=100, per_day=1000),
        ),
        pause=pause,
        this_hour=this_hour,
        ended=(),
        refused=(),
    )


def by_work(rows: list[Queueing]) -> dict[Work, Queueing]:
    return {row.work: row for row in rows}


def test_syncs_are_told_apart_by_who_waits_for_them() -> None:
    rows = [
        waiting(95, asked=True, syncs=2, since=NOW - timedelta(minutes=9)),
        waiting(190, syncs=3),
        waiting(190, syncs=4, waiting=Waiting.BUDGET, since=NOW - timedelta(hours=1)),
        waiting(60, syncs=5, waiting=Waiting.RECONNECT),
    ]
    found = by_work(look_ahead(listeners(due=95), rows, spending(), NOW))
    assert {work: (row.count, row.calls) for work, row in found.items()} == {
        Work.ARCHIVE: (95, 95),
        Work.ASKED: (2, 95),
        Work.AUTOMATIC: (7, 380),
        Work.RECONNECT: (5, 60),
    }
    assert found[Work.AUTOMATIC].since == NOW - timedelta(hours=1)
    assert [found[work].done_at for work in Work] == [
        NOW + timedelta(minutes=1),
        NOW + timedelta(minutes=2),
        NOW + timedelta(minutes=6),
        None,
    ], "who must reconnect first waits for no call"


def test_a_pause_and_the_archives_own_calls_are_counted_in() -> None:
    paused = spending(pause=Pause(until=NOW + timedelta(hours=2), why="quota_exceeded"))
    found = by_work(look_ahead(listeners(due=95), [], paused, NOW))
    assert found[Work.ARCHIVE].done_at == NOW + timedelta(hours=2, minutes=1)
    busy = look_ahead(listeners(steady=2000), [waiting(10)], spending(750), NOW)
    assert by_work(busy)[Work.AUTOMATIC].done_at is None


def test_without_the_budgets_figures_nobody_can_tell_when() -> None:
    found = by_work(look_ahead(listeners(due=3, since=NOW), [waiting(9)], None, NOW))
    assert (found[Work.ARCHIVE].count, found[Work.ARCHIVE].since) == (3, NOW)
    assert not [row for row in found.values() if row.done_at]
