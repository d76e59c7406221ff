"""Readers of Last.fm and ListenBrainz that ask a scripted server."""

from collections.abc import Iterator

import pytest

from tests.providers.accounts.asking import KEY, NOW, TOKEN
from tests.scripted_http import ScriptedServer
from webapp.providers.lastfm import LastFm
from webapp.providers.listenbrainz import ListenBrainz
from webapp.providers.transport import Transport


@pytest.fixture
def transport(server: ScriptedServer) -> Iterator[Transport]:
    with Transport(
        f"{server.url}/base/", contact="me@example.org", authorization=TOKEN, timeout=(1.0, 0.3)
    ) as made:
        yield made


@pytest.fixture
def lastfm(transport: Transport) -> LastFm:
    return LastFm(transport, KEY, lambda: NOW)


@pytest.fixture
def listenbrainz(transport: Transport) -> ListenBrainz:
    return ListenBrainz(transport, lambda: NOW)
