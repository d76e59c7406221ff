"""Covers are addresses: whether there is one is asked, none is loaded."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.scripted_http import Reply, ScriptedServer, answer
from webapp.domain.errors import OutageError, ProviderError, RateLimitedError
from webapp.providers.coverart import CoverArt
from webapp.providers.transport import Transport

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GROUP = UUID(int=2)


@pytest.fixture
def shown(server: ScriptedServer) -> Iterator[CoverArt]:
    with Transport(server.url, timeout=(1.0, 0.3)) as transport:
        yield CoverArt(transport, "https://covers.example/", turn=lambda: None, clock=lambda: NOW)


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (answer(307, raw=b"", headers={"Location": "https://archive.org/x"}), True),
        (answer(404, raw=b"<!doctype html><title>404</title>"), False),
        (answer(400, raw=b"bad id"), False),
    ],
)
def test_a_cover_is_an_address(
    shown: CoverArt, server: ScriptedServer, reply: Reply, found: bool
) -> None:
    server.will(reply)
    address = f"https://covers.example/release-group/{GROUP}/front-500"
    assert shown.find(GROUP) == (address if found else None)
    assert len(server.asked) == 1, "nothing is loaded"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (answer(503, raw=b"<html>"), RateLimitedError),
        (answer(429, raw=b"<html>"), RateLimitedError),
        (answer(500, raw=b"<html>"), OutageError),
        (answer(200, raw=b"<html>sign in to this network"), OutageError),
        (Reply(pieces=(), close=True), OutageError),
    ],
)
def test_an_archive_in_trouble_is_no_missing_cover(
    shown: CoverArt, server: ScriptedServer, reply: Reply, expected: type[ProviderError]
) -> None:
    server.will(reply)
    with pytest.raises(expected):
        shown.find(GROUP)
