"""The figures for a monitor: who may see them, and what they say when parts are away."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from config import Settings
from demo.standin.faults import Fault
from tests.browsing import Browsing
from tests.queries.shelving import counted
from webapp import db
from webapp.app import create_app
from webapp.domain.archive import Breaker, FailureKind, Gap
from webapp.domain.budget import Call, Limits, Priority
from webapp.domain.errors import PausedError
from webapp.queries import accounts, archive
from webapp.queries.archive import Asked
from webapp.services import schedule
from webapp.services.budget import RedisGate
from webapp.services.schedule import note_beat
from webapp.services.wiring import Wiring

TOKEN = "a token of some length"
NOBODY_HOME = "redis://127.0.0.1:1/0"
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nowhere"


def read(client: FlaskClient, **headers: str) -> dict[str, float]:
    """Read the page as Prometheus does: `name{label="value",...}` to number."""
    reply = client.get("/metrics", headers=headers)
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"].startswith("text/plain; version=")
    return {
        f"{sample.name}{_labels(sample.labels)}": sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def _labels(labels: dict[str, str]) -> str:
    return "{" + ",".join(f"{k}={v}" for k, v in sorted(labels.items())) + "}" if labels else ""


@pytest.fixture
def guarded(settings: Settings, wiring: Wiring) -> FlaskClient:
    """Give a visitor of an install with a token."""
    return _client(settings, wiring, metrics_token=TOKEN)


def _client(settings: Settings, wiring: Wiring, **changes: str | int) -> FlaskClient:
    changed = replace(settings, **changes)  # type: ignore[arg-type]  # whatever a setting is
    return create_app(changed, replace(wiring, settings=changed)).test_client()


def test_the_token_opens_it(guarded: FlaskClient) -> None:
    assert read(guarded, Authorization=f"Bearer {TOKEN}")
    assert read(guarded, Authorization=f"bearer  {TOKEN} ")


@pytest.mark.parametrize(
    "shown",
    [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer ä"],
)
def test_another_token_or_none_does_not(guarded: FlaskClient, shown: str | None) -> None:
    reply = guarded.get("/metrics", headers={} if shown is None else {"Authorization": shown})
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert "backspin_" not in reply.text


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
def test_without_a_token_this_machine_may_look(app: Flask, address: str) -> None:
    reply = app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert reply.status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.7", "203.0.113.9", "2001:db8::1", ""])
def test_without_a_token_nobody_else_may(app: Flask, address: str) -> None:
    reply = app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert reply.status_code == 403
    assert "METRICS_TOKEN" in reply.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_of_this_machine_lets_nobody_in_unseen(app: Flask, header: str) -> None:
    assert app.test_client().get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_behind_a_trusted_proxy_the_visitors_own_address_counts(
    settings: Settings, wiring: Wiring
) -> None:
    client = _client(settings, wiring, trusted_proxies=1)

    def ask(told: str) -> int:
        return client.get("/metrics", headers={"X-Forwarded-For": told}).status_code

    assert ask("203.0.113.9") == 403
    assert ask("127.0.0.1, 203.0.113.9") == 403
    assert client.get("/metrics").status_code == 200


def test_a_signed_in_listener_is_nobody_special(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    assert pages.client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 403


def test_syncs_and_their_calls_are_counted(browsing: Browsing, app: Flask) -> None:
    browsing.standin.world.faults.add(Fault(kind="server_error", match="/me/albums"))
    browsing.sign_in("tiny")
    found = read(app.test_client())
    assert found["backspin_up{part=database}"] == found["backspin_up{part=redis}"] == 1
    assert found["backspin_syncs_ended_last_day{status=completed}"] == 1
    assert found["backspin_syncs_ended_last_day{status=failed}"] == 0
    assert 0 < found["backspin_sync_duration_seconds{quantile=0.5,status=completed}"] < 60
    part = "backspin_collections_ended_last_day"
    assert found[f"{part}{{collection=saved_albums,outcome=failed}}"] == 1
    assert found[f"{part}{{collection=saved_tracks,outcome=completed}}"] == 1
    assert found["backspin_records_last_day{change=added,collection=saved_tracks}"] > 0
    calls = "backspin_spotify_calls_total{endpoint=%s,priority=listener,status=%s}"
    assert found[calls % ("/me/tracks", 200)] >= 1
    assert found[calls % ("/me/albums", 503)] >= 1
    assert found["backspin_spotify_calls_last_day"] > 5
    assert found["backspin_plays"] > 0


def test_listeners_whose_archive_waits_fails_and_rests_are_counted(
    wiring: Wiring, app: Flask, crowd: list[int]
) -> None:
    found = read(app.test_client())
    assert found["backspin_listeners{state=active}"] == 4
    assert found["backspin_listeners{state=needs_reconnect}"] == 1
    assert found["backspin_archive_due"] == 1
    assert 600 <= found["backspin_archive_due_oldest_seconds"] < 660
    assert found["backspin_archive_polled_last_hour"] == 1
    assert found["backspin_archive_failing{kind=AUTH}"] == 1
    assert found["backspin_archive_failing{kind=NETWORK}"] == 1
    assert found["backspin_archive_cooling{kind=AUTH}"] == 1
    assert found["backspin_archive_cooling{kind=NETWORK}"] == 0
    assert found["backspin_listening_gaps_open"] == 1


@pytest.fixture
def crowd(wiring: Wiring) -> Iterator[list[int]]:
    """Five listeners: one due, one fine, with a gap, one cooling, one not any more, one gone."""
    now = wiring.clock()
    with db.connection():
        ids = [_join(f"listener-{number}", wiring) for number in range(5)]
        due, fine, cooling, tried, gone = ids
        archive.enrol(due, now - timedelta(minutes=10))
        gap = Gap(after=now - timedelta(hours=3), before=now - timedelta(hours=2))
        later = now + timedelta(hours=1)
        archive.record_asked(
            [Asked(user_id=fine, due_at=later, every_minutes=15, new=3, gap=gap)], now
        )
        for user_id in (cooling, tried, gone):
            archive.enrol(user_id, later)
        archive.record_failures(
            [
                (cooling, _breaker(FailureKind.AUTH, later)),
                (tried, _breaker(FailureKind.NETWORK, now)),
                (gone, _breaker(FailureKind.AUTH, later)),
            ],
            now,
        )
        accounts.needs_reconnect(gone, "consent_over")
        yield ids


def _join(name: str, wiring: Wiring) -> int:
    return accounts.add(
        spotify_id=name,
        account_id=None,
        username=name,
        display_name=name,
        image_url=None,
        is_admin=False,
        time_zone="UTC",
        now=wiring.clock(),
    )


def _breaker(kind: FailureKind, retry_at: datetime) -> Breaker:
    return Breaker(kind=kind, failures=2, message="outage", retry_at=retry_at)


def test_both_kinds_of_429_and_our_own_refusals_are_told_apart(
    app: Flask, wiring: Wiring, database: None
) -> None:
    gate, now = wiring.gate, wiring.clock()
    gate.block(now + timedelta(seconds=30), "rate_limited")
    gate.block(now + timedelta(hours=9), "quota_exceeded")
    with pytest.raises(PausedError):
        gate.acquire(Call(endpoint="/me", priority=Priority.DELTA))
    found = read(app.test_client())
    assert found["backspin_spotify_pauses_total{why=rate_limited}"] == 1
    assert found["backspin_spotify_pauses_total{why=quota_exceeded}"] == 1
    assert found["backspin_spotify_calls_refused_total{priority=delta,why=quota_exceeded}"] == 1
    assert 32_000 < found["backspin_spotify_pause_seconds{why=quota_exceeded}"] <= 32_400


def test_what_counts_up_never_counts_down(app: Flask, wiring: Wiring, database: None) -> None:
    call = Call(endpoint="/me", priority=Priority.ARCHIVE)
    name = "backspin_spotify_calls_total{endpoint=/me,priority=archive,status=200}"
    wiring.gate.settle(call, 200)
    first = read(app.test_client())[name]
    wiring.redis.delete(*wiring.redis.keys("backspin:budget:calls:*"))  # a day later
    wiring.gate.settle(call, 200)
    assert (first, read(app.test_client())[name]) == (1, 2)


def test_calls_left_follow_the_reserves(settings: Settings, wiring: Wiring, database: None) -> None:
    gate = RedisGate(wiring.redis, Limits(per_minute=1000, per_day=100), wiring.clock)
    for _ in range(60):
        gate.acquire(Call(endpoint="/me", priority=Priority.ARCHIVE))
    client = create_app(settings, replace(wiring, gate=gate)).test_client()
    found = read(client)
    names = [f"backspin_spotify_calls_left{{priority={p.name.lower()}}}" for p in Priority]
    assert [found[name] for name in names] == [40, 30, 15, 0]


def test_the_queues_are_measured(browsing: Browsing, app: Flask) -> None:
    browsing.sign_in("medium")
    found = read(app.test_client())
    assert found["backspin_queue_jobs{queue=sync,state=waiting}"] == 1
    assert 0 <= found["backspin_queue_oldest_seconds{queue=sync}"] < 60
    assert found["backspin_syncs_open{waiting_for=its turn}"] == 1
    browsing.work()
    found = read(app.test_client())
    assert found["backspin_queue_jobs{queue=sync,state=waiting}"] == 0
    assert found["backspin_queue_oldest_seconds{queue=sync}"] == 0


def test_the_schedule_is_watched(app: Flask, wiring: Wiring, browsing: Browsing) -> None:
    assert "backspin_scheduler_beat_age_seconds" not in read(app.test_client())
    note_beat(wiring)
    with db.connection():
        schedule.run_once(wiring, "upkeep", "2026_01_01_00_05", lambda _: "fine")
    found = read(app.test_client())
    assert 0 <= found["backspin_scheduler_beat_age_seconds"] < 60
    assert found["backspin_schedule_last_run_ok{entry=upkeep}"] == 1
    began = found["backspin_schedule_last_run_timestamp_seconds{entry=upkeep}"]
    assert abs(began - wiring.clock().timestamp()) < 60


def test_without_redis_the_database_still_tells(
    settings: Settings, wiring: Wiring, crowd: list[int]
) -> None:
    dead = Redis.from_url(NOBODY_HOME)
    gate = RedisGate(dead, Limits(per_minute=9, per_day=9), wiring.clock)
    found = read(create_app(settings, replace(wiring, redis=dead, gate=gate)).test_client())
    assert found["backspin_up{part=redis}"] == 0
    assert found["backspin_up{part=database}"] == 1
    assert found["backspin_listeners{state=active}"] == 4
    assert not [name for name in found if "queue" in name or "calls" in name]


def test_without_the_database_redis_still_tells(app: Flask, settings: Settings) -> None:
    db.configure(NO_DATABASE, pool_size=1)
    try:
        found = read(app.test_client())
    finally:
        db.configure(settings.database_url, pool_size=1)
    assert found["backspin_up{part=database}"] == 0
    assert found["backspin_up{part=redis}"] == 1
    assert found["backspin_queue_jobs{queue=archive,state=waiting}"] == 0
    assert "backspin_listeners{state=active}" not in found


def test_no_listener_is_named(app: Flask, browsing: Browsing) -> None:
    browsing.sign_in("tiny")
    account = browsing.account("tiny")
    text = app.test_client().get("/metrics").text
    for name in (account.username, account.display_name, account.spotify_id):
        assert name not in text
    assert not re.search(r'="[^"]*tiny', text)


def test_a_reading_is_few_statements(app: Flask, crowd: list[int]) -> None:
    client = app.test_client()
    with counted() as first:
        read(client)
    with counted() as again:
        read(client)
    assert len(first.statements) == 9
    assert len(again.statements) == 8, "the plays are counted every five minutes"
