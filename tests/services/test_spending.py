"""The counts of the gate, read back."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.services.listening import Clock, Listening
from webapp.domain.budget import Call, Limits, Priority, hour_of
from webapp.domain.errors import PausedError, QueueDownError
from webapp.services import spending
from webapp.services.budget import RedisGate, left
from webapp.services.spending import Ended, Pause
from webapp.services.wiring import Wiring

CALL = Call(endpoint="/playlists/{id}/items", priority=Priority.DELTA)
ME = Call(endpoint="/me", priority=Priority.LISTENER)

pytestmark = pytest.mark.usefixtures("database")


def by_hour(rows: tuple[Ended, ...]) -> dict[int | None, int]:
    counts: Counter[int | None] = Counter()
    for row in rows:
        counts[row.hour] += row.calls
    return dict(counts)


def test_before_the_first_call_there_is_nothing(wiring: Wiring) -> None:
    found = spending.read(wiring)
    assert (found.ended, found.refused, found.pause, found.spent.day) == ((), (), None, 0)
    assert left(found.spent, Priority.ARCHIVE) == wiring.settings.spotify_calls_per_day
    totals = spending.totals(wiring)
    assert (totals.ended, totals.refused, dict(totals.pauses)) == ((), (), {})


def test_how_calls_ended_is_read_as_it_was_counted(wiring: Wiring, clock: Clock) -> None:
    for status in (200, 200, 429, 0):
        wiring.gate.settle(CALL, status)
    wiring.gate.settle(ME, 200)
    hour = hour_of(clock())
    assert set(spending.read(wiring).ended) == {
        Ended(hour=hour, endpoint=CALL.endpoint, priority=Priority.DELTA, status=200, calls=2),
        Ended(hour=hour, endpoint=CALL.endpoint, priority=Priority.DELTA, status=429, calls=1),
        Ended(hour=hour, endpoint=CALL.endpoint, priority=Priority.DELTA, status=0, calls=1),
        Ended(hour=hour, endpoint="/me", priority=Priority.LISTENER, status=200, calls=1),
    }


def test_a_day_later_only_what_is_counted_for_good_is_left(wiring: Wiring, clock: Clock) -> None:
    first = hour_of(clock())
    wiring.gate.settle(ME, 200)
    clock.forward(hours=23)
    wiring.gate.settle(ME, 200)
    assert by_hour(spending.read(wiring).ended) == {first: 1, first + 23: 1}
    clock.forward(hours=1)
    assert by_hour(spending.read(wiring).ended) == {first + 23: 1}
    clock.forward(hours=40)
    assert spending.read(wiring).ended == ()
    assert by_hour(spending.totals(wiring).ended) == {None: 2}


def test_hours_count_for_two_days_and_totals_for_good(wiring: Wiring, clock: Clock) -> None:
    wiring.gate.settle(ME, 200)
    name = f"backspin:budget:calls:{hour_of(clock())}"
    assert 49 * 3600 < wiring.redis.ttl(name) <= 50 * 3600
    assert wiring.redis.ttl("backspin:budget:calls") == -1


def test_refusals_are_counted_by_priority_and_reason(wiring: Wiring, clock: Clock) -> None:
    gate = RedisGate(wiring.redis, Limits(per_minute=5, per_day=8), clock)
    wishes = [ME] * 6 + [CALL] * 2
    for wish in wishes:
        _try(gate, wish)
    clock.forward(minutes=2)
    for wish in (ME, ME, ME, CALL):
        _try(gate, wish)
    gate.block(clock() + timedelta(hours=1), "quota_exceeded")
    _try(gate, ME)
    found = {(row.priority, row.why): row.calls for row in spending.read(wiring).refused}
    assert found == {
        (Priority.LISTENER, "minute"): 2,
        (Priority.DELTA, "minute"): 2,
        (Priority.DELTA, "day"): 1,
        (Priority.LISTENER, "quota_exceeded"): 1,
    }
    totals = {(row.priority, row.why): row.calls for row in spending.totals(wiring).refused}
    assert totals == found
    clock.forward(hours=24)
    assert spending.read(wiring).refused == ()


def _try(gate: RedisGate, call: Call) -> None:
    try:
        gate.acquire(call)
    except PausedError:
        return


def test_a_pause_is_told_with_its_kind_and_counted(wiring: Wiring, clock: Clock) -> None:
    until = clock() + timedelta(hours=20)
    wiring.gate.block(clock() + timedelta(seconds=9), "rate_limited")
    wiring.gate.block(until, "quota_exceeded")
    wiring.gate.block(clock() + timedelta(seconds=9), "rate_limited")
    wiring.gate.restore()
    assert spending.read(wiring).pause == Pause(until=until, why="quota_exceeded")
    assert dict(spending.totals(wiring).pauses) == {"rate_limited": 2, "quota_exceeded": 1}
    clock.now = until
    assert spending.find_pause(wiring) is None


def test_without_redis_nothing_can_be_read_but_a_pause(listening: Listening, clock: Clock) -> None:
    until = clock() + timedelta(hours=1)
    parts = listening.with_redis_gone()
    parts.gate.block(until, "rate_limited")
    with pytest.raises(QueueDownError):
        spending.read(parts)
    with pytest.raises(QueueDownError):
        spending.totals(parts)
    assert spending.find_pause(parts) == Pause(until=until, why="rate_limited")
