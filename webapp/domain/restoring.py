"""What of an archive's past may be brought into an account that has a past of its own."""

from datetime import datetime
from enum import StrEnum


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
