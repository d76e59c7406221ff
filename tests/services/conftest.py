"""What tests of the sync share: a clock that stands, and listeners without a browser."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from config import Settings
from demo.standin.server import StandIn
from tests.services.listening import Clock, Listening
from tests.services.looking_up import CONTACT, LookingUp
from webapp.services.wiring import Wiring, connect


@pytest.fixture
def clock(standin: StandIn) -> Clock:
    """Stop the time, ours and the stand-in's, until the test moves it."""
    clock = Clock()
    standin.world.set_clock(clock)
    return clock


@pytest.fixture
def wiring(settings: Settings, clock: Clock) -> Iterator[Wiring]:
    """Wire this process with the clock that stands, and Redis empty."""
    parts = connect(settings, clock)
    parts.redis.flushall()
    yield parts
    parts.redis.close()


@pytest.fixture
def listening(wiring: Wiring, standin: StandIn, clock: Clock, database: None) -> Listening:
    """Sign listeners in and sync them: `listening.join("tiny") -> user id`."""
    return Listening(wiring=wiring, standin=standin, clock=clock)


@pytest.fixture
def looking(wiring: Wiring, standin: StandIn, clock: Clock, database: None) -> LookingUp:
    """Look albums up in MusicBrainz, in the name of somebody."""
    settings = replace(wiring.settings, operator_contact=CONTACT)
    return LookingUp(replace(wiring, settings=settings), standin, clock)
