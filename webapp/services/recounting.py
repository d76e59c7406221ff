"""Plays counted anew, whose tracks the catalogue has learned more about since."""

from collections.abc import Collection, Iterable

from webapp import db
from webapp.queries import accounts, plays, recounts

TRACKS_AT_A_TIME = 2000


def count_measured(track_ids: Collection[str], user_ids: Iterable[int]) -> None:
    """Count days of these listeners with tracks whose length was just learned.

    The caller holds them. Days of others, and these ones' again, wait for `recount`.
    """
    days = recounts.days_of(set(track_ids)) if track_ids else {}
    touched = sorted(days.keys() & set(user_ids))
    for user_id in touched:
        plays.count_changed_days(user_id, days[user_id])
    accounts.bump_versions(touched)


def recount() -> int:
    """Count anew until nothing is left to do; tell how often a listener had a turn."""
    turns = 0
    while True:
        with db.transaction():
            tracks = recounts.take(TRACKS_AT_A_TIME)
            days = recounts.days_of(tracks) if tracks else {}
            plays.lock(days)
            for user_id, touched in days.items():
                plays.count_changed_days(user_id, touched)
            accounts.bump_versions(list(days))
        if not tracks:
            return turns
        turns += len(days)
