"""A listener overrules what the rules say of a report, and takes it back."""

from datetime import date, datetime, timedelta

from webapp import db
from webapp.domain.plays import RANK
from webapp.queries import accounts, decisions, merging, naming, plays
from webapp.queries.decisions import ReportRow, Wish

APART = timedelta(milliseconds=1)


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
            plays.count_these_days(user_id, apply(user_id, report, wish))
            accounts.bump_version(user_id)
    return True


def apply(user_id: int, report: ReportRow, wish: Wish) -> set[date]:
    """Do as a decision says, whatever stood before; give the days that changed."""
    touched = {report.ended_at}
    if report.play_ended_at is not None and report.play_track_id is not None:
        before = (report.play_ended_at, report.play_track_id)
        touched.add(before[0])
        decisions.point(user_id, report.id, "set_aside", None)
        decisions.restate(user_id, before)
    if wish is Wish.OWN:
        play = (report.ended_at, report.track_id)
        while not decisions.is_free(user_id, play):
            play = (play[0] + APART, play[1])
        decisions.point(user_id, report.id, "new", play)
        decisions.restate(user_id, play)
        touched.add(play[0])
    elif wish is Wish.NONE:
        decisions.point(user_id, report.id, "set_aside", None)
    days = {decisions.day_of(user_id, moment) for moment in touched}
    if wish is Wish.RULES:
        naming.name_catalogue()
        days |= merging.judge_again(user_id, report.source, report.id).days
    return days


def rebuild(user_id: int) -> None:
    """Make a listener's plays and days anew from the reports, inside the caller's transaction.

    The best source goes first; decisions that stand are applied last.
    """
    plays.lock([user_id])
    decisions.forget_plays(user_id)
    naming.name_catalogue()
    for source in RANK:
        merging.judge_again(user_id, source)
    for report_id, wish in decisions.standing(user_id).items():
        report = decisions.find_report(user_id, report_id)
        if report is not None and wish is not Wish.RULES:
            apply(user_id, report, wish)
    plays.count_all_days(user_id)
