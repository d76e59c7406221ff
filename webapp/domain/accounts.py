"""Listeners: their names, who may join, and how long a consent lasts."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import available_timezones

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?")
CONSENT_MONTHS = 6
NOTICE_DAYS = (30, 7, 1)


class State(StrEnum):
    """Whether we may call Spotify for a listener."""

    ACTIVE = "active"
    NEEDS_RECONNECT = "needs_reconnect"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A listener, without secrets."""

    id: int
    spotify_id: str
    account_id: str | None
    username: str
    display_name: str
    image_url: str | None
    is_admin: bool
    state: State
    state_reason: str | None
    time_zone: str
    """What their days are counted in."""
    language: str | None
    theme: str
    session_version: int
    data_version: int
    consented_at: datetime | None
    created_at: datetime
    last_seen_at: datetime
    wanted_time_zone: str | None = None
    """Another one that they asked for, until their days are counted there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """How long Spotify lets us go on: six months from sign-in, refreshing does not extend it."""

    ends_at: datetime
    days_left: int
    notice: int | None
    """The notice that is due: 30, 7 or 1 days before the end; None earlier."""


def consent_of(consented_at: datetime, now: datetime) -> Consent:
    """Read the consent clock (Spotify developer blog, 2026-06-18)."""
    ends_at = _months_later(consented_at, CONSENT_MONTHS)
    left = ends_at - now
    due = [days for days in NOTICE_DAYS if left <= timedelta(days=days)]
    return Consent(
        ends_at=ends_at,
        days_left=max(0, -(-left // timedelta(days=1))),
        notice=min(due) if due else None,
    )


def may_join(mode: str, allowed: tuple[str, ...], spotify_id: str, *, first: bool) -> bool:
    """Tell whether someone new may have an account; the first one always may."""
    return first or mode == "open" or (mode == "list" and spotify_id in allowed)


def slug(name: str) -> str:
    """Make a username from a display name; never empty."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")
    return words[:24].strip("-") or "listener"


def usernames(display_name: str, reserved: frozenset[str]) -> Iterator[str]:
    """Offer usernames, best first, without end."""
    base = slug(display_name)
    if base not in reserved:
        yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def is_username(name: str, reserved: frozenset[str]) -> bool:
    """Tell whether a name can be a path of its own."""
    return bool(USERNAME.fullmatch(name)) and name not in reserved


def is_time_zone(name: str) -> bool:
    """Tell an IANA time zone."""
    return name in available_timezones()


def _months_later(moment: datetime, months: int) -> datetime:
    year, month0 = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month0 + 1)[1])
    return moment.replace(year=year, month=month0 + 1, day=day)
