"""What a decision on a report means for the plays."""

from datetime import date, timedelta

from webapp.queries import decisions, merging, naming
from webapp.queries.decisions import ReportRow, Wish

APART = timedelta(milliseconds=1)


def apply(user_id: int, report: ReportRow, wish: Wish) -> set[date]:
    """Do as a decision says, whatever stood before; give the days that changed."""
    touched = {report.ended_at}
    if report.play_ended_at is not None and report.play_track_id is not None:
        before = (report.play_ended_at, report.play_track_id)
        touched.add(before[0])
        decisions.point(user_id, report.id, "set_aside", None)
        decisions.restate(user_id, [before])
    if wish is Wish.OWN:
        play = (report.ended_at, report.track_id)
        while not decisions.is_free(user_id, play):
            play = (play[0] + APART, play[1])
        decisions.point(user_id, report.id, "new", play)
        decisions.restate(user_id, [play])
        touched.add(play[0])
    elif wish is Wish.NONE:
        decisions.point(user_id, report.id, "set_aside", None)
    days = {decisions.day_of(user_id, moment) for moment in touched}
    if wish is Wish.RULES:
        naming.name_catalogue()
        days |= merging.judge_again(user_id, report.source, [report.id]).days
    return days
