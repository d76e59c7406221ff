"""Blends: two listeners who both agreed to compare their music, and how they come to agree.

An invitation goes by name or by a link. By name, its sender learns nothing but an agreement: a
name that is nobody's, one who takes no invitations and one who declined all look like somebody
who has not answered yet.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LINK_LASTS = timedelta(days=7)
MOST_OPEN = 50
"""So many invitations of a listener wait at a time."""
MOST_BLENDS = 30
"""So many blends a listener is in, so that pages about all of them stay small."""
LONGEST_NAME = 30


class State(StrEnum):
    """How far an invitation got."""

    INVITED = "invited"
    AGREED = "agreed"
    DECLINED = "declined"
    REVOKED = "revoked"


class Actor(StrEnum):
    """Who acts. Of an invitation by link, whoever holds the link is the invited."""

    INVITER = "inviter"
    INVITED = "invited"
    OTHER = "other"


class Wish(StrEnum):
    """What a listener may want of a blend."""

    ACCEPT = "accept"
    DECLINE = "decline"
    REVOKE = "revoke"


ANSWERS = {
    (State.INVITED, Actor.INVITED, Wish.ACCEPT): State.AGREED,
    (State.INVITED, Actor.INVITED, Wish.DECLINE): State.DECLINED,
    (State.INVITED, Actor.INVITER, Wish.REVOKE): State.REVOKED,
    (State.AGREED, Actor.INVITER, Wish.REVOKE): State.REVOKED,
    (State.AGREED, Actor.INVITED, Wish.REVOKE): State.REVOKED,
    # Declining can be undone. The inviter, who was not told, may take the invitation back.
    (State.DECLINED, Actor.INVITED, Wish.ACCEPT): State.AGREED,
    (State.DECLINED, Actor.INVITER, Wish.REVOKE): State.REVOKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What decides whether an invitation by name reaches anybody.

    `known`: somebody has the name. `willing`: they take invitations. `open_pair`: the two have an
    invitation or a blend already. `declined_before`: they declined one of this inviter's.
    """

    known: bool
    willing: bool
    open_pair: bool
    declined_before: bool


def after(state: State, actor: Actor, wish: Wish) -> State | None:
    """Give the state that a wish leads to; None where this actor has nothing to say."""
    return ANSWERS.get((state, actor, wish))


def actor_of(user_id: int, inviter_id: int, invited_id: int | None) -> Actor:
    """Tell which part a listener has in a blend."""
    if user_id == inviter_id:
        return Actor.INVITER
    return Actor.INVITED if user_id == invited_id else Actor.OTHER


def reaches(found: Circumstances) -> bool:
    """Tell whether an invitation by name reaches its receiver; the inviter is not told.

    Who declined is not asked by the same listener again: they may invite, instead.
    """
    return found.known and found.willing and not found.open_pair and not found.declined_before
