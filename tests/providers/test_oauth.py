"""Consent and tokens over real sockets."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.scripted_http import Asked, Reply, ScriptedServer, answer
from webapp.domain.errors import (
    ConfigurationError,
    ConsentOverError,
    MalformedError,
    OutageError,
    ProviderError,
    RateLimitedError,
)
from webapp.providers.spotify.oauth import SCOPES, Grant, OAuthClient

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REDIRECT = "https://backspin.example/auth/spotify/callback?a=b&c"


@pytest.fixture
def oauth(server: ScriptedServer) -> OAuthClient:
    return OAuthClient("app-id", "app-secret", f"{server.url}/", timeout=(1.0, 0.3))


def grant_body(**more: Any) -> dict[str, Any]:
    return {
        "access_token": "access-1",
        "token_type": "Bearer",
        "scope": "user-top-read user-library-read",
        "expires_in": 3600,
        "refresh_token": "refresh-1",
        **more,
    }


def exchange(oauth: OAuthClient) -> Grant:
    return oauth.exchange("code-1", "verifier-1", REDIRECT, NOW)


def test_a_login_starts_at_the_consent_page(oauth: OAuthClient, server: ScriptedServer) -> None:
    started = oauth.start(REDIRECT, SCOPES)
    address = urlsplit(started.url)
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{server.url}/authorize"
    digest = hashlib.sha256(started.code_verifier.encode()).digest()
    assert query == {
        "response_type": "code",
        "client_id": "app-id",
        "redirect_uri": REDIRECT,
        "scope": " ".join(SCOPES),
        "state": started.state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    assert 43 <= len(started.code_verifier) <= 128  # RFC 7636, 4.1
    assert "show_dialog=true" in oauth.start(REDIRECT, show_dialog=True).url


def test_every_login_has_its_own_secrets(oauth: OAuthClient) -> None:
    first, second = oauth.start(REDIRECT), oauth.start(REDIRECT)
    assert len(base64.urlsafe_b64decode(first.state + "==")) >= 32
    assert len({first.state, second.state, first.code_verifier, second.code_verifier}) == 4


def test_scopes_are_for_reading() -> None:
    assert all("-read" in scope for scope in SCOPES)
    assert not any("modify" in scope for scope in SCOPES)
    assert "user-read-currently-playing" in SCOPES


def test_a_code_becomes_tokens(oauth: OAuthClient, server: ScriptedServer) -> None:
    server.will(answer(200, grant_body()))
    assert exchange(oauth) == Grant(
        access_token="access-1",
        refresh_token="refresh-1",
        expires_at=NOW + timedelta(hours=1),
        scopes=frozenset({"user-top-read", "user-library-read"}),
    )
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/api/token")
    assert asked.form == {
        "grant_type": "authorization_code",
        "code": "code-1",
        "code_verifier": "verifier-1",
        "redirect_uri": REDIRECT,
    }
    assert signed_by(asked) == "app-id:app-secret"


def signed_by(asked: Asked) -> str:
    scheme, _, credentials = asked.headers["authorization"].partition(" ")
    assert scheme == "Basic"
    return base64.b64decode(credentials).decode()


def test_a_refresh_keeps_the_old_refresh_token_unless_a_new_one_comes(
    oauth: OAuthClient, server: ScriptedServer
) -> None:
    kept = grant_body()
    del kept["refresh_token"]
    server.will(answer(200, kept), answer(200, grant_body(refresh_token="refresh-2")))
    assert oauth.refresh("refresh-1", NOW).refresh_token is None
    assert oauth.refresh("refresh-1", NOW).refresh_token == "refresh-2"
    asked = server.asked[0]
    assert asked.form == {"grant_type": "refresh_token", "refresh_token": "refresh-1"}
    assert signed_by(asked) == "app-id:app-secret"


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("1800", 1_800),
        (7_200.0, 7_200),
        (None, 3_600),
        ("soon", 3_600),
        (-1, 3_600),
        (0, 3_600),
        (5, 60),
        (10**12, 3_600),
        (10**6, 86_400),
        ([], 3_600),
        (True, 3_600),
    ],
)
def test_an_odd_lifetime_is_put_into_bounds(
    oauth: OAuthClient, server: ScriptedServer, told: Any, seconds: int
) -> None:
    server.will(answer(200, grant_body(expires_in=told)))
    assert exchange(oauth).expires_at - NOW == timedelta(seconds=seconds)


def test_odd_parts_of_a_grant_are_left_out(oauth: OAuthClient, server: ScriptedServer) -> None:
    server.will(answer(200, grant_body(scope=None, refresh_token="", token_type=7)))
    grant = exchange(oauth)
    assert (grant.scopes, grant.refresh_token) == (frozenset(), None)


def refusal(error: str, description: str = "") -> dict[str, str]:
    return {"error": error, "error_description": description}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(400, refusal("invalid_grant", "Refresh token revoked")), ConsentOverError),
        (answer(400, refusal("invalid_grant", "Invalid authorization code")), ConsentOverError),
        (answer(400, refusal("invalid_grant", "Invalid redirect URI")), ConfigurationError),
        (answer(400, refusal("invalid_client", "Invalid client")), ConfigurationError),
        (answer(401, refusal("invalid_client", "Invalid client secret")), ConfigurationError),
        (answer(400, refusal("unauthorized_client")), ConfigurationError),
        (answer(400, refusal("invalid_request")), MalformedError),
        (answer(400, refusal("temporarily_unavailable")), OutageError),
        (answer(400, raw=b"<html>"), OutageError),
        (answer(400, {"error": {"status": 400}}), OutageError),
        (answer(403, raw=b"Forbidden"), OutageError),
        (answer(302, headers={"Location": "/elsewhere"}), OutageError),
        (answer(500, refusal("server_error")), OutageError),
        (answer(500, refusal("invalid_grant")), OutageError),
        (answer(503, raw=b"<html>"), OutageError),
        (answer(200, raw=b"<html>"), OutageError),
        (answer(200, raw=b"[]"), OutageError),
        (answer(200, refusal("invalid_grant")), OutageError),
        (answer(200, {"token_type": "Bearer"}), MalformedError),
        (answer(200, {"access_token": "two\nlines"}), MalformedError),
        (answer(200, {"access_token": 7}), MalformedError),
        (Reply(pieces=(), close=True), OutageError),
        (
            Reply(pieces=(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",), close=True),
            OutageError,
        ),
    ],
)
def test_failures_are_typed_and_told_without_secrets(
    oauth: OAuthClient, server: ScriptedServer, reply: Reply, kind: type[ProviderError]
) -> None:
    server.will(reply, reply)
    with pytest.raises(ProviderError) as caught:
        oauth.refresh("refresh-1", NOW)
    assert type(caught.value) is kind
    assert "refresh-1" not in repr(caught.value)
    with pytest.raises(kind):
        exchange(oauth)


def test_a_description_that_quotes_the_token_is_blotted(
    oauth: OAuthClient, server: ScriptedServer
) -> None:
    server.will(answer(400, refusal("invalid_grant", "unknown token refresh-1 given")))
    with pytest.raises(ConsentOverError, match="unknown token … given"):
        oauth.refresh("refresh-1", NOW)


def test_too_many_logins_say_how_long_to_wait(oauth: OAuthClient, server: ScriptedServer) -> None:
    server.will(answer(429, raw=b"slow down", headers={"Retry-After": "12"}))
    with pytest.raises(RateLimitedError) as caught:
        exchange(oauth)
    assert caught.value.retry_after == 12


def test_tokens_are_not_shown(oauth: OAuthClient, server: ScriptedServer) -> None:
    server.will(answer(200, grant_body()))
    grant, started = exchange(oauth), oauth.start(REDIRECT)
    shown = f"{grant!r} {grant} {started!r}"
    for secret in ("access-1", "refresh-1", started.state, started.code_verifier):
        assert secret not in shown
