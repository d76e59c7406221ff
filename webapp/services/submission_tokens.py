"""Tokens for scrobblers: made, told once, known again by their hash."""

from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from webapp.queries import submission_tokens
from webapp.queries.submission_tokens import Holder, TokenRow
from webapp.services.wiring import Wiring

MOST = 20
"""So many tokens of a listener work at a time."""
LISTED = 50
LONGEST_NAME = 60
NOTED_EVERY = timedelta(minutes=1)


def make(wiring: Wiring, user_id: int, name: str) -> str | None:
    """Make a token, and give it this once; None if the listener has too many."""
    token = str(uuid4())
    kept = submission_tokens.add(user_id, name, _digest(token), wiring.clock(), MOST)
    return token if kept else None


def find_holder(wiring: Wiring, token: str) -> Holder | None:
    """Find whose token it is, and note that it is in use, once a minute at most.

    It is looked up by a hash of it: how long that takes tells nothing of the token, and a token
    has 122 random bits, too many for a slow hash to be needed.
    """
    holder = submission_tokens.find_holder(_digest(token))
    if holder is not None:
        now = wiring.clock()
        if holder.last_used_at is None or now - holder.last_used_at >= NOTED_EVERY:
            submission_tokens.note_use(holder.token_id, now)
    return holder


def tokens_of(user_id: int) -> list[TokenRow]:
    """List a listener's tokens, those that work first."""
    return submission_tokens.of_listener(user_id, LISTED)


def revoke(wiring: Wiring, user_id: int, token_id: int) -> bool:
    """Let a token work no more; False if it is not the listener's, or revoked already."""
    return submission_tokens.revoke(user_id, token_id, wiring.clock())


def _digest(token: str) -> bytes:
    return sha256(token.encode(errors="replace")).digest()
