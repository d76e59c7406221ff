"""Plays counted anew, whose tracks the catalogue has learned more about since."""

from webapp import db
from webapp.queries import accounts, plays, recounts

TRACKS_AT_A_TIME = 2000


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
