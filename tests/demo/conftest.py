"""A stand-in to talk to, its clock, and an app that calls it."""

from collections.abc import Iterator

import pytest
import requests

from demo.standin.server import StandIn
from tests.demo.callers import App, Clock


@pytest.fixture
def clock() -> Clock:
    """Give the stand-in's world a clock."""
    return Clock()


@pytest.fixture
def standin(clock: Clock) -> Iterator[StandIn]:
    """Start a fresh stand-in in the restricted shape."""
    with StandIn() as running:
        running.world.set_clock(clock)
        yield running


@pytest.fixture
def app(standin: StandIn) -> Iterator[App]:
    """Make an app that nobody has signed in to yet."""
    with requests.Session() as session:
        yield App(standin, session)
