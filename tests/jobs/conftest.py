"""Schedulers on a Redis of their own, under a clock that stands."""

from collections.abc import Callable, Iterator

import pytest

from config import Settings
from tests.jobs.scheduling import START, Bench
from tests.services.listening import Clock
from webapp.services.wiring import Wiring, connect


@pytest.fixture
def wired(settings: Settings) -> Iterator[Callable[[Settings], Bench]]:
    """Make benches; their connections are closed in the end."""
    made: list[Wiring] = []

    def make(settings: Settings) -> Bench:
        time = Clock(START)
        made.append(connect(settings, time))
        return Bench(made[-1], time)

    yield make
    for wiring in made:
        wiring.redis.close()


@pytest.fixture
def bench(settings: Settings, wired: Callable[[Settings], Bench]) -> Bench:
    """Give a bench with Redis empty."""
    bench = wired(settings)
    bench.redis.flushall()
    return bench
