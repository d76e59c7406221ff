"""Consent and tokens: the authorization code flow with PKCE on the code leg, over Authlib.

Spotify's token endpoint: `{"error", "error_description"}` on failure; a refresh often brings no
refresh token, and then the old one stays valid (Spotify, "Refreshing tokens").
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from authlib.integrations.requests_client import OAuth2Session

from webapp.domain.errors import (
    ConfigurationError,
    ConsentOverError,
    MalformedError,
    OutageError,
    ProviderError,
    RateLimitedError,
)
from webapp.providers.spotify.parsing.values import Json, as_object, text, whole
from webapp.providers.spotify.wire import USER_AGENT, Answer, printable, retry_after, send

SCOPES = (
    "playlist-read-collaborative",
    "playlist-read-private",
    "user-follow-read",
    "user-library-read",
    "user-read-currently-playing",
    "user-read-recently-played",
    "user-top-read",
)
"""What we ask everybody for: reading."""

CHANGE_LIBRARY = "user-library-modify"
"""Asked for only where a listener wants to save from here; nothing else ever changes anything."""

DEFAULT_LIFETIME = 3_600
SHORTEST_LIFETIME = 60
LONGEST_LIFETIME = 24 * 3_600
SECRET_BYTES = 48
LONGEST_TOKEN = 4_096
LONGEST_SCOPES = 4_096
OK = 200
TOO_MANY = 429
CLIENT_FAULT = range(400, 500)
APP_FAULTS = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type"})
REQUEST_FAULTS = frozenset({"invalid_request", "invalid_scope"})
SECRET_FIELDS = ("code", "code_verifier", "refresh_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A login under way: send the browser to `url`, keep the other two for its return."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    code_verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Tokens. `refresh_token` is None where the old one stays; `scopes` may be untold (empty)."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]


class OAuthClient:
    """The app at Spotify's accounts service; `timeout` is (connect, read) in seconds."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        accounts_url: str,
        *,
        timeout: tuple[float, float] = (3.05, 10.0),
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._accounts_url = accounts_url.rstrip("/")
        self._timeout = timeout

    def start(
        self, redirect_uri: str, scopes: Iterable[str] = SCOPES, *, show_dialog: bool = False
    ) -> Started:
        """Begin a login. `show_dialog` asks for consent again where it was given before."""
        state = secrets.token_urlsafe(SECRET_BYTES)
        verifier = secrets.token_urlsafe(SECRET_BYTES)
        with self._session() as session:
            url, _ = session.create_authorization_url(
                f"{self._accounts_url}/authorize",
                state=state,
                code_verifier=verifier,
                redirect_uri=redirect_uri,
                scope=" ".join(scopes),
                show_dialog="true" if show_dialog else None,
            )
        return Started(url=url, state=state, code_verifier=verifier)

    def exchange(self, code: str, code_verifier: str, redirect_uri: str, now: datetime) -> Grant:
        """Turn a code into tokens; `ConsentOverError` for a code used or expired."""
        return self._ask(
            now,
            grant_type="authorization_code",
            code=code,
            code_verifier=code_verifier,
            redirect_uri=redirect_uri,
        )

    def refresh(self, refresh_token: str, now: datetime) -> Grant:
        """Get a new access token; `ConsentOverError` once consent is revoked or six months old."""
        return self._ask(now, grant_type="refresh_token", refresh_token=refresh_token)

    def _ask(self, now: datetime, **form: str) -> Grant:
        """Let Authlib sign; the answer is judged here, as it may be HTML, 429, or half a grant."""
        what = f"POST /api/token ({form['grant_type']})"
        hidden = tuple(form[name] for name in SECRET_FIELDS if name in form)
        with self._session() as session:
            answer = send(
                lambda: session.post(
                    f"{self._accounts_url}/api/token",
                    data=form,
                    auth=session.client_auth("client_secret_basic"),
                    headers={"Accept": "application/json", "User-Agent": USER_AGENT},
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ),
                what=what,
                seconds=3 * self._timeout[1],
            )
        body = _body(answer)
        failure = token_verdict(answer, body, f"{what}: {answer.status}", now, hidden)
        if failure is not None:
            raise failure
        return _grant(body, what, now)

    def _session(self) -> Any:
        session = OAuth2Session(self._client_id, self._client_secret, code_challenge_method="S256")
        session.get_redirect_target = lambda _: None  # as `wire.Session` says
        return session


def token_verdict(
    answer: Answer, body: Json, what: str, now: datetime, hidden: tuple[str, ...] = ()
) -> ProviderError | None:
    """Tell the failure that an answer of the token endpoint is, or None. Pure.

    Only `invalid_grant` ends a consent and only a named fault is the operator's; all else passes.
    """
    error = text(body.get("error"))
    told = text(body.get("error_description"))
    detail = f"{what} {printable(f'{error} {told}', *hidden)}".rstrip()
    if answer.status == TOO_MANY:
        wait = retry_after(answer.headers, now)
        return RateLimitedError(retry_after=wait, quota=False, detail=detail)
    if answer.status == OK:
        return None if body and not error else OutageError(f"{detail}, but no grant in it")
    if answer.status in CLIENT_FAULT:
        return _refusal(error, told, detail)
    return OutageError(detail)


def _refusal(error: str, told: str, detail: str) -> ProviderError:
    """Spotify answers `invalid_grant` for a redirect URI that differs from the registered one."""
    if error in APP_FAULTS or "redirect" in told.lower():
        return ConfigurationError(detail)
    if error == "invalid_grant":
        return ConsentOverError(detail)
    return MalformedError(detail) if error in REQUEST_FAULTS else OutageError(detail)


def _body(answer: Answer) -> Json:
    try:
        return as_object(answer.json())
    except ValueError:
        return {}


def _grant(body: Json, what: str, now: datetime) -> Grant:
    access_token = _token(body.get("access_token"))
    if access_token is None:
        raise MalformedError(f"{what}: access_token: expected text")
    lifetime = whole(body.get("expires_in"), least=1) or DEFAULT_LIFETIME
    bounded = min(max(lifetime, SHORTEST_LIFETIME), LONGEST_LIFETIME)
    return Grant(
        access_token=access_token,
        refresh_token=_token(body.get("refresh_token")),
        expires_at=now + timedelta(seconds=bounded),
        scopes=frozenset(text(body.get("scope"), LONGEST_SCOPES).split()),
    )


def _token(value: Any) -> str | None:
    """Read a token: a text that fits into a header."""
    sound = isinstance(value, str) and value.isascii() and value.isprintable()
    return value if sound and 0 < len(value) <= LONGEST_TOKEN else None
