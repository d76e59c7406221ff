"""The syncs that nobody asked for: every day all of it, every week the top lists."""

from datetime import timedelta

import pytest

from jobs import runtime
from jobs import syncs as sync_jobs
from tests.services.listening import Listening
from webapp.domain.budget import Priority
from webapp.domain.syncs import Cause, Collection, Mode, Status, Waiting
from webapp.services import syncs

TOPS = [Collection.TOP_TRACKS, Collection.TOP_ARTISTS]


@pytest.fixture
def users(listening: Listening) -> list[int]:
    """Sign three in, all of them synced a day ago."""
    users = [listening.join(name) for name in ("tiny", "medium", "empty")]
    for user in users:
        listening.sync(user)
    listening.clock.forward(days=1)
    forget(listening)
    runtime.use(listening.wiring)
    return users


def forget(listening: Listening) -> None:
    """Forget what was called, queued and counted."""
    listening.wiring.redis.flushall()
    listening.standin.world.log.clear()


def start(listening: Listening, user: int, cause: Cause) -> None:
    """Do what the queue does when a listener's time has come."""
    sync_jobs.start_sync(user_id=user, cause=cause.value, day="2026_11_21")


def priorities(listening: Listening) -> set[str]:
    """Read from the budget as what the calls were counted."""
    redis = listening.wiring.redis
    names = list(redis.scan_iter("backspin:budget:calls:*"))
    fields = [str(field) for name in names for field in redis.hgetall(name)]
    return {field.split("|")[1] for field in fields}


def test_listeners_are_spread_over_an_hour(listening: Listening, users: list[int]) -> None:
    assert sync_jobs.start_all(listening.wiring, Cause.DAILY) == 3
    now, day = listening.clock(), f"{listening.clock():%Y_%m_%d}"
    assert listening.queued() == []
    assert listening.scheduled() == {
        f"daily-{day}-{user}": now + number * timedelta(minutes=20)
        for number, user in enumerate(users)
    }
    assert listening.calls() == []


def test_the_same_day_again_queues_nobody_twice(listening: Listening, users: list[int]) -> None:
    sync_jobs.start_all(listening.wiring, Cause.DAILY)
    planned = listening.scheduled()
    listening.clock.forward(seconds=90)
    sync_jobs.start_all(listening.wiring, Cause.DAILY)
    assert listening.scheduled() == planned


def test_who_is_not_active_is_left_out(listening: Listening, users: list[int]) -> None:
    listening.disconnect(users[1])
    assert sync_jobs.start_all(listening.wiring, Cause.DAILY) == 2
    assert not [name for name in listening.scheduled() if name.endswith(f"-{users[1]}")]


def test_who_is_not_active_any_more_is_passed_over(listening: Listening, users: list[int]) -> None:
    before = listening.latest(users[0])
    listening.disconnect(users[0])
    start(listening, users[0], Cause.DAILY)
    assert listening.latest(users[0]) == before
    start(listening, 4711, Cause.DAILY)
    assert listening.queued() == []


def test_a_day_costs_few_calls_of_low_priority(listening: Listening, users: list[int]) -> None:
    start(listening, users[0], Cause.DAILY)
    opened = listening.latest(users[0])
    assert (opened.cause, opened.status) == (Cause.DAILY, Status.PENDING)
    assert listening.queued() == [f"sync-{opened.id}-0"]
    listening.work()
    done = listening.latest(users[0])
    assert (done.status, done.mode, done.id) == (Status.COMPLETED, Mode.QUEUED, opened.id)
    assert {part.status for part in done.collections} == {Status.COMPLETED}
    assert 0 < len(listening.calls()) <= 8
    assert not [call for call in listening.calls() if "/top/" in call.path], "fresh for a week"
    assert priorities(listening) == {Priority.DELTA.name}


def test_a_week_brings_top_lists_alone(listening: Listening, users: list[int]) -> None:
    start(listening, users[0], Cause.WEEKLY)
    listening.work()
    done = listening.latest(users[0])
    assert (done.cause, done.status) == (Cause.WEEKLY, Status.COMPLETED)
    assert [part.name for part in done.collections] == TOPS
    assert {call.path.rsplit("/", 1)[0] for call in listening.calls()} == {"/v1/me/top"}
    assert len(listening.calls()) == 6
    assert priorities(listening) == {Priority.DELTA.name}


def test_a_week_does_not_hold_the_button_back(listening: Listening, users: list[int]) -> None:
    start(listening, users[0], Cause.WEEKLY)
    listening.work()
    assert syncs.may_start(listening.wiring, users[0]) is None
    assert syncs.click_means(listening.wiring, users[0]) is Cause.BUTTON
    assert listening.sync(users[0], Cause.BUTTON).cause is Cause.BUTTON


def test_a_part_that_failed_can_be_retried_although_the_week_came(
    listening: Listening, users: list[int]
) -> None:
    listening.break_("not_found", "/me/albums", times=1)
    start(listening, users[1], Cause.DAILY)
    listening.work()
    assert listening.part(users[1], Collection.SAVED_ALBUMS).status is Status.FAILED
    start(listening, users[1], Cause.WEEKLY)
    listening.work()
    listening.clock.forward(minutes=2)
    assert syncs.click_means(listening.wiring, users[1]) is Cause.RETRY
    sync_jobs.begin(listening.wiring, users[1], Cause.RETRY)
    assert [part.name for part in listening.latest(users[1]).collections] == [
        Collection.SAVED_ALBUMS
    ]


def test_one_sync_at_a_time(listening: Listening, users: list[int]) -> None:
    waiting = listening.open(users[0], Cause.BUTTON)
    start(listening, users[0], Cause.DAILY)
    assert listening.latest(users[0]).id == waiting
    assert listening.queued() == []


def test_who_synced_just_now_is_passed_over(listening: Listening, users: list[int]) -> None:
    pressed = listening.sync(users[0], Cause.BUTTON)
    listening.clock.forward(minutes=30)
    start(listening, users[0], Cause.DAILY)
    assert listening.latest(users[0]).id == pressed.id
    listening.clock.forward(minutes=30)
    start(listening, users[0], Cause.DAILY)
    assert listening.latest(users[0]).cause is Cause.DAILY


def test_a_day_without_budget_waits_and_leaves_the_reserve(
    listening: Listening, users: list[int]
) -> None:
    listening.rewire(spotify_calls_per_day=4)
    runtime.use(listening.wiring)
    start(listening, users[1], Cause.DAILY)
    listening.work()
    waiting = listening.latest(users[1])
    assert (waiting.status, waiting.waiting) == (Status.PENDING, Waiting.BUDGET)
    assert len(listening.calls()) == 3, "a quarter of 4 is for what matters more"
