"""The operator's page of the schedule."""

import re
from datetime import timedelta

import pytest

from config import Settings
from jobs.schedule import SCHEDULE
from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.shelving import counted
from tests.views.operating import without_redis
from webapp import db
from webapp.domain.errors import OutageError
from webapp.queries import schedule as runs
from webapp.services import schedule
from webapp.services.wiring import Wiring
from webapp.views.admin_schedule import WHAT


@pytest.fixture
def admin(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


def test_every_entry_is_told_in_the_readers_language() -> None:
    assert {entry.name: entry.what for entry in SCHEDULE} == {
        name: str(what) for name, what in WHAT.items()
    }


def test_entries_are_listed_before_they_ever_ran(admin: Pages, wiring: Wiring) -> None:
    text = admin.page("/admin/schedule")
    assert text.count("Not yet") == len(SCHEDULE)
    assert "No scheduler was seen yet" in text
    assert "0 runs in the last 30 days" in text
    assert "0 2 * * *" in text
    schedule.note_call(wiring)
    assert "A scheduler outside calls for the archive" in admin.page("/admin/schedule")


def test_the_last_run_is_told_with_what_came_of_it(admin: Pages, wiring: Wiring) -> None:
    schedule.note_beat(wiring)
    with db.connection():
        schedule.run_once(wiring, "archive", "1", lambda _: "12 listeners in 2 batches")
    text = admin.page("/admin/schedule")
    assert "The scheduler is at work, seen just now" in text
    assert "12 listeners in 2 batches" in text
    assert text.count("badge--done") == 1
    assert re.search(r"just now, less than a second", text)


def test_a_failed_run_is_told_with_the_reason_as_text(admin: Pages, wiring: Wiring) -> None:
    def fail(_: Wiring) -> str:
        raise OutageError("<script>alert(1)</script>")

    with db.connection(), pytest.raises(OutageError):
        schedule.run_once(wiring, "reap", "1", fail)
    text = admin.page("/admin/schedule")
    assert text.count("badge--failed") == 1
    assert "outage: &lt;script&gt;" in text
    assert "0 runs in the last" not in text


@pytest.mark.parametrize(("minutes", "state"), [(1, "running"), (20, "failed")])
def test_a_run_without_an_end_was_broken_off_at_some_time(
    admin: Pages, wiring: Wiring, minutes: int, state: str
) -> None:
    with db.connection():
        runs.begin_run("archive", "1", wiring.clock() - timedelta(minutes=minutes))
    text = admin.page("/admin/schedule")
    assert f"badge--{state}" in text
    assert ("broken off" in text) is (state == "failed")


def test_a_scheduler_that_is_late_is_told(admin: Pages, wiring: Wiring) -> None:
    long_ago = wiring.clock() - timedelta(minutes=5)
    wiring.redis.set(schedule.BEAT, long_ago.timestamp())
    assert "The scheduler was last seen 5 minutes ago" in admin.page("/admin/schedule")


def test_without_redis_the_runs_are_still_told(
    admin: Pages, settings: Settings, wiring: Wiring
) -> None:
    with db.connection():
        schedule.run_once(wiring, "archive", "1", lambda _: "12 listeners in 2 batches")
    text = without_redis(admin, settings, wiring).page("/admin/schedule")
    assert "nobody can tell whether the scheduler is at work" in text
    assert "12 listeners in 2 batches" in text


def test_the_page_takes_few_statements_however_long_the_past(admin: Pages, wiring: Wiring) -> None:
    with db.connection():
        for number in range(30):
            schedule.run_once(wiring, "reap", str(number), lambda _: "0 syncs")
    with counted() as counter:
        admin.page("/admin/schedule")
    assert len(counter.statements) <= 3 + len(SCHEDULE)
