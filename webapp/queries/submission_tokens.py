"""Tokens by which scrobblers submit, known by their hash alone."""

from dataclasses import dataclass, fields
from datetime import datetime

from webapp import db


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token as its owner sees it."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose token it is."""

    token_id: int
    user_id: int
    username: str
    last_used_at: datetime | None


NAMES = tuple(column.name for column in fields(TokenRow))

ADD = """
INSERT INTO submission_tokens (user_id, name, hash, created_at)
SELECT %s, %s, %s, %s WHERE (SELECT count(*) FROM submission_tokens
  WHERE user_id = %s AND revoked_at IS NULL) < %s
RETURNING id
"""

HOLDER = """
SELECT t.id, t.user_id, u.username, t.last_used_at
FROM submission_tokens t JOIN users u ON u.id = t.user_id
WHERE t.hash = %s AND t.revoked_at IS NULL
"""


def add(user_id: int, name: str, digest: bytes, now: datetime, most: int) -> bool:
    """Keep a token; False if the listener has `most` that work."""
    return bool(db.query(ADD, user_id, name, digest, now, user_id, most))


def find_holder(digest: bytes) -> Holder | None:
    """Find whose token this is the hash of; a revoked one is nobody's."""
    rows = db.query(HOLDER, digest)
    return Holder(**dict(zip(Holder.__slots__, rows[0], strict=True))) if rows else None


def note_use(token_id: int, now: datetime) -> None:
    """Note that a token was shown."""
    db.query("UPDATE submission_tokens SET last_used_at = %s WHERE id = %s", now, token_id)


def of_listener(user_id: int, limit: int) -> list[TokenRow]:
    """List a listener's tokens: those that work first, newest first."""
    sql = (
        f"SELECT {', '.join(NAMES)} FROM submission_tokens WHERE user_id = %s"  # noqa: S608 - our own names
        " ORDER BY revoked_at IS NOT NULL, id DESC LIMIT %s"
    )
    return [TokenRow(**dict(zip(NAMES, row, strict=True))) for row in db.query(sql, user_id, limit)]


def revoke(user_id: int, token_id: int, now: datetime) -> bool:
    """Let a token of a listener work no more; False if there is none that does."""
    rows = db.query(
        "UPDATE submission_tokens SET revoked_at = %s"
        " WHERE id = %s AND user_id = %s AND revoked_at IS NULL RETURNING id",
        now,
        token_id,
        user_id,
    )
    return bool(rows)
