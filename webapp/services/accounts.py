"""Signing in, and everything a listener may do with their account."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from webapp import db
from webapp.cache import versions
from webapp.domain.accounts import Account, State, is_time_zone, may_join, usernames
from webapp.domain.budget import Priority
from webapp.domain.provider import Profile
from webapp.domain.syncs import Status
from webapp.queries import accounts, archive, blends, sync_runs, syncs
from webapp.services import time_zones, tokens
from webapp.services.wiring import Wiring

NAMES_AT_A_TIME = 50


class Refusal(StrEnum):
    """Why somebody new may not join."""

    CLOSED = "closed"
    NOT_LISTED = "not_listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How a sign-in ended: with an account, or a refusal."""

    account: Account | None = None
    new: bool = False
    refusal: Refusal | None = None


def sign_in(
    wiring: Wiring, *, code: str, code_verifier: str, time_zone: str, reserved: frozenset[str]
) -> SignIn:
    """Turn a consent into an account; raises ConsentOverError when the code has expired."""
    settings = wiring.settings
    grant = wiring.oauth.exchange(code, code_verifier, settings.redirect_uri, wiring.clock())
    wiring.gate.restore()
    profile = wiring.music(grant.access_token, Priority.LISTENER).profile()
    with db.transaction():
        known = accounts.find_by_identity(profile.id, profile.account_id)
        if known is None:
            accounts.lock_sign_ups()
            # Twice at once: the other request may have been first.
            known = accounts.find_by_identity(profile.id, profile.account_id)
        if known is None and not _may_join(wiring, profile):
            closed = settings.sign_up == "closed"
            return SignIn(refusal=Refusal.CLOSED if closed else Refusal.NOT_LISTED)
        user_id = known.id if known else _add(wiring, profile, time_zone, reserved)
        accounts.signed_in(
            user_id,
            account_id=profile.account_id,
            display_name=profile.display_name,
            image_url=profile.image_url,
            now=wiring.clock(),
        )
        tokens.keep(wiring, user_id, grant)
        archive.enrol(user_id, wiring.clock())
    return SignIn(account=accounts.find(user_id), new=known is None)


def rename(user_id: int, username: str) -> bool:
    """Change a username; False if somebody has it."""
    with db.transaction():
        accounts.lock_sign_ups()
        holder = accounts.find_by_username(username)
        if holder is not None and holder.id != user_id:
            return False
        accounts.change(user_id, username=username)
    return True


def may_live_in(time_zone: str) -> bool:
    """Tell a time zone that we and the database know."""
    return is_time_zone(time_zone) and accounts.knows_time_zone(time_zone)


def change_settings(account: Account, *, time_zone: str, language: str | None, theme: str) -> bool:
    """Change what a listener may choose; True if a worker has to count their days anew."""
    with db.transaction():
        accounts.change(account.id, language=language, theme=theme)
        return time_zones.ask_for(account.id, time_zone)


def disconnect(wiring: Wiring, user_id: int) -> None:
    """Stop collecting and forget the tokens; what was kept stays."""
    with db.transaction():
        # The sync first, then the listener: a running sync locks them in this order.
        running = syncs.active(user_id)
        if running:
            sync_runs.finish(
                running.id, None, Status.FAILED, wiring.clock(), error=State.DISCONNECTED
            )
        accounts.delete_token(user_id)
        accounts.set_state(user_id, State.DISCONNECTED, None)
    wiring.log.info("disconnected", user=user_id)


def delete(wiring: Wiring, user_id: int) -> None:
    """Erase an account and everything of theirs, at once."""
    with db.transaction():
        # What others keep of a blend names the listener as well.
        partners = blends.partners(user_id)
        accounts.erase(user_id)
    versions.forget(wiring.redis, user_id, *partners)
    wiring.log.info("account erased", user=user_id)


def _may_join(wiring: Wiring, profile: Profile) -> bool:
    settings = wiring.settings
    return may_join(
        settings.sign_up, settings.sign_up_list, profile.id, first=accounts.count() == 0
    )


def _add(wiring: Wiring, profile: Profile, time_zone: str, reserved: frozenset[str]) -> int:
    return accounts.add(
        spotify_id=profile.id,
        account_id=profile.account_id,
        username=_free_username(profile.display_name, reserved),
        display_name=profile.display_name,
        image_url=profile.image_url,
        is_admin=accounts.count() == 0,
        time_zone=time_zone if may_live_in(time_zone) else "UTC",
        now=wiring.clock(),
    )


def _free_username(display_name: str, reserved: frozenset[str]) -> str:
    offers = usernames(display_name, reserved)
    while True:
        names = list(islice(offers, NAMES_AT_A_TIME))
        taken = accounts.taken(names)
        free = [name for name in names if name not in taken]
        if free:
            return free[0]
