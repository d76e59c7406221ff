"""What the provider tests share: a scripted server, and a gate that writes down."""

from collections.abc import Iterator

import pytest

from tests.fakes import NotingGate
from tests.providers.transporting import NOW
from tests.scripted_http import ScriptedServer
from webapp.providers.spotify.transport import Transport


@pytest.fixture
def gate() -> NotingGate:
    return NotingGate()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as scripted:
        yield scripted


@pytest.fixture
def transport(server: ScriptedServer, gate: NotingGate) -> Iterator[Transport]:
    with Transport(f"{server.url}/v1/", gate, timeout=(1.0, 0.3), now=lambda: NOW) as made:
        yield made
