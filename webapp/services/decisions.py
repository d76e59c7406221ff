"""A listener overrules what the rules say of a report, and takes it back."""

from datetime import datetime

from webapp import db
from webapp.domain.plays import RANK
from webapp.queries import accounts, decisions, merging, naming, plays, profiles
from webapp.queries.decisions import Wish
from webapp.services import adoption, verdicts


def decide(user_id: int, report_id: int, wish: Wish, now: datetime) -> bool:
    """Write a decision down and do as it says; False if there is no such report.

    `own`: these are two plays, or: count this. `none`: don't count this. `rules`: as before.
    """
    with db.transaction():
        plays.lock([user_id])
        report = decisions.find_report(user_id, report_id)
        if report is None:
            return False
        if report.wish is not wish:
            decisions.decide(user_id, report_id, wish, now)
            days = verdicts.apply(user_id, report, wish)
            plays.count_changed_days(user_id, days | adoption.adopt_plays(user_id))
            accounts.bump_version(user_id)
            profiles.retire_pages(user_id)
    return True


def rebuild(user_id: int) -> None:
    """Make a listener's plays and days anew from the reports, inside the caller's transaction.

    The best source goes first, then songs without ids become the tracks that they are; decisions
    that stand are applied last.
    """
    plays.lock([user_id])
    decisions.forget_plays(user_id)
    naming.name_catalogue()
    for source in RANK:
        merging.judge_again(user_id, source)
    adoption.adopt_plays(user_id)
    for report_id, wish in decisions.standing(user_id).items():
        report = decisions.find_report(user_id, report_id)
        if report is not None and wish is not Wish.RULES:
            verdicts.apply(user_id, report, wish)
    adoption.adopt_plays(user_id)
    plays.count_all_days(user_id)
