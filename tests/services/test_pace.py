"""One pace for all processes: never more than the service allows, and no long waits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from webapp.domain.errors import PausedError, QueueDownError
from webapp.services.pace import PATIENCE_SECONDS, Pace, pause_after
from webapp.services.wiring import Wiring

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CALLS = "backspin:pace:service:calls"
Made = Callable[..., Pace]


@pytest.fixture
def made(wiring: Wiring) -> Made:
    return lambda seconds: Pace(wiring.redis, "service", seconds=seconds, clock=lambda: NOW)


def granted(wiring: Wiring) -> list[int]:
    """Read when calls were granted, in milliseconds by Redis' clock."""
    rows: Any = wiring.redis.zrange(CALLS, 0, -1, withscores=True)
    return [int(score) for _, score in rows]


def test_all_together_keep_the_distance(wiring: Wiring, made: Made) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: made(0.05).acquire(), range(20)))
    times = granted(wiring)
    assert len(times) == 20
    assert min(later - before for before, later in pairwise(times)) >= 50


def test_who_would_wait_long_is_told_when_to_come_back(wiring: Wiring, made: Made) -> None:
    slow = made(60)
    slow.acquire()
    with pytest.raises(PausedError) as caught:
        slow.acquire()
    wait = (caught.value.until - NOW).total_seconds()
    assert PATIENCE_SECONDS < wait <= 60
    assert len(granted(wiring)) == 1, "a refused call is not counted"


def test_a_window_of_ten_seconds_holds_ten(wiring: Wiring, made: Made) -> None:
    second, _ = wiring.redis.time()
    wiring.redis.zadd(CALLS, {f"call {n}": second * 1000 - 1100 - n for n in range(10)})
    with pytest.raises(PausedError):
        made(1).acquire()
    assert len(granted(wiring)) == 10


def test_trouble_in_a_row_keeps_everybody_away_longer(made: Made) -> None:
    one, other = made(0.001), made(0.001)
    assert one.paused_until() is None
    assert one.stumble() == NOW + timedelta(seconds=5)
    assert other.stumble() == NOW + timedelta(seconds=10)
    assert other.stumble(at_least=90) == NOW + timedelta(seconds=90)
    assert one.stumble() == NOW + timedelta(seconds=40)
    with pytest.raises(PausedError) as caught:
        one.acquire()
    assert caught.value.until > NOW + timedelta(seconds=80), "the longer pause stays"
    until = one.paused_until()
    assert until
    assert until > NOW + timedelta(seconds=80)
    assert one.stumbles() == 4
    one.went_well()
    assert one.stumble() == NOW + timedelta(seconds=5), "a good answer ends the row"


def test_pauses_grow_to_ten_minutes() -> None:
    assert [pause_after(n) for n in (1, 2, 3, 8, 9, 1000)] == [5, 10, 20, 600, 600, 600]


def test_without_redis_nobody_calls(wiring: Wiring, made: Made) -> None:
    wiring.redis.connection_pool.disconnect()
    away = wiring.redis.__class__.from_url("redis://127.0.0.1:1/0")
    pace = Pace(away, "service", seconds=1, clock=lambda: NOW)
    for act in (pace.acquire, pace.stumble, pace.went_well, pace.paused_until):
        with pytest.raises(QueueDownError):
            act()
