"""The pages of profiles: which body is the right one, and who makes it when it is not there.

See docs/decisions/0013-pages-carry-the-version-of-their-data.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from webapp.cache import versions
from webapp.cache.versions import Kept
from webapp.domain.days import local_day
from webapp.domain.profiles import Viewer, sections_for
from webapp.queries.profiles import Profile
from webapp.services.wiring import Wiring

Make = Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The body that would be right now, and the place where it, or one before it, is kept.

    One before it shows the same sections to the same viewers, with the numbers of a moment ago.
    """

    user_id: int
    slot: str
    stamp: str
    fresh: bool
    """Whether nothing else will do: listeners see what they did at once."""


def wanted(
    profile: Profile, viewer: Viewer, *, language: str, choice: str, release: str, now: datetime
) -> Wanted:
    """Name a body by all it depends on. What a listener decides makes another slot.

    So the page before such a decision is never shown, not even while the new one is made.
    """
    slot = versions.stamp(
        viewer,
        *sections_for(profile.privacy.levels, viewer),
        profile.username,
        profile.display_name,
        profile.image_url,
        profile.time_zone,
        profile.not_before,
        language,
        choice,
    )
    day = local_day(now, profile.time_zone)
    return Wanted(
        user_id=profile.user_id,
        slot=slot,
        stamp=versions.stamp(slot, profile.data_version, day, release),
        fresh=viewer is Viewer.OWNER,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A body to answer with, and what is to be done once the answer is sent."""

    kept: Kept
    rest: Callable[[], object] | None = None


def serve(wiring: Wiring, want: Wanted, make: Make) -> Served:
    """Give the right body, or the one before it while a single process makes it anew."""
    kept = versions.find(wiring.redis, want.user_id, want.slot)
    if kept is not None and kept.stamp == want.stamp:
        return Served(kept=kept)
    if kept is None or want.fresh:
        return Served(kept=_make(wiring, want, make))
    if versions.claim(wiring.redis, want.user_id, want.slot, want.stamp):
        return Served(kept=kept, rest=partial(_make, wiring, want, make))
    return Served(kept=kept)


def _make(wiring: Wiring, want: Wanted, make: Make) -> Kept:
    made = Kept(stamp=want.stamp, body=make())
    versions.keep(wiring.redis, want.user_id, want.slot, made)
    return made
