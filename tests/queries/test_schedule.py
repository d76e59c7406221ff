"""The record of the schedule: a period that ended well stays so, every other may begin anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from webapp import db
from webapp.queries import schedule
from webapp.queries.schedule import Run

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("database")


def ran(name: str, at: datetime, outcome: str = "ok") -> None:
    assert schedule.begin_run(name, f"{at:%H_%M}", at)
    schedule.end_run(name, f"{at:%H_%M}", outcome, f"{outcome} at {at:%H:%M}", at + MINUTE)


def test_what_ended_well_is_not_begun_again() -> None:
    ran("archive", NOON)
    assert not schedule.begin_run("archive", "12_00", NOON + MINUTE)
    assert schedule.recent("archive", 9) == [
        Run(
            name="archive",
            period="12_00",
            started_at=NOON,
            ended_at=NOON + MINUTE,
            outcome="ok",
            detail="ok at 12:00",
        )
    ]


def test_what_failed_or_never_ended_is_begun_again() -> None:
    ran("archive", NOON, "failed")
    for again in (1, 2):
        assert schedule.begin_run("archive", "12_00", NOON + again * MINUTE)
        (run,) = schedule.recent("archive", 9)
        assert (run.started_at, run.ended_at) == (NOON + again * MINUTE, None)
        assert (run.outcome, run.detail) == (None, "")


def test_an_end_is_told_once() -> None:
    ran("archive", NOON)
    schedule.end_run("archive", "12_00", "failed", "killed", NOON + 5 * MINUTE)
    assert [run.outcome for run in schedule.recent("archive", 9)] == ["ok"]


def test_the_newest_runs_are_found_by_entry() -> None:
    for minutes in range(3):
        ran("reap", NOON + minutes * MINUTE)
    ran("reap", NOON + 3 * MINUTE, "failed")
    ran("reap", NOON + 4 * MINUTE)
    ran("archive", NOON)
    latest = schedule.latest(["reap", "archive", "daily-sync"])
    assert {name: run.period for name, run in latest.items()} == {
        "reap": "12_04",
        "archive": "12_00",
    }
    assert [run.period for run in schedule.recent("reap", 2)] == ["12_04", "12_03"]
    assert [run.period for run in schedule.recent("reap", 2, failed=True)] == ["12_03"]
    assert schedule.latest([]) == {}


def test_old_runs_are_forgotten() -> None:
    for minutes in range(4):
        ran("reap", NOON + minutes * MINUTE)
    assert schedule.prune(NOON + 2 * MINUTE) == 2
    assert [run.period for run in schedule.recent("reap", 9)] == ["12_03", "12_02"]


def held_elsewhere(name: str, period: str) -> bool:
    """Tell whether another process could hold a run now."""

    def look() -> bool:
        with db.connection(), schedule.holding(name, period) as ours:
            return not ours

    with ThreadPoolExecutor(1) as other:
        return other.submit(look).result()


def test_a_run_is_held_by_one_process_and_free_afterwards() -> None:
    with schedule.holding("archive", "12_00") as ours:
        assert ours
        assert held_elsewhere("archive", "12_00")
        assert not held_elsewhere("archive", "13_00")
        assert not held_elsewhere("reap", "12_00")
    assert not held_elsewhere("archive", "12_00")


def test_a_run_is_free_when_its_holder_fell() -> None:
    with pytest.raises(RuntimeError), schedule.holding("archive", "12_00"):
        raise RuntimeError
    assert not held_elsewhere("archive", "12_00")
