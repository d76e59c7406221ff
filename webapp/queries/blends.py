"""Blends and the invitations to them, as either of the two sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from webapp import db
from webapp.domain.blends import State

PERSON = "u.id, u.username, u.display_name, u.image_url, u.time_zone, u.data_version"
OTHER = "u.id = CASE WHEN b.inviter_id = %(me)s THEN b.invited_id ELSE b.inviter_id END"
PAIR = """
invited_id IS NOT NULL AND least(inviter_id, invited_id) = least(%(one)s, %(other)s)
  AND greatest(inviter_id, invited_id) = greatest(%(one)s, %(other)s)
"""

FIND = """
SELECT id, state, inviter_id, invited_id FROM blends
WHERE id = %(id)s AND %(me)s IN (inviter_id, invited_id)
"""
AGREED = f"""
SELECT b.id, b.inviter_id = %(me)s, b.changed_at, {PERSON}
FROM blends b JOIN users u ON {OTHER}
WHERE b.state = 'agreed' AND %(me)s IN (b.inviter_id, b.invited_id) AND {{which}}
ORDER BY b.changed_at DESC, b.id DESC LIMIT %(limit)s
"""  # noqa: S608 - our own names
RECEIVED = f"""
SELECT b.id, b.state, b.created_at, {PERSON}
FROM blends b JOIN users u ON u.id = b.inviter_id
WHERE b.invited_id = %(me)s AND b.state IN ('invited', 'declined')
ORDER BY b.id DESC LIMIT %(limit)s
"""  # noqa: S608 - our own names
SENT = """
SELECT id, invited_name, created_at, expires_at FROM blends
WHERE inviter_id = %(me)s AND state IN ('invited', 'declined')
  AND (expires_at IS NULL OR expires_at > %(now)s)
ORDER BY id DESC LIMIT %(limit)s
"""
OFFER = f"""
SELECT b.id, b.expires_at, {PERSON} FROM blends b JOIN users u ON u.id = b.inviter_id
WHERE b.id = %s AND b.state = 'invited' AND b.invited_id IS NULL AND b.expires_at > %s
"""  # noqa: S608 - our own names
BETWEEN = f"""
SELECT count(*) FILTER (WHERE state IN ('invited', 'agreed')) > 0,
  count(*) FILTER (WHERE inviter_id = %(one)s AND declined_at IS NOT NULL) > 0,
  max(id) FILTER (WHERE state = 'agreed'),
  max(id) FILTER (WHERE state = 'invited' AND inviter_id = %(other)s)
FROM blends WHERE {PAIR}
"""  # noqa: S608 - our own names
INVITE = """
INSERT INTO blends (inviter_id, invited_id, invited_name, created_at, changed_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""
OPEN_LINK = """
INSERT INTO blends (inviter_id, expires_at, created_at, changed_at)
VALUES (%s, %s, %s, %s) RETURNING id
"""
ANSWER = """
UPDATE blends SET state = %(to)s, changed_at = %(now)s, declined_at =
  CASE %(to)s WHEN 'declined' THEN %(now)s WHEN 'agreed' THEN NULL ELSE declined_at END
WHERE id = %(id)s AND state = %(state)s RETURNING id
"""
SUPERSEDE = f"""
UPDATE blends SET state = 'revoked', changed_at = %(now)s WHERE {PAIR} AND state = 'invited'
"""  # noqa: S608 - our own names
WAITING = """
SELECT id FROM blends WHERE id = %(id)s AND state = 'invited' AND invited_id IS NULL
  AND expires_at > %(now)s AND inviter_id <> %(me)s FOR UPDATE
"""
TAKE = """
UPDATE blends SET state = 'agreed', invited_id = %(me)s, changed_at = %(now)s WHERE id = %(id)s
"""
PARTNERS = """
SELECT DISTINCT CASE inviter_id WHEN %(me)s THEN invited_id ELSE inviter_id END FROM blends
WHERE %(me)s IN (inviter_id, invited_id) AND invited_id IS NOT NULL
"""
COUNTS = """
SELECT count(*) FILTER (WHERE state = 'agreed'),
  count(*) FILTER (WHERE inviter_id = %(me)s AND state IN ('invited', 'declined')
    AND (expires_at IS NULL OR expires_at > %(now)s))
FROM blends WHERE %(me)s IN (inviter_id, invited_id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The other one: what a blend and an invitation show of them, and what their pages hang on."""

    id: int
    username: str
    display_name: str
    image_url: str | None
    time_zone: str
    data_version: int

    @property
    def name(self) -> str:
        """How to call them."""
        return self.display_name.strip() or self.username


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A blend or an invitation as it is kept; `invited_id` is None where it reached nobody."""

    id: int
    state: State
    inviter_id: int
    invited_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """A blend that both agreed to; `mine` tells that this listener made the invitation."""

    id: int
    mine: bool
    since: datetime
    other: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An invitation to this listener, waiting or declined."""

    id: int
    state: State
    created_at: datetime
    inviter: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An invitation of this listener's: by `name` as typed, or by a link until `expires_at`.

    It says nothing of whom it reached, and looks the same when it was declined.
    """

    id: int
    name: str | None
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an invitation by link offers to whoever holds it."""

    id: int
    expires_at: datetime
    inviter: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """What there is between one and another: `asked` is the other's invitation to the one."""

    is_open: bool
    declined_before: bool
    agreed: int | None
    asked: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many blends a listener is in, and how many of their invitations wait."""

    agreed: int
    sent: int


def find(blend_id: int, me: int) -> Standing | None:
    """Find one that a listener is part of; to everybody else there is none."""
    rows = db.query_by_name(FIND, id=blend_id, me=me)
    if not rows:
        return None
    found, state, inviter_id, invited_id = rows[0]
    return Standing(id=found, state=State(state), inviter_id=inviter_id, invited_id=invited_id)


def find_agreed(blend_id: int, me: int) -> Blend | None:
    """Find a blend that holds, for one of the two."""
    rows = db.query_by_name(AGREED.format(which="b.id = %(id)s"), id=blend_id, me=me, limit=1)
    return _blend(rows[0]) if rows else None


def agreed(me: int, limit: int) -> list[Blend]:
    """List a listener's blends, newest first."""
    rows = db.query_by_name(AGREED.format(which="true"), me=me, limit=limit)
    return [_blend(row) for row in rows]


def received(me: int, limit: int) -> list[Received]:
    """List invitations to a listener, newest first."""
    return [
        Received(id=row[0], state=State(row[1]), created_at=row[2], inviter=_person(row[3:]))
        for row in db.query_by_name(RECEIVED, me=me, limit=limit)
    ]


def sent(me: int, now: datetime, limit: int) -> list[Sent]:
    """List a listener's own invitations that were not agreed to or taken back, newest first."""
    return [
        Sent(id=row[0], name=row[1], created_at=row[2], expires_at=row[3])
        for row in db.query_by_name(SENT, me=me, now=now, limit=limit)
    ]


def find_offer(blend_id: int, now: datetime) -> Offer | None:
    """Find an invitation by link that still waits."""
    rows = db.query(OFFER, blend_id, now)
    if not rows:
        return None
    return Offer(id=rows[0][0], expires_at=rows[0][1], inviter=_person(rows[0][2:]))


def between(one: int, other: int | None) -> Between:
    """Tell what there is between two; with nobody there is nothing."""
    is_open, declined, agreed_id, asked = db.query_by_name(BETWEEN, one=one, other=other or 0)[0]
    return Between(is_open=is_open, declined_before=declined, agreed=agreed_id, asked=asked)


def counts(me: int, now: datetime) -> Counts:
    """Count what a listener has, for the limits."""
    agreed_to, waiting = db.query_by_name(COUNTS, me=me, now=now)[0]
    return Counts(agreed=agreed_to, sent=waiting)


def partners(me: int) -> list[int]:
    """List everybody with whom a listener has, or had, a blend or an invitation."""
    return [row[0] for row in db.query_by_name(PARTNERS, me=me)]


def invite(inviter_id: int, invited_id: int | None, name: str, now: datetime) -> bool:
    """Keep an invitation by name, to nobody as well; False if the same one waits already."""
    return bool(db.query(INVITE, inviter_id, invited_id, name, now, now))


def open_link(inviter_id: int, expires_at: datetime, now: datetime) -> int:
    """Keep an invitation for whoever is given its link; return its number."""
    return int(db.query(OPEN_LINK, inviter_id, expires_at, now, now)[0][0])


def answer(blend_id: int, state: State, to: State, now: datetime) -> bool:
    """Move on from a state; False if it is in another by now, or the two have a blend already."""
    try:
        with db.transaction():
            return bool(db.query_by_name(ANSWER, id=blend_id, state=state, to=to, now=now))
    except peewee.IntegrityError:
        return False


def take(offer: Offer, me: int, now: datetime) -> bool:
    """Agree to what a link offers, instead of other invitations between the two.

    False if it was taken, taken back, has expired, or the two have a blend already.
    """
    try:
        with db.transaction():
            if not db.query_by_name(WAITING, id=offer.id, me=me, now=now):
                return False
            db.query_by_name(SUPERSEDE, one=me, other=offer.inviter.id, now=now)
            db.query_by_name(TAKE, id=offer.id, me=me, now=now)
    except peewee.IntegrityError:
        return False
    return True


def _blend(row: tuple[Any, ...]) -> Blend:
    return Blend(id=row[0], mine=row[1], since=row[2], other=_person(row[3:]))


def _person(row: tuple[Any, ...]) -> Person:
    user_id, username, display_name, image_url, time_zone, data_version = row
    return Person(
        id=user_id,
        username=username,
        display_name=display_name,
        image_url=image_url,
        time_zone=time_zone,
        data_version=data_version,
    )
