"""What of an archive may be brought into an account that has something of its own."""

from datetime import datetime, timedelta
from enum import StrEnum

NEW_FOR = timedelta(days=7)
"""Who moves signs in first, and their first sync is faster than the archive: so long an account
takes over what was chosen before, though there is something in it."""


class Plan(StrEnum):
    """What becomes of the library's log in an archive."""

    RESTORE = "restore"
    """Nothing is known here: the archive's log becomes ours."""
    GO_BEFORE = "go_before"
    """It ended before ours began: it goes before ours."""
    HAVE = "have"
    """All of it is here."""
    LEAVE = "leave"
    """Both tell of the same time, and differ: ours stays as it is."""


def takes_settings(*, empty: bool, joined_at: datetime, now: datetime) -> bool:
    """Decide whether an archive's settings come into an account: an empty one, or a new one."""
    return empty or now - joined_at < NEW_FOR


def plan_library(*, missing: int, last_told: datetime | None, first_here: datetime | None) -> Plan:
    """Decide by how many entries are not here, the archive's last one, and our first.

    Two logs of one time can't be told apart entry by entry: each would take back what only the
    other one saw.
    """
    if not missing or last_told is None:
        return Plan.HAVE
    if first_here is None:
        return Plan.RESTORE
    return Plan.GO_BEFORE if last_told < first_here else Plan.LEAVE
