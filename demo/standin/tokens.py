"""Codes, access and refresh tokens: who consented to what, until when, kept over restarts."""

import base64
import calendar
import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any

CODE_LIFE = timedelta(minutes=10)
ACCESS_SECONDS = 3600
CONSENT_MONTHS = 6  # Spotify, 2026-06-18: counted from consent, refreshing does not extend it


class OAuthError(Exception):
    """A refusal in the shape of RFC 6749: `error` and `error_description`."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        """Keep the parts of the answer."""
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A consent waiting to be exchanged, once."""

    listener: str
    redirect_uri: str
    scope: str
    challenge: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A consent with its current refresh token."""

    listener: str
    scope: str
    consented_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """An access token's owner (None for the app itself), scope and end."""

    listener: str | None
    scope: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The answer of the token endpoint; `refresh_token` only when the client must store one."""

    access_token: str
    scope: str
    expires_in: int
    refresh_token: str | None


@dataclass(slots=True, kw_only=True)
class Tokens:
    """All tokens of the stand-in; with a `file` they survive a restart. Thread-safe."""

    clock: Callable[[], datetime]
    file: Path | None = None
    access_seconds: int = ACCESS_SECONDS
    rotating: set[str] = field(default_factory=set)
    _codes: dict[str, Code] = field(default_factory=dict)
    _grants: dict[str, Grant] = field(default_factory=dict)
    _accesses: dict[str, Access] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        """Read what an earlier process left."""
        if self.file is None or not self.file.exists():
            return
        kept = json.loads(self.file.read_text(encoding="utf-8"))
        self._grants = {key: Grant(**_with_times(row)) for key, row in kept["grants"].items()}
        self._accesses = {key: Access(**_with_times(row)) for key, row in kept["accesses"].items()}

    def consent(
        self, listener: str, *, redirect_uri: str, scope: str, challenge: str | None
    ) -> str:
        """Remember a listener's yes and return the code for it."""
        code = _secret("code")
        with self._lock:
            self._codes[code] = Code(
                listener=listener,
                redirect_uri=redirect_uri,
                scope=scope,
                challenge=challenge,
                expires_at=self.clock() + CODE_LIFE,
            )
        return code

    def exchange(self, code: str, *, redirect_uri: str, verifier: str | None) -> Issued:
        """Turn a code into tokens, once; raise OAuthError for anything that does not fit."""
        with self._lock:
            found = self._codes.pop(code, None)
            if found is None:
                raise OAuthError("invalid_grant", "Invalid authorization code")
            _check_code(found, redirect_uri=redirect_uri, verifier=verifier, now=self.clock())
            issued = self._grant(found.listener, found.scope)
            self._save()
            return issued

    def grant(self, listeners: Iterable[str], scope: str) -> dict[str, Issued]:
        """Consent for many listeners at once, without a page or a code."""
        with self._lock:
            granted = {listener: self._grant(listener, scope) for listener in listeners}
            self._save()
        return granted

    def refresh(self, refresh_token: str) -> Issued:
        """Give a new access token; a rotating listener also gets a new refresh token."""
        with self._lock:
            grant = self._grants.get(refresh_token)
            if grant is None:
                raise OAuthError("invalid_grant", "Refresh token revoked")
            if self.clock() >= months_later(grant.consented_at, CONSENT_MONTHS):
                del self._grants[refresh_token]
                raise OAuthError("invalid_grant", "Refresh token expired")
            replacement = None
            if grant.listener in self.rotating:
                replacement = _secret("refresh")
                self._grants[replacement] = self._grants.pop(refresh_token)
            issued = self._issue(grant.listener, grant.scope, replacement)
            self._save()
            return issued

    def for_app(self) -> Issued:
        """Give a token that stands for no listener (client credentials)."""
        with self._lock:
            issued = self._issue(None, "", None)
            self._save()
            return issued

    def find_access(self, token: str) -> Access | None:
        """Look an access token up, whether it has expired or not."""
        return self._accesses.get(token)

    def find_owner(self, secret: str) -> str | None:
        """Say whose code or refresh token this is."""
        found = self._codes.get(secret) or self._grants.get(secret)
        return found.listener if found else None

    def revoke(self, *listeners: str) -> None:
        """Withdraw consents: refresh tokens and access tokens die at once."""
        gone = {*listeners}
        with self._lock:
            self._grants = {k: v for k, v in self._grants.items() if v.listener not in gone}
            self._accesses = {k: v for k, v in self._accesses.items() if v.listener not in gone}
            self._save()

    def expire_access(self, listener: str) -> None:
        """Make a listener's access tokens stale; refreshing still works."""
        with self._lock:
            self._accesses = {
                key: replace(value, expires_at=self.clock())
                if value.listener == listener
                else value
                for key, value in self._accesses.items()
            }
            self._save()

    def _grant(self, listener: str, scope: str) -> Issued:
        refresh_token = _secret("refresh")
        self._grants[refresh_token] = Grant(
            listener=listener, scope=scope, consented_at=self.clock()
        )
        return self._issue(listener, scope, refresh_token)

    def _issue(self, listener: str | None, scope: str, refresh_token: str | None) -> Issued:
        token, now = _secret("access"), self.clock()
        ends = now + timedelta(seconds=self.access_seconds)
        self._accesses[token] = Access(listener=listener, scope=scope, expires_at=ends)
        return Issued(
            access_token=token,
            scope=scope,
            expires_in=self.access_seconds,
            refresh_token=refresh_token,
        )

    def _save(self) -> None:
        if self.file is None:
            return
        kept = {
            "grants": {key: asdict(row) for key, row in self._grants.items()},
            "accesses": {key: asdict(row) for key, row in self._accesses.items()},
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_name(f"{self.file.name}.new")
        draft.write_text(json.dumps(kept, default=datetime.isoformat), encoding="utf-8")
        draft.replace(self.file)


def months_later(moment: datetime, months: int) -> datetime:
    """Add calendar months, ending on the last day where the month is shorter."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def challenge_of(verifier: str) -> str:
    """Compute the S256 challenge of RFC 7636."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _check_code(code: Code, *, redirect_uri: str, verifier: str | None, now: datetime) -> None:
    if now >= code.expires_at:
        raise OAuthError("invalid_grant", "Authorization code expired")
    if redirect_uri != code.redirect_uri:
        raise OAuthError("invalid_grant", "Invalid redirect URI")
    if code.challenge is not None and challenge_of(verifier or "") != code.challenge:
        raise OAuthError("invalid_grant", "code_verifier was incorrect")


def _secret(kind: str) -> str:
    return f"standin-{kind}-{secrets.token_urlsafe(48)}"


def _with_times(row: dict[str, str]) -> dict[str, Any]:
    return {
        key: datetime.fromisoformat(value).astimezone(UTC) if key.endswith("_at") else value
        for key, value in row.items()
    }
