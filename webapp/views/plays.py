"""One play: who told of it, what near it does not count, and the listener's word on both."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import lazy_gettext

from webapp.queries import decisions
from webapp.queries.decisions import ReportRow, Wish
from webapp.services.decisions import decide as decide_on
from webapp.views.fragments import page, see_other
from webapp.views.history_listing import mark, mark_of, read_mark
from webapp.views.play_sheet import PlaySheet, sheet
from webapp.views.requests import login_required, me, wiring
from webapp.views.security import limited

blueprint = Blueprint("plays", __name__)
blueprint.add_app_template_global(mark, "play_mark")

DONE = {
    Wish.OWN: lazy_gettext("Done: it counts as a play of its own."),
    Wish.NONE: lazy_gettext("Done: it does not count any more."),
    Wish.RULES: lazy_gettext("Done: the rules decide about it again."),
}


@blueprint.get("/history/play/<path:name>")
@login_required
def show(name: str) -> Response:
    """Show why a play is here, and what is not; also where something was told and none counts."""
    return page("history/play.html", sheet=find(name))


@blueprint.post("/reports/<int(max=9223372036854775807):report_id>/decision")
@login_required
@limited("60/minute")
def decide(report_id: int) -> Response:
    """Let the listener's word stand over the rules, and lead to where the report is then."""
    wish = next((wish for wish in Wish if wish == request.form.get("wish")), None) or abort(422)
    user_id = me().id
    if not decide_on(user_id, report_id, wish, wiring().clock()):
        abort(404)
    flash(str(DONE[wish]), "success")
    report = decisions.find_report(user_id, report_id) or abort(404)
    return see_other(url_for("plays.show", name=_place(report)))


def find(name: str) -> PlaySheet:
    """Find what a mark names: a play, or what was told and does not count."""
    named = read_mark(name) or abort(404)
    return sheet(me().id, *named) or abort(404)


def _place(report: ReportRow) -> str:
    """Name where a report is now: with the play it supports, or back where the listener was."""
    if report.play_ended_at is not None and report.play_track_id is not None:
        return mark_of(report.play_ended_at, report.play_track_id)
    back = read_mark(request.form.get("back", ""))
    if back and sheet(me().id, *back):
        return mark_of(*back)
    return mark_of(report.ended_at, report.track_id)
