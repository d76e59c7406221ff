"""Inviting to a blend, agreeing, declining, and leaving it."""

from enum import StrEnum

from itsdangerous import BadSignature, URLSafeSerializer

from webapp.cache import versions
from webapp.domain.blends import (
    LINK_LASTS,
    MOST_BLENDS,
    MOST_OPEN,
    Circumstances,
    State,
    Wish,
    actor_of,
    after,
    reaches,
)
from webapp.domain.profiles import Section, Viewer, may_see
from webapp.queries import blends, profiles
from webapp.queries.blends import Offer
from webapp.queries.profiles import Profile
from webapp.services.wiring import Wiring

SALT = "blend invitation"


class Asked(StrEnum):
    """What came of asking somebody by name, as far as the inviter may know."""

    SENT = "sent"
    ALREADY = "already"
    YOURSELF = "yourself"
    BLENDED = "blended"
    THEY_ASKED = "they_asked"
    TOO_MANY = "too_many"


class Answered(StrEnum):
    """What came of an answer; GONE also where there never was anything to answer."""

    DONE = "done"
    GONE = "gone"
    TOO_MANY = "too_many"


def invite(wiring: Wiring, user_id: int, name: str) -> Asked:
    """Invite by name. SENT says that it was kept, never that it reached anybody.

    What the inviter knows already may be said: a blend they are in, an invitation they received.
    """
    now, found = wiring.clock(), profiles.find(name)
    invited_id = found.user_id if found else None
    between = blends.between(user_id, invited_id)
    known = _known_already(user_id, invited_id, between)
    if known:
        return known
    if blends.counts(user_id, now).sent >= MOST_OPEN:
        return Asked.TOO_MANY
    circumstances = Circumstances(
        known=found is not None,
        willing=takes_invitations(found),
        open_pair=between.is_open,
        declined_before=between.declined_before,
    )
    receiver = invited_id if reaches(circumstances) else None
    return Asked.SENT if blends.invite(user_id, receiver, name, now) else Asked.ALREADY


def takes_invitations(profile: Profile | None) -> bool:
    """Tell whether somebody may be invited by name: who shows others that they compare."""
    return profile is not None and may_see(
        Section.COMPARE, profile.privacy.levels, Viewer.SIGNED_IN
    )


def answer(wiring: Wiring, user_id: int, blend_id: int, wish: Wish) -> Answered:
    """Agree, decline or leave; it holds at once for both."""
    now, found = wiring.clock(), blends.find(blend_id, user_id)
    if found is None:
        return Answered.GONE
    actor = actor_of(user_id, found.inviter_id, found.invited_id)
    to = after(found.state, actor, wish)
    if to is None:
        return Answered.GONE
    if to is State.AGREED and _full(wiring, found.inviter_id, user_id):
        return Answered.TOO_MANY
    if not blends.answer(blend_id, found.state, to, now):
        return Answered.GONE
    if found.state is State.AGREED and found.invited_id is not None:
        # No page leads to what is kept of it, and it is not to lie about either.
        versions.forget(wiring.redis, found.inviter_id, found.invited_id)
    return Answered.DONE


def open_link(wiring: Wiring, user_id: int) -> bool:
    """Make an invitation for whoever is given its link; False if too many wait."""
    now = wiring.clock()
    if blends.counts(user_id, now).sent >= MOST_OPEN:
        return False
    blends.open_link(user_id, now + LINK_LASTS, now)
    return True


def link_token(wiring: Wiring, blend_id: int) -> str:
    """Sign an invitation's number for its link."""
    return str(_signer(wiring).dumps(blend_id))


def find_offer(wiring: Wiring, token: str) -> Offer | None:
    """Find what a link offers; None if it is not ours, was used or taken back, or is too old."""
    try:
        blend_id = _signer(wiring).loads(token)
    except BadSignature:
        return None
    return blends.find_offer(blend_id, wiring.clock())


def take(wiring: Wiring, user_id: int, offer: Offer) -> Answered:
    """Agree to what a link offers."""
    if _full(wiring, offer.inviter.id, user_id):
        return Answered.TOO_MANY
    return Answered.DONE if blends.take(offer, user_id, wiring.clock()) else Answered.GONE


def _known_already(user_id: int, invited_id: int | None, between: blends.Between) -> Asked | None:
    if invited_id == user_id:
        return Asked.YOURSELF
    if between.agreed:
        return Asked.BLENDED
    return Asked.THEY_ASKED if between.asked else None


def _full(wiring: Wiring, *user_ids: int) -> bool:
    now = wiring.clock()
    return any(blends.counts(user_id, now).agreed >= MOST_BLENDS for user_id in user_ids)


def _signer(wiring: Wiring) -> URLSafeSerializer:
    return URLSafeSerializer(wiring.settings.secret_key, salt=SALT)
