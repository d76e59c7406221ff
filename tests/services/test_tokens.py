"""Tokens at rest: never in the clear, re-encrypted, and useless without the key."""

import base64
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet, MultiFernet

from tests.services.listening import Listening
from webapp import db
from webapp.domain.accounts import State
from webapp.domain.errors import ConsentOverError, OutageError
from webapp.domain.syncs import Status, Waiting
from webapp.providers.spotify.oauth import Grant
from webapp.queries import accounts
from webapp.services import tokens

OLD = base64.urlsafe_b64encode(bytes(32))
NEW = base64.urlsafe_b64encode(bytes(range(32)))


def test_no_token_is_stored_in_the_clear(listening: Listening) -> None:
    user = listening.join("tiny")
    access = tokens.access_token(listening.wiring, user)
    assert access.startswith("standin-access-")
    dump = b" ".join(bytes(value) for value in _stored(user))
    assert b"standin" not in dump
    assert Fernet(OLD).decrypt(_stored(user)[0]) == access.encode()
    found = accounts.find_token(user)
    assert access not in repr(found)
    assert "gAAAA" not in repr(found)
    for clear in (b"standin-".decode(), b"standin-".hex()):
        assert not [table for table in _tables() if clear in _dump(table)]


def _tables() -> list[str]:
    rows = db.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [name for (name,) in rows]


def _dump(table: str) -> str:
    return str(db.query(f'SELECT t::text FROM "{table}" t'))  # noqa: S608 - our own names


def _stored(user: int) -> tuple[bytes, bytes]:
    rows = db.query(
        "SELECT access_token, refresh_token FROM spotify_tokens WHERE user_id = %s", user
    )
    return bytes(rows[0][0]), bytes(rows[0][1])


def test_a_new_key_re_encrypts_what_the_old_one_made(listening: Listening) -> None:
    user, other = listening.join("tiny"), listening.join("medium")
    before, access = _stored(user), tokens.access_token(listening.wiring, user)
    listening.wire(vault=MultiFernet([Fernet(NEW), Fernet(OLD)]))
    assert tokens.access_token(listening.wiring, user) == access, "the old key still opens"
    assert tokens.reencrypt(listening.wiring) == 2
    assert set(_stored(user)).isdisjoint(before)
    listening.wire(vault=MultiFernet([Fernet(NEW)]))
    assert tokens.access_token(listening.wiring, user) == access
    assert tokens.access_token(listening.wiring, other)
    assert tokens.reencrypt(listening.wiring) == 2, "and twice does no harm"


def test_a_token_is_used_until_five_minutes_before_its_end(listening: Listening) -> None:
    user = listening.join("tiny")
    first = tokens.access_token(listening.wiring, user)
    listening.clock.forward(minutes=55, seconds=-1)
    assert tokens.access_token(listening.wiring, user) == first
    assert listening.calls("/api/token") == []
    listening.clock.forward(seconds=1)
    second = tokens.access_token(listening.wiring, user)
    assert second != first
    assert tokens.access_token(listening.wiring, user) == second
    assert len(listening.calls("/api/token")) == 1


def test_without_the_key_the_listener_must_come_again_and_it_is_said(listening: Listening) -> None:
    user = listening.join("tiny")
    sync_id = listening.open(user)
    kept = listening.wiring.vault
    listening.wire(vault=MultiFernet([Fernet(NEW)]))
    listening.run(sync_id)
    sync = listening.latest(user)
    assert (sync.status, sync.waiting) == (Status.PENDING, Waiting.RECONNECT)
    assert listening.account(user).state is State.NEEDS_RECONNECT
    with pytest.raises(ConsentOverError):
        tokens.access_token(listening.wiring, user)
    listening.wire(vault=kept)
    assert listening.join("tiny") == user
    assert listening.account(user).state is State.ACTIVE


def test_an_outage_of_the_token_endpoint_is_no_end_of_consent(listening: Listening) -> None:
    user = listening.join("tiny")
    listening.clock.forward(hours=1)
    listening.break_("html", "/api/token")
    with pytest.raises(OutageError):
        tokens.access_token(listening.wiring, user)
    assert listening.account(user).state is State.ACTIVE
    listening.standin.world.faults.clear()
    assert tokens.access_token(listening.wiring, user)


def test_consent_ends_after_six_months_however_often_it_was_refreshed(listening: Listening) -> None:
    user = listening.join("tiny")
    for _ in range(5):
        listening.clock.forward(days=30)
        tokens.access_token(listening.wiring, user)
    listening.clock.forward(days=40)
    with pytest.raises(ConsentOverError):
        tokens.access_token(listening.wiring, user)
    assert listening.account(user).state is State.NEEDS_RECONNECT


def test_a_consent_without_a_refresh_token_is_none(listening: Listening) -> None:
    user = listening.join("tiny")
    before = _stored(user)
    grant = Grant(
        access_token="a",
        refresh_token=None,
        expires_at=listening.clock() + timedelta(hours=1),
        scopes=frozenset(),
    )
    with pytest.raises(ConsentOverError):
        tokens.keep(listening.wiring, user, grant)
    assert _stored(user) == before
