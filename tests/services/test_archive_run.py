"""Archiving listeners: what is kept, once each, and what is asked for."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jobs import archive as archive_jobs
from jobs import runtime
from tests.services.listening import Clock, Listening
from webapp import db
from webapp.domain.budget import Priority
from webapp.domain.provider import MusicService
from webapp.queries import archive, plays
from webapp.queries.archive import ArchiveState
from webapp.services import archive as archive_services

RECENT = "/me/player/recently-played"


def tick(listening: Listening) -> int:
    """Let the schedule's tick queue who is due, and a worker do it; return how many were due."""
    runtime.use(listening.wiring)
    ticked = archive_jobs.tick(listening.wiring)
    listening.work()
    return ticked.listeners


def kept(user_id: int) -> list[tuple[datetime, str]]:
    return db.query(
        "SELECT ended_at, track_id FROM plays WHERE user_id = %s ORDER BY ended_at, track_id",
        user_id,
    )


def state(user_id: int) -> ArchiveState:
    found = archive.find(user_id)
    assert found is not None
    return found


def told(listening: Listening, listener: str) -> list[tuple[datetime, str]]:
    return sorted(
        (play.ended_at, play.track_id) for play in listening.standin.world.recent_plays(listener)
    )


def next_hour(clock: Clock) -> datetime:
    clock.now = clock.now.replace(minute=0, second=0) + timedelta(hours=1, seconds=1)
    return clock.now


def test_the_first_tick_keeps_the_whole_window(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    assert tick(listening) == 1
    assert kept(user_id) == told(listening, "tiny")
    assert [call.path for call in listening.calls(RECENT)] == [f"/v1{RECENT}"]
    assert state(user_id).polled_at == clock.now
    assert state(user_id).last_new == 50
    assert archive.gaps(user_id) == []


def test_an_hour_later_only_news_are_kept_by_one_call(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    tick(listening)
    before = kept(user_id)
    assert tick(listening) == 0, "nobody is due"
    next_hour(clock)
    listening.standin.world.log.clear()
    assert tick(listening) == 1
    assert len(listening.calls(RECENT)) == 1
    newest = before[-1][0]
    after = int((newest - timedelta(hours=2)).timestamp() * 1000)
    assert f"after={after}" in listening.calls(RECENT)[0].query
    assert sorted({*before, *told(listening, "tiny")}) == kept(user_id)
    assert state(user_id).last_new == len(kept(user_id)) - len(before)


def test_a_page_shows_news_at_once(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    version = listening.account(user_id).data_version
    tick(listening)
    assert listening.account(user_id).data_version == version + 1


def test_twelve_listeners_go_in_batches_of_ten(listening: Listening) -> None:
    ids = [listening.join("tiny")]
    db.query(
        "INSERT INTO users (spotify_id, username, display_name, created_at, last_seen_at)"
        " SELECT 'copy' || n, 'copy' || n, '', now(), now() FROM generate_series(1, 11) n"
    )
    db.query(
        "INSERT INTO spotify_tokens SELECT u.id, t.access_token, t.refresh_token, t.scopes,"
        " t.expires_at, t.updated_at FROM users u, spotify_tokens t WHERE u.id <> t.user_id"
    )
    db.query(
        "INSERT INTO archive_states (user_id, due_at) SELECT id, now() - interval '1 hour'"
        " FROM users ON CONFLICT DO NOTHING"
    )
    runtime.use(listening.wiring)
    ticked = archive_jobs.tick(listening.wiring)
    assert (ticked.listeners, ticked.batches) == (12, 2)
    assert len(listening.queued()) == 2
    archive_jobs.tick(listening.wiring)
    assert len(listening.queued()) == 2, "the same batches again are no more work"
    listening.work()
    counts = db.query("SELECT count(*), count(DISTINCT user_id) FROM plays")
    assert counts == [(12 * 50, 12)]
    assert len(listening.calls(RECENT)) == 12
    assert ids


def test_keys_name_the_run_and_last_a_day(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    tick(listening)
    key = f"archive_{user_id}_{clock.now:%Y_%m_%d_%H}"
    assert listening.wiring.redis.get(key) == b"done"
    assert 86_000 < listening.wiring.redis.ttl(key) <= 86_400


def test_two_jobs_for_one_listener_and_period_ask_once(listening: Listening) -> None:
    user_id = listening.join("tiny")
    archive_services.archive_batch(listening.wiring, [user_id])
    db.query("UPDATE archive_states SET due_at = due_at - interval '2 hours'")
    again = archive_services.archive_batch(listening.wiring, [user_id])
    assert again == []
    assert len(listening.calls(RECENT)) == 1


def test_an_emptied_redis_doubles_nothing(listening: Listening) -> None:
    user_id = listening.join("tiny")
    tick(listening)
    before = kept(user_id)
    listening.wiring.redis.flushall()
    db.query("UPDATE archive_states SET due_at = due_at - interval '2 hours'")
    tick(listening)
    assert kept(user_id) == before


def test_late_and_disordered_plays_find_their_days(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    tick(listening)
    days = dict(db.query("SELECT day, plays FROM daily_listening"))
    newest = kept(user_id)[-1]
    late = newest[0] - timedelta(minutes=70)
    listening.standin.world.add_play("tiny", newest[1], late)
    next_hour(clock)
    tick(listening)
    assert (late, newest[1]) in kept(user_id)
    counted = Counter(ended.date() for ended, _ in kept(user_id))
    assert dict(db.query("SELECT day, plays FROM daily_listening")) == counted
    assert days != counted


def test_a_full_window_without_overlap_is_a_gap(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    tick(listening)
    newest = kept(user_id)[-1][0]
    clock.forward(days=2)
    next_hour(clock)
    tick(listening)
    oldest = told(listening, "tiny")[0][0]
    gaps = [(gap.after_at, gap.before_at, gap.closed_at) for gap in archive.gaps(user_id)]
    assert gaps == [(newest, oldest, None)]
    assert state(user_id).every_minutes == 15, "who lost plays is asked more often"
    assert state(user_id).last_gap_at == clock.now
    assert state(user_id).due_at == clock.now.replace(minute=15, second=0)


def test_five_hours_without_a_tick_are_one_look_and_a_gap_for_who_played_too_much(
    listening: Listening, clock: Clock
) -> None:
    busy, quiet = listening.join("tiny"), listening.join("nova")
    clock.now = (clock.now + timedelta(days=1)).replace(hour=4)  # nobody plays much at night
    assert tick(listening) == 2
    newest, track = kept(busy)[-1]
    before = kept(quiet)
    listening.standin.world.log.clear()
    clock.forward(hours=5)
    for n in range(60):
        listening.standin.world.add_play("tiny", track, clock.now - n * timedelta(minutes=4))
    assert tick(listening) == 2
    assert tick(listening) == 0, "what was missed is caught up with once"
    assert Counter(call.path for call in listening.calls(RECENT)) == {f"/v1{RECENT}": 2}
    [gap] = archive.gaps(busy)
    assert (gap.after_at, gap.before_at) == (newest, told(listening, "tiny")[0][0])
    assert archive.gaps(quiet) == []
    assert kept(quiet) == sorted({*before, *told(listening, "nova")})


def test_who_had_a_gap_is_asked_every_quarter_for_a_day(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    tick(listening)
    clock.forward(days=2)
    next_hour(clock)
    tick(listening)
    listening.standin.world.log.clear()
    for _ in range(3):
        clock.forward(minutes=15)
        assert tick(listening) == 1
    assert len(listening.calls(RECENT)) == 3
    assert len(archive.gaps(user_id)) == 1
    clock.forward(days=1)
    tick(listening)
    assert state(user_id).every_minutes in {15, 60}


def test_a_clock_behind_spotifys_hides_nothing(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    tick(listening)
    track = kept(user_id)[-1][1]
    spotifys = listening.clock.now + timedelta(minutes=20)
    listening.standin.world.set_clock(lambda: spotifys + (clock.now - started))
    started = clock.now
    ahead = clock.now + timedelta(minutes=15)
    listening.standin.world.add_play("tiny", track, ahead)
    next_hour(clock)
    tick(listening)
    assert (ahead, track) in kept(user_id)
    assert sorted({*kept(user_id)}) == kept(user_id)
    assert {*told(listening, "tiny")} <= {*kept(user_id)}


def test_a_play_of_next_year_does_not_hide_this_year(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    tick(listening)
    track = kept(user_id)[-1][1]
    absurd = plays.Heard(
        user_id=user_id,
        track_id=track,
        ended_at=clock.now + timedelta(days=400),
        context_uri=None,
    )
    plays.record([absurd], clock.now)
    next_hour(clock)
    tick(listening)
    assert {*told(listening, "tiny")} <= {*kept(user_id)}


def test_a_sync_is_as_good_as_a_look(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    listening.sync(user_id)
    assert state(user_id).polled_at == clock.now
    assert tick(listening) == 0
    days = db.query("SELECT sum(plays) FROM daily_listening WHERE user_id = %s", user_id)
    assert days == [(50,)]


def test_asking_by_hand_needs_no_due_time(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("tiny")
    tick(listening)
    track = kept(user_id)[-1][1]
    clock.forward(minutes=2)
    listening.standin.world.add_play("tiny", track, clock.now)
    outcome = archive_services.ask(listening.wiring, user_id)
    assert outcome.new >= 1
    assert (clock.now, track) in kept(user_id)


def test_nothing_new_writes_nothing(listening: Listening, clock: Clock) -> None:
    user_id = listening.join("empty")
    assert tick(listening) == 1
    assert kept(user_id) == []
    assert state(user_id).last_new == 0
    assert listening.account(user_id).data_version == 1 + 1, "the sign-in alone"


@pytest.mark.parametrize("who", ["disconnected", "needs_reconnect"])
def test_who_may_not_be_asked_is_left_alone(listening: Listening, who: str) -> None:
    user_id = listening.join("tiny")
    db.query("UPDATE users SET state = %s WHERE id = %s", who, user_id)
    assert tick(listening) == 0
    assert archive_services.archive_batch(listening.wiring, [user_id]) == []
    assert archive_services.ask(listening.wiring, user_id).new == 0
    assert listening.calls(RECENT) == []


def test_before_the_first_look_nothing_is_missing(listening: Listening) -> None:
    outcome = archive_services.archive_batch(listening.wiring, [listening.join("tiny")])[0]
    assert (outcome.new, outcome.gap) == (50, None)


def test_withdrawn_tracks_keep_nothing_from_being_kept(
    listening: Listening, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = listening.join("tiny")
    real = listening.wiring.music

    def with_a_hole(token: str, priority: Priority) -> MusicService:
        service = real(token, priority)
        whole = service.recently_played()
        holed = replace(whole, items=(None, *whole.items[1:]))
        monkeypatch.setattr(service, "recently_played", lambda _after=None: holed)
        return service

    listening.wire(music=with_a_hole)
    outcome = archive_services.archive_batch(listening.wiring, [user_id])[0]
    assert (outcome.new, outcome.error) == (49, None)
    assert kept(user_id) == told(listening, "tiny")[:-1]
