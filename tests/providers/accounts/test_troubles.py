"""What may happen on the way to Last.fm and ListenBrainz, whichever it is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.providers.accounts.asking import KEY, WALK
from tests.scripted_http import Reply, ScriptedServer, answer
from webapp.domain.errors import (
    OutageError,
    ProviderError,
    RateLimitedError,
)
from webapp.domain.import_accounts import AccountReader
from webapp.providers.spotify.wire import BODY_LIMIT
from webapp.providers.transport import user_agent

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(params=["lastfm", "listenbrainz"])
def reader(request: pytest.FixtureRequest) -> AccountReader:
    found: AccountReader = request.getfixturevalue(request.param)
    return found


Ask = Callable[[AccountReader], object]
CALLS: dict[str, Ask] = {
    "begin": lambda reader: reader.begin("ida", WALK),
    "read": lambda reader: reader.read("ida", replace(WALK, total=3, place=1)),
}


@pytest.mark.parametrize("ask", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "reply",
    [
        Reply(pieces=(), close=True),
        Reply(pieces=(HEAD + b'Content-Length: 100\r\n\r\n{"recent',), close=True),
        answer(200, raw=b'{"recenttracks": {"track": ['),
        answer(200, raw=b""),
        answer(200, raw=b"<!doctype html><h1>Upstream request timeout</h1>"),
        answer(404, raw=b"<html>no such page</html>"),
        answer(404, raw=b"not found"),
        answer(302, {}, {"Location": "http://127.0.0.1:1/elsewhere"}),
        answer(503, {"error": "overloaded"}),
        answer(200, raw=b"[" * 100_000),
        answer(200, raw=b'"' + b"x" * (2 * BODY_LIMIT) + b'"'),
    ],
    ids=[
        "dropped",
        "cut",
        "short",
        "empty",
        "html",
        "html404",
        "text404",
        "moved",
        "503",
        "deep",
        "flood",
    ],
)
def test_what_passes_is_an_outage(
    reader: AccountReader, server: ScriptedServer, reply: Reply, ask: Ask
) -> None:
    server.will(reply)
    with pytest.raises(ProviderError) as caught:
        ask(reader)
    assert type(caught.value) is OutageError
    assert KEY not in repr(caught.value)
    assert caught.value.__context__ is None or KEY not in repr(caught.value.__context__)
    assert len(server.asked) <= 1, "nothing is followed or tried again"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17),
        ({"X-RateLimit-Reset-In": "8"}, 8),
        ({"Retry-After": "17", "X-RateLimit-Reset-In": "8"}, 17),
        ({}, 30),
        ({"Retry-After": "soon"}, 30),
        ({"Retry-After": "9999999"}, 86_400),
    ],
)
@pytest.mark.parametrize("body", [{"code": 429, "error": "Too many requests"}, [], "<html>"])
def test_too_many_calls_tell_when_to_come_back(
    reader: AccountReader,
    server: ScriptedServer,
    headers: dict[str, str],
    seconds: float,
    body: Any,
) -> None:
    server.will(answer(429, body, headers))
    with pytest.raises(RateLimitedError) as caught:
        reader.begin("ida", WALK)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        ("", "Backspin/0.1.0 (self-hosted listening archive)"),
        ("https://example.org/about", "Backspin/0.1.0 ( https://example.org/about )"),
        ("Zoë\r\nX-Evil: 1", "Backspin/0.1.0 ( ZoX-Evil: 1 )"),
        ("ë", "Backspin/0.1.0 (self-hosted listening archive)"),
    ],
)
def test_the_agent_names_the_operator(contact: str, agent: str) -> None:
    assert user_agent(contact) == agent
