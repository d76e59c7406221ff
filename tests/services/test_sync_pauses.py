"""When Spotify, or our own budget, says wait: nobody calls, nothing is lost, and it goes on."""

from datetime import datetime, timedelta

import pytest

from demo.standin.calls import Call
from jobs import syncs as sync_jobs
from tests.services.listening import Listening, failed
from webapp import db
from webapp.domain.accounts import State
from webapp.domain.library import Kind
from webapp.domain.syncs import Cause, Status, Waiting
from webapp.queries import budget, library
from webapp.queries.syncs import SyncRow
from webapp.services import syncs

SEEN_TWICE = {(f"/v1/me/{name}", "limit=50&offset=0") for name in ("tracks", "albums")}
"""First pages, which are looked at once more at the end."""

WAITS = [("rate_limit", 30, "rate_limited"), ("quota", 64_063, "quota_exceeded")]


@pytest.mark.parametrize(("kind", "seconds", "why"), WAITS)
def test_a_429_is_waited_out_by_everybody_and_nothing_is_fetched_twice(
    listening: Listening, kind: str, seconds: int, why: str
) -> None:
    user, other = listening.join("medium"), listening.join("tiny")
    listening.break_(kind, "/v1/", after=8, times=1, seconds=seconds)
    sync = listening.sync(user)
    until = listening.clock() + timedelta(seconds=seconds)
    _assert_waits(listening, sync, until)
    assert budget.find_block(listening.clock()) == (until, why)
    had = {place(call) for call in listening.calls() if call.status == 200}
    made = len(listening.calls())
    # Neither the same sync, too early, nor anybody else's makes a call now.
    sync_jobs.sync_library(sync_id=sync.id, attempt=sync.attempt)
    _assert_waits(listening, listening.latest(user), until)
    _assert_waits(listening, listening.sync(other), until)
    assert len(listening.calls()) == made
    listening.clock.forward(seconds=seconds)
    for who in (user, other):
        waiting = listening.latest(who)
        sync_jobs.sync_library(sync_id=waiting.id, attempt=waiting.attempt)
        assert listening.latest(who).status is Status.COMPLETED
        assert not failed(listening.latest(who))
    again = had & {place(call) for call in listening.calls()[made:]}
    assert {(path, query) for _, path, query in again} <= SEEN_TWICE
    assert len(library.known(user, Kind.SAVED_TRACK)) == 600
    assert len(library.known(other, Kind.SAVED_TRACK)) == 60


def place(call: Call) -> tuple[str | None, str, str]:
    return call.listener, call.path, call.query


def _assert_waits(listening: Listening, sync: SyncRow, until: datetime) -> None:
    """Check that the row tells until when, and that a job is due then."""
    assert (sync.status, sync.waiting) == (Status.PENDING, Waiting.BUDGET)
    assert sync.resume_at == until
    due = listening.scheduled()[f"sync-{sync.id}-{sync.attempt}"]
    assert until <= due <= until + timedelta(seconds=4)
    assert listening.queued() == []


def test_the_wait_survives_a_redis_that_lost_everything(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.break_("quota", "/v1/", times=1)
    sync = listening.sync(user)
    made = len(listening.calls())
    listening.wiring.redis.flushall()
    sync_jobs.sync_library(sync_id=sync.id, attempt=sync.attempt)
    again = listening.latest(user)
    assert (again.waiting, again.resume_at) == (Waiting.BUDGET, sync.resume_at)
    assert len(listening.calls()) == made


def test_a_lapsed_premium_is_probed_once_a_day(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.break_("premium", "/v1/")
    sync = listening.sync(user)
    assert (sync.status, sync.waiting) == (Status.PENDING, Waiting.BUDGET)
    assert sync.resume_at == listening.clock() + timedelta(days=1)
    found = budget.find_block(listening.clock())
    assert found is not None
    assert found[1] == "premium_lapsed"
    assert listening.account(user).state is State.ACTIVE, "it is not the listener's turn"
    made = len(listening.calls())
    sync_jobs.sync_library(sync_id=sync.id, attempt=sync.attempt)
    assert len(listening.calls()) == made
    listening.standin.world.faults.clear()
    listening.clock.forward(days=1)
    sync_jobs.sync_library(sync_id=sync.id, attempt=sync.attempt)
    assert listening.latest(user).status is Status.COMPLETED


@pytest.mark.parametrize(
    ("limits", "wait"),
    [
        ({"spotify_calls_per_minute": 20}, timedelta(minutes=1)),
        ({"spotify_calls_per_day": 30}, timedelta(hours=24)),
    ],
)
def test_our_own_budget_is_kept_and_the_sync_goes_on_when_there_is_room(
    listening: Listening, limits: dict[str, int], wait: timedelta
) -> None:
    user = listening.join("medium")
    listening.rewire(**limits)
    most = 19 if wait < timedelta(hours=1) else 27  # a listener's click leaves a reserve
    sync = listening.sync(user)
    assert (sync.status, sync.waiting) == (Status.PENDING, Waiting.BUDGET)
    assert sync.resume_at is not None
    assert wait <= sync.resume_at - listening.clock() <= wait + timedelta(hours=1)
    assert len(listening.calls()) == most - 1, "signing in took one"
    runs = 1
    while not listening.latest(user).over:
        waiting = listening.latest(user)
        assert waiting.resume_at is not None
        listening.clock.now = waiting.resume_at
        sync_jobs.sync_library(sync_id=waiting.id, attempt=waiting.attempt)
        runs += 1
        assert len(listening.calls()) <= most * runs
        assert runs < 12, "it comes to an end"
    assert listening.latest(user).status is Status.COMPLETED
    assert not failed(listening.latest(user))
    assert len(listening.calls()) <= listening.paging_minimum("medium") + 4


def test_without_redis_the_wish_is_kept(listening: Listening) -> None:
    user = listening.join("tiny")
    gone = listening.with_redis_gone()
    begun = sync_jobs.begin(gone, user, Cause.BUTTON)
    assert begun.new
    sync = listening.latest(user)
    assert (sync.status, sync.waiting) == (Status.PENDING, Waiting.QUEUE)
    assert listening.calls() == []
    listening.clock.forward(seconds=31)
    sync_jobs.reap(gone)
    assert listening.latest(user).waiting is Waiting.QUEUE
    listening.clock.forward(seconds=31)
    sync_jobs.reap(listening.wiring)
    listening.work()
    assert listening.latest(user).status is Status.COMPLETED


def test_a_sync_that_waits_is_not_reaped_before_its_time(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.break_("rate_limit", "/v1/", times=1, seconds=600)
    listening.sync(user)
    listening.wiring.redis.flushall()  # the queue forgot it
    listening.clock.forward(seconds=599)
    assert syncs.reap(listening.wiring) == []
    listening.clock.forward(seconds=32)
    assert [rest.sync_id for rest in syncs.reap(listening.wiring)] == [listening.latest(user).id]
    sync_jobs.reap(listening.wiring)
    sync_jobs.reap(listening.wiring)
    assert len(listening.queued()) == 1
    listening.work()
    assert listening.latest(user).status is Status.COMPLETED
    assert db.query("SELECT count(*) FROM syncs") == [(1,)]
