"""Spotify's tokens: encrypted at rest, refreshed just in time, one refresh at a time."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken, MultiFernet

from webapp import db
from webapp.domain.errors import ConsentOverError
from webapp.providers.spotify.oauth import Grant
from webapp.queries import accounts
from webapp.queries.accounts import StoredToken
from webapp.services.wiring import Wiring

REFRESH_BEFORE = timedelta(minutes=5)


def keep(wiring: Wiring, user_id: int, grant: Grant) -> None:
    """Store a new consent's tokens (inside the caller's transaction)."""
    if grant.refresh_token is None:
        raise ConsentOverError("a new consent brought no refresh token")
    _store(wiring, user_id, grant, grant.refresh_token)


def access_token(wiring: Wiring, user_id: int) -> str:
    """Give a token that is good for 5 minutes at least; raise ConsentOverError if there is none.

    Call it outside of a transaction: a refreshed token is committed before it is used.
    """
    stored = accounts.find_token(user_id)
    if stored and not _is_due(stored, wiring.clock()):
        with suppress(ConsentOverError):  # met again, and noted, under the lock
            return _open(wiring.vault, stored.access_token)
    return _refresh(wiring, user_id, lambda found: _is_due(found, wiring.clock()))


def good_tokens(wiring: Wiring, user_ids: Sequence[int]) -> dict[int, str]:
    """Give the tokens that need no refresh; the others are for `access_token`, one by one."""
    now, good = wiring.clock(), {}
    for stored in accounts.find_tokens(user_ids):
        if not _is_due(stored, now):
            with suppress(ConsentOverError):  # met again, and noted, by `access_token`
                good[stored.user_id] = _open(wiring.vault, stored.access_token)
    return good


def refresh_after_401(wiring: Wiring, user_id: int, refused: str) -> str:
    """Replace a token that Spotify refused, unless another process just did."""
    return _refresh(
        wiring, user_id, lambda found: _open(wiring.vault, found.access_token) == refused
    )


def reencrypt(wiring: Wiring) -> int:
    """Encrypt every token anew with the newest key; return how many grants there were."""
    owners = accounts.token_owners()
    for user_id in owners:
        with db.transaction():
            stored = accounts.find_token(user_id, lock=True)
            if stored:
                accounts.store_token(_rotated(wiring.vault, stored), wiring.clock())
    return len(owners)


def _refresh(wiring: Wiring, user_id: int, is_due: Callable[[StoredToken], bool]) -> str:
    try:
        with db.transaction():
            # The row's lock serialises refreshes of one listener across processes. It is held
            # over the call, because two refreshes at once may invalidate each other.
            stored = accounts.find_token(user_id, lock=True)
            if stored is None:
                raise ConsentOverError("no grant is stored")  # noqa: TRY301 - one way out
            if not is_due(stored):
                return _open(wiring.vault, stored.access_token)
            refresh_token = _open(wiring.vault, stored.refresh_token)
            grant = wiring.oauth.refresh(refresh_token, wiring.clock())
            if not grant.scopes:  # untold: as they were
                grant = replace(grant, scopes=frozenset(stored.scopes.split()))
            _store(wiring, user_id, grant, grant.refresh_token or refresh_token)
    except ConsentOverError as over:
        accounts.needs_reconnect(user_id, over.kind)
        raise
    return grant.access_token


def _store(wiring: Wiring, user_id: int, grant: Grant, refresh_token: str) -> None:
    token = StoredToken(
        user_id=user_id,
        access_token=wiring.vault.encrypt(grant.access_token.encode()),
        refresh_token=wiring.vault.encrypt(refresh_token.encode()),
        scopes=" ".join(sorted(grant.scopes)),
        expires_at=grant.expires_at,
    )
    accounts.store_token(token, wiring.clock())


def _is_due(stored: StoredToken, now: datetime) -> bool:
    return stored.expires_at - now <= REFRESH_BEFORE


def _rotated(vault: MultiFernet, stored: StoredToken) -> StoredToken:
    return StoredToken(
        user_id=stored.user_id,
        access_token=vault.rotate(stored.access_token),
        refresh_token=vault.rotate(stored.refresh_token),
        scopes=stored.scopes,
        expires_at=stored.expires_at,
    )


def _open(vault: MultiFernet, ciphertext: bytes) -> str:
    try:
        return vault.decrypt(ciphertext).decode()
    except InvalidToken:
        # None of TOKEN_KEYS opens it: the key was lost, and only a new consent helps.
        raise ConsentOverError("a stored token can't be decrypted") from None
