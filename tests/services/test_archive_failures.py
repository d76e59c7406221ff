"""What goes wrong for one listener, and what for all: who cools down, who waits, what is kept."""

from datetime import timedelta

import pytest

from jobs import archive as archive_jobs
from jobs import runtime
from tests.services.listening import Clock, Listening
from webapp import db
from webapp.domain.accounts import State
from webapp.domain.archive import FailureKind
from webapp.queries import archive
from webapp.queries.archive import ArchiveState
from webapp.services import archive as archive_services
from webapp.services.archive import Outcome

RECENT = "/me/player/recently-played"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def pair(listening: Listening) -> tuple[int, int]:
    """Two listeners, the first of whom things happen to."""
    return listening.join("tiny"), listening.join("medium")


def run(listening: Listening, *user_ids: int) -> dict[int, Outcome]:
    runtime.use(listening.wiring)
    outcomes = archive_services.archive_batch(listening.wiring, user_ids)
    return {outcome.user_id: outcome for outcome in outcomes}


def state(user_id: int) -> ArchiveState:
    found = archive.find(user_id)
    assert found is not None
    return found


def plays_of(user_id: int) -> int:
    return int(db.query("SELECT count(*) FROM plays WHERE user_id = %s", user_id)[0][0])


@pytest.mark.parametrize("kind", ["server_error", "html", "drop", "truncated", "wrong_type"])
def test_a_bad_answer_for_one_leaves_the_other_archived(
    listening: Listening, clock: Clock, pair: tuple[int, int], kind: str
) -> None:
    bad, good = pair
    listening.break_(kind, RECENT, listener="tiny")
    run(listening, *pair)
    assert (plays_of(bad), plays_of(good)) == (0, 50)
    cooling = state(bad)
    assert (cooling.failures, cooling.failure_kind) == (1, FailureKind.NETWORK)
    assert cooling.retry_at == clock.now + 10 * MINUTE
    assert cooling.failure_message in {"outage", "malformed"}
    assert state(good).failures == 0


def test_slowness_is_a_failure_of_the_network(
    listening: Listening, clock: Clock, pair: tuple[int, int]
) -> None:
    bad, good = pair
    listening.break_("latency", RECENT, listener="tiny", seconds=12)
    run(listening, *pair)
    assert state(bad).failure_kind is FailureKind.NETWORK
    assert plays_of(good) == 50


def test_network_failures_double_to_an_hour_and_one_success_resets(
    listening: Listening, clock: Clock
) -> None:
    user_id = listening.join("tiny")
    fault = listening.break_("server_error", RECENT)
    pauses = []
    for _ in range(5):
        run(listening, user_id)
        retry_at = state(user_id).retry_at
        assert retry_at is not None
        pauses.append((retry_at - clock.now) // MINUTE)
        clock.now = retry_at
    assert pauses == [10, 20, 40, 60, 60]
    listening.standin.world.faults.remove(fault)
    run(listening, user_id)
    assert plays_of(user_id) == 50
    well = state(user_id)
    assert (well.failures, well.failure_kind, well.retry_at) == (0, None, None)


def test_who_cools_down_is_left_out(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    fault = listening.break_("server_error", RECENT)
    run(listening, user_id)
    listening.standin.world.faults.remove(fault)
    listening.standin.world.log.clear()
    clock.forward(minutes=9)
    assert archive.due(clock.now) == []
    assert run(listening, user_id) == {}
    assert listening.calls(RECENT) == []
    clock.forward(minutes=1)
    assert archive.due(clock.now) == [user_id]


def test_a_refused_token_is_refreshed_once_and_tried_once_more(listening: Listening) -> None:
    user_id = listening.join("tiny")
    listening.standin.world.expire_access_tokens("tiny")
    run(listening, user_id)
    assert plays_of(user_id) == 50
    assert [call.status for call in listening.calls(RECENT)] == [401, 200]


def test_a_token_refused_again_is_a_failure_of_its_kind(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    listening.break_("unauthorized", RECENT)
    run(listening, user_id)
    assert state(user_id).failure_kind is FailureKind.AUTH
    assert state(user_id).retry_at == clock.now + 30 * MINUTE
    assert len(listening.calls(RECENT)) == 2


def test_a_revoked_listener_among_others_is_asked_to_reconnect(
    listening: Listening, pair: tuple[int, int]
) -> None:
    revoked, good = pair
    listening.standin.world.revoke("tiny")
    run(listening, *pair)
    assert plays_of(good) == 50
    assert listening.account(revoked).state is State.NEEDS_RECONNECT
    assert state(revoked).failure_kind is FailureKind.AUTH
    assert archive.due(listening.clock.now + timedelta(days=1)) == [good]


def test_coming_back_clears_everything(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    listening.standin.world.revoke("tiny")
    run(listening, user_id)
    assert listening.join("tiny") == user_id
    assert state(user_id).failures == 0
    assert archive.due(clock.now) == [user_id]
    run(listening, user_id)
    assert plays_of(user_id) == 50


def test_consent_that_ended_pauses_and_does_not_fail(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    clock.forward(days=185)
    run(listening, user_id)
    assert listening.account(user_id).state is State.NEEDS_RECONNECT
    assert archive.due(clock.now) == []


@pytest.mark.parametrize("kind", ["allowlist", "scope"])
def test_what_the_listener_must_mend_is_told_to_them(listening: Listening, kind: str) -> None:
    user_id = listening.join("tiny")
    listening.break_(kind, RECENT)
    run(listening, user_id)
    account = listening.account(user_id)
    assert account.state is State.NEEDS_RECONNECT
    assert account.state_reason in {"not_allowlisted", "missing_scope"}


def test_a_quota_of_twenty_hours_is_nobodys_fault(
    listening: Listening, clock: Clock, pair: tuple[int, int]
) -> None:
    listening.set(spotify_concurrency=1)
    listening.break_("quota", RECENT, seconds=72_000)
    outcomes = run(listening, *pair)
    until = clock.now + timedelta(hours=20)
    assert {outcome.until for outcome in outcomes.values()} == {until}
    assert [state(user_id).failures for user_id in pair] == [0, 0]
    assert len(listening.calls(RECENT)) == 1, "after the first refusal nobody asks"
    runtime.use(listening.wiring)
    ticked = archive_jobs.tick(listening.wiring)
    assert (ticked.listeners, ticked.until) == (0, until)


def test_a_pause_hands_the_rest_back_to_the_queue_for_later(
    listening: Listening, clock: Clock, pair: tuple[int, int]
) -> None:
    listening.break_("rate_limit", RECENT, seconds=40, times=1)
    listening.set(spotify_concurrency=1)
    runtime.use(listening.wiring)
    archive_jobs.tick(listening.wiring)
    listening.work()
    times = list(listening.scheduled().values())
    assert len(times) == 1
    assert times[0] >= clock.now + timedelta(seconds=40)
    assert times[0] < clock.now + timedelta(seconds=50)


def test_a_pause_outlives_an_emptied_redis(listening: Listening, pair: tuple[int, int]) -> None:
    listening.break_("quota", RECENT, seconds=72_000)
    run(listening, *pair)
    listening.wiring.redis.flushall()
    listening.standin.world.log.clear()
    run(listening, *pair)
    assert listening.calls(RECENT) == []


def test_lapsed_premium_stops_all_until_it_is_probed_again(
    listening: Listening, clock: Clock, pair: tuple[int, int]
) -> None:
    listening.set(spotify_concurrency=1)
    listening.break_("premium", RECENT, times=1)
    outcomes = run(listening, *pair)
    assert {outcome.until for outcome in outcomes.values()} == {clock.now + timedelta(days=1)}
    assert [state(user_id).failures for user_id in pair] == [0, 0]


def test_redis_away_harms_nobody(listening: Listening, pair: tuple[int, int]) -> None:
    listening.wiring = listening.with_redis_gone()
    outcomes = run(listening, *pair)
    assert [outcome.new for outcome in outcomes.values()] == [0, 0]
    assert [state(user_id).failures for user_id in pair] == [0, 0]
    assert archive.due(listening.clock.now) == list(pair), "still due when it is back"


def test_a_row_the_database_refuses_harms_its_listener_alone(
    listening: Listening, pair: tuple[int, int]
) -> None:
    bad, good = pair
    db.query(f"ALTER TABLE plays ADD CONSTRAINT not_this_one CHECK (user_id <> {bad})")
    run(listening, *pair)
    assert (plays_of(bad), plays_of(good)) == (0, 50)
    assert state(bad).failure_message == "unexpected"
    assert state(good).failures == 0
    days = db.query("SELECT DISTINCT user_id FROM daily_listening")
    assert days == [(good,)], "what was refused left nothing behind"


def test_who_is_deleted_meanwhile_is_no_longer_there(
    listening: Listening, pair: tuple[int, int]
) -> None:
    gone, good = pair
    db.query("SELECT set_config('backspin.erasing_user', %s, false)", str(gone))
    db.query("DELETE FROM users WHERE id = %s", gone)
    assert set(run(listening, *pair)) == {good}


def test_nine_of_ten_are_archived_when_one_is_revoked(listening: Listening) -> None:
    revoked = listening.join("tiny")
    good = listening.join("medium")
    db.query(
        "INSERT INTO users (spotify_id, username, display_name, created_at, last_seen_at)"
        " SELECT 'copy' || n, 'copy' || n, '', now(), now() FROM generate_series(1, 8) n"
    )
    db.query(
        "INSERT INTO spotify_tokens SELECT u.id, t.access_token, t.refresh_token, t.scopes,"
        " t.expires_at, t.updated_at FROM users u, spotify_tokens t"
        " WHERE u.spotify_id LIKE 'copy%%' AND t.user_id = %s",
        good,
    )
    db.query(
        "INSERT INTO archive_states (user_id, due_at) SELECT id, now() - interval '1 hour'"
        " FROM users ON CONFLICT DO NOTHING"
    )
    listening.standin.world.revoke("tiny")
    runtime.use(listening.wiring)
    assert archive_jobs.tick(listening.wiring).batches == 1
    listening.work()
    assert db.query("SELECT count(DISTINCT user_id) FROM plays") == [(9,)]
    assert listening.account(revoked).state is State.NEEDS_RECONNECT
