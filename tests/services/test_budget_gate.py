"""The one gate, with a real Valkey: windows, reserves, blocks that survive, many at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from tests.services.listening import Clock
from webapp.domain.budget import Call, Limits, Priority
from webapp.domain.errors import PausedError, QueueDownError
from webapp.queries import budget
from webapp.services.budget import RedisGate, left
from webapp.services.wiring import Wiring, connect

CALL = Call(endpoint="/me/tracks", priority=Priority.ARCHIVE)
ROOMY = 100_000


@pytest.fixture
def gated(wiring: Wiring, clock: Clock, database: None) -> Callable[..., RedisGate]:
    """Make gates with other limits, all on the same Valkey."""

    def make(per_minute: int = ROOMY, per_day: int = ROOMY) -> RedisGate:
        return RedisGate(wiring.redis, Limits(per_minute=per_minute, per_day=per_day), clock)

    return make


def take(gate: RedisGate, times: int, priority: Priority = Priority.ARCHIVE) -> None:
    for _ in range(times):
        gate.acquire(Call(endpoint="/me", priority=priority))


def refused(gate: RedisGate, priority: Priority = Priority.ARCHIVE) -> PausedError:
    with pytest.raises(PausedError) as caught:
        take(gate, 1, priority)
    return caught.value


def test_a_minute_has_95_calls(gated: Callable[..., RedisGate], clock: Clock) -> None:
    gate, begun = gated(per_minute=100), clock()
    take(gate, 90)
    clock.forward(seconds=20)
    take(gate, 5)
    clock.forward(seconds=39)
    pause = refused(gate)
    assert (pause.why, pause.until) == ("minute", begun + timedelta(minutes=1))
    clock.now = pause.until
    take(gate, 90)
    assert refused(gate).until == begun + timedelta(seconds=80)


def test_who_was_refused_took_nothing(gated: Callable[..., RedisGate], clock: Clock) -> None:
    gate = gated(per_minute=10)
    take(gate, 9)
    for _ in range(20):
        refused(gate)
    assert gate.spent().minute == gate.spent().day == 9
    clock.forward(minutes=1)
    take(gate, 9)


def test_a_rolling_day_forgets_by_the_hour(gated: Callable[..., RedisGate], clock: Clock) -> None:
    clock.now = clock.now.replace(minute=10, second=0)
    gate, top = gated(per_day=10), clock.now.replace(minute=0)
    take(gate, 4)
    clock.forward(hours=5)
    take(gate, 6)
    pause = refused(gate)
    assert (pause.why, pause.until) == ("day", top + timedelta(hours=25))
    clock.now = pause.until - timedelta(seconds=1)
    refused(gate)
    clock.now = pause.until
    take(gate, 4)
    assert refused(gate).until == top + timedelta(hours=30)


def test_the_less_important_leave_a_reserve(gated: Callable[..., RedisGate]) -> None:
    gate = gated(per_day=100)
    take(gate, 50, Priority.ENRICHMENT)
    refused(gate, Priority.ENRICHMENT)
    take(gate, 25, Priority.DELTA)
    refused(gate, Priority.DELTA)
    take(gate, 15, Priority.LISTENER)
    refused(gate, Priority.LISTENER)
    spent = gate.spent()
    assert [left(spent, priority) for priority in Priority] == [10, 0, 0, 0]
    take(gate, 10, Priority.ARCHIVE)
    assert refused(gate).why == "day"


def test_a_reserve_frees_when_enough_hours_have_gone(
    gated: Callable[..., RedisGate], clock: Clock
) -> None:
    clock.now = clock.now.replace(minute=0, second=0)
    gate, begun = gated(per_day=100), clock()
    for _ in range(3):
        take(gate, 20)
        clock.forward(hours=1)
    # 60 are spent and 50 is where enrichment stops: the first hour's 20 must go.
    assert refused(gate, Priority.ENRICHMENT).until == begun + timedelta(hours=25)
    take(gate, 20)
    assert refused(gate, Priority.ENRICHMENT).until == begun + timedelta(hours=26)


def test_a_block_holds_for_all_and_survives_an_emptied_valkey(
    gated: Callable[..., RedisGate], wiring: Wiring, clock: Clock
) -> None:
    gate, other, until = gated(), gated(), clock() + timedelta(seconds=64_063)
    gate.block(until, "quota_exceeded")
    for one in (gate, other):
        pause = refused(one)
        assert (pause.why, pause.until) == ("quota_exceeded", until)
    wiring.redis.flushall()
    other.restore()
    assert refused(other).until == until
    assert budget.find_block(clock()) == (until, "quota_exceeded")
    clock.now = until
    take(gate, 1)
    gate.restore()
    take(gate, 1)
    assert budget.find_block(clock()) is None


@pytest.mark.parametrize("order", [(3600, 5), (5, 3600)])
def test_the_longer_of_two_blocks_stands(
    gated: Callable[..., RedisGate], clock: Clock, order: tuple[int, int]
) -> None:
    gate, now = gated(), clock()
    for seconds in order:
        gate.block(now + timedelta(seconds=seconds), f"for {seconds}")
    assert refused(gate).until == now + timedelta(hours=1)
    assert refused(gate).why == "for 3600"


def test_many_threads_never_get_more_than_there_is(gated: Callable[..., RedisGate]) -> None:
    gates, start = [gated(per_minute=100) for _ in range(8)], Barrier(8)

    def grab(gate: RedisGate) -> Counter[str]:
        start.wait()
        return Counter(_try(gate) for _ in range(30))

    with ThreadPoolExecutor(8) as pool:
        got = sum(pool.map(grab, gates), Counter[str]())
    assert got == Counter({"taken": 95, "minute": 145})


def _try(gate: RedisGate) -> str:
    try:
        gate.acquire(CALL)
    except PausedError as pause:
        return pause.why
    return "taken"


def test_how_calls_ended_is_counted(
    gated: Callable[..., RedisGate], wiring: Wiring, clock: Clock
) -> None:
    gate = gated()
    for status in (200, 200, 429):
        gate.settle(CALL, status)
    hour = int(clock().timestamp()) // 3600
    counts = wiring.redis.hgetall(f"backspin:budget:calls:{hour}")
    assert counts == {b"/me/tracks|ARCHIVE|200": b"2", b"/me/tracks|ARCHIVE|429": b"1"}


def test_without_redis_nobody_calls_but_a_block_is_kept(
    wiring: Wiring, clock: Clock, database: None
) -> None:
    down = RedisGate(
        wiring.redis.from_url("redis://127.0.0.1:1/0"), Limits(per_minute=9, per_day=9), clock
    )
    with pytest.raises(QueueDownError):
        down.acquire(CALL)
    with pytest.raises(QueueDownError):
        down.settle(CALL, 200)
    with pytest.raises(QueueDownError):
        down.spent()
    down.restore()
    until = clock() + timedelta(minutes=5)
    down.block(until, "rate_limited")
    assert budget.find_block(clock()) == (until, "rate_limited")
    wiring.gate.restore()
    assert refused(wiring.gate).until == until


def test_every_wiring_of_an_install_shares_one_budget(
    wiring: Wiring, clock: Clock, database: None
) -> None:
    take(wiring.gate, 3)
    again = connect(wiring.settings, clock)
    assert again.redis.zcard("backspin:budget:minute") == 3
    again.redis.close()
