"""Profiles: whose a name is, what they let others see, and the version of what there is to see."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from webapp import db
from webapp.domain.profiles import CLOSED, Level, Levels, Privacy, Section

SECTIONS = {section.value: section for section in Section}
LEVELS = {level.value: level for level in Level}

# Every view of a profile begins with this, so it is one read of one index.
FIND = """
SELECT u.id, u.username, u.display_name, u.image_url, u.time_zone, u.data_version,
  coalesce(p.shown, false), p.levels, coalesce(p.not_before, 0)
FROM users u LEFT JOIN profiles p ON p.user_id = u.id WHERE lower(u.username) = %s
"""

PRIVACY = "SELECT shown, levels FROM profiles WHERE user_id = %s"

SAVE = """
INSERT INTO profiles (user_id, shown, levels, changed_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (user_id) DO UPDATE SET shown = excluded.shown, levels = excluded.levels,
  changed_at = excluded.changed_at
"""

RETIRE = """
UPDATE profiles p SET not_before = u.data_version
FROM users u WHERE p.user_id = %s AND u.id = p.user_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Whose page it is. It holds what no viewer may see: ask `privacy` first."""

    user_id: int
    username: str
    display_name: str
    image_url: str | None
    time_zone: str
    data_version: int
    privacy: Privacy
    not_before: int
    """Pages made from an older version are not shown any more, whatever takes their place."""


def find(username: str) -> Profile | None:
    """Find whose name this is, ignoring case."""
    rows = db.query(FIND, username.lower())
    if not rows:
        return None
    user_id, name, display_name, image_url, time_zone, version, shown, levels, not_before = rows[0]
    return Profile(
        user_id=user_id,
        username=name,
        display_name=display_name,
        image_url=image_url,
        time_zone=time_zone,
        data_version=version,
        privacy=Privacy(shown=shown, chosen=_levels(levels or {})),
        not_before=not_before,
    )


def privacy_of(user_id: int) -> Privacy:
    """Read what a listener chose; nobody who never chose has a profile."""
    rows = db.query(PRIVACY, user_id)
    return Privacy(shown=rows[0][0], chosen=_levels(rows[0][1])) if rows else Privacy()


def has_chosen(user_id: int) -> bool:
    """Tell whether a listener ever chose who may see what."""
    return bool(db.query(PRIVACY, user_id))


def save_privacy(user_id: int, privacy: Privacy, now: datetime) -> None:
    """Keep what a listener chose."""
    levels = json.dumps({section: privacy.chosen[section] for section in Section})
    db.query(SAVE, user_id, privacy.shown, levels, now)


def retire_pages(user_id: int) -> None:
    """Let no page be shown that was made before this version of the listener's data.

    For what a listener takes back: others would see it once more, while the new page is made.
    """
    db.query(RETIRE, user_id)


def _levels(stored: Mapping[str, str]) -> Levels:
    """Read levels; what another release wrote and this one doesn't know stays closed."""
    known = {
        SECTIONS[name]: LEVELS[level]
        for name, level in stored.items()
        if name in SECTIONS and level in LEVELS
    }
    return {**CLOSED, **known}
