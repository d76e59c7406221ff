"""Listeners and their tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import peewee

from webapp import db
from webapp.domain.accounts import Account, State
from webapp.models.accounts import SpotifyToken, User

NAMES = [column.name for column in fields(Account)]
COLUMNS = [getattr(User, name) for name in NAMES]
FIND = User.select(*COLUMNS).where(User.id == 0).sql()[0]

WITHOUT_KEYS = (
    "listening_items",
    "hourly_listening",
    "listening_sessions",
    "daily_skips",
    "daily_listening",
    "plays",
    "play_reports",
)
"""Tables of a listener that no foreign key clears: theirs are too many rows to check one by one."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoredToken:
    """A grant as it is kept: ciphertext. It has no repr, so that it can't end up in a log."""

    user_id: int
    access_token: bytes
    refresh_token: bytes
    scopes: str
    expires_at: datetime


def find(user_id: int) -> Account | None:
    """Find a listener. Every request asks this, so its SQL is made once."""
    rows = db.query(FIND, user_id)
    return _account(rows[0]) if rows else None


def get(user_id: int) -> Account:
    """Read a listener whom the caller holds, so that they are there."""
    return _account(db.query(FIND, user_id)[0])


def find_by_identity(spotify_id: str, account_id: str | None) -> Account | None:
    """Find who signed in: by `account_id`, else by `id` (Spotify changelog, May 2026)."""
    by_account = _one(User.account_id == account_id) if account_id else None
    return by_account or _one(User.spotify_id == spotify_id)


def find_by_username(username: str) -> Account | None:
    """Find a listener by name, ignoring case."""
    return _one(peewee.fn.lower(User.username) == username.lower())


def count() -> int:
    """Count listeners."""
    return int(User.select().count())


def every() -> list[Account]:
    """List all listeners, oldest first."""
    rows: Any = User.select(*COLUMNS).order_by(User.id).tuples()
    return [_account(row) for row in rows]


def active() -> list[int]:
    """List whom we may call Spotify for, oldest first."""
    rows = db.query("SELECT id FROM users WHERE state = %s ORDER BY id", State.ACTIVE)
    return [row[0] for row in rows]


def lock_sign_ups() -> None:
    """Let one sign-up at a time decide who is first, until the transaction ends."""
    db.query("SELECT pg_advisory_xact_lock(hashtext('sign-up'))")


def taken(names: list[str]) -> set[str]:
    """Tell which usernames are taken, ignoring case."""
    rows = db.query("SELECT lower(username) FROM users WHERE lower(username) = ANY(%s)", names)
    return {row[0] for row in rows}


def add(
    *,
    spotify_id: str,
    account_id: str | None,
    username: str,
    display_name: str,
    image_url: str | None,
    is_admin: bool,
    time_zone: str,
    now: datetime,
) -> int:
    """Add a listener; return the id."""
    rows = db.query(
        "INSERT INTO users (spotify_id, account_id, username, display_name, image_url, is_admin,"
        " time_zone, consented_at, created_at, last_seen_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        spotify_id,
        account_id,
        username,
        display_name,
        image_url,
        is_admin,
        time_zone,
        now,
        now,
        now,
    )
    return int(rows[0][0])


def signed_in(
    user_id: int,
    *,
    account_id: str | None,
    display_name: str,
    image_url: str | None,
    now: datetime,
) -> None:
    """Note a new consent: the listener is active again, and the clock starts anew."""
    db.query(
        "UPDATE users SET state = 'active', state_reason = NULL, consented_at = %s,"
        " last_seen_at = %s, display_name = %s, image_url = coalesce(%s, image_url),"
        " account_id = coalesce(account_id, %s), data_version = data_version + 1 WHERE id = %s",
        now,
        now,
        display_name,
        image_url,
        account_id,
        user_id,
    )


def change(user_id: int, **columns: Any) -> None:
    """Change settings of a listener; everything they see counts as changed."""
    User.update(**columns, data_version=User.data_version + 1).where(User.id == user_id).execute()


def set_state(user_id: int, state: State, reason: str | None) -> None:
    """Note whether we may call Spotify for this listener, and why not."""
    change(user_id, state=state, state_reason=reason)


def needs_reconnect(user_id: int, reason: str) -> None:
    """Note that only the listener can help; one who disconnected stays disconnected."""
    User.update(
        state=State.NEEDS_RECONNECT, state_reason=reason, data_version=User.data_version + 1
    ).where(User.id == user_id, User.state == State.ACTIVE).execute()


def revoke_sessions(user_id: int) -> None:
    """Make every cookie of this listener worthless."""
    db.query("UPDATE users SET session_version = session_version + 1 WHERE id = %s", user_id)


def bump_version(user_id: int) -> None:
    """Say that something a page shows has changed (in the transaction that changes it)."""
    db.query("UPDATE users SET data_version = data_version + 1 WHERE id = %s", user_id)


def bump_versions(user_ids: Sequence[int]) -> None:
    """Say the same of many."""
    if user_ids:
        db.query("UPDATE users SET data_version = data_version + 1 WHERE id = ANY(%s)", user_ids)


def knows_time_zone(name: str) -> bool:
    """Tell whether the database knows a time zone: its tables may be older than Python's."""
    return bool(db.query("SELECT true FROM pg_timezone_names WHERE name = %s", name))


def erase(user_id: int) -> None:
    """Delete a listener and everything of theirs; the guard of the logs lets this one through.

    Imports and syncs are locked before the listener, as those at work do it: otherwise the two
    could wait for each other. What imports have staged has no other owner than its number.
    """
    db.query("SELECT id FROM imports WHERE user_id = %s ORDER BY id FOR UPDATE", user_id)
    for staged in ("import_rows", "import_songs", "import_lines"):
        db.query(
            f"DELETE FROM {staged}"  # noqa: S608 - our own names
            " WHERE import_id IN (SELECT id FROM imports WHERE user_id = %s)",
            user_id,
        )
    db.query("SELECT id FROM syncs WHERE user_id = %s ORDER BY id FOR UPDATE", user_id)
    db.query("SELECT set_config('backspin.erasing_user', %s, true)", str(user_id))
    db.query("SELECT id FROM users WHERE id = %s FOR UPDATE", user_id)
    for table in WITHOUT_KEYS:
        db.query(f"DELETE FROM {table} WHERE user_id = %s", user_id)  # noqa: S608 - our own names
    db.query("DELETE FROM users WHERE id = %s", user_id)


def find_token(user_id: int, *, lock: bool = False) -> StoredToken | None:
    """Find a grant; with `lock`, hold it until the transaction ends."""
    columns = [getattr(SpotifyToken, column.name) for column in fields(StoredToken)]
    query = SpotifyToken.select(*columns).where(SpotifyToken.user_id == user_id)
    row = (query.for_update() if lock else query).tuples().first()
    return _stored(row) if row else None


def find_tokens(user_ids: Sequence[int]) -> list[StoredToken]:
    """Find the grants of many."""
    rows = db.query(
        "SELECT user_id, access_token, refresh_token, scopes, expires_at FROM spotify_tokens"
        " WHERE user_id = ANY(%s)",
        list(user_ids),
    )
    return [_stored(row) for row in rows]


def store_token(token: StoredToken, now: datetime) -> None:
    """Keep a grant, in place of the one before."""
    db.query(
        "INSERT INTO spotify_tokens"
        " (user_id, access_token, refresh_token, scopes, expires_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (user_id) DO UPDATE SET"
        " access_token = excluded.access_token, refresh_token = excluded.refresh_token,"
        " scopes = excluded.scopes, expires_at = excluded.expires_at,"
        " updated_at = excluded.updated_at",
        token.user_id,
        token.access_token,
        token.refresh_token,
        token.scopes,
        token.expires_at,
        now,
    )


def delete_token(user_id: int) -> None:
    """Forget a grant."""
    SpotifyToken.delete().where(SpotifyToken.user_id == user_id).execute()


def token_owners() -> list[int]:
    """List who has a grant."""
    return [row[0] for row in db.query("SELECT user_id FROM spotify_tokens ORDER BY user_id")]


def _stored(row: tuple[Any, ...]) -> StoredToken:
    user_id, access, refresh, scopes, expires_at = row
    return StoredToken(
        user_id=user_id,
        access_token=bytes(access),
        refresh_token=bytes(refresh),
        scopes=scopes,
        expires_at=expires_at,
    )


def _one(condition: Any) -> Account | None:
    row = User.select(*COLUMNS).where(condition).tuples().first()
    return _account(row) if row else None


def _account(row: tuple[Any, ...]) -> Account:
    values = dict(zip(NAMES, row, strict=True))
    values["state"] = State(values["state"])
    return Account(**values)
