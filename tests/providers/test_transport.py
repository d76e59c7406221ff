"""The transport over real sockets: what each answer means, and what it does to the gate."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import NotingGate
from tests.providers.transporting import CALL, NOW, QUERY, TOKEN, error_body, failure, get
from tests.scripted_http import Reply, ScriptedServer, answer
from webapp.domain.budget import Call, Priority
from webapp.domain.errors import (
    ForbiddenError,
    ForbiddenReason,
    MalformedError,
    NotFoundError,
    OutageError,
    PausedError,
    ProviderError,
    RateLimitedError,
    TokenStaleError,
)
from webapp.providers.spotify.transport import Transport
from webapp.providers.spotify.wire import USER_AGENT


def test_a_good_answer_is_its_json(
    transport: Transport, server: ScriptedServer, gate: NotingGate
) -> None:
    server.will(answer(200, {"total": 3}))
    assert get(transport) == {"total": 3}
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("GET", "/v1/me/tracks")
    assert asked.query == {"limit": "50", "q": QUERY}
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["user-agent"] == USER_AGENT
    assert gate.acquired == [CALL]
    assert gate.settled == [("/me/tracks", 200)]
    assert gate.blocks == []


def test_the_user_agent_names_our_version() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    assert USER_AGENT.startswith(f"Backspin/{project['version']} ")


def test_no_content_is_nothing(transport: Transport, server: ScriptedServer) -> None:
    server.will(Reply(pieces=(b"HTTP/1.1 204 No Content\r\n\r\n",)))
    assert get(transport) is None


def test_not_a_number_is_null(transport: Transport, server: ScriptedServer) -> None:
    server.will(answer(raw=b'{"a": NaN, "b": -Infinity}'))
    assert get(transport) == {"a": None, "b": None}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(401, error_body(401, "The access token expired")), TokenStaleError),
        (answer(401, raw=b"<html>"), TokenStaleError),
        (answer(404, error_body(404, "Resource not found")), NotFoundError),
        (answer(404, raw=b"<html>nothing here"), OutageError),
        (answer(404, raw=b""), OutageError),
        (answer(400, error_body(400, "Invalid limit")), MalformedError),
        (answer(403, error_body(403, "Forbidden")), ForbiddenError),
        (answer(403, raw=b"<html>blocked by a proxy"), OutageError),
        (answer(408, error_body(408, "slow")), OutageError),
        (answer(500, error_body(500, "Server error.")), OutageError),
        (answer(502, raw=b"<html>Bad gateway"), OutageError),
        (answer(503, raw=b"upstream connect error"), OutageError),
        (answer(301, headers={"Location": "http://127.0.0.1:1/elsewhere"}), OutageError),
        (answer(200, raw=b"<!doctype html>"), OutageError),
        (answer(200, raw=b"hello"), OutageError),
        (answer(200, raw=b""), OutageError),
        (answer(200, raw=b'{"items": ['), OutageError),
        (answer(200, raw=b"[" * 200_000), OutageError),
    ],
)
def test_verdicts(
    transport: Transport,
    server: ScriptedServer,
    gate: NotingGate,
    reply: Reply,
    kind: type[ProviderError],
) -> None:
    error = failure(transport, server, reply)
    assert type(error) is kind
    status = int(reply.pieces[0][9:12])
    assert str(status) in error.detail
    assert gate.settled == [("/me/tracks", status)]
    assert gate.blocks == []
    assert len(server.asked) == 1  # no retry, no redirect followed


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"error":{"status":403,"message":"Forbidden"}}', ForbiddenReason.ENDPOINT_GONE),
        (
            b"Check settings on developer.spotify.com/dashboard, the user may not be registered.",
            ForbiddenReason.NOT_ALLOWLISTED,
        ),
        (
            b'{"error":{"status":403,"message":"Insufficient client scope"}}',
            ForbiddenReason.MISSING_SCOPE,
        ),
    ],
)
def test_forbidden_is_classified_and_concerns_one_listener(
    transport: Transport,
    server: ScriptedServer,
    gate: NotingGate,
    raw: bytes,
    reason: ForbiddenReason,
) -> None:
    error = failure(transport, server, answer(403, raw=raw))
    assert isinstance(error, ForbiddenError)
    assert error.reason is reason
    assert gate.blocks == []


@pytest.mark.parametrize(
    "raw",
    [
        b"Active premium subscription required for the owner of the app.",
        b'{"error":{"message":"Active premium subscription required for the owner of the app"}}',
    ],
)
def test_lapsed_premium_closes_the_gate_for_a_day(
    transport: Transport, server: ScriptedServer, gate: NotingGate, raw: bytes
) -> None:
    error = failure(transport, server, answer(403, raw=raw))
    assert error.kind == "premium_lapsed"
    assert gate.blocks == [(NOW + timedelta(days=1), "premium_lapsed")]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("2.5", 2.5),
        ("64063", 64_063),
        ("9" * 400, 86_400),
        ("-5", 30),
        ("nan", 30),
        ("soon", 30),
        ("", 30),
        (None, 30),
        ("Sat, 21 Nov 2026 12:10:00 GMT", 600),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 1),
        ("Sat, 21 Nov 2099 11:00:00 -0000", 86_400),
        ("Sat, 99 Nov 2026 11:00:00 GMT", 30),
    ],
)
def test_a_burst_closes_the_gate_for_as_long_as_told(
    transport: Transport, server: ScriptedServer, gate: NotingGate, told: str | None, seconds: float
) -> None:
    headers = {} if told is None else {"Retry-After": told}
    error = failure(
        transport, server, answer(429, error_body(429, "API rate limit exceeded"), headers)
    )
    assert isinstance(error, RateLimitedError)
    assert (error.retry_after, error.quota) == (seconds, False)
    assert gate.blocks == [(NOW + timedelta(seconds=seconds), "rate_limited")]
    assert gate.settled == [("/me/tracks", 429)]


def test_a_spent_quota_is_told_from_a_burst(
    transport: Transport, server: ScriptedServer, gate: NotingGate
) -> None:
    body = error_body(429, "Too many requests", reason="QUOTA_EXCEEDED")
    error = failure(transport, server, answer(429, body, {"Retry-After": "48925"}))
    assert isinstance(error, RateLimitedError)
    assert error.quota
    assert gate.blocks == [(NOW + timedelta(seconds=48_925), "quota_exceeded")]


def test_a_429_of_a_proxy_is_a_burst(
    transport: Transport, server: ScriptedServer, gate: NotingGate
) -> None:
    error = failure(transport, server, answer(429, raw=b"<html>slow down"))
    assert error.kind == "rate_limited"
    assert gate.blocks == [(NOW + timedelta(seconds=30), "rate_limited")]


def test_a_refused_call_is_not_sent(
    transport: Transport, server: ScriptedServer, gate: NotingGate
) -> None:
    gate.refusal = PausedError(until=NOW, why="day")
    with pytest.raises(PausedError):
        get(transport)
    assert server.asked == []
    assert gate.settled == []


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_change_asks_the_gate_and_leaves_the_answer_unread(
    transport: Transport, server: ScriptedServer, gate: NotingGate, status: int
) -> None:
    call = Call(endpoint="/me/library", priority=Priority.LISTENER)
    server.will(Reply(pieces=(b"HTTP/1.1 %d OK\r\nContent-Length: 0\r\n\r\n" % status,)))
    transport.change("PUT", "/me/library", {"uris": "spotify:album:1"}, token=TOKEN, call=call)
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("PUT", "/v1/me/library")
    assert asked.query == {"uris": "spotify:album:1"}
    assert (gate.acquired, gate.settled) == ([call], [("/me/library", status)])
    server.will(answer(403, error_body(403, "Insufficient client scope")))
    with pytest.raises(ForbiddenError):
        transport.change("DELETE", "/me/library", {"uris": "x"}, token=TOKEN, call=call)
    assert gate.settled[1:] == [("/me/library", 403)]
